//! What makes two creations the same one.

use super::{Amount, ConditionFilter, JobSpec, JobTerms, LookupOptions, PageLimit, Selection, SortBy};
use sha2::{Digest, Sha256};
use std::str::FromStr;
use std::time::Duration;

/// Longest key, in characters.
pub const MAX_IDEMPOTENCY_KEY_CHARS: usize = 255;

/// How long a key stands for its first use.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 3_600);

/// A caller's own name for one creation: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The text is empty, too long, or holds what cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 1 to {MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<IdempotencyKey, InvalidIdempotencyKey> {
        let text = text.trim();
        let is_printable = text.bytes().all(|b| (b' '..=b'~').contains(&b));
        let is_key = !text.is_empty() && text.len() <= MAX_IDEMPOTENCY_KEY_CHARS && is_printable;
        if is_key { Ok(IdempotencyKey(text.to_owned())) } else { Err(InvalidIdempotencyKey) }
    }
}

impl JobSpec {
    /// SHA-256 in hex of everything that was asked, and of the version of the API that was: equal for creations that mean the
    /// same, whatever way their parameters were sent and spelled.
    pub fn fingerprint(&self, api_version: u8) -> String {
        // Field by field, so that a new one cannot be forgotten.
        let JobSpec { source, country, topic, key, values, options, multiplier, terms } = self;
        let LookupOptions { page_limit, max_age, selection } = options;
        let Selection { condition, sort_by, min_price, max_price } = selection;
        let JobTerms { timeout, max_credits, webhook, rerun_of, schedule_id } = terms;
        let mut digest = Fields(Sha256::new());
        digest.number(api_version.into());
        digest.text(source.as_str());
        digest.text(country.as_str());
        digest.text(topic.as_str());
        digest.text(key.v1());
        match page_limit {
            PageLimit::Pages(pages) => digest.number((*pages).into()),
            PageLimit::All => digest.text("all"),
            PageLimit::UntilTwoShops => digest.text("two_shops"),
        }
        digest.number(max_age.minutes.into());
        digest.maybe(condition.map(ConditionFilter::as_str));
        digest.text(SortBy::as_str(*sort_by));
        digest.maybe(min_price.map(plain).as_deref());
        digest.maybe(max_price.map(plain).as_deref());
        digest.number(multiplier.0.into());
        digest.maybe(timeout.map(|timeout| timeout.as_millis().to_string()).as_deref());
        digest.maybe(max_credits.map(|credits| credits.to_string()).as_deref());
        digest.maybe(webhook.as_ref().map(|webhook| webhook.url.as_str()));
        digest.maybe(webhook.as_ref().map(|webhook| webhook.method.as_str()));
        digest.maybe(webhook.as_ref().and_then(|webhook| webhook.download_format.as_deref()));
        digest.maybe(rerun_of.as_ref().map(super::JobId::as_str));
        digest.maybe(schedule_id.map(|id| id.to_string()).as_deref());
        digest.number(values.len() as u64);
        for requested in values {
            digest.text(&requested.value);
            digest.maybe(requested.reference.as_deref());
        }
        hex::encode(digest.0.finalize())
    }
}

/// The same of the creation that asks again what failed of a job: it is known by that job, whatever became of it since.
pub fn rerun_fingerprint(job_id: &str, api_version: u8) -> String {
    let mut digest = Fields(Sha256::new());
    digest.text("rerun");
    digest.number(api_version.into());
    digest.text(job_id);
    hex::encode(digest.0.finalize())
}

/// The number without zeros at its end: 12.90 is 12.9.
fn plain(amount: Amount) -> String {
    let text = amount.to_string();
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Each field behind its kind and length, so that no two lists of fields run together to the same bytes.
struct Fields(Sha256);

impl Fields {
    fn text(&mut self, text: &str) {
        self.0.update(b"t");
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.0.update(b"n");
        self.0.update(number.to_be_bytes());
    }

    fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.update(b"-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Key, MaxAge, Multiplier, RequestedValue, SourceName, Topic, Webhook, WebhookMethod};
    use std::collections::HashSet;

    fn value(value: &str, reference: Option<&str>) -> RequestedValue {
        RequestedValue { value: value.into(), reference: reference.map(str::to_owned) }
    }

    fn spec() -> JobSpec {
        JobSpec {
            source: SourceName::new("ebay"),
            country: "de".parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key: Key::Gtin,
            values: vec![value("a", None), value("b", None)],
            options: LookupOptions {
                page_limit: PageLimit::Pages(1),
                max_age: MaxAge::DAILY,
                selection: Selection::default(),
            },
            multiplier: Multiplier::ORDINARY,
            terms: JobTerms::default(),
        }
    }

    #[test]
    fn everything_that_was_asked_counts() {
        let changes: [fn(&mut JobSpec); 22] = [
            |_| (),
            |spec| spec.source = SourceName::new("amazon"),
            |spec| spec.country = "at".parse().unwrap(),
            |spec| spec.topic = Topic::Offers,
            |spec| spec.key = Key::Keyword,
            |spec| spec.values = vec![value("b", None), value("a", None)],
            |spec| spec.values = vec![value("ab", None)],
            |spec| spec.values = vec![value("a", Some("b")), value("b", None)],
            |spec| spec.values = vec![value("a", None), value("b", Some(""))],
            |spec| spec.options.page_limit = PageLimit::Pages(2),
            |spec| spec.options.page_limit = PageLimit::All,
            |spec| spec.options.page_limit = PageLimit::UntilTwoShops,
            |spec| spec.options.max_age = MaxAge::REALTIME,
            |spec| spec.options.selection.condition = Some(ConditionFilter::All),
            |spec| spec.options.selection.sort_by = SortBy::PriceAscending,
            |spec| spec.options.selection.min_price = "1".parse().ok(),
            |spec| spec.options.selection.max_price = "1".parse().ok(),
            |spec| spec.terms.timeout = Some(Duration::from_secs(60)),
            |spec| spec.terms.max_credits = Some(60_000),
            |spec| spec.terms.rerun_of = "1234567890abcdef12345678".parse().ok(),
            |spec| spec.terms.schedule_id = Some(60_000),
            |spec| {
                let webhook = Webhook { url: "u".into(), method: WebhookMethod::Get, download_format: None };
                spec.terms.webhook = Some(webhook);
            },
        ];
        let mut seen = HashSet::new();
        for (n, change) in changes.into_iter().enumerate() {
            let mut spec = spec();
            change(&mut spec);
            assert!(seen.insert(spec.fingerprint(2)), "change {n}");
            assert!(seen.insert(spec.fingerprint(1)), "change {n}");
        }
        // It must be the same after an update of the program: written down.
        let written_down = "cd9b1715f5278361b83fbde575f9f087da261a6b968d4aa01751cd6b85d27206";
        assert_eq!(spec().fingerprint(2), written_down);
    }

    #[test]
    fn a_rerun_is_known_by_its_job() {
        let written_down = "9b2445e6721cef44c716ee6a83b8e83e3146d3d2b649e2e594225794c57242ff";
        assert_eq!(rerun_fingerprint("1234567890abcdef12345678", 2), written_down);
        assert_ne!(rerun_fingerprint("1234567890abcdef12345678", 1), written_down);
        assert_ne!(rerun_fingerprint("1234567890abcdef12345679", 2), written_down);
    }

    #[test]
    fn equal_amounts_are_equal() {
        let priced = |text: &str| {
            let mut spec = spec();
            spec.options.selection.min_price = text.parse().ok();
            spec.fingerprint(2)
        };
        assert_eq!(priced("12.9"), priced("12.900"));
        assert_eq!(priced("100"), priced("100.00"));
        assert_ne!(priced("100"), priced("1"));
    }

    #[test]
    fn a_key_is_printable_and_not_too_long() {
        let parse = |text: &str| text.parse::<IdempotencyKey>().map(|key| key.0);
        assert_eq!(parse(" 8e03978e-40d5 ").as_deref(), Ok("8e03978e-40d5"));
        assert!(parse(&"x".repeat(255)).is_ok());
        for wrong in ["", " ", "ü", "a\tb", "a\u{7f}", &"x".repeat(256)] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
