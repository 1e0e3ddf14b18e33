//! A server on 127.0.0.1 that does to its clients whatever a case tells it to, byte by byte.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The first byte of a TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;

/// What the server saw.
#[derive(Debug, Clone)]
pub struct Request {
    /// The host as the client named it, without its port.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// The whole head, as it came.
    pub head: String,
    /// How many requests for this path of this host came so far, this one included.
    pub nth: usize,
}

/// What it does next; after the last act it closes the connection.
#[derive(Debug, Clone)]
pub enum Act {
    Send(Vec<u8>),
    /// One byte after the other, so far apart, until the client leaves.
    Drip(Duration),
    /// The same bytes until the client leaves.
    Endless(Vec<u8>),
    /// Nothing until the client leaves.
    Stall,
    /// An answer when the client has left.
    Late(Vec<u8>),
}

/// The server; it stops with the test's runtime.
pub struct Hostile {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    most_at_once: Arc<AtomicUsize>,
    tls_greetings: Arc<AtomicUsize>,
}

impl Hostile {
    /// Starts a server that answers every request by the script.
    pub async fn start<S, F>(script: S) -> Hostile
    where
        S: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Vec<Act>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hostile = Hostile {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            most_at_once: Arc::default(),
            tls_greetings: Arc::default(),
        };
        let tls_greetings = Arc::clone(&hostile.tls_greetings);
        let (script, requests) = (Arc::new(script), Arc::clone(&hostile.requests));
        let (most_at_once, now) = (Arc::clone(&hostile.most_at_once), Arc::new(AtomicUsize::new(0)));
        let counts: Arc<Mutex<HashMap<(String, String), usize>>> = Arc::default();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (script, requests, counts) = (Arc::clone(&script), Arc::clone(&requests), Arc::clone(&counts));
                let (most_at_once, now) = (Arc::clone(&most_at_once), Arc::clone(&now));
                let tls_greetings = Arc::clone(&tls_greetings);
                tokio::spawn(async move {
                    let head = match read_head(&mut stream).await {
                        Some(Head::Http(head)) => head,
                        Some(Head::Tls) => {
                            tls_greetings.fetch_add(1, SeqCst);
                            return answer_tls_in_plain_text(&mut stream).await;
                        }
                        None => return,
                    };
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    let host = host_of(&head);
                    let nth = {
                        let mut counts = counts.lock().unwrap();
                        let count = counts.entry((host.clone(), path.clone())).or_default();
                        *count += 1;
                        *count
                    };
                    let request = Request { host, path, head, nth };
                    requests.lock().unwrap().push(request.clone());
                    most_at_once.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                    let acts = script(request).await;
                    // Before the answer: the client may begin its next request as soon as it has read this one.
                    now.fetch_sub(1, SeqCst);
                    for act in acts {
                        if perform(&mut stream, act).await.is_err() {
                            return;
                        }
                    }
                    let _ = stream.shutdown().await;
                });
            }
        });
        hostile
    }

    /// Starts a server that does the same to everyone.
    pub async fn always(acts: Vec<Act>) -> Hostile {
        Hostile::start(move |_| std::future::ready(acts.clone())).await
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Paths asked for, in order.
    pub fn paths(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.path.clone()).collect()
    }

    /// How often a path of a host was asked for.
    pub fn asked(&self, host: &str, path: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|request| request.host == host && request.path == path).count()
    }

    /// Connections that began with TLS, which it does not speak.
    pub fn tls_greetings(&self) -> usize {
        self.tls_greetings.load(SeqCst)
    }

    /// Heads of all requests, in order.
    pub fn heads(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.head.clone()).collect()
    }

    /// Most requests that were being answered at the same time.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(SeqCst)
    }
}

/// What servers do that are asked for TLS where they speak none.
async fn answer_tls_in_plain_text(stream: &mut TcpStream) {
    let mut hello = [0; 4096];
    let _ = stream.read(&mut hello).await;
    let _ = stream.write_all(&head(400, &["Content-Length: 0"])).await;
    let _ = stream.shutdown().await;
}

fn host_of(head: &str) -> String {
    let line = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host:").map(str::to_owned));
    let host = line.unwrap_or_default();
    host.trim().rsplit_once(':').map_or(host.trim(), |(name, _)| name).to_owned()
}

/// How a client begins.
enum Head {
    Http(String),
    Tls,
}

async fn read_head(stream: &mut TcpStream) -> Option<Head> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.ok()? == 0 || head.len() > 64 * 1024 {
            return None;
        }
        if head.is_empty() && byte[0] == TLS_HANDSHAKE {
            return Some(Head::Tls);
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok().map(Head::Http)
}

async fn perform(stream: &mut TcpStream, act: Act) -> std::io::Result<()> {
    match act {
        Act::Send(bytes) => stream.write_all(&bytes).await,
        Act::Drip(gap) => loop {
            stream.write_all(b"x").await?;
            tokio::time::sleep(gap).await;
        },
        Act::Endless(bytes) => loop {
            stream.write_all(&bytes).await?;
        },
        Act::Stall => {
            let mut rest = [0; 64];
            while stream.read(&mut rest).await? > 0 {}
            Ok(())
        }
        Act::Late(bytes) => {
            let mut rest = [0; 64];
            while stream.read(&mut rest).await? > 0 {}
            stream.write_all(&bytes).await
        }
    }
}

/// A whole answer with these header lines and a right Content-Length.
pub fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<Act> {
    let body = body.as_ref();
    let length = format!("Content-Length: {}", body.len());
    let mut bytes = head(status, &[headers, &[length.as_str()]].concat());
    bytes.extend_from_slice(body);
    vec![Act::Send(bytes)]
}

/// An HTML page.
pub fn page(text: impl AsRef<[u8]>) -> Vec<Act> {
    answer(200, &["Content-Type: text/html; charset=utf-8"], text)
}

/// An answer's head alone.
pub fn head(status: u16, headers: &[&str]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}
