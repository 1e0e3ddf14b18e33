//! The documented job from POST to download.

use crate::harness::{COFFEE, IPAD, Setup, Terms, TestServer};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_job() {
    let server = TestServer::start(Setup::default()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let plain =
        caller.plain(reqwest::Method::POST, "/jobs").header("content-type", "application/x-www-form-urlencoded");
    let body = format!("token={}&source=google-shopping&country=de&key=gtin&values={IPAD}\\ {COFFEE}", caller.token);
    let created = caller.send(plain.body(body)).await;
    assert_eq!(created.status, 200);
    let id = created.json()["job_id"].as_str().unwrap().to_owned();
    assert_eq!(created.text(), format!(r#"{{"job_id":"{id}","status":"new","requested":2}}"#));
    let ended = caller.wait_finished(&id).await;
    assert_eq!(ended, json!({"job_id": id, "status": "finished", "requested": 2, "completed": 2, "progress": 100}));
    println!("{}", caller.download(&id, "").await.text());
    server.close().await;
}
