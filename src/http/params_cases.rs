//! How requests are read.

use super::*;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, HttpServer, web};
use proptest::prelude::*;
use std::io::{Read, Write};

fn params(query: &str, content_type: &str, body: &str) -> Params {
    Params::from_parts(query, content_type, body.as_bytes()).unwrap()
}

fn values(params: &Params, key: Key) -> Vec<String> {
    params.values(key).unwrap().into_iter().map(|requested| requested.value).collect()
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json; charset=utf-8";

#[test]
fn the_body_wins_over_the_query() {
    let both = params("a=1&b=2&c=3", "", "b=%F0%9F%98%80&c=++&d=x+y");
    assert_eq!(both.get("a"), Some("1"));
    assert_eq!(both.get("b"), Some("😀"));
    assert_eq!(both.get("c"), Some("3"), "a blank parameter is a missing one");
    assert_eq!(both.get("d"), Some("x y"));
    assert_eq!(both.get("e"), None);
    assert_eq!(params("a=1", JSON, r#"{"a":2}"#).get("a"), Some("2"));
}

#[test]
fn json_is_recognised_by_type_or_look() {
    for content_type in ["", FORM, JSON, "text/plain", "application/vnd.api+json"] {
        assert_eq!(params("", content_type, " {\"a\": \" b \"}").get("a"), Some("b"), "{content_type}");
    }
    assert_eq!(params("a=1", JSON, "").get("a"), Some("1"));
    assert_eq!(params("a=1", JSON, "\u{FEFF}{\"a\":2}").get("a"), Some("2"));
    assert_eq!(params("", "", "a=1").get("a"), Some("1"));
}

#[test]
fn json_numbers_are_text_and_structures_are_no_text() {
    let all = params(
        "",
        JSON,
        r#"{"a":885909666966,"b":-1.5,"c":true,"d":null,"e":{"x":1},"f":[1,2],"g":["one"],"h":15858468867886681869}"#,
    );
    assert_eq!(all.get("a"), Some("885909666966"));
    assert_eq!(all.get("b"), Some("-1.5"));
    assert_eq!(all.get("c"), Some("true"));
    assert_eq!(all.get("d"), None);
    assert_eq!(all.get("e"), Some(STRUCTURE));
    assert_eq!(all.get("f"), Some(STRUCTURE));
    assert_eq!(all.get("g"), Some("one"));
    assert_eq!(all.get("h"), Some("15858468867886681869"));
}

/// Rounded, a number would be another one: it is refused where it is read, and nobody's concern where it is not.
#[test]
fn json_numbers_that_lost_digits_are_none() {
    let all = params(
        "",
        JSON,
        r#"{"a":184467440737095516160,"x":[1.7976931348623157e308],"values":[184467440737095516160]}"#,
    );
    assert_eq!(all.get("a"), Some(STRUCTURE));
    assert_eq!(all.values(Key::Gtin).unwrap_err().parameter.as_deref(), Some("values"));
    let one = params("", JSON, r#"{"values":184467440737095516160}"#);
    assert_eq!(one.values(Key::Gtin).unwrap_err().parameter.as_deref(), Some("values"));
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    for body in ["{", "[1]", "{\"a\":\"\\ud800\"}", "\"a\"", &deep] {
        let refused = Params::from_parts("", JSON, body.as_bytes()).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::ParameterValueInvalid, "{body:.20}");
    }
    assert!(Params::from_parts("", JSON, b"{\"a\":\"\xFF\"}").is_err());
}

#[test]
fn broken_encodings() {
    let odd = params("a=%zz%&b=%FC&=x&&c", "", "");
    assert_eq!(odd.get("a"), Some("%zz%"));
    assert_eq!(odd.get("b"), Some("\u{FFFD}"));
    assert_eq!(odd.get("c"), None);
    let refused = params("values=M%FCller", "", "").values(Key::Keyword).unwrap_err();
    assert_eq!((refused.kind, refused.parameter.as_deref()), (RefusalKind::ParameterValueInvalid, Some("values")));
}

#[test]
fn values_are_lines() {
    let lines = params("", FORM, "values=+a+b%0D%0A%0D%0A%0Ac%0A+++%0Aa+b");
    assert_eq!(values(&lines, Key::Keyword), ["a b", "c", "a b"]);
    assert_eq!(values(&params("", JSON, r#"{"values":"a\nb"}"#), Key::Keyword), ["a", "b"]);
    assert_eq!(values(&params("", JSON, r#"{"values":885909666966}"#), Key::Gtin), ["885909666966"]);
    assert_eq!(values(&params("", JSON, r#"{"values":[" a\nb ",8,null]}"#), Key::Keyword), [" a", "b ", "8"]);
    assert_eq!(values(&params("", FORM, "values=a&values=b&values[]=c"), Key::Keyword), ["a", "b", "c"]);
    assert!(values(&params("values=%20%0A", "", ""), Key::Gtin).is_empty());
}

#[test]
fn lists_as_libraries_write_them() {
    for (query, body) in [
        ("", "values[0]=a&values[1]=b&values[10]=c"),
        ("", "values%5B%5D=a&values%5B%5D=b%0Ac"),
        ("values[0]=a&values%5B1%5D=b&values[]=c", ""),
    ] {
        assert_eq!(values(&params(query, FORM, body), Key::Keyword), ["a", "b", "c"], "{query}{body}");
    }
    for body in
        [r#"{"values":{"0":"a","2":"b","3":"c"}}"#, r#"{"values":["a\nb\r\n","c"]}"#, r#"{"values":["a\n b \n\nc"]}"#]
    {
        let read = params("", JSON, body).values(Key::Keyword).unwrap();
        assert_eq!(read.iter().map(|one| one.value.trim()).collect::<Vec<_>>(), ["a", "b", "c"], "{body}");
    }
    let one = params("", JSON, r#"{"values":[{"value":"a\nb","reference":"r"}]}"#);
    assert_eq!(values(&one, Key::Keyword), ["a\nb"]);
    for name in ["values[x]", "values[", "values]", "valuesx", "values[0][a]"] {
        assert!(values(&params("", FORM, &format!("{name}=a")), Key::Keyword).is_empty(), "{name}");
    }
    for body in [r#"{"values":{}}"#, r#"{"values":{"0":"a","x":"b"}}"#, r#"{"values":{"0":{"x":1}}}"#] {
        assert!(params("", JSON, body).values(Key::Keyword).is_err(), "{body}");
    }
}

#[test]
fn a_structure_is_no_text() {
    for body in [r#"{"a":{}}"#, r#"{"a":["x","y"]}"#, r#"{"a":{"value":"x"}}"#] {
        assert_eq!(params("", JSON, body).get_utf8("a").unwrap_err().parameter.as_deref(), Some("a"), "{body}");
    }
    assert_eq!(params("", JSON, r#"{"a":["x"]}"#).get_utf8("a"), Ok(Some("x")));
}

#[test]
fn empty_json_is_no_body() {
    for body in ["null", "\"\"", "[]", " null ", "{}"] {
        assert_eq!(params("a=1", JSON, body).get("a"), Some("1"), "{body}");
    }
}

#[test]
fn the_printed_curl_lost_its_line_ends() {
    let printed = params("", FORM, "values=00885909666966\\ 08718108041581");
    assert_eq!(values(&printed, Key::Gtin), ["00885909666966", "08718108041581"]);
    assert_eq!(values(&params("", FORM, "values=a\\nb\\r\\nc"), Key::SourceId), ["a", "b", "c"]);
    assert_eq!(values(&params("", FORM, "values=a\\%0Ab"), Key::Gtin), ["a", "b"]);
    assert_eq!(values(&printed, Key::Keyword), ["00885909666966\\ 08718108041581"]);
    assert_eq!(values(&params("", FORM, "values=0088 5909\\n1"), Key::Gtin), ["0088 5909", "1"]);
}

#[test]
fn a_reference_has_an_end() {
    let sent = |reference: String| {
        let body = serde_json::json!({"values": ["a", {"value": "b", "reference": reference}]}).to_string();
        params("", JSON, &body).values(Key::Keyword)
    };
    assert_eq!(sent("ü".repeat(255)).unwrap().len(), 2);
    let refusal = sent("ü".repeat(256)).unwrap_err();
    assert_eq!((refusal.kind, refusal.parameter.as_deref()), (RefusalKind::ParameterValueInvalid, Some("values")));
    assert!(refusal.comment.unwrap().contains("at most 255 characters"));
}

#[test]
fn references_stand_beside_values() {
    let mixed = params("", JSON, r#"{"values":[{"value":1,"reference":"SKU","x":[{}]},{"value":"b"},"c"]}"#);
    let pair = |value: &str, reference: Option<&str>| RequestedValue {
        value: value.into(),
        reference: reference.map(str::to_owned),
    };
    assert_eq!(mixed.values(Key::Gtin).unwrap(), [pair("1", Some("SKU")), pair("b", None), pair("c", None)]);
    for body in [r#"{"values":[{"x":1}]}"#, r#"{"values":[[1]]}"#, r#"{"values":{"a":1}}"#] {
        assert_eq!(params("", JSON, body).values(Key::Gtin).unwrap_err().parameter.as_deref(), Some("values"));
    }
}

async fn answer(params: Params) -> HttpResponse {
    HttpResponse::Ok().body(params.get("a").map_or(0, str::len).to_string())
}

async fn posted(request: TestRequest) -> (StatusCode, String) {
    let app = init_service(App::new().route("/", web::post().to(answer))).await;
    let response = call_service(&app, request.uri("/").to_request()).await;
    (response.status(), String::from_utf8(read_body(response).await.to_vec()).unwrap())
}

fn body(len: usize) -> Vec<u8> {
    [b"a=".to_vec(), vec![b'x'; len - 2]].concat()
}

const TOO_LARGE: &str = r#"{"success":false,"reason":"body too large","comment":"#;

#[actix_web::test]
async fn the_body_limit_is_ours_not_the_frameworks() {
    let plain = |len| posted(TestRequest::post().set_payload(body(len)));
    assert_eq!(plain(MAX_BODY_BYTES).await, (StatusCode::OK, (MAX_BODY_BYTES - 2).to_string()));
    let (status, answer) = plain(MAX_BODY_BYTES + 1).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.starts_with(TOO_LARGE), "{answer}");
}

#[actix_web::test]
async fn a_packed_body_is_measured_unpacked() {
    let packed = |len| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body(len)).unwrap();
        posted(TestRequest::post().insert_header(("content-encoding", "gzip")).set_payload(encoder.finish().unwrap()))
    };
    assert_eq!(packed(100).await, (StatusCode::OK, "98".to_owned()));
    assert_eq!(packed(50 * MAX_BODY_BYTES).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

/// Over a real socket: a client that sends all of its body before it reads still gets the answer.
#[actix_web::test]
async fn a_refused_body_is_taken_before_it_is_refused() {
    let server = HttpServer::new(|| App::new().route("/", web::post().to(answer)));
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let client = move || {
        let body = body(3 * MAX_BODY_BYTES);
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        write!(socket, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())
            .unwrap();
        socket.write_all(&body).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = tokio::task::spawn_blocking(client).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains(TOO_LARGE), "{answer}");
    handle.stop(false).await;
    running.await.unwrap().unwrap();
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(query in any::<String>(), body in any::<Vec<u8>>(), json in any::<bool>()) {
        if let Ok(params) = Params::from_parts(&query, if json { JSON } else { FORM }, &body) {
            let _ = params.values(Key::Gtin);
        }
    }

    #[test]
    fn an_encoded_form_is_read_back(text in "[^\\s]\\PC{0,20}[^\\s]") {
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let read = params("", FORM, &format!("a={encoded}"));
        prop_assert_eq!(read.get("a"), Some(text.trim()));
    }
}
