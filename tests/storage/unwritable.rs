//! A folder for temporary files that cannot be written.

use crate::harness::{IPAD, TestMarket};
use crate::program::{Ground, Program};
use pricemill::clock::Clock;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_without_room_is_refused() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let nowhere = ground.folder.path().join("missing");
    let program = Program::start(&ground, &[("TMPDIR", nowhere.to_str().unwrap())]).await;
    let id =
        program.submit(&json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": [IPAD]})).await;
    let path = |suffix: &str| format!("/v2/jobs/{id}/download.{suffix}?wait=60");
    assert_eq!(program.get(&path("json")).await["results"][0]["success"], true);

    let refused = program.request(&path("xlsx")).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let told: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!((&told["success"], &told["reason"]), (&json!(false), &json!("overloaded")));

    // Its head needs no file.
    assert_eq!(program.get_status(program.head(&path("xlsx"))).await, 200);
    std::fs::create_dir(&nowhere).unwrap();
    assert_eq!(program.get_status(program.request(&path("xlsx"))).await, 200);
    assert!(program.terminate().await.success());
}
