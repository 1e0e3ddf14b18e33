//! Receivers of other people's making as child processes.

use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const REQUIRED: &str = "PRICEMILL_REQUIRE_WEBHOOK_RECEIVERS";
/// Where `.ci/run` installs the libraries.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/ci-tools");
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hooks");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Node,
}

impl Language {
    fn command(self) -> Command {
        let mut command = match self {
            Language::Python => Command::new(Path::new(TOOLS).join("python/bin/python3")),
            Language::Node => Command::new("node"),
        };
        command.env("NODE_PATH", Path::new(TOOLS).join("npm/node_modules"));
        command
    }

    /// Whether the language and its library are installed; says loudly when they are not.
    pub fn is_installed(self) -> bool {
        let probe = match self {
            Language::Python => ["-c", "import standardwebhooks"],
            Language::Node => ["-e", "require('standardwebhooks')"],
        };
        let probed = self.command().args(probe).stdin(Stdio::null()).output();
        if probed.is_ok_and(|probed| probed.status.success()) {
            return true;
        }
        assert!(std::env::var(REQUIRED).is_err(), "{REQUIRED} is set, but standardwebhooks for {self:?} is not there");
        // Not eprintln, which a passing test swallows.
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: standardwebhooks for {self:?} is not installed\n");
        false
    }
}

/// A line a receiver wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub job: Option<String>,
    pub verified: bool,
    pub method: String,
    pub body: String,
    pub path: String,
}

/// A receiver at one port, whatever program answers there at the moment.
pub struct Foreign {
    language: Language,
    pub port: u16,
    folder: TempDir,
    running: Option<Child>,
}

impl Foreign {
    pub fn new(language: Language) -> Foreign {
        // Free at the moment; nobody else on this machine asks for it by number.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Foreign { language, port, folder: tempfile::tempdir().unwrap(), running: None }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn allow(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("received.jsonl")
    }

    /// Starts the program and waits until it listens; it dies by itself after so many requests (0 = never).
    pub fn start(&mut self, secret: &str, crash_after: usize) {
        self.kill();
        let script = match self.language {
            Language::Python => "receiver.py",
            Language::Node => "receiver.js",
        };
        let mut child = self
            .language
            .command()
            .arg(Path::new(HERE).join(script))
            .args([&self.port.to_string(), secret])
            .arg(self.file())
            .arg(crash_after.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "listening");
        self.running = Some(child);
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    /// Everything that was received so far, by all its programs.
    pub fn lines(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(self.file()).unwrap_or_default();
        // The last one may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let read = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            Line {
                id: text("id"),
                job: line["job"].as_str().map(str::to_owned),
                verified: line["verified"].as_bool().unwrap(),
                method: text("method"),
                body: text("body"),
                path: text("path"),
            }
        };
        whole.lines().map(read).collect()
    }

    /// Each event came at least once, every request was verified, no id has two bodies or two events.
    pub fn assert_received(&self, job_ids: &[String]) {
        let lines = self.lines();
        let unverified: Vec<_> = lines.iter().filter(|line| !line.verified).collect();
        assert!(unverified.is_empty(), "{unverified:?}");
        let mut bodies: HashMap<&str, (&str, &str)> = HashMap::new();
        for line in &lines {
            let told = (line.body.as_str(), line.path.as_str());
            assert_eq!(*bodies.entry(&line.id).or_insert(told), told, "{} has two bodies", line.id);
        }
        let of =
            |line: &Line| line.job.clone().or_else(|| line.path.split("&job_id=").nth(1)?.get(..24).map(str::to_owned));
        let told: HashSet<String> = lines.iter().map(|line| of(line).expect("no job")).collect();
        let wanted: HashSet<String> = job_ids.iter().cloned().collect();
        assert_eq!(told, wanted);
        assert_eq!(bodies.len(), wanted.len(), "one id an event");
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.kill();
    }
}
