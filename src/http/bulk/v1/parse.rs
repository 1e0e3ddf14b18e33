//! Requests of v1 as domain values: the shared core with v1's options.

use crate::domain::{Completeness, Currentness, JobSpec, JobTerms, LookupOptions, Selection};
use crate::http::bulk::job_params::{self, Catalog, Options, Question};
use crate::http::codes::{Dialect, Refusal};
use crate::http::param_values::one_of;
use crate::http::params::Params;

/// `POST /jobs`.
pub fn parse_job(params: &Params, catalog: &Catalog<'_>) -> Result<JobSpec, Refusal> {
    job_params::parse_job(params, catalog, Dialect::V1, |question| parse_options(params, question))
}

/// `GET /products/single`: a job of the one `value`.
pub fn parse_single(params: &Params, catalog: &Catalog<'_>) -> Result<JobSpec, Refusal> {
    job_params::parse_single(params, catalog, Dialect::V1, |question| parse_options(params, question))
}

/// `completeness`.
pub fn parse_completeness(params: &Params) -> Result<Option<Completeness>, Refusal> {
    one_of(params, "completeness", &Completeness::ALL, |c| c.as_str())
}

/// `currentness`.
pub fn parse_currentness(params: &Params) -> Result<Option<Currentness>, Refusal> {
    one_of(params, "currentness", &Currentness::ALL, |c| c.as_str())
}

fn parse_options(params: &Params, question: &Question) -> Result<Options, Refusal> {
    let completeness = parse_completeness(params)?.unwrap_or(Completeness::OnePage);
    let currentness = parse_currentness(params)?.unwrap_or(Currentness::DailyUpdated);
    let condition = one_of(params, "conditions", &question.facts.conditions, |c| c.as_str())?;
    let lookup = LookupOptions {
        page_limit: completeness.page_limit(),
        max_age: currentness.max_age(),
        selection: Selection { condition, ..Selection::default() },
    };
    Ok(Options { lookup, multiplier: currentness.multiplier(), terms: JobTerms::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConditionFilter, Key, MaxAge, Multiplier, PageLimit, RequestedValue, SourceName, Topic};
    use crate::http::bulk::job_params::SourceFacts;
    use crate::http::codes::RefusalKind;

    fn google() -> SourceFacts {
        SourceFacts {
            name: SourceName::new("google-shopping"),
            countries: ["de", "gb"].map(|country| country.parse().unwrap()).to_vec(),
            keys: vec![Key::Gtin, Key::Keyword],
            topics: vec![(Topic::ProductAndOffers, vec![Key::Gtin, Key::Keyword])],
            conditions: ConditionFilter::ALL.to_vec(),
        }
    }

    fn parse(form: &str, off: &[(Option<Key>, Option<&str>)]) -> Result<JobSpec, Refusal> {
        let params = Params::from_parts("", "", form.as_bytes()).unwrap();
        let catalog = Catalog {
            find: &|name| (name == "google-shopping").then(google),
            names: &|| vec![SourceName::new("google-shopping")],
            is_off: &|asked| off.contains(&(asked.key, asked.value)),
            check_address: &|_| Ok(()),
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
        let catalog =
            Catalog { find: &|_| Some(google()), names: &Vec::new, is_off: &|_| false, check_address: &|_| Ok(()) };
        let spec = parse_single(&params("source=g&country=de&key=keyword&value=+a\\n+b+"), &catalog).unwrap();
        assert_eq!(spec.values, [RequestedValue { value: "a\\n b".into(), reference: None }]);
        let missing = parse_single(&params("source=g&country=de&key=keyword&values=a"), &catalog).unwrap_err();
        assert_eq!(missing.parameter.as_deref(), Some("value"));
        let latin1 = parse_single(&params("source=g&country=de&key=keyword&value=M%FCller"), &catalog).unwrap_err();
        assert_eq!(latin1.kind, RefusalKind::ParameterValueInvalid);
    }
}
