//! Clients that are old, odd or hostile.

use crate::harness::{COFFEE, Caller, IPAD, Terms};
use crate::{gtins, start, start_idle, with};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::json;
use std::io::Write;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

async fn jobs(caller: &Caller) -> usize {
    caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len()
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_waits_before_it_sends_its_body() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let body = gtins(&[IPAD, COFFEE]).to_string();
    let head = format!(
        "POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Api-Key: {}\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n",
        caller.token,
        body.len()
    );
    let mut socket = BufReader::new(TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap());
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    socket.read_line(&mut line).await.unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("HTTP/1.1 200 OK\r\n") && answer.contains(r#""requested":2"#), "{answer}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_in_chunks_of_unknown_length() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let text = gtins(&[IPAD, COFFEE]).to_string();
    let bytes: Vec<Result<Vec<u8>, std::io::Error>> = text.bytes().map(|byte| Ok(vec![byte])).collect();
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(bytes));
    let request = caller.request(Method::POST, "/jobs").header("content-type", "application/json").body(body);
    assert_eq!(caller.send(request).await.ok()["requested"], 2);
    // Without a length the limit holds as well.
    let endless = futures_util::stream::iter((0..48).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let request = caller.request(Method::POST, "/jobs").body(reqwest::Body::wrap_stream(endless));
    caller.send(request).await.refused(413, "body too large", None);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packed_body() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let send = async |body: Vec<u8>| {
        let request = caller.request(Method::POST, "/jobs").header("content-type", "application/json");
        caller.send(request.header("content-encoding", "gzip").body(body)).await
    };
    assert_eq!(send(packed(gtins(&[IPAD]).to_string().as_bytes())).await.ok()["requested"], 1);
    // 64 MiB of blanks.
    let bomb = packed(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 1024 * 1024);
    send(bomb).await.refused(413, "body too large", None);
    send(b"no gzip at all".to_vec()).await.refused(400, "parameter value invalid", None);
    assert_eq!(jobs(&caller).await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deep_and_doubled_json() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let post = async |body: String| {
        caller.send(caller.request(Method::POST, "/jobs").header("content-type", "application/json").body(body)).await
    };
    for body in [
        "[".repeat(500_000),
        format!("{{\"values\":{}", "[".repeat(500_000)),
        format!("{{\"x\":{}", "{\"a\":".repeat(100_000)),
    ] {
        post(body).await.refused(400, "parameter value invalid", None);
    }
    let twice = gtins(&[IPAD]).to_string().replacen('{', r#"{"country":"fr","#, 1);
    assert_eq!(post(twice).await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_no_database_holds_is_refused() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let invalid = "parameter value invalid";
    for values in [json!(["a\u{0}b"]), json!("a\u{0}b\nc"), json!([{"value": "a", "reference": "\u{0}"}])] {
        let job = with(gtins(&[]), json!({"key": "keyword", "values": values}));
        caller.post_json("/jobs", &job).await.refused(400, invalid, Some("values"));
    }
    let head = "source=google-shopping&country=de&key=keyword";
    caller.post_form("/jobs", format!("{head}&values=a%00b")).await.refused(400, invalid, Some("values"));
    let single = caller.get(&format!("/products/single?{head}&value=a%00b")).await;
    single.refused(400, invalid, Some("value"));
    assert_eq!(jobs(&caller).await, 0);
    // Anything else is text, and comes back as it was.
    let odd = "\u{1}\u{7f} <b>&amp;</b> \u{202e}\u{1f600}\u{fffd} '); DROP TABLE bulk_job; --";
    let id = caller.submit(&with(gtins(&[]), json!({"source": "test", "key": "keyword", "values": [odd]}))).await;
    let database = server.stop().await;
    let server = crate::TestServer::start(crate::Setup { database: Some(database), ..crate::Setup::default() }).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    let results = caller.results(&id).await;
    assert_eq!(
        (&results["products"][0]["value"], &results["products"][0]["reason"]),
        (&json!(odd), &json!("not found"))
    );
    let xml = caller.download(&id, ".xml").await;
    assert!(xml.text().contains("<value>\u{fffd}"), "{}", xml.text());
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_http_1_0_gets_no_chunks() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    caller.wait_finished(&id).await;
    let whole = caller.download(&id, ".json").await;
    for packed in [false, true] {
        let accept = if packed { "Accept-Encoding: gzip\r\n" } else { "" };
        let head = format!("GET /products/bulk/{id}.json?token={} HTTP/1.0\r\n{accept}\r\n", caller.token);
        let mut socket = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The end of the connection is the end of the body.
        socket.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        assert!(head.starts_with("http/1.0 200") && !head.contains("transfer-encoding"), "{head}");
        let body = &answer[end + 4..];
        let text = match packed {
            true => std::io::read_to_string(flate2::read::GzDecoder::new(body)).unwrap(),
            false => String::from_utf8(body.to_vec()).unwrap(),
        };
        assert_eq!(text, whole.text());
    }
    server.close().await;
}
