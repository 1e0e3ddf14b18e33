//! A server that speaks TLS, well or badly by the name it is asked for, and HTTP/2 behind it.

use super::table::{By, cases, product};
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, server};
use http::{Request, Response};
use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secure {
    Page,
    SelfSigned,
    UnknownAuthority,
    Expired,
    WrongName,
    BreaksOff,
    Reset,
    GoAway,
    ManyHeaders,
    Stalls,
}

/// The server; it stops with the test's runtime.
pub struct SecureShop {
    address: SocketAddr,
    /// The authority of its good certificates, PEM.
    pub authority: String,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

/// The authorities that sign.
struct Authorities {
    known: CertifiedIssuer<'static, KeyPair>,
    unknown: CertifiedIssuer<'static, KeyPair>,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl SecureShop {
    pub async fn start() -> SecureShop {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let authorities = Arc::new(Authorities { known: authority("Known"), unknown: authority("Unknown") });
        let shop = SecureShop { address, authority: authorities.known.pem(), asked: Arc::default() };
        let asked = Arc::clone(&shop.asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (authorities, asked) = (Arc::clone(&authorities), Arc::clone(&asked));
                tokio::spawn(async move { serve(stream, &authorities, &asked).await });
            }
        });
        shop
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Requests for a host's page, or connections to it where no request gets through.
    pub fn asked(&self, label: &str) -> usize {
        self.asked.lock().unwrap().get(label).copied().unwrap_or_default()
    }
}

fn certificate(does: Secure, name: &str, authorities: &Authorities) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let name = if does == Secure::WrongName { "other.localhost" } else { name };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if does == Secure::Expired {
        params.not_after = date_time_ymd(1999, 12, 31);
    }
    let certificate = match does {
        Secure::SelfSigned => params.self_signed(&key),
        Secure::UnknownAuthority => params.signed_by(&key, &authorities.unknown),
        _ => params.signed_by(&key, &authorities.known),
    };
    (certificate.unwrap(), key)
}

fn config(does: Secure, name: &str, authorities: &Authorities) -> Arc<ServerConfig> {
    let (certificate, key) = certificate(does, name, authorities);
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

async fn serve(stream: TcpStream, authorities: &Authorities, asked: &Mutex<HashMap<String, usize>>) -> Option<()> {
    let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await.ok()?;
    let name = hello.client_hello().server_name()?.to_owned();
    let label = name.split('.').next()?.to_owned();
    let does = cases().into_iter().find(|case| case.name == label).map(|case| case.by);
    let Some(By::Tls(does)) = does else { return None };
    let count = || *asked.lock().unwrap().entry(label.clone()).or_default() += 1;
    let has_requests =
        matches!(does, Secure::Page | Secure::Reset | Secure::GoAway | Secure::ManyHeaders | Secure::Stalls);
    if !has_requests {
        count();
    }
    if does == Secure::BreaksOff {
        return None;
    }
    let stream = hello.into_stream(config(does, &name, authorities)).await.ok()?;
    answer_all(stream, does, count).await.ok()
}

async fn answer_all(stream: TlsStream<TcpStream>, does: Secure, count: impl Fn()) -> Result<(), h2::Error> {
    let mut connection = server::handshake(stream).await?;
    let mut unanswered = Vec::new();
    while let Some(next) = connection.accept().await {
        let (request, mut respond): (Request<_>, SendResponse<Bytes>) = next?;
        if request.uri().path() == "/robots.txt" {
            respond.send_response(Response::builder().status(404).body(()).unwrap(), true)?;
            continue;
        }
        count();
        let mut response = Response::builder().header("content-type", "text/html; charset=utf-8").body(()).unwrap();
        match does {
            Secure::GoAway => connection.abrupt_shutdown(Reason::INTERNAL_ERROR),
            Secure::Stalls => unanswered.push(respond),
            Secure::Reset => {
                let mut body = respond.send_response(response, false)?;
                body.send_data(Bytes::from_static(b"<p>19"), false)?;
                unanswered.push(respond);
                body.send_reset(Reason::INTERNAL_ERROR);
            }
            Secure::ManyHeaders => {
                for n in 0..100_000_u32 {
                    let name = http::HeaderName::try_from(format!("x-header-{}", n % 10)).unwrap();
                    response.headers_mut().append(name, http::HeaderValue::from_static("value"));
                }
                respond.send_response(response, true)?;
            }
            _ => respond.send_response(response, false)?.send_data(Bytes::from(product()), true)?,
        }
    }
    Ok(())
}
