//! Who calls: the token a request presents, wherever it presents it.

use super::params::Params;
use actix_web::HttpRequest;
use actix_web::http::header;
use std::fmt;

/// A token as it was presented; nobody knows yet whether it is one of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedToken(String);

impl PresentedToken {
    /// For hashing and comparing only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedToken(…)")
    }
}

/// The token of the parameter `token` (query, form or JSON), else of `Authorization` (`Bearer T`, `Token T`,
/// `Token token=T`), `X-API-KEY` or `X-Access-Token`, in that order.
pub fn presented_token(request: &HttpRequest, params: &Params) -> Option<PresentedToken> {
    let headers = request.headers();
    let named = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let found = params
        .get("token")
        .or_else(|| headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(of_authorization))
        .or_else(|| named("x-api-key").and_then(present))
        .or_else(|| named("x-access-token").and_then(present));
    found.map(|token| PresentedToken(token.to_owned()))
}

fn present(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn of_authorization(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once(char::is_whitespace)?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return present(rest);
    }
    if !scheme.eq_ignore_ascii_case("token") {
        return None;
    }
    // Rails writes `Token token="T", nonce="N"`.
    let first = rest.split([',', ';']).next().unwrap_or_default().trim();
    let value = match first.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("token") => value.trim(),
        _ => first,
    };
    present(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn token_of(request: TestRequest, query: &str, body: &str) -> Option<String> {
        let params = Params::from_parts(query, "", body.as_bytes()).unwrap();
        presented_token(&request.to_http_request(), &params).map(|token| token.expose().to_owned())
    }

    #[test]
    fn every_way_to_present_a_token() {
        let plain = TestRequest::default;
        assert_eq!(token_of(plain(), "token=T", "").as_deref(), Some("T"));
        assert_eq!(token_of(plain(), "", "a=b&token=T").as_deref(), Some("T"));
        assert_eq!(token_of(plain(), "", r#"{"token":"T"}"#).as_deref(), Some("T"));
        for header in [
            ("Authorization", "Bearer T"),
            ("authorization", "bearer  T "),
            ("Authorization", "Token T"),
            ("Authorization", "Token token=T"),
            ("Authorization", "Token token=\"T\", nonce=\"x\""),
            ("X-API-KEY", "T"),
            ("x-access-token", " T"),
        ] {
            assert_eq!(token_of(plain().insert_header(header), "", "").as_deref(), Some("T"), "{header:?}");
        }
    }

    #[test]
    fn nothing_presented() {
        for header in [("Authorization", "Basic VDpU"), ("Authorization", "Bearer"), ("X-API-KEY", " ")] {
            assert_eq!(token_of(TestRequest::default().insert_header(header), "token=", "token=+"), None, "{header:?}");
        }
        assert_eq!(token_of(TestRequest::default(), "", ""), None);
    }

    #[test]
    fn the_parameter_wins_and_is_never_shown() {
        let request = TestRequest::default().insert_header(("X-API-KEY", "OTHER"));
        let params = Params::from_parts("token=SECRET", "", b"").unwrap();
        let token = presented_token(&request.to_http_request(), &params).unwrap();
        assert_eq!(token.expose(), "SECRET");
        assert!(!format!("{token:?}{params:?}").contains("SECRET"));
    }
}
