//! Two servers that deliver webhooks from one database.

use crate::harness::{Receiver, Reply, Setup, Terms, TestDatabase, TestServer};
use crate::webhooks::{attempts, finish, in_state, webhook};
use pricemill::storage::webhook_message;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Two servers with one clock.
async fn start_twins(receivers: &[&Receiver]) -> (TestServer, TestServer) {
    let change = || -> Box<dyn FnOnce(&mut pricemill::config::Config)> {
        let allow: Vec<String> = receivers.iter().map(|receiver| receiver.allow()).collect();
        Box::new(move |config| {
            config.outbound.allow.extend(allow);
            config.webhooks.poll_ms = 20;
        })
    };
    let first = TestServer::start(Setup { change: change(), ..Setup::default() }).await;
    let at = TestDatabase::at(first.database.url.clone());
    let clock = first.clock.clone();
    let second = TestServer::start(Setup { database: Some(at), clock, change: change(), ..Setup::default() }).await;
    (first, second)
}

/// Everything arrives, and while both live nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliver_together() {
    let receiver = Receiver::start(|_, _| Reply::status(200)).await;
    let (first, second) = start_twins(&[&receiver]).await;
    let caller = first.caller(Terms::plan("business")).await;
    let mut ids = HashSet::new();
    for _ in 0..20 {
        ids.insert(finish(&caller, webhook(receiver.url("/"))).await);
    }
    let received = receiver.wait_for(20).await;
    let told: HashSet<String> = received
        .iter()
        .map(|r| serde_json::from_str::<Value>(&r.body).unwrap()["job_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, ids);
    for id in &ids {
        in_state(&caller, id, "delivered").await;
    }
    assert_eq!(receiver.received().len(), 20);
    second.close().await;
    first.close().await;
}

/// Whoever is refused by the receiver leaves it alone, and so does the twin that had listed the same message before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leave_a_receiver_alone_together() {
    let later = || Reply::Answer(503, vec![("retry-after", "600".into())], String::new());
    let receivers = [Receiver::start(move |_, _| later()).await, Receiver::start(move |_, _| later()).await];
    let (first, second) = start_twins(&[&receivers[0], &receivers[1]]).await;
    let caller = first.caller(Terms::plan("business")).await;
    let mut ids = Vec::new();
    for n in 0..16 {
        ids.push(finish(&caller, webhook(receivers[n % 2].url("/"))).await);
    }
    for id in &ids {
        let told = attempts(&caller, id, 1).await;
        let next = first.clock.now().plus(Duration::from_secs(600));
        assert_eq!(told["next_attempt_at"], next.to_string(), "{told}");
    }
    let mut asked: HashMap<String, usize> = HashMap::new();
    for request in receivers.iter().flat_map(Receiver::received) {
        *asked.entry(request.header("webhook-id").to_owned()).or_default() += 1;
    }
    assert!(asked.len() == 16 && asked.values().all(|times| *times == 1), "{asked:?}");

    // What the twin would do with a list from before, without any luck of timing.
    let (db, now, lease_now) = (&first.app.db, first.clock.now(), first.clock.lease_now());
    let told = attempts(&caller, &ids[0], 1).await;
    let message = webhook_message::find(db, caller.id, told["id"].as_str().unwrap()).await.unwrap().unwrap();
    let lease = async |now| {
        let transaction = db.begin().await.unwrap();
        webhook_message::lease(&transaction, message.seq, 7, now, lease_now, Duration::ZERO).await.unwrap()
    };
    assert_eq!(lease(now).await, None);
    assert_eq!(lease(now.plus(Duration::from_secs(599))).await, None);
    assert!(lease(now.plus(Duration::from_secs(600))).await.is_some());
    second.close().await;
    first.close().await;
}
