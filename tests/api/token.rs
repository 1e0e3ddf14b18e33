//! How a caller is known.

use crate::harness::{IPAD, Terms};
use crate::{gtins, start_idle};
use pricemill::storage::api_token;
use reqwest::Method;
use reqwest::RequestBuilder;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_place_of_the_token() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("business")).await;
    let token = caller.token.as_str();
    let rest = gtins(&[IPAD]).to_string();
    let json = |request: RequestBuilder| request.header("content-type", "application/json");
    let ways = |token: &str| {
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("authorization", format!("bearer {token}")),
            ("authorization", format!("Token {token}")),
            ("authorization", format!("Token token={token}")),
            ("authorization", format!("Token token=\"{token}\"")),
            ("x-api-key", token.to_owned()),
            ("x-access-token", token.to_owned()),
        ];
        let mut ways: Vec<RequestBuilder> = headers
            .into_iter()
            .map(|(name, value)| json(caller.plain(Method::POST, "/jobs")).header(name, value).body(rest.clone()))
            .collect();
        ways.push(json(caller.plain(Method::POST, &format!("/jobs?token={token}"))).body(rest.clone()));
        let object = crate::with(gtins(&[IPAD]), json!({"token": token}));
        ways.push(json(caller.plain(Method::POST, "/jobs")).body(object.to_string()));
        let form = format!("token={token}&source=google-shopping&country=de&key=gtin&values={IPAD}");
        ways.push(caller.plain(Method::POST, "/jobs").body(form));
        ways
    };
    let count = ways(token).len();
    for (nth, request) in ways(token).into_iter().enumerate() {
        let created = caller.send(request).await;
        assert_eq!(created.status, 200, "way {nth}: {}", created.text());
    }
    let stranger = "A".repeat(64);
    for wrong in [stranger.as_str(), &token[..63], &token.to_ascii_lowercase(), "x", &format!("{token}A")] {
        for request in ways(wrong) {
            caller.send(request).await.refused(401, "unauthorized", Some("token"));
        }
    }
    assert_eq!(caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len(), count);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_wants_one() {
    let server = start_idle().await;
    let stranger = server.stranger();
    for (method, path) in [
        (Method::POST, "/jobs"),
        (Method::GET, "/jobs"),
        (Method::GET, "/jobs/1234567890abcdef12345678"),
        (Method::GET, "/products/bulk/1234567890abcdef12345678.csv"),
        (Method::GET, "/products/single?source=test"),
        (Method::GET, "/v2/me/usage_today"),
        (Method::GET, "/v2/me/usage_month"),
        (Method::GET, "/me/usage_today"),
        (Method::GET, "/me/usage_month"),
        (Method::GET, "/settings/daily_quota"),
        (Method::PUT, "/settings/daily_quota?daily_quota=1"),
        (Method::GET, "/settings/monthly_included_usage"),
    ] {
        let refused = stranger.send(stranger.plain(method, path)).await;
        refused.refused(401, "unauthorized", Some("token"));
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_is_none() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("business")).await;
    assert_eq!(caller.get("/jobs").await.status, 200);
    let db = &server.app.db;
    let token = api_token::list(db, caller.id).await.unwrap().remove(0);
    assert!(api_token::revoke(db, caller.id, token.id, server.clock.now()).await.unwrap());
    caller.get("/jobs").await.refused(401, "unauthorized", Some("token"));
    caller.post_json("/jobs", &gtins(&[IPAD])).await.refused(401, "unauthorized", Some("token"));
    server.stop().await;
}
