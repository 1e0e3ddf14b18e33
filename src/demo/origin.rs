//! Where the marketplace is seen from: what absolute links begin with, and which shop a request is for.

use std::net::SocketAddr;

/// How a shop's pages are addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// `embedded://market/NAME/…`, inside the program.
    Embedded,
    /// `http://NAME.localhost:PORT/…`: one origin a shop.
    Hosts { port: u16 },
    /// `http://127.0.0.1:PORT/NAME/…`: for programs that do not know `*.localhost`.
    Paths { address: SocketAddr },
}

/// A request's `Host` header, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addressed {
    pub origin: Origin,
    /// The shop named by the host; without it the path's first segment names it.
    pub shop: Option<String>,
}

impl Origin {
    /// What the addresses of a shop begin with that a result tells: pages inside the program have none that anybody could
    /// open, so they name hosts that never exist.
    ///
    /// Rule from: RFC 2606, section 2 (`.example`).
    pub fn public_base(&self, shop: &str) -> String {
        match self {
            Origin::Embedded => format!("https://{shop}.example"),
            Origin::Hosts { .. } | Origin::Paths { .. } => self.base(shop),
        }
    }

    /// What the links between the pages of a shop begin with; no slash at the end.
    pub fn base(&self, shop: &str) -> String {
        match self {
            Origin::Embedded => format!("embedded://market/{shop}"),
            Origin::Hosts { port } => format!("http://{shop}.localhost:{port}"),
            Origin::Paths { address } => format!("http://{address}/{shop}"),
        }
    }
}

impl Addressed {
    /// Reads `NAME.localhost:PORT`, `localhost:PORT` or an address with its port; `None` for hosts that are not ours, so
    /// that nothing a stranger sends is ever written into a link.
    pub fn read(host: &str) -> Option<Addressed> {
        if let Ok(address) = host.parse::<SocketAddr>() {
            return Some(Addressed { origin: Origin::Paths { address }, shop: None });
        }
        let lower = host.to_ascii_lowercase();
        let (name, port) = lower.split_once(':').unwrap_or((&lower, "80"));
        let port = port.parse().ok()?;
        if name == "localhost" {
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            return Some(Addressed { origin: Origin::Paths { address }, shop: None });
        }
        let shop = name.strip_suffix(".localhost").filter(|shop| !shop.is_empty())?;
        Some(Addressed { origin: Origin::Hosts { port }, shop: Some(shop.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hosts() {
        let shop = |host: &str| Addressed::read(host).and_then(|addressed| addressed.shop);
        assert_eq!(shop("google-shopping.localhost:8081").as_deref(), Some("google-shopping"));
        assert_eq!(shop("Amazon.LOCALHOST:8081").as_deref(), Some("amazon"));
        let named = Addressed::read("amazon.localhost:8081").unwrap();
        assert_eq!(named.origin.base("some-shop"), "http://some-shop.localhost:8081");
        assert_eq!(Origin::Embedded.base("test"), "embedded://market/test");
        assert_eq!(Origin::Embedded.public_base("test"), "https://test.example");
        let plain = Addressed::read("127.0.0.1:8081").unwrap();
        assert_eq!((plain.shop, plain.origin.base("ebay")), (None, "http://127.0.0.1:8081/ebay".to_owned()));
        for foreign in ["", "evil.example", "amazon.localhost:x", ".localhost:1", "localhost.evil.example:80"] {
            assert_eq!(Addressed::read(foreign), None, "{foreign}");
        }
    }
}
