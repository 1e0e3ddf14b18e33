//! The log of the real program at its most talkative.

use pricemill::demo::NOWHERE_GTIN;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::harness::IPAD;

pub(crate) fn program(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pricemill"));
    command.env("PRICEMILL_DATABASE__URL", database).env("PRICEMILL_LOG__LEVEL", "trace");
    command
}

/// The address in the line that says so, and the rest of the log.
fn address(log: &mut impl BufRead, seen: &mut String) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "{seen}");
        seen.push_str(&line);
        if line.contains("listening")
            && let Some(at) = line.find("127.0.0.1:")
        {
            return line[at..].chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect();
        }
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_holds_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("log.db").display());
    let created =
        program(&database).args(["account", "create", "--email", "a@example.com", "--plan", "business"]).output();
    let created = created.unwrap();
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let token = String::from_utf8(created.stdout).unwrap().trim().to_owned();
    assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_uppercase()), "{token}");
    let mut log = String::from_utf8(created.stderr).unwrap();

    let mut serving = program(&database);
    serving.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
    let mut running = Running(serving.spawn().unwrap());
    let mut stderr = BufReader::new(running.0.stderr.take().unwrap());
    let base = format!("http://{}", address(&mut stderr, &mut log));
    let rest = std::thread::spawn(move || {
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        rest
    });

    let http = reqwest_client();
    let job = format!("source=test&country=de&key=gtin&values={IPAD}%0A{NOWHERE_GTIN}");
    // A secret of somebody else's service, or one mistyped, is as secret.
    let wrong = "WRONG".repeat(12) + "WRON";
    let mut last = String::new();
    for secret in [&token, &wrong] {
        let post = |path: &str| http.post(format!("{base}{path}"));
        for request in [
            post("/jobs").body(format!("token={secret}&{job}")),
            post(&format!("/jobs?token={secret}")).body(job.clone()),
            post("/jobs").header("content-type", "application/json").body(format!(
                r#"{{"token":"{secret}","source":"test","country":"de","key":"gtin","values":["{IPAD}"]}}"#
            )),
            post("/jobs").header("content-type", "application/json").body(format!(r#"{{"token":"{secret}","#)),
            post("/jobs").bearer_auth(secret).body(job.clone()),
            post("/jobs").header("authorization", format!("Token token={secret}")).body(job.clone()),
            post("/jobs").header("x-api-key", secret.as_str()).body(job.clone()),
            post("/jobs").header("x-access-token", secret.as_str()).body(job.clone()),
            http.get(format!("{base}/products/single?token={secret}&source=test&country=de&key=gtin&value={IPAD}")),
            http.get(format!("{base}/nowhere?token={secret}")),
            http.put(format!("{base}/settings/daily_quota?token={secret}&daily_quota=5000")),
        ] {
            let text = request.send().await.unwrap().text().await.unwrap();
            assert!(!text.contains(secret.as_str()), "{text}");
            if let Some((_, id)) = text.split_once(r#""job_id":""#) {
                last = id[..24].to_owned();
            }
        }
    }
    for path in [format!("/products/bulk/{last}.csv"), format!("/jobs/{last}")] {
        let answer = http.get(format!("{base}{path}?token={token}")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(running.0.wait().unwrap().success());
    log += &rest.join().unwrap();
    for secret in [&token, &wrong] {
        // Not even a part of it that would help.
        for part in [&secret[..12], &secret[20..32], &secret[52..]] {
            let line = log.lines().find(|line| line.contains(part));
            assert_eq!(line, None);
        }
    }
    // It did say something about those requests.
    assert!(log.contains("TRACE") && log.contains("/settings/daily_quota") && log.contains(&last), "a quiet log");
}

fn reqwest_client() -> reqwest::Client {
    pricemill::outbound::operator_client().unwrap()
}
