//! A proxy on 127.0.0.1, by hand: HTTP (absolute form and CONNECT) and SOCKS5, with user and password. Whatever name it
//! is asked for, it connects to this machine: it stands in for a proxy with name servers of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// `Basic` of `us:er` and `p@s3cret`, hence of `us%3Aer:p%40s3cret` in an address.
const BASIC: &str = "Basic dXM6ZXI6cEBzM2NyZXQ=";
pub const USER: &str = "us%3Aer";
pub const PASSWORD: &str = "p%40s3cret";
/// What must not be found in anything that is written.
pub const SECRETS: [&str; 4] = ["s3cret", "us%3Aer", "us:er", "dXM6ZXI6cEBzM2NyZXQ"];

/// What it does with what it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Relays,
    /// Says that the target cannot be reached.
    CannotReach,
    /// Answers every request with 403 itself.
    Forbids,
}

/// The proxy; it stops with the test's runtime.
pub struct Relay {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    mood: Arc<Mutex<Mood>>,
}

impl Relay {
    /// A proxy that speaks both; with `locked` only for whoever knows user and password.
    pub async fn start(locked: bool) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let relay = Relay { address, asked: Arc::default(), mood: Arc::new(Mutex::new(Mood::Relays)) };
        let (asked, mood) = (Arc::clone(&relay.asked), Arc::clone(&relay.mood));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, mood) = (Arc::clone(&asked), *mood.lock().unwrap());
                tokio::spawn(async move { serve(stream, locked, mood, &asked).await });
            }
        });
        relay
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Its address with the right credentials.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{USER}:{PASSWORD}@{}", self.address)
    }

    /// Its address with this before the host.
    pub fn url_with(&self, scheme: &str, credentials: &str) -> String {
        format!("{scheme}://{credentials}{}", self.address)
    }

    /// What it was asked for by those it let in, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, locked: bool, mood: Mood, asked: &Mutex<Vec<String>>) -> Option<()> {
    match stream.read_u8().await.ok()? {
        5 => socks(stream, locked, mood, asked).await,
        first => http(stream, first, locked, mood, asked).await,
    }
}

async fn http(mut stream: TcpStream, first: u8, locked: bool, mood: Mood, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut head = vec![first];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let authorization = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization").then(|| value.to_owned())
    });
    let answer = |status: &str| format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    if locked && authorization.as_deref() != Some(BASIC) {
        return stream.write_all(answer("407").as_bytes()).await.ok();
    }
    let (method, target) = head.lines().next()?.rsplit_once(' ')?.0.split_once(' ')?;
    asked.lock().unwrap().push(format!("{method} {target}"));
    match mood {
        Mood::Relays => {}
        Mood::CannotReach => return stream.write_all(answer("502").as_bytes()).await.ok(),
        Mood::Forbids => return stream.write_all(answer("403").as_bytes()).await.ok(),
    }
    if method == "CONNECT" {
        let mut server = TcpStream::connect(("127.0.0.1", port(target))).await.ok()?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
        return copy_bidirectional(&mut stream, &mut server).await.ok().map(drop);
    }
    let (host, path) = target.strip_prefix("http://")?.split_at_checked(target[7..].find('/')?)?;
    let mut server = TcpStream::connect(("127.0.0.1", port(host))).await.ok()?;
    let kept = head.lines().skip(1).filter(|line| !line.to_ascii_lowercase().starts_with("proxy-"));
    let request = format!("{method} {path} HTTP/1.1\r\n{}\r\n\r\n", kept.collect::<Vec<_>>().join("\r\n").trim_end());
    server.write_all(request.as_bytes()).await.ok()?;
    copy_bidirectional(&mut stream, &mut server).await.ok().map(drop)
}

/// Rules from RFC 1928 and RFC 1929.
async fn socks(mut stream: TcpStream, locked: bool, mood: Mood, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut methods = vec![0; stream.read_u8().await.ok()?.into()];
    stream.read_exact(&mut methods).await.ok()?;
    let method = if locked { 2 } else { 0 };
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]).await.ok();
    }
    stream.write_all(&[5, method]).await.ok()?;
    if locked {
        stream.read_u8().await.ok()?;
        let (user, password) = (short_text(&mut stream).await?, short_text(&mut stream).await?);
        if (user.as_str(), password.as_str()) != ("us:er", "p@s3cret") {
            return stream.write_all(&[1, 1]).await.ok();
        }
        stream.write_all(&[1, 0]).await.ok()?;
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await.ok()?;
    let host = match request[3] {
        1 => std::net::Ipv4Addr::from(stream.read_u32().await.ok()?).to_string(),
        3 => short_text(&mut stream).await?,
        4 => std::net::Ipv6Addr::from(stream.read_u128().await.ok()?).to_string(),
        _ => return None,
    };
    let port = stream.read_u16().await.ok()?;
    asked.lock().unwrap().push(format!("SOCKS {host}:{port}"));
    let server = TcpStream::connect(("127.0.0.1", port)).await.ok().filter(|_| mood == Mood::Relays);
    let status = if server.is_some() { 0 } else { 4 };
    stream.write_all(&[5, status, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    copy_bidirectional(&mut stream, &mut server?).await.ok().map(drop)
}

async fn short_text(stream: &mut TcpStream) -> Option<String> {
    let mut text = vec![0; stream.read_u8().await.ok()?.into()];
    stream.read_exact(&mut text).await.ok()?;
    String::from_utf8(text).ok()
}

fn port(host: &str) -> u16 {
    host.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(80)
}
