//! `GET /v2/jobs/{id}/results`: what is done while the rest is not.

use crate::cancel::{end, found, lease};
use crate::harness::{COFFEE, Caller, IPAD, Terms, TestServer};
use crate::{gtins, start, start_idle};
use pricemill::demo::sample_gtins;
use pricemill::domain::Reason;
use pricemill::storage::bulk_item::ItemEnd;
use pricemill::storage::bulk_job;
use reqwest::Method;
use serde_json::{Value, json};

async fn results(caller: &Caller, id: &str, query: &str) -> Value {
    caller.get(&format!("/v2/jobs/{id}/results{query}")).await.ok()
}

fn values(results: &Value) -> Vec<&str> {
    let entries = results["results"].as_array().unwrap().iter();
    // v2 tells the value inside `query`.
    entries.map(|entry| entry.pointer("/query/value").unwrap_or(&entry["value"]).as_str().unwrap()).collect()
}

async fn handed_out(server: &TestServer, caller: &Caller, id: &str) -> u32 {
    bulk_job::find(&server.app.db, caller.id, &id.parse().unwrap()).await.unwrap().unwrap().handed_out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn come_in_the_order_in_which_they_ended() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let asked = ["4006381333931", "4003994155486", IPAD, COFFEE];
    let id = caller.submit(&gtins(&asked)).await;
    let none = caller.get(&format!("/v2/jobs/{id}/results")).await;
    assert_eq!(
        none.text(),
        format!(r#"{{"job_id":"{id}","status":"new","results":[],"after":0,"completed":0,"requested":4}}"#)
    );
    assert_eq!(handed_out(&server, &caller, &id).await, 0);
    let batch = lease(&server, 1, 50).await;
    end(&server, &batch, vec![(3, found(&server, "a")), (1, ItemEnd::failed(Reason::NotFound))]).await;
    let first = results(&caller, &id, "?limit=1").await;
    assert_eq!((values(&first), &first["after"], &first["status"]), (vec![COFFEE], &json!(1), &json!("working")));
    assert_eq!(handed_out(&server, &caller, &id).await, 1);
    let rest = results(&caller, &id, "?after=1").await;
    assert_eq!((values(&rest), &rest["after"], &rest["completed"]), (vec![asked[1]], &json!(2), &json!(2)));
    assert_eq!(handed_out(&server, &caller, &id).await, 2);
    // Asked again, or beyond what was given: the same, and nothing is counted down.
    assert_eq!(results(&caller, &id, "?limit=1").await, first);
    let beyond = results(&caller, &id, "?after=9").await;
    assert_eq!((values(&beyond), &beyond["after"]), (vec![], &json!(2)));
    assert_eq!(handed_out(&server, &caller, &id).await, 2);
    end(&server, &batch, vec![(0, ItemEnd::failed(Reason::Error)), (2, found(&server, "b"))]).await;
    pricemill::jobs::finish(&server.app, batch.job.seq).await.unwrap();
    let all = results(&caller, &id, "").await;
    assert_eq!(values(&all), [COFFEE, asked[1], asked[0], IPAD]);
    assert_eq!((&all["status"], &all["after"]), (&json!("finished"), &json!(4)));
    assert_eq!(handed_out(&server, &caller, &id).await, 2, "after the end nothing is written");
    // And whoever wants the last one alone gets it.
    let last = results(&caller, &id, "?after=3").await;
    assert_eq!((values(&last), &last["after"]), (vec![IPAD], &json!(4)));
    let beyond = results(&caller, &id, "?after=9").await;
    assert_eq!((values(&beyond), &beyond["after"]), (vec![], &json!(9)));
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn are_followed_to_the_end_of_a_running_job() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let asked: Vec<String> = sample_gtins(300).iter().map(ToString::to_string).collect();
    let texts: Vec<&str> = asked.iter().map(String::as_str).collect();
    let id = caller.submit(&gtins(&texts)).await;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = results(&caller, &id, &format!("?after={after}&limit=7")).await;
        let next = page["after"].as_u64().unwrap();
        assert_eq!(page["results"].as_array().unwrap().len() as u64, next - after);
        assert!(page["completed"].as_u64().unwrap() >= next, "{page}");
        seen.extend(values(&page).into_iter().map(str::to_owned));
        after = next;
        if page["status"] == "finished" && after == page["requested"] {
            break;
        }
    }
    seen.sort();
    let mut asked = asked.clone();
    asked.sort();
    assert_eq!(seen, asked, "every value once");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_lines() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    caller.wait_finished(&id).await;
    let list = results(&caller, &id, "").await;
    let path = format!("/v2/jobs/{id}/results");
    let lines = caller.send(caller.request(Method::GET, &path).header("accept", "application/x-ndjson")).await;
    assert_eq!((lines.status, lines.header("content-type")), (200, Some("application/x-ndjson")));
    assert_eq!(lines.header("x-next-after"), Some("2"));
    assert!(lines.text().ends_with('\n'));
    let entries: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(entries), list["results"]);
    let next = caller.get(&format!("{path}?format=ndjson&after=2")).await;
    assert_eq!((next.status, next.text(), next.header("x-next-after")), (200, "", Some("2")));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_alone_gives_nothing_away() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    let batch = lease(&server, 1, 50).await;
    end(&server, &batch, vec![(0, found(&server, "a"))]).await;
    let path = format!("/v2/jobs/{id}/results");
    let head = caller.send(caller.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.text(), head.header("x-next-after")), (200, "", Some("1")));
    assert_eq!(handed_out(&server, &caller, &id).await, 0);
    for (query, parameter) in [("?after=x", "after"), ("?limit=501", "limit"), ("?format=xml", "format")] {
        caller.get(&format!("{path}{query}")).await.refused(400, "parameter value invalid", Some(parameter));
    }
    let wrong = caller.post_form(&path, "").await;
    wrong.refused(405, "method not allowed", None);
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
    server.close_books().await;
    server.stop().await;
}
