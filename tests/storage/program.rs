//! The program itself as a child process, which can be killed.

use crate::harness::TestMarket;
use pricemill::accounts::{NewAccount, TokenLabel, create_account, create_token};
use pricemill::boot::open_database;
use pricemill::clock::Clock;
use pricemill::config;
use pricemill::ids::Ids;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longest a test waits for anything; far beyond what a slow machine takes.
pub const FAR_TOO_LONG: Duration = Duration::from_secs(240);

/// A database file, definitions in a directory, and an account: what outlives the program.
pub struct Ground {
    pub folder: TempDir,
    pub url: String,
    pub token: String,
    allow: String,
}

impl Ground {
    pub async fn lay(market: &TestMarket) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("sources");
        std::fs::create_dir(&sources).unwrap();
        for (file, text) in market.definitions() {
            std::fs::write(sources.join(file), text).unwrap();
        }
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let mut config = config::load(None, []).unwrap();
        config.database.url.clone_from(&url);
        let (db, _) = open_database(&config).await.unwrap();
        let (clock, ids) = (Clock::system(), Ids::random());
        let new = NewAccount {
            email: "owner@example.com",
            plan_name: "business",
            plan: &config.plans["business"],
            free_credits: None,
            daily_quota: Some(1_000_000),
            creations_per_minute: Some(0),
        };
        let owner = create_account(&db, &clock, new).await.unwrap();
        let label = TokenLabel { label: "test", scopes: "*" };
        let token = create_token(&db, &clock, &ids, owner, label, None).await.unwrap();
        db.close().await;
        Ground { folder, url, token, allow: format!("[{:?}]", market.allow()) }
    }

    fn sources(&self) -> PathBuf {
        self.folder.path().join("sources")
    }
}

/// A running `pricemill serve`.
pub struct Program {
    child: Child,
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Program {
    /// Starts it and waits until it is ready.
    pub async fn start(ground: &Ground, settings: &[(&str, &str)]) -> Program {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pricemill"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &ground.url, "--sources"])
            .arg(ground.sources())
            .env("PRICEMILL_OUTBOUND__ALLOW", &ground.allow)
            .env("PRICEMILL_LOG__FORMAT", "json")
            .env("PRICEMILL_LOG__LEVEL", "info")
            .env("PRICEMILL_FETCHING__BACKOFF__BASE_MS", "5")
            .env("PRICEMILL_FETCHING__BACKOFF__CAP_MS", "20")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the program ended before it listened").unwrap();
            let entry: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
            if entry["fields"]["message"] == "listening" {
                break entry["fields"]["address"].as_str().unwrap().to_owned();
            }
        };
        // Its log must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        // Installs the TLS provider, which a client of our own needs too.
        drop(pricemill::outbound::operator_client());
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Program { child, base: format!("http://{address}"), token: ground.token.clone(), http }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        serde_json::from_str(&self.request(path).send().await.unwrap().text().await.unwrap()).unwrap()
    }

    pub fn post(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).body(body.to_string())
    }

    /// A request whose answer nobody waits for: the program may die first.
    pub fn send_and_forget(&self, request: reqwest::RequestBuilder) {
        tokio::spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
    }

    pub fn delete(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.delete(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub fn head(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.head(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn get_status(&self, request: reqwest::RequestBuilder) -> u16 {
        request.send().await.unwrap().status().as_u16()
    }

    pub async fn submit(&self, job: &Value) -> String {
        let answer = self.post("/jobs", job).send().await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer["job_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how the program ended.
    pub async fn terminate(mut self) -> ExitStatus {
        let done = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().unwrap();
        assert!(done.success());
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("still running 15 s after SIGTERM");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
