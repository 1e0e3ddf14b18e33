//! A Chromium of the tests' own. Its process is ended with the last test that uses it, failed or not.

use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tempfile::TempDir;

/// Names of the program, the first one that is there is used.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const REQUIRED: &str = "PRICEMILL_REQUIRE_BROWSER";
/// How often a start is looked at, and how often at most.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const MOST_LOOKS: u32 = 1_200;

pub struct Chromium {
    process: Child,
    folder: TempDir,
    pub url: String,
}

static RUNNING: Mutex<Weak<Chromium>> = Mutex::new(Weak::new());

impl Chromium {
    /// The one that runs, or a new one; `None`, and loud, where there is no such program.
    pub fn shared() -> Option<Arc<Chromium>> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chromium) = running.upgrade() {
            return Some(chromium);
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let is_there = |program: &&str| path.split(':').any(|folder| Path::new(folder).join(program).is_file());
        let Some(program) = PROGRAMS.into_iter().find(is_there) else {
            assert_ne!(std::env::var(REQUIRED).as_deref(), Ok("1"), "{REQUIRED}=1, and there is no chromium");
            eprintln!("!!! NOT TESTED: there is no chromium (Debian: apt-get install chromium)");
            return None;
        };
        let chromium = Arc::new(Chromium::start(program));
        *running = Arc::downgrade(&chromium);
        Some(chromium)
    }

    fn start(program: &str) -> Chromium {
        let folder = tempfile::tempdir().unwrap();
        let process = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--no-first-run", "--disable-gpu"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--disable-extensions", "--mute-audio"])
            .arg("--webrtc-ip-handling-policy=disable_non_proxied_udp")
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut chromium = Chromium { process, folder, url: String::new() };
        let told = chromium.folder.path().join("DevToolsActivePort");
        for _ in 0..MOST_LOOKS {
            let text = std::fs::read_to_string(&told).unwrap_or_default();
            if let Some((port, _)) = text.split_once('\n') {
                chromium.url = format!("http://127.0.0.1:{port}");
                return chromium;
            }
            assert_eq!(chromium.process.try_wait().unwrap(), None, "{program} ended at once");
            std::thread::sleep(LOOK_EVERY);
        }
        panic!("{program} does not say where it can be talked to");
    }

    /// Addresses of the pages that are open, without the empty one it starts with.
    pub async fn pages(&self) -> Vec<String> {
        let text = reqwest::get(format!("{}/json/list", self.url)).await.unwrap().bytes().await.unwrap();
        let told: Vec<Value> = serde_json::from_slice(&text).unwrap();
        let pages = told.iter().filter(|target| target["type"] == "page");
        let urls = pages.map(|page| page["url"].as_str().unwrap_or_default().to_owned());
        urls.filter(|url| url.starts_with("http://127.0.0.1")).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its helpers end when they lose it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
