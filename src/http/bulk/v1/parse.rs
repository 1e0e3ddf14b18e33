//! Requests of v1 as domain values. The first mistake is answered: source, country, key, topic, values, options.

use crate::domain::{
    Completeness, ConditionFilter, Country, Currentness, InvalidValues, JobSpec, JobTerms, Key, LookupOptions,
    MAX_VALUES, RequestedValue, Selection, SourceName, Topic, check_value, distinct_values,
};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;

/// Entries of a list a page when the caller does not say.
pub const DEFAULT_PER_PAGE: u64 = 20;
/// Most entries of a list a page.
pub const MAX_PER_PAGE: u64 = 100;

/// What a source can be asked.
#[derive(Debug, Clone)]
pub struct SourceFacts {
    pub name: SourceName,
    pub countries: Vec<Country>,
    pub keys: Vec<Key>,
    pub topics: Vec<Topic>,
    /// Conditions its offers can be filtered by.
    pub conditions: Vec<ConditionFilter>,
}

/// A part of a source that may be switched off: with `key` and `value` the more and more particular.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub source: &'a SourceName,
    pub country: Country,
    pub key: Option<Key>,
    /// Normalised, as [`check_value`] returns it.
    pub value: Option<&'a str>,
}

/// What the parser asks about sources.
pub struct Catalog<'a> {
    /// The source with this name or alias.
    pub find: &'a dyn Fn(&str) -> Option<SourceFacts>,
    /// Every source's name.
    pub names: &'a dyn Fn() -> Vec<String>,
    /// Whether the operator switched the part off. Asked with neither key nor value: the source in that country; with a
    /// key: all values of it.
    pub is_off: &'a dyn Fn(Asked<'_>) -> bool,
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage {
    /// From 1.
    pub page: u64,
    pub per_page: u64,
}

/// Everything before the values.
struct Question {
    facts: SourceFacts,
    country: Country,
    key: Key,
}

/// `POST /jobs`.
pub fn parse_job(params: &Params, catalog: &Catalog<'_>) -> Result<JobSpec, Refusal> {
    let question = parse_question(params, catalog)?;
    let values = distinct_values(params.values(question.key)?).map_err(|refused| match refused {
        InvalidValues::Empty => Refusal::missing("values"),
        InvalidValues::TooMany => Refusal::of(RefusalKind::TooManyValues)
            .about("values")
            .because(format!("A job takes at most {MAX_VALUES} different values; split the list over several jobs.")),
    })?;
    complete(params, catalog, question, values)
}

/// `GET /products/single`: a job of the one `value`.
pub fn parse_single(params: &Params, catalog: &Catalog<'_>) -> Result<JobSpec, Refusal> {
    let question = parse_question(params, catalog)?;
    let value = params.get_utf8("value")?.ok_or_else(|| Refusal::missing("value"))?.to_owned();
    complete(params, catalog, question, vec![RequestedValue { value, reference: None }])
}

/// `page` (from 1) and `per_page` of a list.
pub fn parse_list_page(params: &Params) -> Result<ListPage, Refusal> {
    let number = |name: &str, default: u64, max: u64| match params.get(name) {
        None => Ok(default),
        Some(text) => whole_number(text).filter(|n| (1..=max).contains(n)).ok_or_else(|| {
            Refusal::invalid(name, format!("The parameter `{name}` is a whole number from 1 to {max}."))
        }),
    };
    // The last page whose first entry still has a number the database can count to.
    let last_page = i64::MAX.unsigned_abs() / MAX_PER_PAGE;
    Ok(ListPage { page: number("page", 1, last_page)?, per_page: number("per_page", DEFAULT_PER_PAGE, MAX_PER_PAGE)? })
}

/// `daily_quota` of `PUT /settings/daily_quota`: a whole number of credits, 0 or more.
pub fn parse_daily_quota(params: &Params) -> Result<u64, Refusal> {
    let text = params.get("daily_quota").ok_or_else(|| Refusal::missing("daily_quota"))?;
    whole_number(text)
        .filter(|quota| i64::try_from(*quota).is_ok())
        .ok_or_else(|| Refusal::invalid("daily_quota", "The daily quota is a whole number of credits, 0 or more."))
}

/// `hard_quota` of `PUT /settings/hard_quota`.
pub fn parse_hard_quota(params: &Params) -> Result<bool, Refusal> {
    let text = params.get("hard_quota").ok_or_else(|| Refusal::missing("hard_quota"))?;
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Refusal::not_one_of("hard_quota", ["true", "false"])),
    }
}

fn whole_number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn parse_question(params: &Params, catalog: &Catalog<'_>) -> Result<Question, Refusal> {
    let required = |name: &str| params.get(name).ok_or_else(|| Refusal::missing(name));

    let source = required("source")?;
    let facts = (catalog.find)(source).ok_or_else(|| {
        let names = (catalog.names)();
        unsupported(RefusalKind::UnsupportedSource, "source", names.iter().map(String::as_str))
    })?;

    let sent_country = required("country")?;
    let country = sent_country.parse().ok().filter(|country| facts.countries.contains(country)).ok_or_else(|| {
        unsupported(RefusalKind::UnsupportedCountry, "country", facts.countries.iter().map(Country::as_str))
    })?;
    let off = |key| (catalog.is_off)(Asked { source: &facts.name, country, key, value: None });
    if off(None) {
        return Err(Refusal::of(RefusalKind::SourceDisabled).about("source"));
    }

    let key = Key::parse(required("key")?)
        .filter(|key| facts.keys.contains(key))
        .ok_or_else(|| unsupported(RefusalKind::UnsupportedKey, "key", facts.keys.iter().map(|key| key.v1())))?;
    if off(Some(key)) {
        return Err(Refusal::of(RefusalKind::KeyDisabled).about("key"));
    }

    // v1 knows no other topic; one that asks for another must not be charged for this one.
    let topic = params.get("topic").map(str::to_ascii_lowercase);
    let is_wanted = topic.is_none_or(|topic| topic == Topic::ProductAndOffers.as_str());
    if !is_wanted || !facts.topics.contains(&Topic::ProductAndOffers) {
        let topics = [Topic::ProductAndOffers.as_str()];
        return Err(unsupported(RefusalKind::UnsupportedTopic, "topic", topics));
    }
    Ok(Question { facts, country, key })
}

fn unsupported<'a>(kind: RefusalKind, parameter: &str, allowed: impl IntoIterator<Item = &'a str>) -> Refusal {
    let refusal = Refusal::of(kind).about(parameter).with_valid_values(allowed);
    if refusal.valid_values.is_empty() {
        return refusal;
    }
    let comment = format!("{} It may be one of: {}.", kind.row().comment, refusal.valid_values.join(", "));
    refusal.because(comment)
}

fn complete(
    params: &Params,
    catalog: &Catalog<'_>,
    question: Question,
    values: Vec<RequestedValue>,
) -> Result<JobSpec, Refusal> {
    let Question { facts, country, key } = question;
    let is_value_off = |requested: &RequestedValue| {
        check_value(key, &requested.value).is_ok_and(|value| {
            (catalog.is_off)(Asked { source: &facts.name, country, key: Some(key), value: Some(&value) })
        })
    };
    if values.iter().all(is_value_off) {
        return Err(Refusal::of(RefusalKind::ValueDisabled).about("values"));
    }

    let completeness = one_of(params, "completeness", &Completeness::ALL, |c| c.as_str())?;
    let currentness = one_of(params, "currentness", &Currentness::ALL, |c| c.as_str())?;
    let condition = one_of(params, "conditions", &facts.conditions, |c| c.as_str())?;
    let currentness = currentness.unwrap_or(Currentness::DailyUpdated);
    Ok(JobSpec {
        source: facts.name,
        country,
        topic: Topic::ProductAndOffers,
        key,
        values,
        options: LookupOptions {
            page_limit: completeness.unwrap_or(Completeness::OnePage).page_limit(),
            max_age: currentness.max_age(),
            selection: Selection { condition, ..Selection::default() },
        },
        multiplier: currentness.multiplier(),
        terms: JobTerms::default(),
    })
}

/// A parameter that is one of a few words, in any letter case; `None` when it is not sent.
fn one_of<T: Copy>(
    params: &Params,
    name: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    match all.iter().find(|one| word(**one).eq_ignore_ascii_case(text)) {
        Some(one) => Ok(Some(*one)),
        None => Err(Refusal::not_one_of(name, all.iter().map(|one| word(*one)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{MaxAge, Multiplier, PageLimit};

    fn google() -> SourceFacts {
        SourceFacts {
            name: SourceName::new("google-shopping"),
            countries: ["de", "gb"].map(|country| country.parse().unwrap()).to_vec(),
            keys: vec![Key::Gtin, Key::Keyword],
            topics: vec![Topic::ProductAndOffers],
            conditions: ConditionFilter::ALL.to_vec(),
        }
    }

    fn parse(form: &str, off: &[(Option<Key>, Option<&str>)]) -> Result<JobSpec, Refusal> {
        let params = Params::from_parts("", "", form.as_bytes()).unwrap();
        let catalog = Catalog {
            find: &|name| (name == "google-shopping").then(google),
            names: &|| vec!["google-shopping".into()],
            is_off: &|asked| off.contains(&(asked.key, asked.value)),
        };
        parse_job(&params, &catalog)
    }

    fn refused(form: &str) -> (&'static str, Option<String>, Vec<String>) {
        let refusal = parse(form, &[]).unwrap_err();
        (refusal.kind.row().reason, refusal.parameter, refusal.valid_values)
    }

    const GOOD: &str = "source=google-shopping&country=DE&key=ean&values=00885909666966\\ 08718108041581";

    #[test]
    fn the_documented_job() {
        let spec = parse(GOOD, &[]).unwrap();
        assert_eq!(spec.source.as_str(), "google-shopping");
        assert_eq!((spec.country.as_str(), spec.key, spec.topic), ("de", Key::Gtin, Topic::ProductAndOffers));
        assert_eq!(
            spec.values.iter().map(|v| v.value.as_str()).collect::<Vec<_>>(),
            ["00885909666966", "08718108041581"]
        );
        let plain =
            LookupOptions { page_limit: PageLimit::Pages(1), max_age: MaxAge::DAILY, selection: Selection::default() };
        assert_eq!((spec.options, spec.multiplier), (plain, Multiplier::ORDINARY));
    }

    #[test]
    fn options() {
        let spec = parse(&format!("{GOOD}&completeness=all_pages&currentness=Realtime&conditions=used"), &[]).unwrap();
        let all = LookupOptions {
            page_limit: PageLimit::All,
            max_age: MaxAge::REALTIME,
            selection: Selection { condition: Some(ConditionFilter::Used), ..Selection::default() },
        };
        assert_eq!((spec.options, spec.multiplier), (all, Multiplier::DOUBLE));
        for (name, first) in [("completeness", "one_page"), ("currentness", "daily_updated"), ("conditions", "new")] {
            let (reason, parameter, allowed) = refused(&format!("{GOOD}&{name}=nonsense"));
            assert_eq!((reason, parameter.as_deref()), ("parameter value invalid", Some(name)));
            assert_eq!(allowed[0], first);
        }
    }

    /// A form with every mistake: each is answered in turn as those before it are mended.
    #[test]
    fn the_first_mistake_is_answered() {
        let steps = [
            ("", "missing parameter", "source"),
            ("source=x", "unsupported source", "source"),
            ("source=google-shopping", "missing parameter", "country"),
            ("country=fr", "unsupported country", "country"),
            ("country=xyz", "unsupported country", "country"),
            ("country=uk", "missing parameter", "key"),
            ("key=isbn", "unsupported key", "key"),
            ("key=source_id", "unsupported key", "key"),
            ("key=gtin&topic=offers", "unsupported topic", "topic"),
            ("topic=product_and_offers", "missing parameter", "values"),
            ("values=+%0A+", "missing parameter", "values"),
            ("values=1&completeness=x", "parameter value invalid", "completeness"),
        ];
        let mut form = String::new();
        for (next, reason, parameter) in steps {
            form = format!("{form}&{next}");
            let (found, about, _) = refused(&form);
            assert_eq!((found, about.as_deref()), (reason, Some(parameter)), "{form}");
        }
    }

    #[test]
    fn a_thousand_and_one() {
        let values = |count: usize| (0..count).map(|i| format!("{i}%0A")).collect::<String>();
        let form = |count| format!("source=google-shopping&country=de&key=keyword&values={}", values(count));
        assert_eq!(parse(&form(1000), &[]).unwrap().values.len(), 1000);
        assert_eq!(refused(&form(1001)).0, "too many values");
    }

    #[test]
    fn what_is_switched_off() {
        let reason = |form: &str, off: &[_]| parse(form, off).map_err(|refusal| refusal.kind.row().reason);
        let source_off = [(None, None)];
        assert_eq!(reason("source=google-shopping&country=de", &source_off), Err("source disabled"));
        assert_eq!(reason("source=google-shopping&country=fr", &source_off), Err("unsupported country"));
        let key_off = [(Some(Key::Gtin), None)];
        assert_eq!(reason("source=google-shopping&country=de&key=gtin", &key_off), Err("key disabled"));
        let first = (Some(Key::Gtin), Some("00885909666966"));
        let second = (Some(Key::Gtin), Some("08718108041581"));
        assert!(parse(GOOD, &[first]).is_ok());
        assert_eq!(reason(GOOD, &[first, second]), Err("value disabled"));
    }

    #[test]
    fn one_value() {
        let params = |query: &str| Params::from_parts(query, "", b"").unwrap();
        let catalog = Catalog { find: &|_| Some(google()), names: &Vec::new, is_off: &|_| false };
        let spec = parse_single(&params("source=g&country=de&key=keyword&value=+a\\n+b+"), &catalog).unwrap();
        assert_eq!(spec.values, [RequestedValue { value: "a\\n b".into(), reference: None }]);
        let missing = parse_single(&params("source=g&country=de&key=keyword&values=a"), &catalog).unwrap_err();
        assert_eq!(missing.parameter.as_deref(), Some("value"));
        let latin1 = parse_single(&params("source=g&country=de&key=keyword&value=M%FCller"), &catalog).unwrap_err();
        assert_eq!(latin1.kind, RefusalKind::ParameterValueInvalid);
    }

    #[test]
    fn numbers() {
        let params = |query: &str| Params::from_parts(query, "", b"").unwrap();
        let page = |query: &str| parse_list_page(&params(query)).map_err(|refusal| refusal.parameter.unwrap());
        assert_eq!(page(""), Ok(ListPage { page: 1, per_page: 20 }));
        assert_eq!(page("page=3&per_page=100"), Ok(ListPage { page: 3, per_page: 100 }));
        assert_eq!(page("page=0"), Err("page".into()));
        assert_eq!(page("page=18446744073709551615"), Err("page".into()));
        assert_eq!(page("per_page=101"), Err("per_page".into()));
        assert_eq!(parse_daily_quota(&params("daily_quota=0")), Ok(0));
        for text in ["-1", "1.5", "many", "18446744073709551615"] {
            assert!(parse_daily_quota(&params(&format!("daily_quota={text}"))).is_err(), "{text}");
        }
        assert_eq!(parse_daily_quota(&params("")).unwrap_err().kind, RefusalKind::MissingParameter);
    }
}
