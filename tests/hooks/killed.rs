//! kill -9 of the server while it tells a webhook.

use crate::harness::{Receiver, Reply, Setup, TestDatabase, TestMarket, TestServer};
use crate::program::{Ground, Program};
use crate::{create, until};
use pricemill::clock::Clock;
use pricemill::domain::WebhookMethod;
use pricemill::storage::account;
use serde_json::Value;

/// The first attempt never ends, since the server dies in it; the next server sends the same bytes under the same id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_tells_it_after_its_restart() {
    let receiver = Receiver::start(|n, _| if n == 0 { Reply::Hang } else { Reply::status(200) }).await;
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let allow = format!("[{:?}, {:?}]", market.allow(), receiver.allow());
    let settings = [
        ("PRICEMILL_OUTBOUND__ALLOW", allow.as_str()),
        ("PRICEMILL_WEBHOOKS__TIMEOUT_MS", "1000"),
        ("PRICEMILL_WEBHOOKS__POLL_MS", "50"),
        ("PRICEMILL_SERVER__PUBLIC_URL", "http://prices.example"),
    ];
    // It only stores the job: who works, and is killed, is the program.
    let setup = Setup {
        works: false,
        clock: Clock::system(),
        database: Some(TestDatabase::at(ground.url.clone())),
        ..Setup::default()
    };
    let storing = TestServer::start(setup).await;
    let owner = account::find_by_email(&storing.app.db, "owner@example.com").await.unwrap().unwrap().id;

    let victim = Program::start(&ground, &settings).await;
    let job_id = create(&storing.app, owner, receiver.url("/"), WebhookMethod::Post).await;
    receiver.wait_for(1).await;
    victim.kill();

    let next = Program::start(&ground, &settings).await;
    let received = receiver.wait_for(2).await;
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    let body: Value = serde_json::from_str(&received[1].body).unwrap();
    assert_eq!(body["job_id"], job_id);
    until("written down", async || {
        let list = next.get("/v2/webhooks/deliveries").await;
        list["data"][0]["state"] == "delivered"
    })
    .await;
    // The attempt in which the server died is told as well.
    let list = next.get("/v2/webhooks/deliveries").await;
    let attempts = list["data"][0]["attempts"].as_array().unwrap();
    let told: Vec<_> = attempts.iter().map(|one| (one["error"].as_str(), one["status"].as_u64())).collect();
    assert_eq!(told, [(Some("interrupted"), None), (None, Some(200))], "{list}");
    next.kill();
    storing.close_books().await;
    storing.stop().await;
    market.stop().await;
}
