//! `GET /v2/jobs/{id}/results` as domain values.

use super::entries::Shape;
use crate::http::codes::Refusal;
use crate::http::param_values::bounded;
use crate::http::params::Params;
use actix_web::HttpRequest;
use actix_web::http::header;

/// Results a page when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most results a page.
pub const MAX_LIMIT: u32 = 500;
/// The shapes by name.
pub const FORMATS: [&str; 2] = ["json", "ndjson"];

/// Which results, and how they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultsPage {
    /// The number of the last result the caller has, in the order of ending; 0 = none.
    pub after: u32,
    pub limit: u32,
    pub shape: Shape,
}

/// `after`, `limit`, and `format` or the header `Accept`.
pub fn parse_results(params: &Params, request: &HttpRequest) -> Result<ResultsPage, Refusal> {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(ResultsPage {
        after: bounded(params, "after", 0..=u32::MAX)?.unwrap_or_default(),
        limit: bounded(params, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT),
        shape: shape(params, accept)?,
    })
}

/// The parameter beats the header.
fn shape(params: &Params, accept: &str) -> Result<Shape, Refusal> {
    let accepts_lines = || {
        let types = accept.split(',').map(|one| one.split(';').next().unwrap_or_default().trim());
        types.into_iter().any(|one| {
            one.eq_ignore_ascii_case("application/x-ndjson") || one.eq_ignore_ascii_case("application/ndjson")
        })
    };
    match params.get("format").map(str::to_ascii_lowercase).as_deref() {
        None if accepts_lines() => Ok(Shape::Lines),
        None | Some("json") => Ok(Shape::List),
        Some("ndjson") => Ok(Shape::Lines),
        Some(_) => Err(Refusal::not_one_of("format", FORMATS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn parse(query: &str, accept: &str) -> Result<ResultsPage, Option<String>> {
        let params = Params::from_parts(query, "", b"").unwrap();
        let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
        parse_results(&params, &request).map_err(|refusal| refusal.parameter)
    }

    #[test]
    fn bounds_and_shapes() {
        let page = |after, limit, shape| Ok(ResultsPage { after, limit, shape });
        assert_eq!(parse("", "*/*"), page(0, 50, Shape::List));
        assert_eq!(parse("after=7&limit=500", ""), page(7, 500, Shape::List));
        assert_eq!(parse("", "text/html, application/x-ndjson;q=0.9"), page(0, 50, Shape::Lines));
        assert_eq!(parse("format=json", "application/x-ndjson"), page(0, 50, Shape::List));
        assert_eq!(parse("format=NDJSON", ""), page(0, 50, Shape::Lines));
        for wrong in ["after=-1", "after=x", "after=4294967296", "after=%2B1"] {
            assert_eq!(parse(wrong, ""), Err(Some("after".into())), "{wrong}");
        }
        for wrong in ["limit=0", "limit=501", "limit=1.5"] {
            assert_eq!(parse(wrong, ""), Err(Some("limit".into())), "{wrong}");
        }
        assert_eq!(parse("format=xml", ""), Err(Some("format".into())));
    }
}
