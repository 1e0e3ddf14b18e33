//! `GET /products/single`.

use crate::harness::{IPAD, Terms};
use crate::{gtins, start};
use pricemill::demo::NOWHERE_GTIN;
use serde_json::json;

const AT: &str = "/products/single?source=google-shopping&country=de&key=gtin";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_value_while_you_wait() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let single = caller.get(&format!("{AT}&value={IPAD}")).await.ok();
    let job_id = single["job_id"].as_str().unwrap();
    assert_eq!(
        (&single["status"], &single["free_credits"], &single["paid_credits"]),
        (&json!("finished"), &json!(1), &json!(0))
    );
    assert_eq!(caller.download(job_id, "").await.ok(), single);
    assert_eq!(caller.run(&gtins(&[IPAD])).await["products"], single["products"]);
    // A slow shop is waited for.
    let slow = crate::special(pricemill::demo::SpecialKind::Slow, 5);
    assert_eq!(caller.get(&format!("{AT}&value={slow}")).await.ok()["products"][0]["success"], true);
    let missing = caller.get(&format!("{AT}&value={NOWHERE_GTIN}")).await.ok();
    assert_eq!(missing["products"][0]["reason"], "not found");
    let csv = caller.get(&format!("{AT}&value={IPAD}&format=csv&format_option=row")).await;
    assert_eq!((csv.status, csv.text().matches('\n').count()), (200, 3));
    // Realtime, a wrong value, and the whole list of jobs.
    let fresh = caller.get(&format!("{AT}&value={IPAD}&currentness=realtime")).await.ok();
    assert_eq!(fresh["free_credits"], 2);
    let wrong = caller.get(&format!("{AT}&value=123")).await.ok();
    assert_eq!((&wrong["products"][0]["reason"], &wrong["free_credits"]), (&json!("invalid value"), &json!(0)));
    assert_eq!(caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len(), 7);
    assert_eq!(caller.credits_today().await, 7);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_before_anything_is_stored() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    caller.get(AT).await.refused(400, "missing parameter", Some("value"));
    caller.get(&format!("{AT}&value=%20")).await.refused(400, "missing parameter", Some("value"));
    let invalid = "parameter value invalid";
    caller.get(&format!("{AT}&value={IPAD}&format=pdf")).await.refused(400, invalid, Some("format"));
    caller.get(&format!("{AT}&value={IPAD}&completeness=x")).await.refused(400, invalid, Some("completeness"));
    caller.get(&format!("/products/single?value={IPAD}")).await.refused(400, "missing parameter", Some("source"));
    assert_eq!(caller.get("/jobs").await.text(), r#"{"jobs":[]}"#);
    server.close().await;
}
