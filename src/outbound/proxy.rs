//! A proxy that the operator rents or runs, and what the guard makes of targets that are reached through one.
//!
//! The operator's own proxies are trusted: they may stand at any address. What is asked of them is not: a target that is
//! a private address is refused whoever would connect to it. For names it depends on who looks them up:
//!
//! | proxy | name looked up by | guarded |
//! |---|---|---|
//! | `socks5` | us, and the proxy is told the address | like a direct connection |
//! | `http`, `https` | us first, then the proxy again | unless the name changes its answer in between, or for the proxy |
//! | `socks5h` | the proxy alone | only names that say themselves that they are private |

use super::{ClientLimits, Clients, NotAllowed, Outbound, OutboundError, is_localhost, resolve};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Endings of names that only a private network has. Rule from RFC 6761, RFC 6762 and RFC 8375, and from usage.
const PRIVATE_ENDINGS: [&str; 8] =
    ["localhost", "local", "internal", "home.arpa", "lan", "intranet", "corp", "localdomain"];

/// `http://USER:PASSWORD@HOST:PORT`, also with `https`, `socks5` or `socks5h`. Shown without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    /// Without credentials.
    url: Url,
    credentials: Option<(String, String)>,
}

/// A text that is not a [`ProxyAddress`]; it never repeats the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy's address such as http://USER:PASSWORD@HOST:PORT: {0}")]
pub struct InvalidProxy(&'static str);

/// Why a target may not be reached through a proxy.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("{0}")]
    Unresolved(std::io::Error),
}

impl ProxyAddress {
    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What reqwest is handed.
    pub(super) fn rule(&self) -> Result<reqwest::Proxy, OutboundError> {
        let rule = reqwest::Proxy::all(self.url.as_str())?;
        Ok(match &self.credentials {
            Some((user, password)) => rule.basic_auth(user, password),
            None => rule,
        })
    }

    /// The proxy's own name, which the resolver answers without the guard.
    pub(super) fn trusted_name(&self) -> String {
        self.host().to_ascii_lowercase()
    }
}

impl Outbound {
    /// The same clients, but whatever they ask for goes through this proxy.
    pub fn clients_via(&self, limits: ClientLimits, proxy: &ProxyAddress) -> Result<Clients, OutboundError> {
        self.clients_over(limits, Some(proxy))
    }
}

impl Clients {
    /// Whether requests leave through a proxy.
    pub fn is_proxied(&self) -> bool {
        self.via.is_some()
    }

    /// Checks the name of a target that a proxy will be asked for; a direct client checks as it connects. A target at a
    /// literal address is [`Clients::client_for`]'s matter.
    pub async fn check_name(&self, url: &Url) -> Result<(), NameError> {
        let (Some(proxy), Some(url::Host::Domain(name))) = (self.via.as_deref(), url.host()) else { return Ok(()) };
        if proxy.url.scheme() == "socks5h" {
            let is_open = !is_private_name(name) && !name.eq_ignore_ascii_case(proxy.host());
            return if is_open { Ok(()) } else { Err(NotAllowed(name.to_owned()).into()) };
        }
        let port = url.port_or_known_default();
        let found = resolve(name).await.map_err(NameError::Unresolved)?;
        // All of them: the proxy takes whichever it likes.
        let is_allowed = !found.is_empty() && found.iter().all(|a| self.outbound.is_allowed(a.ip(), port));
        if is_allowed { Ok(()) } else { Err(NotAllowed(name.to_owned()).into()) }
    }
}

/// Whether a name says itself that no public name server knows it.
fn is_private_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let ends = |ending: &&str| name.strip_suffix(*ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || is_localhost(&name) || PRIVATE_ENDINGS.iter().any(ends)
}

impl FromStr for ProxyAddress {
    type Err = InvalidProxy;

    fn from_str(text: &str) -> Result<ProxyAddress, InvalidProxy> {
        let mut url = Url::parse(text.trim()).map_err(|_| InvalidProxy("no URL"))?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(InvalidProxy("the scheme is http, https, socks5 or socks5h"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidProxy("no host"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidProxy("something stands behind the port"));
        }
        let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = (!url.username().is_empty() || url.password().is_some())
            .then(|| (plain(url.username()), plain(url.password().unwrap_or_default())));
        url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| InvalidProxy("no host"))?;
        Ok(ProxyAddress { url, credentials })
    }
}

impl fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn via(proxy: &str, allow: &[&str]) -> Clients {
        let outbound = Outbound::new(allow.iter().map(|range| range.parse().unwrap()).collect());
        let limits = ClientLimits { connect_timeout: Duration::from_secs(1) };
        outbound.clients_via(limits, &proxy.parse().unwrap()).unwrap()
    }

    #[test]
    fn an_address_is_read_and_shown_without_its_password() {
        for (text, shown) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("https://u:s3cret@proxy.example", "https://proxy.example"),
            (" socks5://u:s3cret@127.0.0.1:1080/ ", "socks5://127.0.0.1:1080"),
            ("socks5h://u@[::1]:1080", "socks5h://[::1]:1080"),
        ] {
            let proxy: ProxyAddress = text.parse().unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert_eq!(format!("{proxy:?}"), shown);
        }
        let proxy: ProxyAddress = "http://us%3Aer:p%40ss@h:1".parse().unwrap();
        assert_eq!(proxy.credentials, Some(("us:er".to_owned(), "p@ss".to_owned())));
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in [
            "",
            "u:s3cret@proxy:80",
            "ftp://u:s3cret@proxy:21",
            "socks4://u:s3cret@proxy:1",
            "http://u:s3cret@:80",
            "http://u:s3cret@proxy:99999",
            "http://u:s3cret@proxy/path",
            "http://u:s3cret@proxy/?q",
        ] {
            let error = text.parse::<ProxyAddress>().unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn private_literals_are_refused_through_any_proxy() {
        for proxy in ["http://10.0.0.1:3128", "socks5://10.0.0.1:1080", "socks5h://10.0.0.1:1080"] {
            let clients = via(proxy, &[]);
            for target in ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://2130706433/"] {
                assert!(clients.client_for(&target.parse().unwrap()).is_err(), "{proxy} {target}");
            }
            assert!(clients.client_for(&"http://93.184.215.14/".parse().unwrap()).is_ok());
        }
    }

    #[tokio::test]
    async fn names_are_looked_up_first_where_that_says_something() {
        for proxy in ["http://localhost:3128", "https://10.0.0.1", "socks5://localhost:1080"] {
            let clients = via(proxy, &["127.0.0.1:8090"]);
            let allowed = |url: &str| {
                let (clients, url) = (clients.clone(), url.parse::<Url>().unwrap());
                async move { clients.check_name(&url).await.is_ok() }
            };
            assert!(!allowed("http://localhost/").await, "{proxy}: the proxy's own name is no better as a target");
            assert!(!allowed("http://shop.localhost:8091/").await);
            assert!(allowed("http://shop.localhost:8090/").await);
        }
    }

    #[tokio::test]
    async fn a_proxy_that_looks_names_up_is_not_asked_for_private_ones() {
        let clients = via("socks5h://proxy.rented.example:1080", &[]);
        for (name, is_open) in [
            ("shop.example", true),
            ("localhost", false),
            ("a.localhost", false),
            ("metadata.google.internal", false),
            ("printer.local", false),
            ("router", false),
            ("nas.home.arpa.", false),
            ("proxy.rented.example", false),
            ("notlocal", false),
            ("dotlocal.example", true),
        ] {
            let url = format!("http://{name}/").parse().unwrap();
            assert_eq!(clients.check_name(&url).await.is_ok(), is_open, "{name}");
        }
    }
}
