//! Programs as people wrote them for the APIs followed here, with only the base URL changed: each is run as it stands,
//! against a real server with the demo marketplace, and must come to its end.
//!
//! They were written anew after what public programs send and read; each does something differently. A program whose
//! language is not installed is skipped, loudly; with `PRICEMILL_REQUIRE_CLIENTS=1` it fails.

#[path = "../harness/mod.rs"]
mod harness;

use harness::{Setup, Terms, TestServer};
use std::io::Write;
use std::process::Stdio;
use tokio::process::Command;

const REQUIRED: &str = "PRICEMILL_REQUIRE_CLIENTS";

/// How a language's programs are run, and with which arguments it ends well when all they need is there.
struct Language {
    program: &'static str,
    probe: &'static [&'static str],
}

const PYTHON_REQUESTS: Language = Language { program: "python3", probe: &["-c", "import requests"] };
const NODE: Language = Language { program: "node", probe: &["-e", "fetch"] };
const JAVA: Language = Language { program: "java", probe: &["--version"] };
const PHP: Language = Language { program: "php", probe: &["-r", "exit(extension_loaded('curl') ? 0 : 1);"] };
const SHELL: Language = Language { program: "sh", probe: &["-c", "curl --version"] };

/// Runs a program against a server and answers what it printed.
async fn run(language: &Language, file: &str) -> Option<String> {
    let interpreter = language.program;
    let probed = Command::new(interpreter).args(language.probe).stdin(Stdio::null()).output().await;
    if !probed.is_ok_and(|probed| probed.status.success()) {
        assert!(
            std::env::var(REQUIRED).is_err(),
            "{REQUIRED} is set, but {interpreter} {:?} does not work",
            language.probe
        );
        // Not eprintln, which a passing test swallows.
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: {interpreter} is not installed, or lacks what {file} needs\n");
        return None;
    }
    let server = TestServer::start(Setup::default()).await;
    let caller = server.caller(Terms::plan("business")).await;
    let program = format!("{}/tests/clients/programs/{file}", env!("CARGO_MANIFEST_DIR"));
    let ended = Command::new(interpreter)
        .args([program.as_str(), &server.base, &caller.token])
        // A proxy of the machine's is none of the program's business.
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    server.close().await;
    let complaints = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{file}: {complaints}");
    Some(String::from_utf8(ended.stdout).unwrap())
}

/// What the program printed, line by line.
async fn prints(language: &Language, file: &str, expected: &[&str]) {
    if let Some(printed) = run(language, file).await {
        assert_eq!(printed.lines().collect::<Vec<_>>(), expected, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn python_polls_a_form() {
    prints(&PYTHON_REQUESTS, "poll_form.py", &["284.99"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_waits_and_downloads_once() {
    let Some(printed) = run(&PYTHON_REQUESTS, "wait_once_v2.py").await else { return };
    printed.trim().parse::<pricemill::domain::Amount>().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn python_asks_by_ids() {
    prints(&PYTHON_REQUESTS, "by_id_v2.py", &["Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_asks_three_sources() {
    let Some(printed) = run(&NODE, "json_fetch_v2.mjs").await else { return };
    assert!(printed.to_lowercase().contains("ipad"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_polls_without_a_pause() {
    prints(&NODE, "tight_loop.mjs", &["Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn java_posts_a_query_and_mixes_the_versions() {
    let Some(printed) = run(&JAVA, "Jobs.java").await else { return };
    for line in printed.lines() {
        line.parse::<pricemill::domain::Amount>().unwrap();
    }
    assert_eq!(printed.lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn php_posts_a_multipart_form() {
    let Some(printed) = run(&PHP, "form.php").await else { return };
    assert!(!printed.trim().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_as_it_was_printed() {
    let Some(printed) = run(&SHELL, "printed.sh").await else { return };
    assert!(printed.starts_with("\"google-shopping\",\"de\",\"gtin\",\"00885909666966\",\"true\""), "{printed}");
}
