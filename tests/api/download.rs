//! `GET /products/bulk/{id}`.

use crate::harness::{Answer, COFFEE, Caller, IPAD, Terms, TestServer};
use crate::{gtins, start, start_idle, with};
use reqwest::Method;
use serde_json::json;
use std::io::Read;
use tokio::io::AsyncReadExt;

async fn finished(server: &TestServer) -> (Caller, String) {
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE, "123"])).await;
    caller.wait_finished(&id).await;
    (caller, id)
}

/// Which format an answer has, by its looks.
fn shape(answer: &Answer) -> &'static str {
    assert_eq!(answer.status, 200, "{}", answer.text());
    match answer.text() {
        text if text.starts_with('{') => "json",
        text if text.starts_with("<?xml") => "xml",
        text if text.starts_with("\"source\",") && text.contains("\"offer.url\"") => "row",
        text if text.starts_with("\"source\",") && text.contains("\"offers[0].url\"") => "column",
        text => panic!("{text}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suffix_beats_the_parameter() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    for (what, wanted) in [
        ("", "json"),
        (".json", "json"),
        (".xml", "xml"),
        (".csv", "column"),
        ("?format=json", "json"),
        ("?format=xml", "xml"),
        ("?format=CSV", "column"),
        ("?format=csv&format_option=row", "row"),
        ("?format=csv&format_option=column", "column"),
        (".csv?format_option=row", "row"),
        (".csv?format_option=ROW&format=json", "row"),
        (".json?format=csv&format_option=row", "json"),
        (".xml?format=json", "xml"),
        (".xml/?format=json", "xml"),
    ] {
        let answer = caller.download(&id, what).await;
        assert_eq!(shape(&answer), wanted, "{what}");
        let (content_type, extension) = match wanted {
            "json" => ("application/json; charset=utf-8", "json"),
            "xml" => ("application/xml; charset=utf-8", "xml"),
            _ => ("text/csv; charset=utf-8", "csv"),
        };
        assert_eq!(answer.header("content-type"), Some(content_type), "{what}");
        let name = format!("attachment; filename=\"job-{id}.{extension}\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()), "{what}");
    }
    for (what, parameter) in [
        (".pdf", "format"),
        ("?format=xlsx", "format"),
        (".csv?format_option=both", "format_option"),
        (".csv?columns=all", "columns"),
        (".csv?bom=yes", "bom"),
    ] {
        caller.download(&id, what).await.refused(400, "parameter value invalid", Some(parameter));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn csv_header_and_lines() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    let product = "\"source\",\"country\",\"key\",\"value\",\"success\",\"reason\",\"source_id\",\"source_url\",\"updated_at\",\
        \"gtins\",\"eans\",\"name\",\"brand_name\",\"category_name\",\"review_count\",\"review_rating\",\"relevance\"";
    let row = caller.download(&id, ".csv?format_option=row").await;
    let mut lines = row.text().split('\n');
    assert_eq!(
        lines.next().unwrap(),
        format!(
            "{product},\"offer.url\",\"offer.name\",\"offer.price\",\"offer.price_with_shipping\",\"offer.shipping_costs\",\
             \"offer.position\",\"offer.position_with_shipping\",\"offer.availability_code\",\"offer.availability_text\",\
             \"offer.shop_name\""
        )
    );
    let json = caller.download(&id, "").await.ok();
    let offers = |nth: usize| json["products"][nth]["offers"].as_array().unwrap().len();
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), offers(0) + offers(1) + 1 + 1);
    assert_eq!(lines[lines.len() - 1], "");
    let nothing = ",\"\"".repeat(21);
    let failed = format!("\"google-shopping\",\"de\",\"gtin\",\"123\",\"false\",\"invalid value\"{nothing}");
    assert_eq!(lines[lines.len() - 2], failed);

    let column = caller.download(&id, ".csv").await;
    let header = column.text().split('\n').next().unwrap();
    let widest = offers(0).max(offers(1));
    let mut wanted = product.to_owned();
    for i in 0..widest {
        for name in
            "url name price price_with_shipping shipping_costs availability_code availability_text shop_name".split(' ')
        {
            wanted += &format!(",\"offers[{i}].{name}\"");
        }
    }
    assert_eq!(header, wanted);
    assert_eq!(column.text().matches('\n').count(), 4);
    assert!(!column.text().contains('\r'));

    let marked = caller.download(&id, ".csv?bom=1").await;
    assert_eq!(marked.text().strip_prefix('\u{feff}'), Some(column.text()));
    let extended = caller.download(&id, ".csv?columns=extended").await;
    assert!(extended.text().split('\n').next().unwrap().starts_with(product));
    assert!(extended.text().contains("\"reference\"") && extended.text().contains("currency"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_is_shown_in_extended_columns_only() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values = json!([{"value": IPAD, "reference": "SKU-4711"}, COFFEE]);
    let id = caller.submit(&with(gtins(&[]), json!({"values": values}))).await;
    caller.wait_finished(&id).await;
    assert!(!caller.download(&id, ".csv").await.text().contains("SKU-4711"));
    let extended = caller.download(&id, ".csv?columns=extended&format_option=row").await;
    assert_eq!(extended.text().matches("\"SKU-4711\"").count(), 2, "{}", extended.text());
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packed_when_asked() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    for what in ["", ".xml", ".csv"] {
        let plain = caller.download(&id, what).await;
        assert_eq!(plain.header("content-encoding"), None);
        for coding in ["gzip", "br"] {
            let request = caller.request(Method::GET, &format!("/products/bulk/{id}{what}"));
            let packed = caller.send(request.header("accept-encoding", coding)).await;
            assert_eq!(packed.header("content-encoding"), Some(coding));
            assert_eq!(packed.header("content-type"), plain.header("content-type"));
            assert!(packed.body.len() < plain.body.len());
            let mut unpacked = Vec::new();
            if coding == "gzip" {
                flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
            } else {
                let mut reader = async_compression::tokio::bufread::BrotliDecoder::new(packed.body.as_slice());
                reader.read_to_end(&mut unpacked).await.unwrap();
            }
            assert!(unpacked == plain.body, "{what} as {coding}");
        }
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_answers_without_the_body() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    for path in [format!("/products/bulk/{id}.csv"), format!("/jobs/{id}"), "/jobs".into(), "/healthz".into()] {
        let (get, head) = (caller.get(&path).await, caller.send(caller.request(Method::HEAD, &path)).await);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["content-type", "content-disposition"] {
            assert_eq!(head.header(name), get.header(name), "{path}");
        }
    }
    let unknown = caller.send(caller.request(Method::HEAD, "/jobs/1234567890abcdef12345678")).await;
    assert_eq!((unknown.status, unknown.body.len()), (404, 0));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfinished_job_is_refused_after_a_while() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    let (json, csv, head) = tokio::join!(
        caller.download(&id, ""),
        caller.download(&id, ".csv"),
        caller.send(caller.request(Method::HEAD, &format!("/products/bulk/{id}")))
    );
    json.refused(409, "job not finished", None);
    csv.refused(409, "job not finished", None);
    assert_eq!(head.status, 409);
    // What is wrong with the request is said at once, whatever the job's state.
    caller.download(&id, ".pdf").await.refused(400, "parameter value invalid", Some("format"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_asked_for_at_once_waits_for_a_quick_job() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    // The slow value takes half of the time a download is held.
    let slow = crate::special(pricemill::demo::SpecialKind::Slow, 2);
    let id = caller.submit(&gtins(&[&slow])).await;
    let results = caller.download(&id, "").await.ok();
    assert_eq!((&results["status"], &results["products"][0]["success"]), (&json!("finished"), &json!(true)));
    server.close().await;
}
