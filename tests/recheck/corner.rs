//! A corner shop whose pages say which version they are.

use crate::harness::{Setup, TestDatabase};
use crate::hostile::{Act, Hostile, Request, answer};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What the shop says, and how it answers whoever knows a version.
#[derive(Debug, Clone)]
pub struct Manner {
    pub price: &'static str,
    /// Header lines of a page.
    pub marks: Vec<String>,
    /// "Not changed", whatever is asked.
    pub always_unchanged: bool,
    /// Every page is somewhere else.
    pub redirects: bool,
}

pub struct Corner {
    pub server: Hostile,
    pub manner: Arc<Mutex<Manner>>,
}

impl Corner {
    pub async fn open(marks: &[&str]) -> Corner {
        let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
        let manner = Manner { price: "19.00", marks, always_unchanged: false, redirects: false };
        let manner = Arc::new(Mutex::new(manner));
        let told = Arc::clone(&manner);
        let server = Hostile::start(move |request| std::future::ready(serve(&request, &told.lock().unwrap()))).await;
        Corner { server, manner }
    }

    pub fn change(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.manner.lock().unwrap());
    }

    pub fn definition(&self, more: &str) -> Vec<(String, String)> {
        let text = format!(
            "name = \"corner\"\nkind = \"shop\"\ntopics = [\"product_and_offers\"]\ncountries = [\"de\"]\n\
             base_url = \"{}\"\n[keys.source_id]\n[fetch]\nrobots = false\n[steps.product]\n\
             url = \"{{base_url}}/{{id}}\"\npage.embedded = [\"json-ld\"]\n{more}",
            self.server.url("")
        );
        vec![("corner.toml".to_owned(), text)]
    }

    /// The usual server, which may visit the shop.
    pub fn setup(&self, more: &str, database: Option<TestDatabase>) -> Setup {
        let allow = format!("127.0.0.1:{}", self.server.port());
        Setup {
            change: Box::new(move |config| config.outbound.allow.push(allow)),
            definitions: self.definition(more),
            database,
            ..Setup::default()
        }
    }

    /// Of each request whether it asked for a change, by header.
    pub fn asked(&self) -> Vec<Vec<String>> {
        let conditional = |head: &String| {
            let lines = head.lines().filter(|line| line.to_ascii_lowercase().starts_with("if-"));
            lines.map(|line| line.to_ascii_lowercase()).collect()
        };
        self.server.heads().iter().map(conditional).collect()
    }
}

/// A job of one page of the shop.
pub fn job(currentness: &str) -> Value {
    json!({"source": "corner", "country": "de", "key": "source_id", "values": ["tea"], "currentness": currentness})
}

fn serve(request: &Request, manner: &Manner) -> Vec<Act> {
    let marks: Vec<&str> = manner.marks.iter().map(String::as_str).collect();
    if manner.redirects && request.path == "/tea" {
        return answer(302, &["Location: /moved"], "");
    }
    let knows = |mark: &&str| {
        let Some((name, value)) = mark.split_once(": ") else { return false };
        let asks = if name == "ETag" { "if-none-match: " } else { "if-modified-since: " };
        request.head.lines().any(|line| {
            line.len() > asks.len() && line[..asks.len()].eq_ignore_ascii_case(asks) && &line[asks.len()..] == value
        })
    };
    if manner.always_unchanged || marks.iter().any(knows) {
        return answer(304, &marks, "");
    }
    let page = format!(
        "<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"name\":\"Tea\",\
         \"offers\":{{\"@type\":\"Offer\",\"price\":\"{}\",\"priceCurrency\":\"EUR\"}}}}</script>{}",
        manner.price,
        "<p>leaves</p>".repeat(1_000)
    );
    answer(200, &[&["Content-Type: text/html"], marks.as_slice()].concat(), page)
}
