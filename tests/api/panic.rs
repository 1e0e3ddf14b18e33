//! A fault in our own code hits one request or one value, and is counted.

use crate::harness::{COFFEE, IPAD, Setup, Terms, TestServer};
use crate::{gtins, start_idle, with};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, test, web};
use pricemill::boot::embedded;
use pricemill::clock::Clock;
use pricemill::demo::Market;
use pricemill::http::{HttpState, observe};
use serde_json::{Value, json};
use std::sync::Arc;

/// Panics wherever the source `test` is asked for the cursed product.
const CURSED: &str = "08902527431911";

#[actix_web::test]
async fn of_a_handler_is_an_internal_error() {
    let server = start_idle().await;
    let state = web::Data::new(HttpState::new(server.app.clone()));
    let app = App::new()
        .app_data(state)
        .wrap(from_fn(observe))
        .route("/fine", web::get().to(HttpResponse::Ok))
        .route("/faulty", web::get().to(async || -> HttpResponse { panic!("a secret cause") }));
    let app = test::init_service(app).await;
    let answer = match test::try_call_service(&app, test::TestRequest::get().uri("/faulty").to_request()).await {
        Ok(answer) => answer.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    };
    assert_eq!(answer.status(), 500);
    let body = actix_web::body::to_bytes(answer.into_body()).await.ok().unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&body["success"], &body["reason"]), (&json!(false), &json!("internal error")));
    assert_eq!(body["request_id"].as_str().unwrap().len(), 16);
    assert!(!body.to_string().contains("secret"));
    let fine = test::call_service(&app, test::TestRequest::get().uri("/fine").to_request()).await;
    assert_eq!(fine.status(), 200);
    assert_eq!(server.metric("pricemill_panics_total", "").await, 1);
    let label = r#"method="GET",status="500""#;
    assert_eq!(server.metric("pricemill_http_requests_total", label).await, 1);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_lookup_ends_its_value_only() {
    let clock = Clock::system();
    let market = embedded(Arc::new(Market::new(clock.clone()).unwrap()));
    let server = TestServer::start(Setup {
        clock,
        embedded: Some(Arc::new(move |shop, path| {
            assert!(!path.contains(CURSED), "cursed");
            market(shop, path)
        })),
        change: Box::new(|config| config.jobs.lease_ms = 500),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = with(gtins(&[IPAD, CURSED, COFFEE]), json!({"source": "test"}));
    for _ in 0..2 {
        let results = caller.run(&job).await;
        let reasons: Vec<&Value> = results["products"].as_array().unwrap().iter().map(|p| &p["reason"]).collect();
        assert_eq!(reasons, [&json!(null), &json!("error"), &json!(null)]);
    }
    assert!(server.metric("pricemill_panics_total", "").await > 0);
    server.close().await;
}
