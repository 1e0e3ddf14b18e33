//! `GET /openapi.json`, and the page that shows it. That answers are as the document says is checked wherever a test asks
//! (tests/harness/contract.rs).

use crate::{start, start_idle};
use reqwest::Method;
use serde_json::Value;

#[actix_web::test]
async fn the_document_is_served_and_known_again() {
    let server = start_idle().await;
    let anyone = server.stranger();
    let answer = anyone.get("/openapi.json").await;
    let document = answer.ok();
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(document["openapi"], "3.1.0");
    let sources = &document["paths"]["/products/single"]["get"]["parameters"][0]["schema"]["enum"];
    let sources: Vec<&str> = sources.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let known: Vec<String> = server.app.engine.registry().iter().map(|source| source.name.to_string()).collect();
    assert_eq!(sources, known, "the sources this server has");

    let tag = answer.header("etag").unwrap().to_owned();
    let again = anyone.plain(Method::GET, "/openapi.json").header("if-none-match", format!("\"other\", {tag}"));
    let again = anyone.send(again).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
    let other = anyone.send(anyone.plain(Method::GET, "/openapi.json").header("if-none-match", "\"other\"")).await;
    assert_eq!((other.status, other.body == answer.body), (200, true));
    let head = anyone.send(anyone.plain(Method::HEAD, "/openapi.json")).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    server.close().await;
}

/// Everything the page names lies on the server, and its policy lets it name nothing else.
#[actix_web::test]
async fn the_page_needs_nobody_else() {
    let server = start_idle().await;
    let anyone = server.stranger();
    let page = anyone.get("/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
    assert!(!page.text().contains("//"), "an address of another server");
    for name in page.text().split('"').filter(|text| text.starts_with('/')) {
        let answer = anyone.get(name).await;
        assert_eq!(answer.status, 200, "{name}");
        let tag = answer.header("etag").unwrap();
        let again = anyone.send(anyone.plain(Method::GET, name).header("if-none-match", tag)).await;
        assert_eq!(again.status, 304, "{name}");
    }
    assert_eq!(anyone.get("/docs/").await.status, 200);
    anyone.get("/docs/nothing.js").await.refused(404, "no such route", None);
    anyone.get("/docs/..%2fanswer.rs").await.refused(404, "no such route", None);
    server.close().await;
}

/// Every described path and method is answered, and every other method is told which they are.
#[actix_web::test]
async fn every_described_route_is_there() {
    let server = start().await;
    let anyone = server.stranger();
    let document = anyone.get("/openapi.json").await.ok();
    for (path, item) in document["paths"].as_object().unwrap() {
        let filled = path.replace(".{format}", ".json").replace("{name}", "test").replace("{file}", "LICENSE.txt");
        let filled = filled.replace("{suffix}", "json").replace("{job_id}", "1234567890abcdef12345678");
        let filled = filled.replace("{schedule_id}", "1234567890abcdef12345678").replace("{message_id}", "msg_1");
        assert!(!filled.contains('{'), "{path}");
        let mut described: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        let refused = anyone.send(anyone.plain(Method::TRACE, &filled)).await;
        refused.refused(405, "method not allowed", None);
        let mut allowed: Vec<String> = refused.header("allow").unwrap().split(", ").map(str::to_owned).collect();
        allowed.retain(|method| method != "HEAD");
        described.sort();
        allowed.sort();
        assert_eq!(allowed, described, "{path}");
        for method in described {
            let method: Method = method.parse().unwrap();
            let answer = anyone.send(anyone.plain(method.clone(), &filled)).await;
            let is_open = item[method.as_str().to_lowercase()]["security"] == serde_json::json!([{}]);
            assert_eq!(answer.status, if is_open { 200 } else { 401 }, "{method} {path}");
        }
    }
    server.close().await;
}
