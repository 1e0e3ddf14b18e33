//! What v2 makes of a request.

use super::*;
use crate::domain::{Country, Key, SourceName, Topic};
use crate::http::bulk::job_params::SourceFacts;
use crate::http::codes::RefusalKind;

fn shop() -> SourceFacts {
    let all = vec![Key::Gtin, Key::Keyword, Key::SourceId];
    SourceFacts {
        name: SourceName::new("google-shopping"),
        countries: ["de", "gb"].map(|country| country.parse::<Country>().unwrap()).to_vec(),
        keys: all.clone(),
        topics: vec![
            (Topic::ProductAndOffers, all.clone()),
            (Topic::Offers, all),
            (Topic::SearchResults, vec![Key::Gtin, Key::Keyword]),
        ],
        conditions: ConditionFilter::ALL.to_vec(),
    }
}

fn parse(query: &str) -> Result<JobSpec, Refusal> {
    let params = Params::from_parts(query, "", b"").unwrap();
    let catalog = Catalog {
        find: &|name| (name == "google_shopping").then(shop),
        names: &|| vec![SourceName::new("google-shopping")],
        is_off: &|_| false,
        check_address: &|url| if url.host_str() == Some("10.0.0.1") { Err("10.0.0.1".into()) } else { Ok(()) },
    };
    parse_job(&params, &catalog)
}

const GOOD: &str = "source=google_shopping&country=de&key=term&values=lamp";

fn with(more: &str) -> Result<JobSpec, Refusal> {
    parse(&format!("{GOOD}&{more}"))
}

fn refused(query: &str) -> (&'static str, Option<String>, Vec<String>) {
    let refusal = parse(query).unwrap_err();
    (refusal.reason(Dialect::V2), refusal.parameter, refusal.valid_values)
}

#[test]
fn the_defaults_cost_once() {
    let spec = parse(GOOD).unwrap();
    assert_eq!((spec.topic, spec.key, spec.multiplier), (Topic::ProductAndOffers, Key::Keyword, Multiplier::ORDINARY));
    let LookupOptions { page_limit, max_age, selection } = spec.options;
    assert_eq!((page_limit, max_age, selection), (PageLimit::Pages(1), MaxAge::DAILY, Selection::default()));
    assert_eq!(spec.terms, JobTerms::default());
    // What programs write out though it is the default.
    let said = "max_age=1200&max_pages=1&sort_by=ranking_descending&condition=any&shipping=any&min_price=&max_price=";
    assert_eq!(with(said).unwrap(), spec);
}

#[test]
fn every_option() {
    let spec = with(
        "topic=Search_Results&max_age=PT15M&max_pages=10&condition=USED&sort_by=price_ascending&min_price=9.5&max_price=10\
         &timeout=5&max_credits=0&webhook_url=https://shop.example/hook?a=b&webhook_method=put&webhook_download_format=XLSX",
    )
    .unwrap();
    assert_eq!((spec.topic, spec.multiplier), (Topic::SearchResults, Multiplier::DOUBLE));
    assert_eq!((spec.options.page_limit, spec.options.max_age), (PageLimit::Pages(10), MaxAge::REALTIME));
    let selection = Selection {
        condition: Some(ConditionFilter::Used),
        sort_by: SortBy::PriceAscending,
        min_price: Some("9.5".parse().unwrap()),
        max_price: Some("10".parse().unwrap()),
    };
    assert_eq!(spec.options.selection, selection);
    let webhook = Webhook {
        url: "https://shop.example/hook?a=b".into(),
        method: WebhookMethod::Put,
        download_format: Some("xlsx".into()),
    };
    let terms = JobTerms {
        timeout: Some(Duration::from_secs(300)),
        max_credits: Some(0),
        webhook: Some(webhook),
        ..JobTerms::default()
    };
    assert_eq!(spec.terms, terms);
}

#[test]
fn each_option_that_costs_twice() {
    for option in
        ["max_age=0", "max_age=1199", "condition=new", "sort_by=price_ascending", "min_price=1", "max_price=1"]
    {
        assert_eq!(with(option).unwrap().multiplier, Multiplier::DOUBLE, "{option}");
    }
    for option in ["max_age=1201", "max_age=P7D", "max_pages=50", "timeout=1"] {
        assert_eq!(with(option).unwrap().multiplier, Multiplier::ORDINARY, "{option}");
    }
}

#[test]
fn options_of_v1_count_unless_they_contradict() {
    let spec = with("completeness=all_pages&currentness=realtime&conditions=used").unwrap();
    assert_eq!((spec.options.page_limit, spec.options.max_age), (PageLimit::All, MaxAge::REALTIME));
    assert_eq!(spec.options.selection.condition, Some(ConditionFilter::Used));
    assert_eq!(spec.multiplier, Multiplier::DOUBLE);
    assert_eq!(
        with("completeness=one_page&max_pages=1&currentness=daily_updated&max_age=1200").unwrap(),
        parse(GOOD).unwrap()
    );
    assert_eq!(with("condition=all&conditions=all").unwrap(), parse(GOOD).unwrap());
    for (both, blamed) in [
        ("completeness=all_pages&max_pages=3", "completeness"),
        ("currentness=realtime&max_age=1200", "currentness"),
        ("conditions=new&condition=any", "conditions"),
    ] {
        assert_eq!(with(both).unwrap_err().parameter.as_deref(), Some(blamed), "{both}");
    }
}

#[test]
fn the_first_mistake_is_answered_in_the_words_of_v2() {
    let steps = [
        ("", "missing parameter", "source"),
        ("source=amazon,ebay", "unknown source", "source"),
        ("source=google_shopping", "missing parameter", "country"),
        ("country=fr", "unsupported country", "country"),
        ("country=uk", "missing parameter", "key"),
        ("key=lamp", "unsupported key", "key"),
        ("key=asin&topic=search", "unknown topic", "topic"),
        ("topic=reviews", "unknown topic", "topic"),
        ("topic=search_results", "unsupported key", "key"),
        ("topic=offers", "missing parameter", "values"),
        ("values=1&max_pages=0", "parameter value invalid", "max_pages"),
    ];
    let mut query = String::new();
    for (next, reason, parameter) in steps {
        query = format!("{query}&{next}");
        let (found, about, _) = refused(&query);
        assert_eq!((found, about.as_deref()), (reason, Some(parameter)), "{query}");
    }
    assert_eq!(refused("source=x").2, ["google_shopping"]);
    assert_eq!(refused("source=google_shopping&country=de&key=x").2, ["gtin", "term", "id"]);
    assert_eq!(refused("source=google_shopping&country=de&key=id&topic=search_results").2, ["gtin", "term"]);
    assert_eq!(
        refused("source=google_shopping&country=de&key=id&topic=x").2,
        ["product_and_offers", "offers", "search_results"]
    );
}

#[test]
fn options_that_cannot_be() {
    for (option, parameter) in [
        ("max_age=-1", "max_age"),
        ("max_age=1.5", "max_age"),
        ("max_age=P1M", "max_age"),
        ("max_age=2147483648", "max_age"),
        ("max_pages=0", "max_pages"),
        ("max_pages=all", "max_pages"),
        ("max_pages=4294967296", "max_pages"),
        ("condition=refurbished", "condition"),
        ("sort_by=price", "sort_by"),
        ("min_price=-0.01", "min_price"),
        ("min_price=1,50", "min_price"),
        ("min_price=1e3", "min_price"),
        ("max_price=x", "max_price"),
        ("min_price=2&max_price=1.99", "min_price"),
        ("timeout=0", "timeout"),
        ("timeout=PT59S", "timeout"),
        ("timeout=43201", "timeout"),
        ("max_credits=-1", "max_credits"),
        ("max_credits=9223372036854775808", "max_credits"),
        ("webhook_url=shop.example/hook", "webhook_url"),
        ("webhook_url=http://10.0.0.1/hook", "webhook_url"),
        ("webhook_url=https://x/&webhook_method=DELETE", "webhook_method"),
        ("webhook_url=https://x/&webhook_download_format=pdf", "webhook_download_format"),
    ] {
        let refusal = with(option).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::ParameterValueInvalid, "{option}");
        assert_eq!(refusal.parameter.as_deref(), Some(parameter), "{option}");
        assert!(refusal.comment.unwrap().ends_with('.'), "{option}");
    }
    let long = format!("webhook_url=https://x/{}", "a".repeat(MAX_WEBHOOK_URL_BYTES));
    assert_eq!(with(&long).unwrap_err().parameter.as_deref(), Some("webhook_url"));
}
