//! `GET /v2/jobs/{id}/events`: progress as it happens.

use crate::cancel::{cancel, end, found, lease};
use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestDatabase, TestServer};
use crate::{gtins, start, start_idle};
use pricemill::demo::sample_gtins;
use pricemill::domain::Reason;
use pricemill::storage::bulk_item::ItemEnd;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// An open stream, read event by event.
pub struct Events {
    response: Response,
    text: String,
}

#[derive(Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: Value,
}

impl Events {
    pub async fn open(caller: &Caller, id: &str, last_id: Option<&str>) -> Events {
        let mut request = caller.request(Method::GET, &format!("/v2/jobs/{id}/events"));
        // As browsers do.
        request = request.header("accept", "text/event-stream").header("accept-encoding", "gzip, deflate, br");
        if let Some(last_id) = last_id {
            request = request.header("last-event-id", last_id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("text/event-stream"));
        assert_eq!(header("cache-control").as_deref(), Some("no-cache"));
        assert_eq!(header("content-encoding"), None);
        let mut events = Events { response, text: String::new() };
        assert_eq!(events.block().await.as_deref(), Some("retry: 2000"));
        events
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        let block = self.block().await?;
        let lines: Vec<&str> = block.lines().collect();
        let [name, id, data] = lines[..] else { panic!("{block}") };
        Some(Event {
            name: name.strip_prefix("event: ").unwrap().to_owned(),
            id: id.strip_prefix("id: ").unwrap().to_owned(),
            data: serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap(),
        })
    }

    async fn expect(&mut self, name: &str, id: &str) -> Value {
        let event = self.next().await.expect("the stream ended");
        assert_eq!((event.name.as_str(), event.id.as_str()), (name, id), "{event:?}");
        event.data
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tell_each_step_and_end_with_the_job() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    let mut events = Events::open(&caller, &id, None).await;
    let first = events.expect("progress", "0").await;
    assert_eq!((&first["job_id"], &first["status"], &first["requested"]), (&json!(id), &json!("new"), &json!(2)));
    let batch = lease(&server, 1, 50).await;
    server.app.moved.notify_waiters();
    assert_eq!(events.expect("progress", "0").await["status"], "working");
    end(&server, &batch, vec![(1, found(&server, "a"))]).await;
    assert_eq!(events.expect("progress", "1").await["progress"], 50);
    end(&server, &batch, vec![(0, ItemEnd::failed(Reason::NotFound))]).await;
    pricemill::jobs::finish(&server.app, batch.job.seq).await.unwrap();
    let last = events.expect("finished", "2").await;
    assert_eq!(
        (&last["status"], &last["free_credits"], &last["not_founds"]),
        (&json!("finished"), &json!(2), &json!(1))
    );
    assert_eq!(events.next().await, None);
    // Whoever comes later hears the end; who has heard it is told to come no more.
    let mut late = Events::open(&caller, &id, Some("1")).await;
    late.expect("finished", "2").await;
    assert_eq!(late.next().await, None);
    let path = format!("/v2/jobs/{id}/events");
    let over = caller.send(caller.request(Method::GET, &path).header("last-event-id", "2")).await;
    assert_eq!((over.status, over.text()), (204, ""));
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_job_ends_them_too() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    let mut events = Events::open(&caller, &id, None).await;
    events.expect("progress", "0").await;
    // What the client knows already is not told again.
    let mut again = Events::open(&caller, &id, Some("0")).await;
    cancel(&caller, &id).await;
    for stream in [&mut events, &mut again] {
        assert_eq!(stream.expect("cancelled", "0-cancelled").await["status"], "cancelled");
        assert_eq!(stream.next().await, None);
    }
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_real_job_never_go_back() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = sample_gtins(200).iter().map(ToString::to_string).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let id = caller.submit(&gtins(&values)).await;
    let mut events = Events::open(&caller, &id, None).await;
    let mut completed = 0;
    let last = loop {
        let event = events.next().await.expect("it ended without its last event");
        let now = event.id.parse::<u64>().unwrap();
        assert!(now >= completed && event.data["completed"] == now, "{event:?}");
        completed = now;
        if event.name == "finished" {
            break event;
        }
        assert_eq!(event.name, "progress");
    };
    assert_eq!((last.id.as_str(), &last.data["open_values"]), ("200", &json!(0)));
    assert_eq!(events.next().await, None);
    server.close().await;
}

/// The other process is told nothing; it looks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn come_from_another_process_as_well() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let database = Some(TestDatabase::at(server.database.url.clone()));
    let twin = TestServer::start(Setup { works: false, database, ..Setup::default() }).await;
    let there = Caller { token: caller.token.clone(), id: caller.id, ..twin.stranger() };
    let id = caller.submit(&gtins(&[IPAD])).await;
    let mut events = Events::open(&there, &id, None).await;
    events.expect("progress", "0").await;
    cancel(&caller, &id).await;
    events.expect("cancelled", "0-cancelled").await;
    assert_eq!(events.next().await, None);
    twin.stop().await;
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_so_many_open_and_a_stop_ends_them() {
    let server = start_idle().await;
    let (caller, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let id = caller.submit(&gtins(&[IPAD])).await;
    let path = format!("/v2/jobs/{id}/events");
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Events::open(&caller, &id, None).await);
    }
    let refused = caller.get(&path).await;
    refused.refused(429, "too many requests", None);
    assert!(refused.header("retry-after").is_some());
    // Another account is not concerned, and asking for the head takes no place.
    let others = other.submit(&gtins(&[IPAD])).await;
    Events::open(&other, &others, None).await;
    let head = caller.send(caller.request(Method::HEAD, &path)).await;
    assert_eq!((head.status, head.header("content-type"), head.text()), (200, Some("text/event-stream"), ""));
    other.get(&path).await.refused(404, "job not found", None);
    let wrong = caller.post_form(&path, "").await;
    wrong.refused(405, "method not allowed", None);
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
    // A client that goes away gives its place back; the server learns of it when it next writes.
    drop(open.pop());
    let batch = lease(&server, 1, 50).await;
    server.app.moved.notify_waiters();
    let mut again = loop {
        let answer = caller.request(Method::GET, &path).send().await.unwrap();
        if answer.status() == 200 {
            break Events { response: answer, text: String::new() };
        }
    };
    assert_eq!(again.block().await.as_deref(), Some("retry: 2000"));
    again.expect("progress", "0").await;
    drop(batch);
    server.close_books().await;
    server.stop().await;
    assert_eq!(again.next().await, None, "ended, not broken off");
}
