//! Values out of an uploaded file, and multipart forms in general.

use crate::harness::{COFFEE, Caller, IPAD, Terms};
use crate::{start, start_idle};
use reqwest::Method;
use serde_json::json;

const BOUNDARY: &str = "----pricemill7MA4YWxkTrZu0gW";

/// A part: name, file name, content type, content.
type Part<'a> = (&'a str, Option<&'a str>, Option<&'a str>, &'a [u8]);

fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content_type, content) in parts {
        let file_name = file_name.map(|file_name| format!("; filename=\"{file_name}\"")).unwrap_or_default();
        let content_type = content_type.map(|kind| format!("Content-Type: {kind}\r\n")).unwrap_or_default();
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n{content_type}\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post(caller: &Caller, path: &str, parts: &[Part<'_>]) -> crate::harness::Answer {
    let request = caller.request(Method::POST, path);
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    caller.send(request.body(body(parts))).await
}

fn field<'a>(name: &'a str, text: &'a str) -> Part<'a> {
    (name, None, None, text.as_bytes())
}

fn asked<'a>(key: &'a str) -> Vec<Part<'a>> {
    vec![field("source", "google_shopping"), field("country", "de"), field("key", key)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_of_a_table_with_references() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let table =
        format!("\u{FEFF}Article;GTIN;Name\r\nA-1;{IPAD};\"Tablet; small\"\r\n;{COFFEE};Coffee\r\nA-3;;Chair\r\n");
    let file = ("file", Some("list.csv"), Some("text/csv"), table.as_bytes());
    let more = [file, field("column", "gtin"), field("reference_column", "Article")];
    for path in ["/v2/jobs", "/jobs"] {
        let created = post(&caller, path, &[asked("gtin"), more.to_vec()].concat()).await.ok();
        assert_eq!(created["requested"], 2, "{path}");
        let id = created["job_id"].as_str().unwrap();
        caller.wait_finished(id).await;
        let results = caller.get(&format!("/v2/jobs/{id}/download")).await.ok();
        let told: Vec<_> = results["results"].as_array().unwrap().iter().map(|entry| &entry["query"]).collect();
        assert_eq!((&told[0]["value"], &told[0]["reference"]), (&json!(IPAD), &json!("A-1")));
        assert_eq!((&told[1]["value"], &told[1]["reference"]), (&json!(COFFEE), &json!(null)));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_to_send_the_same_values() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let lines = format!("{IPAD}\r\n{COFFEE}\n\n{IPAD}\n");
    let csv = format!("ean,name\n{IPAD},a\n{COFFEE},b\n");
    let joined = format!("{IPAD}\n{COFFEE}");
    let ways: [&[Part<'_>]; 8] = [
        &[("file", Some("v.txt"), Some("text/plain"), lines.as_bytes())],
        &[("file", Some("v.csv"), Some("application/vnd.ms-excel"), csv.as_bytes())],
        &[("values", Some("v.csv"), None, csv.as_bytes())],
        &[("file", None, None, csv.as_bytes())],
        // Without a file it is an ordinary form.
        &[field("values", &joined)],
        &[field("values[]", IPAD), field("values[]", COFFEE)],
        // A file field that was left empty.
        &[("file", Some(""), Some("application/octet-stream"), b""), field("values", &joined)],
        &[("picture", Some("x.png"), Some("image/png"), b"\x89PNG"), field("values", &joined)],
    ];
    for (nth, parts) in ways.into_iter().enumerate() {
        let created = post(&caller, "/v2/jobs", &[asked("gtin"), parts.to_vec()].concat()).await.ok();
        assert_eq!((&created["requested"], &created["status"]), (&json!(2), &json!("new")), "{nth}");
    }
    // The rest of the request may stand in the query, the token among the fields.
    let path = "/v2/jobs?source=google_shopping&country=de&key=gtin";
    let request = caller
        .plain(Method::POST, path)
        .header("content-type", format!("multipart/form-data; boundary=\"{BOUNDARY}\""));
    let parts = [field("token", &caller.token), field("values", IPAD)];
    assert_eq!(caller.send(request.body(body(&parts))).await.ok()["requested"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_read_is_refused_with_its_line() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let send = async |content: &[u8], more: &[Part<'_>]| {
        let file = ("file", Some("v.csv"), Some("text/csv"), content);
        post(&caller, "/v2/jobs", &[asked("term"), vec![file], more.to_vec()].concat()).await
    };
    let latin1 = send(b"lamp\ndesk\nM\xFCller\n", &[]).await.refused(400, "parameter value invalid", Some("file"));
    assert!(latin1["comment"].as_str().unwrap().starts_with("Line 3 of the file is not text in UTF-8"), "{latin1}");
    let column =
        send(b"a,b\n1,2\n", &[field("column", "c")]).await.refused(400, "parameter value invalid", Some("file"));
    assert_eq!(column["comment"], "Line 1 of the file has no column `c`; its columns are: a, b.");
    let many: String = (0..1001).map(|n| format!("lamp {n}\n")).collect();
    let many = send(many.as_bytes(), &[]).await.refused(400, "too many values", Some("file"));
    assert!(many["comment"].as_str().unwrap().starts_with("Line 1001 "), "{many}");
    send(b"lamp\n", &[field("values", "desk")]).await.refused(400, "parameter value invalid", Some("file"));
    send(b"\n\n", &[]).await.refused(400, "missing parameter", Some("values"));
    send(&vec![b'x'; 2 * 1024 * 1024], &[]).await.refused(413, "body too large", None);
    let cut = caller
        .request(Method::POST, "/v2/jobs")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    caller.send(cut.body("token=1")).await.refused(400, "parameter value invalid", None);
    assert_eq!(caller.get("/v2/jobs").await.ok()["meta"]["total"], 0);
    server.stop().await;
}
