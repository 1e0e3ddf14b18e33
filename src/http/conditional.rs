//! Which part of an unchanging answer a request wants: all of it, a range, or only whether it is still the same.
//!
//! Rule from: RFC 9110, sections 13 and 14. Ranges are of the plain bytes; an answer that will be packed is sent whole.

use actix_web::http::Method;
use actix_web::http::header::{
    AcceptEncoding, ByteRangeSpec, Encoding, EntityTag, Header, IfNoneMatch, IfRange, RANGE, Range,
};
use actix_web::{HttpMessage, HttpRequest};

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The caller has it already.
    Unchanged,
    Whole,
    /// A single range; whether it can be satisfied depends on the length.
    Part(ByteRangeSpec),
}

/// What a request wants of the answer with this strong tag.
pub fn wanted(request: &HttpRequest, tag: &EntityTag, is_packed: bool) -> Wanted {
    if is_known(request, tag) {
        return Wanted::Unchanged;
    }
    if is_packed || *request.method() != Method::GET {
        return Wanted::Whole;
    }
    match (range(request), request.headers().contains_key(IfRange::name())) {
        (Some(range), false) => Wanted::Part(range),
        // A date is no help: an answer carries none.
        (Some(range), true) => match request.get_header::<IfRange>() {
            Some(IfRange::EntityTag(known)) if known.strong_eq(tag) => Wanted::Part(range),
            _ => Wanted::Whole,
        },
        (None, _) => Wanted::Whole,
    }
}

/// Whether the caller has the answer with this tag.
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        None => false,
    }
}

/// The one range asked for. Several ranges, or what is none, are answered with the whole, as the rule allows.
fn range(request: &HttpRequest) -> Option<ByteRangeSpec> {
    let text = request.headers().get(RANGE)?.to_str().ok()?;
    match text.parse().ok()? {
        Range::Bytes(ranges) => match ranges.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        Range::Unregistered(..) => None,
    }
}

/// Whether the answer's bytes will be packed on the way out; decides as the server's compression does, so that both agree.
pub fn will_be_packed(request: &HttpRequest) -> bool {
    let ours = [Encoding::identity(), Encoding::brotli(), Encoding::gzip(), Encoding::deflate()];
    let asked = request.get_header::<AcceptEncoding>();
    asked.and_then(|asked| asked.negotiate(ours.iter())).is_some_and(|chosen| chosen != Encoding::identity())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn tag() -> EntityTag {
        EntityTag::new_strong("abc".into())
    }

    fn of(headers: &[(&'static str, &str)]) -> Wanted {
        let request = headers.iter().fold(TestRequest::get(), |request, header| request.insert_header(*header));
        let request = request.to_http_request();
        wanted(&request, &tag(), will_be_packed(&request))
    }

    #[test]
    fn what_the_caller_has_is_not_sent_again() {
        for tags in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert_eq!(of(&[("if-none-match", tags)]), Wanted::Unchanged, "{tags}");
            assert_eq!(of(&[("if-none-match", tags), ("range", "bytes=0-1")]), Wanted::Unchanged, "{tags}");
            assert_eq!(of(&[("if-none-match", tags), ("accept-encoding", "gzip")]), Wanted::Unchanged, "{tags}");
        }
        for tags in ["\"x\"", "abc", ""] {
            assert_eq!(of(&[("if-none-match", tags)]), Wanted::Whole, "{tags}");
        }
    }

    #[test]
    fn one_range_of_plain_bytes() {
        for (range, part) in [
            ("bytes=0-9", ByteRangeSpec::FromTo(0, 9)),
            ("bytes=5-", ByteRangeSpec::From(5)),
            ("bytes=-5", ByteRangeSpec::Last(5)),
        ] {
            assert_eq!(of(&[("range", range)]), Wanted::Part(part.clone()), "{range}");
            assert_eq!(of(&[("range", range), ("accept-encoding", "identity")]), Wanted::Part(part.clone()));
            assert_eq!(of(&[("range", range), ("if-range", "\"abc\"")]), Wanted::Part(part));
            for other in ["\"x\"", "W/\"abc\"", "Sat, 29 Oct 1994 19:43:31 GMT", "?"] {
                assert_eq!(of(&[("range", range), ("if-range", other)]), Wanted::Whole, "{other}");
            }
            for packed in ["gzip", "br", "gzip, deflate, br", "gzip;q=0.1, *;q=0"] {
                assert_eq!(of(&[("range", range), ("accept-encoding", packed)]), Wanted::Whole, "{packed}");
            }
        }
        for range in ["bytes=0-1,3-4", "bytes=", "bytes=5-2", "bytes=x", "lines=0-1", "0-1", ""] {
            assert_eq!(of(&[("range", range)]), Wanted::Whole, "{range}");
        }
        let head = TestRequest::default().method(Method::HEAD).insert_header(("range", "bytes=0-1"));
        assert_eq!(wanted(&head.to_http_request(), &tag(), false), Wanted::Whole);
    }
}
