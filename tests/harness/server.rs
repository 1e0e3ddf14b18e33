//! A real server and how it ends.

use super::{Caller, Terms, TestDatabase, TestMarket, books};
use pricemill::accounts::{NewAccount, TokenLabel, create_account, create_token};
use pricemill::app::SharedApp;
use pricemill::boot::{Boot, Running, boot, embedded};
use pricemill::clock::Clock;
use pricemill::config::{self, Config};
use pricemill::domain::Timestamp;
use pricemill::ids::Ids;
use pricemill::lookup::Embedded;
use sea_orm::DatabaseConnection;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// 2026-09-21T12:00:00Z, a day in the middle of a month.
pub const NOON: Timestamp = Timestamp(1_789_992_000_000_000);

/// How a server differs from the usual one.
pub struct Setup {
    pub clock: Clock,
    /// Whether it works on jobs; without, they stay as they were stored.
    pub works: bool,
    /// Changes the settings last.
    pub change: Box<dyn FnOnce(&mut Config)>,
    /// Definitions beside the demo's.
    pub definitions: Vec<(String, String)>,
    /// What answers the source `test`; else the demo marketplace in process.
    pub embedded: Option<Embedded>,
    /// A database another server had or has; else a new one.
    pub database: Option<TestDatabase>,
}

impl Default for Setup {
    /// A clock that stands at [`NOON`].
    fn default() -> Setup {
        Setup {
            clock: Clock::frozen_at(NOON),
            works: true,
            change: Box::new(|_| ()),
            definitions: Vec::new(),
            embedded: None,
            database: None,
        }
    }
}

/// The settings of test servers: the defaults on a free port, with few threads and quick retries.
pub fn settings(database_url: &str, market: &TestMarket) -> Config {
    let mut config = config::load(None, []).unwrap();
    config.server.listen = "127.0.0.1:0".into();
    config.server.threads = 1;
    config.database.url = database_url.to_owned();
    config.database.connections = 4;
    // Crashes of the machine are not what these tests are about.
    config.database.synchronous_full = false;
    config.outbound.allow = vec![market.allow()];
    config.fetching.backoff.base_ms = 5;
    config.fetching.backoff.cap_ms = 20;
    config.fetching.slowdown.most_ms = 20;
    config.fetching.block_pause_ms = 5;
    config.jobs.group_ms = 10;
    config.jobs.reconcile_ms = 200;
    config
}

/// A server, its marketplace and its database. End it with [`TestServer::close`].
pub struct TestServer {
    pub app: SharedApp,
    pub clock: Clock,
    pub market: TestMarket,
    pub database: TestDatabase,
    pub base: String,
    http: reqwest::Client,
    running: Option<Running>,
    accounts: AtomicU32,
}

impl TestServer {
    pub async fn start(setup: Setup) -> TestServer {
        let Setup { clock, works, change, definitions, embedded: answering, database } = setup;
        let market = TestMarket::start(clock.clone());
        let database = match database {
            Some(database) => database,
            None => TestDatabase::create().await,
        };
        let mut config = settings(&database.url, &market);
        change(&mut config);
        let mut all = market.definitions();
        all.extend(definitions);
        let running = boot(Boot {
            config,
            clock: clock.clone(),
            ids: Ids::random(),
            definitions: all,
            embedded: answering.unwrap_or_else(|| embedded(market.market.clone())),
            works,
        })
        .await
        .unwrap();
        // No connection is kept: a server that stops waits for its connections. (The TLS provider is installed by now.)
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let (app, base) = (running.app.clone(), running.base_url());
        TestServer { app, clock, market, database, base, http, running: Some(running), accounts: AtomicU32::new(0) }
    }

    /// A new account with a token, and a client that uses it.
    pub async fn caller(&self, terms: Terms) -> Caller {
        let Terms { plan, free_credits, daily_quota, creations_per_minute } = terms;
        let email = format!("caller{}@example.com", self.accounts.fetch_add(1, SeqCst));
        let new = NewAccount {
            email: &email,
            plan_name: plan,
            plan: &self.app.plan(plan),
            free_credits,
            daily_quota,
            creations_per_minute,
        };
        let id = create_account(&self.app.db, &self.clock, new).await.unwrap();
        let label = TokenLabel { label: "test", scopes: "*" };
        let token = create_token(&self.app.db, &self.clock, &self.app.ids, id, label, None).await.unwrap();
        Caller { id, email, token, app: self.app.clone(), base: self.base.clone(), http: self.http.clone() }
    }

    /// A client without a token that works.
    pub fn stranger(&self) -> Caller {
        Caller {
            id: pricemill::domain::AccountId(0),
            email: String::new(),
            token: String::new(),
            app: self.app.clone(),
            base: self.base.clone(),
            http: self.http.clone(),
        }
    }

    /// A connection for looking at rows.
    pub async fn look(&self) -> DatabaseConnection {
        self.database.look().await
    }

    /// The sum of a metric's samples over all its labels that contain `labels`; 0 when there is none.
    pub async fn metric(&self, name: &str, labels: &str) -> u64 {
        let text = self.stranger().get("/metrics").await.text().to_owned();
        let sample = |line: &str| {
            let (head, value) = line.rsplit_once(' ')?;
            let (found, with) = head.split_once('{').unwrap_or((head, ""));
            (found == name && with.contains(labels)).then(|| value.parse::<u64>().unwrap())
        };
        text.lines().filter_map(sample).sum()
    }

    /// Waits for the last job, proves that the books are right, and stops.
    pub async fn close(mut self) {
        books::wait_until_idle(&self.app).await;
        self.close_books().await;
        self.market.stop().await;
        self.running.take().unwrap().stop().await;
    }

    /// Stops with work undone; the database can be given to another server.
    pub async fn stop(mut self) -> TestDatabase {
        // The marketplace outlives the server: values that still end in its last moments end as they would have.
        self.running.take().unwrap().stop().await;
        self.market.stop().await;
        std::mem::replace(&mut self.database, TestDatabase::none())
    }

    /// Everything a bookkeeper would check now; see [`books::close_books`].
    pub async fn close_books(&self) {
        let connection = self.look().await;
        books::close_books(&connection, &self.app).await;
        connection.close().await.unwrap();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        assert!(self.running.is_none() || std::thread::panicking(), "the test does not end with server.close()");
    }
}
