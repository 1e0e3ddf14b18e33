//! Jobs of v2 from their creation to their list: `POST /v2/jobs`, `GET /v2/jobs`, `GET /v2/jobs/{id}`.

use crate::harness::{COFFEE, Caller, IPAD, Terms};
use crate::{start, start_idle, with};
use reqwest::Method;
use serde_json::{Value, json};

const KEYS: [&str; 18] = [
    "job_id",
    "id",
    "version",
    "country",
    "source",
    "topic",
    "key",
    "status",
    "requested",
    "completed",
    "open_values",
    "progress",
    "not_founds",
    "free_credits",
    "paid_credits",
    "created_at",
    "expires_at",
    "balance",
];

fn lamp() -> Value {
    json!({"source": "google_shopping", "country": "de", "key": "gtin", "values": [IPAD]})
}

async fn create(caller: &Caller, job: &Value) -> Value {
    caller.post_json("/v2/jobs", job).await.ok()
}

fn id_of(job: &Value) -> String {
    let id = job["job_id"].as_str().unwrap();
    assert!(id.len() == 24 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    assert_eq!(job["id"], id);
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_s_life() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let asked = with(lamp(), json!({"values": [IPAD, COFFEE, "4006381333932"], "max_age": "1200", "max_pages": 1}));
    let answer = caller.post_json("/v2/jobs", &asked).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json; charset=utf-8")));
    let created = answer.json();
    let id = id_of(&created);
    let keys: Vec<&str> = created.as_object().unwrap().keys().map(String::as_str).collect();
    let mut wanted: Vec<&str> = KEYS.to_vec();
    wanted.sort_unstable();
    assert_eq!(keys, wanted, "and no key `success`");
    insta::assert_snapshot!("v2_created", answer.text().replace(&id, "JOB"));

    caller.wait_finished(&id).await;
    let shown = caller.get(&format!("/v2/jobs/{id}")).await;
    assert_eq!(shown.header("content-type"), Some("application/json; charset=utf-8"));
    insta::assert_snapshot!("v2_finished", shown.text().replace(&id, "JOB"));
    // It is a job like any other: v1 shows, lists and downloads it.
    assert_eq!(caller.get(&format!("/jobs/{id}")).await.ok()["completed"], 3);
    let listed = caller.get("/jobs").await.ok();
    assert_eq!((&listed["jobs"][0]["job_id"], &listed["jobs"][0]["source"]), (&json!(id), &json!("google-shopping")));
    assert_eq!(caller.download(&id, ".json").await.ok()["products"].as_array().unwrap().len(), 3);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_v1_is_one_of_v2() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let asked = json!({"source": "google-shopping", "country": "UK", "key": "keyword", "values": "samsung galaxy"});
    let id = caller.submit(&asked).await;
    caller.wait_finished(&id).await;
    let shown = caller.get(&format!("/v2/jobs/{id}")).await.ok();
    for (key, value) in [
        ("version", json!(2)),
        ("source", json!("google_shopping")),
        ("country", json!("gb")),
        ("key", json!("term")),
        ("topic", json!("product_and_offers")),
        ("status", json!("finished")),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    assert_eq!(caller.get(&format!("/v2/jobs/{id}/download")).await.status, 200);
    server.close().await;
}

/// The ways in which programs in the wild send the same job.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_send_a_job() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let token = &caller.token;
    let query = format!(
        "token={token}&country=us&source=google_shopping&topic=product_and_offers&key=term&values=Black%20jeans"
    );
    let form = format!(
        "token={token}&country=us&source=google_shopping&topic=product_and_offers&key=term&max_age=1200&max_pages=1\
         &sort_by=ranking_descending&condition=any&shipping=any&values=Black+jeans"
    );
    let json = format!(
        r#"{{"token":"{token}","country":"us","source":"google_shopping","key":"term","values":"Black jeans","max_pages":"1","timeout":"5"}}"#
    );
    let post = |path: &str| caller.plain(Method::POST, path);
    let typed = |path: &str, kind: &str| post(path).header("content-type", kind);
    const FORM: &str = "application/x-www-form-urlencoded";
    let requests = [
        ("everything in the query", post(&format!("/v2/jobs?{query}"))),
        ("a slash behind, JSON announced, no body", typed(&format!("/v2/jobs/?{query}"), "application/json")),
        ("a form", typed("/v2/jobs", FORM).body(form.clone())),
        ("a form without a type", post("/v2/jobs").body(form.clone())),
        ("JSON", typed("/v2/jobs", "application/json").body(json.clone())),
        ("JSON called a form", typed("/v2/jobs", FORM).body(json.clone())),
        ("JSON without a type", post("/v2/jobs").body(json.clone())),
        ("the token twice", typed(&format!("/v2/jobs?token={token}"), "application/json").body(json.clone())),
        (
            "half in the query, half in JSON",
            typed("/v2/jobs?country=us&source=google-shopping", "application/json")
                .header("authorization", format!("Token token={token}"))
                .body(r#"{"key":"keyword","values":["Black jeans"],"max_age":1200,"max_pages":1.0}"#),
        ),
    ];
    let mut first = Value::Null;
    for (what, request) in requests {
        let mut created = caller.send(request).await.ok();
        id_of(&created);
        for own in ["job_id", "id"] {
            created[own].take();
        }
        if first.is_null() {
            first = created.clone();
        }
        assert_eq!(created, first, "{what}");
    }
    assert_eq!(first["status"], "new");
    let listed = caller.get("/v2/jobs").await.ok();
    assert_eq!(listed["meta"]["total"], 9);
    // Stored, queued, and still nothing a program of v2 does not know.
    assert!(listed["data"].as_array().unwrap().iter().all(|job| job["status"] == "new"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newest_first_by_the_page() {
    let server = start_idle().await;
    let (caller, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let empty = caller.get("/v2/jobs").await;
    assert_eq!(empty.text(), r#"{"data":[],"meta":{"page":1,"per_page":20,"total":0,"total_pages":0}}"#);
    id_of(&create(&other, &lamp()).await);
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        newest_first.insert(0, id_of(&create(&caller, &lamp()).await));
    }
    let ids = |jobs: &Value| jobs.as_array().unwrap().iter().map(id_of).collect::<Vec<_>>();
    for (query, from, to, meta) in [
        ("", 0, 5, [1, 20, 5, 1]),
        ("?per_page=2", 0, 2, [1, 2, 5, 3]),
        ("?page=3&per_page=2", 4, 5, [3, 2, 5, 3]),
        ("?page=9&per_page=2", 5, 5, [9, 2, 5, 3]),
        ("?per_page=5", 0, 5, [1, 5, 5, 1]),
        ("/?source=amazon&topic=search&key=test", 0, 5, [1, 20, 5, 1]),
    ] {
        let list = caller.get(&format!("/v2/jobs{query}")).await.ok();
        assert_eq!(ids(&list["data"]), newest_first[from..to], "{query}");
        let [page, per_page, total, total_pages] = meta;
        let wanted = json!({"page": page, "per_page": per_page, "total": total, "total_pages": total_pages});
        assert_eq!(list["meta"], wanted, "{query}");
    }
    // A lone id: a bare list of the newest, the oldest of them first.
    let mut ascending = newest_first[..3].to_vec();
    ascending.reverse();
    let lone = "0123456789abcdef01234567";
    for query in [format!("per_page=3&{lone}"), format!("{lone}&page=2&per_page=3"), format!("per_page=3&{lone}=")] {
        assert_eq!(ids(&caller.get(&format!("/v2/jobs?{query}")).await.ok()), ascending, "{query}");
    }
    assert!(caller.get(&format!("/v2/jobs?job_id={lone}")).await.ok().is_object());
    for (query, parameter) in [("page=0", "page"), ("per_page=101", "per_page"), ("per_page=x", "per_page")] {
        caller.get(&format!("/v2/jobs?{query}")).await.refused(400, "parameter value invalid", Some(parameter));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_held_for_the_end() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let slow = crate::special(pricemill::demo::SpecialKind::Slow, 2);
    let id = id_of(&create(&caller, &with(lamp(), json!({"values": slow}))).await);
    let held = caller.get(&format!("/v2/jobs/{id}?wait=60")).await.ok();
    assert_eq!((&held["status"], &held["progress"]), (&json!("finished"), &json!(100)));
    for wait in ["61", "-1", "x", "1.5"] {
        let refused = caller.get(&format!("/v2/jobs/{id}?wait={wait}")).await;
        refused.refused(400, "parameter value invalid", Some("wait"));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_s_job_is_none() {
    let server = start_idle().await;
    let (owner, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let id = id_of(&create(&owner, &lamp()).await);
    for path in [
        format!("/v2/jobs/{id}"),
        format!("/v2/jobs/{id}/download"),
        format!("/v2/jobs/{id}/download.csv"),
        "/v2/jobs/0123456789abcdef01234567".into(),
        "/v2/jobs/x".into(),
        "/v2/jobs/%FF".into(),
    ] {
        other.get(&path).await.refused(404, "job not found", None);
    }
    server.stop().await;
}
