//! The only maker of HTTP clients, and the guard on every address they connect to.
//!
//! Users name URLs and shops name redirects, so neither may reach what only this machine or its network can see. The
//! guard sits where addresses become connections: names are resolved here and what is not public is dropped from the
//! answer, so a name that resolves differently a second time gains nothing; literal addresses never reach a resolver and
//! are checked in [`Outbound::check_url`]. Redirects are never followed by a client: whoever follows one asks again.

mod proxy;

pub use proxy::{InvalidProxy, NameError, ProxyAddress};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Idle connections kept to one host.
const IDLE_CONNECTIONS: usize = 8;

/// Most bytes of an answer's headers over HTTP/2. The default, 16 KiB, is less than some shops' cookies and policies take;
/// over HTTP/1 it is about 400 KiB.
const MOST_HEADER_BYTES: u32 = 256 * 1024;

/// Addresses that are opened although they are not public: `127.0.0.0/8`, `[::1]/128`, `127.0.0.1:8090`, `10.0.0.0/8:80`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowedRange {
    net: IpNet,
    /// `None` opens every port.
    port: Option<u16>,
}

/// A text that is not an [`AllowedRange`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an address range such as 127.0.0.0/8, [::1]/128 or 127.0.0.1:8090: {0}")]
pub struct InvalidRange(String);

/// An address that may not be connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAllowed(pub String);

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// Which addresses may be connected to, and the maker of clients that connect to no other. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    allow: Arc<Vec<AllowedRange>>,
    /// Trusted beside the system's.
    authorities: Arc<Vec<reqwest::Certificate>>,
}

/// What differs between the clients of different rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientLimits {
    pub connect_timeout: Duration,
}

/// HTTP clients that connect to allowed addresses only. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    outbound: Outbound,
    ordinary: reqwest::Client,
    /// A resolver is told a name and no port, so a range with a port gets a client of its own, used for that port only.
    by_port: Arc<BTreeMap<u16, reqwest::Client>>,
    /// The proxy that all of them go through.
    via: Option<Arc<ProxyAddress>>,
}

struct GuardedResolver {
    outbound: Outbound,
    /// A name that is not guarded: the operator's own proxy.
    trusted: Option<String>,
    /// The only port this client is used for; `None`: ranges with a port are closed.
    port: Option<u16>,
}

impl Outbound {
    /// Public addresses and these ranges.
    pub fn new(allow: Vec<AllowedRange>) -> Outbound {
        Outbound { allow: Arc::new(allow), authorities: Arc::default() }
    }

    /// Trusts these certificate authorities (PEM, one or more) beside the system's.
    pub fn trusting(self, pem: &[u8]) -> Result<Outbound, OutboundError> {
        Ok(Outbound { authorities: Arc::new(reqwest::Certificate::from_pem_bundle(pem)?), ..self })
    }

    /// Makes clients: no system proxy, no redirects, no decompression (the caller counts both sizes), TLS by the
    /// system's certificates.
    pub fn clients(&self, limits: ClientLimits) -> Result<Clients, OutboundError> {
        self.clients_over(limits, None)
    }

    fn clients_over(&self, limits: ClientLimits, via: Option<&ProxyAddress>) -> Result<Clients, OutboundError> {
        install_tls_provider();
        let ports: Vec<u16> = self.allow.iter().filter_map(|range| range.port).collect();
        let by_port = ports.into_iter().map(|port| Ok((port, self.client(limits, Some(port), via)?)));
        Ok(Clients {
            outbound: self.clone(),
            ordinary: self.client(limits, None, via)?,
            by_port: Arc::new(by_port.collect::<Result<_, OutboundError>>()?),
            via: via.cloned().map(Arc::new),
        })
    }

    /// Whether a connection to this address is allowed; `port` is `None` where it is not known.
    pub fn is_allowed(&self, ip: IpAddr, port: Option<u16>) -> bool {
        let ip = ip.to_canonical();
        is_public(ip)
            || self.allow.iter().any(|range| range.net.contains(&ip) && (range.port.is_none() || range.port == port))
    }

    /// What a URL alone tells: its scheme, that it holds no credentials, and, if its host is a literal address, that
    /// address. A name is looked at when it is resolved.
    pub fn check_url(&self, url: &Url) -> Result<(), NotAllowed> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAllowed(format!("scheme {}", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed("credentials in the address".to_owned()));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(NotAllowed("no host".to_owned())),
        };
        match self.is_allowed(literal, url.port_or_known_default()) {
            true => Ok(()),
            false => Err(NotAllowed(literal.to_string())),
        }
    }

    fn client(
        &self,
        limits: ClientLimits,
        port: Option<u16>,
        via: Option<&ProxyAddress>,
    ) -> Result<reqwest::Client, OutboundError> {
        let rule = via.map(ProxyAddress::rule).transpose()?;
        let builder = || {
            let builder = reqwest::Client::builder().no_proxy();
            let trusted = via.map(ProxyAddress::trusted_name);
            rule.iter()
                .fold(builder, |builder, rule| builder.proxy(rule.clone()))
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(limits.connect_timeout)
                .pool_max_idle_per_host(IDLE_CONNECTIONS)
                .http2_max_header_list_size(MOST_HEADER_BYTES)
                .dns_resolver(Arc::new(GuardedResolver { outbound: self.clone(), port, trusted }))
        };
        let authorities = || self.authorities.iter().cloned();
        builder().tls_certs_merge(authorities()).build().or_else(|error| {
            // A machine without any certificate can still visit plain HTTP: the demo marketplace must not need them.
            tracing::warn!(%error, "no system certificates: https sources cannot be visited");
            Ok(builder().tls_certs_only(authorities()).build()?)
        })
    }
}

/// A client for an address the operator typed: any address, but no proxy and no redirect either, so that a token goes
/// only where it was meant to go.
pub fn operator_client() -> Result<reqwest::Client, OutboundError> {
    install_tls_provider();
    let builder = || reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = builder().build().or_else(|_| builder().tls_certs_only(std::iter::empty()).build())?;
    Ok(client)
}

impl Clients {
    /// The client for a URL, after [`Outbound::check_url`].
    pub fn client_for(&self, url: &Url) -> Result<&reqwest::Client, NotAllowed> {
        self.outbound.check_url(url)?;
        Ok(url.port_or_known_default().and_then(|port| self.by_port.get(&port)).unwrap_or(&self.ordinary))
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (outbound, port) = (self.outbound.clone(), self.port);
        let is_trusted = self.trusted.as_deref().is_some_and(|trusted| name.as_str().eq_ignore_ascii_case(trusted));
        Box::pin(async move {
            let found = resolve(name.as_str()).await?;
            if is_trusted {
                return Ok(Box::new(found.into_iter()) as Addrs);
            }
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| outbound.is_allowed(address.ip(), port)).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(NotAllowed(name.as_str().to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Addresses of a name; port 0 stands for the URL's own. Rule for `localhost` names from RFC 6761 §6.3.
async fn resolve(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    if is_localhost(name) {
        return Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]);
    }
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// The refused address, if that is what a request failed of.
pub fn refused_address(error: &reqwest::Error) -> Option<NotAllowed> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<NotAllowed>() {
            return Some(refused.clone());
        }
        cause = error.source();
    }
    None
}

/// reqwest takes the process's TLS provider; another part of the process may have set one already, which serves as well.
fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _already_set = rustls::crypto::ring::default_provider().install_default();
    }
}

/// Whether the address is one the whole internet can reach. Rule from the IANA special-purpose address registries
/// (RFC 6890); an IPv6 address that carries an IPv4 one is as public as that.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    )
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarking, ORCHID, documentation: the special blocks inside global unicast.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast is 2000::/3; loopback, unique local, link local, multicast and all unassigned lie outside.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

impl FromStr for AllowedRange {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<AllowedRange, InvalidRange> {
        let invalid = || InvalidRange(text.to_owned());
        let (address, rest) = match text.trim().strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or_else(invalid)?,
            None => {
                let text = text.trim();
                text.split_at(text.find(['/', ':']).unwrap_or(text.len()))
            }
        };
        let ip: IpAddr = address.parse().map_err(|_| invalid())?;
        let (prefix, port) = match rest.split_once(':') {
            Some((prefix, port)) => (prefix, Some(port.parse().map_err(|_| invalid())?)),
            None => (rest, None),
        };
        let net = match (prefix.strip_prefix('/'), prefix) {
            (Some(bits), _) => IpNet::new(ip, bits.parse().map_err(|_| invalid())?).map_err(|_| invalid())?,
            (None, "") => IpNet::from(ip),
            (None, _) => return Err(invalid()),
        };
        Ok(AllowedRange { net, port })
    }
}

impl fmt::Display for AllowedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.net {
            IpNet::V4(net) => write!(f, "{net}")?,
            IpNet::V6(net) => write!(f, "[{}]/{}", net.addr(), net.prefix_len())?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl TryFrom<String> for AllowedRange {
    type Error = InvalidRange;

    fn try_from(text: String) -> Result<AllowedRange, InvalidRange> {
        text.parse()
    }
}

impl<'de> serde::Deserialize<'de> for AllowedRange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<AllowedRange, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(ranges: &[&str]) -> Outbound {
        Outbound::new(ranges.iter().map(|range| range.parse().unwrap()).collect())
    }

    fn clients(ranges: &[&str]) -> Clients {
        allowed(ranges).clients(ClientLimits { connect_timeout: Duration::from_secs(1) }).unwrap()
    }

    #[test]
    fn private_addresses_are_not_public_in_any_disguise() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:c0a8:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
            assert!(!allowed(&[]).is_allowed(text.parse().unwrap(), Some(80)), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2a00:1450::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ranges_are_read_with_and_without_port() {
        for (text, shown) in [
            ("127.0.0.0/8", "127.0.0.0/8"),
            ("127.0.0.1:8090", "127.0.0.1/32:8090"),
            ("10.0.0.0/8:80", "10.0.0.0/8:80"),
            ("[::1]/128", "[::1]/128"),
            ("[::1]:8090", "[::1]/128:8090"),
            (" 10.1.1.1 ", "10.1.1.1/32"),
        ] {
            assert_eq!(text.parse::<AllowedRange>().unwrap().to_string(), shown);
        }
        for text in ["", "localhost", "127.0.0.1:", "127.0.0.1/33", "[::1", "127.0.0.1:99999", "127.0.0.1x", "::1"] {
            assert!(text.parse::<AllowedRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_opens_its_own_port_only() {
        let outbound = allowed(&["127.0.0.1:8090"]);
        let loopback = IpAddr::from([127, 0, 0, 1]);
        assert!(outbound.is_allowed(loopback, Some(8090)));
        assert!(outbound.is_allowed("::ffff:127.0.0.1".parse().unwrap(), Some(8090)));
        assert!(!outbound.is_allowed(loopback, Some(8091)));
        assert!(!outbound.is_allowed(loopback, None));
        assert!(!outbound.is_allowed(IpAddr::from([127, 0, 0, 2]), Some(8090)));
    }

    #[test]
    fn literal_addresses_are_checked_as_the_url_crate_reads_them() {
        let clients = clients(&[]);
        for url in [
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest",
            "https://10.0.0.1/",
            "ftp://1.1.1.1/",
            "http://user:secret@1.1.1.1/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(clients.client_for(&Url::parse(url).unwrap()).is_err(), "{url}");
        }
        assert!(clients.client_for(&Url::parse("https://1.1.1.1/").unwrap()).is_ok());
        assert!(clients.client_for(&Url::parse("https://example.com/").unwrap()).is_ok());
    }

    #[tokio::test]
    async fn names_that_resolve_to_closed_addresses_are_refused() {
        let ask = |ranges: &[&str], port| {
            let resolver = GuardedResolver { outbound: allowed(ranges), trusted: None, port };
            async move { resolver.resolve("shop.localhost".parse().unwrap()).await.map(Iterator::count) }
        };
        let refusal = ask(&[], None).await.unwrap_err();
        assert_eq!(refusal.downcast_ref::<NotAllowed>().unwrap().0, "shop.localhost");
        assert!(ask(&["127.0.0.1:8090"], None).await.is_err());
        assert_eq!(ask(&["127.0.0.1:8090"], Some(8090)).await.unwrap(), 1);
        assert_eq!(ask(&["127.0.0.0/8"], None).await.unwrap(), 1);
    }

    #[test]
    fn localhost_names_are_known_without_dns() {
        for name in ["localhost", "shop.localhost", "Shop.LOCALHOST.", "localhost."] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["notlocalhost", "localhost.example.com", "example.com"] {
            assert!(!is_localhost(name), "{name}");
        }
    }
}
