//! `/settings/…`.

use crate::harness::Terms;
use crate::log::program;
use crate::start_idle;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daily_quota() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let other = server.caller(Terms::plan("pro")).await;
    let path = "/settings/daily_quota";
    assert_eq!(caller.get(path).await.text(), r#"{"daily_quota":10000}"#);
    let put = async |body: String, content_type: &str| {
        caller.send(caller.request(Method::PUT, path).header("content-type", content_type).body(body)).await
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(put("daily_quota=20".into(), form).await.text(), r#"{"daily_quota":20}"#);
    assert_eq!(put(json!({"daily_quota": 30}).to_string(), "application/json").await.text(), r#"{"daily_quota":30}"#);
    let query = caller.send(caller.request(Method::PUT, &format!("{path}?daily_quota=0"))).await;
    assert_eq!(query.text(), r#"{"daily_quota":0}"#);
    assert_eq!(caller.get(path).await.text(), r#"{"daily_quota":0}"#);
    assert_eq!(caller.get("/v2/me/usage_today").await.ok()["usage"]["quota"], 0);
    for wrong in ["-1", "1.5", "many", "1e3", "9223372036854775808", "99999999999999999999"] {
        put(format!("daily_quota={wrong}"), form).await.refused(400, "parameter value invalid", Some("daily_quota"));
    }
    put(String::new(), form).await.refused(400, "missing parameter", Some("daily_quota"));
    assert_eq!(caller.get(path).await.text(), r#"{"daily_quota":0}"#);
    assert_eq!(other.get(path).await.text(), r#"{"daily_quota":10000}"#);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_included_usage_is_the_plans() {
    let server = start_idle().await;
    for (plan, included) in [("free", 0), ("pro", 50_000), ("business", 1_000_000)] {
        let caller = server.caller(Terms::plan(plan)).await;
        let told = caller.get("/settings/monthly_included_usage").await;
        assert_eq!(told.text(), format!(r#"{{"monthly_included_usage":{included}}}"#));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hard_quota() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let path = "/settings/hard_quota";
    assert_eq!(caller.get(path).await.text(), r#"{"hard_quota":false}"#);
    let put = async |query: &str| caller.send(caller.request(Method::PUT, &format!("{path}{query}"))).await;
    assert_eq!(put("?hard_quota=true").await.text(), r#"{"hard_quota":true}"#);
    assert_eq!(caller.get(path).await.text(), r#"{"hard_quota":true}"#);
    assert_eq!(put("?hard_quota=0").await.text(), r#"{"hard_quota":false}"#);
    let refused = put("?hard_quota=maybe").await.refused(400, "parameter value invalid", Some("hard_quota"));
    assert_eq!(refused["valid_values"], json!(["true", "false", "1", "0"]));
    put("").await.refused(400, "missing parameter", Some("hard_quota"));
    server.stranger().get(path).await.refused(401, "unauthorized", Some("token"));
    server.close().await;
}

/// The operator sets the same from the command line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_sets_quotas() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("accounts.db").display());
    let run = |args: &[&str]| {
        let output = program(&database).arg("account").args(args).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    assert!(run(&["create", "--email", "a@example.com", "--plan", "pro"]).0);
    let row = || {
        let listed = run(&["list"]).1;
        let row = listed.lines().find(|line| line.contains("a@example.com")).unwrap();
        row.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row(), "a@example.com pro 1000 10000 no");
    assert!(run(&["set", "--email", "a@example.com", "--hard-quota", "true"]).0);
    assert_eq!(row(), "a@example.com pro 1000 10000 yes");
    assert!(run(&["set", "--email", "a@example.com", "--daily-quota", "5", "--hard-quota", "false"]).0);
    assert_eq!(row(), "a@example.com pro 1000 5 no");
    assert!(!run(&["set", "--email", "b@example.com", "--daily-quota", "5"]).0);
}
