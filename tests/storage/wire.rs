//! A wire to the marketplace that remembers what was asked over it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Ends of request heads are looked for in at most so many bytes at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// Forwards connections to a port. Ends with the test's runtime.
pub struct Wire {
    pub port: u16,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Wire {
    pub async fn to(port: u16) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Wire { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let asked = wire.asked.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let asked = asked.clone();
                tokio::spawn(async move {
                    let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let (mut from_client, mut to_client) = client.into_split();
                    let (mut from_server, mut to_server) = server.into_split();
                    tokio::spawn(async move {
                        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
                    });
                    let (mut piece, mut heads) = (vec![0; PIECE_BYTES], String::new());
                    while let Ok(read @ 1..) = from_client.read(&mut piece).await {
                        // The crawler's requests have no bodies: what it sends is heads.
                        heads.push_str(std::str::from_utf8(&piece[..read]).unwrap());
                        while let Some(end) = heads.find("\r\n\r\n") {
                            let head: String = heads.drain(..end + 4).collect();
                            *asked.lock().unwrap().entry(address(&head)).or_default() += 1;
                        }
                        if to_server.write_all(&piece[..read]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        wire
    }

    /// How often each page was asked for; robots.txt is not among them.
    pub fn asked(&self) -> BTreeMap<String, usize> {
        let asked = self.asked.lock().unwrap().clone();
        asked.into_iter().filter(|(address, _)| !address.ends_with("/robots.txt")).collect()
    }
}

/// `HOST/PATH?QUERY` of a request's head.
fn address(head: &str) -> String {
    let path = head.split(' ').nth(1).unwrap();
    let host = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    });
    format!("{}{path}", host.unwrap())
}
