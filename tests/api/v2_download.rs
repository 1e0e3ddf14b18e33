//! `GET /v2/jobs/{id}/download`: formats, refusals, entity tags and ranges.

use crate::harness::{Answer, COFFEE, Caller, IPAD, Terms, TestServer};
use crate::{gtins, special, start, start_idle};
use pricemill::demo::SpecialKind;
use reqwest::{Method, RequestBuilder};
use sea_orm::ConnectionTrait;
use serde_json::json;

const FORMATS: [(&str, &str, &str); 5] = [
    ("json", "application/json; charset=utf-8", "{\"job_id\":"),
    ("ndjson", "application/x-ndjson", "{\"query\":"),
    ("xml", "application/xml; charset=utf-8", "<?xml"),
    ("csv", "text/csv; charset=utf-8", "\""),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
];

async fn finished(server: &TestServer) -> (Caller, String) {
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE, "123"])).await;
    caller.wait_finished(&id).await;
    (caller, id)
}

/// A source that refuses is asked twice; that is told as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_vain_are_counted() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let blocked = special(SpecialKind::Blocked, 3);
    let id = caller.submit(&gtins(&[IPAD, "123", &blocked])).await;
    caller.wait_finished(&id).await;
    let told = download(&caller, &id, "").await.ok();
    let count = |nth: usize| told["results"][nth]["metadata"]["request_count"].as_u64().unwrap();
    assert_eq!(told["results"][2]["reason"], "failed to access source");
    assert_eq!(count(2), 2, "what looks like a refusal is asked for once more: {told}");
    assert!(count(0) >= 2, "a search and a product: {told}");
    assert_eq!(count(1), 0, "never asked for");
    server.close().await;
}

async fn download(caller: &Caller, id: &str, what: &str) -> Answer {
    caller.get(&format!("/v2/jobs/{id}/download{what}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_by_suffix_and_by_parameter() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    for (name, content_type, begins) in FORMATS {
        for what in [format!(".{name}"), format!("?format={}", name.to_uppercase()), format!(".{name}?format=json")] {
            let answer = download(&caller, &id, &what).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{what}");
            assert!(answer.body.starts_with(begins.as_bytes()), "{what}");
            let file = format!("attachment; filename=\"job-{id}.{name}\"");
            assert_eq!(answer.header("content-disposition"), Some(file.as_str()), "{what}");
        }
    }
    let plain = download(&caller, &id, "").await.ok();
    assert_eq!(
        (&plain["job_id"], &plain["status"], &plain["free_credits"]),
        (&json!(id), &json!("finished"), &json!(2))
    );
    let values: Vec<_> = plain["results"].as_array().unwrap().iter().map(|entry| &entry["query"]["value"]).collect();
    assert_eq!(values, [IPAD, COFFEE, "123"]);
    // As programs in the wild ask.
    let asked = format!("/v2/jobs/{id}/download?token={}&job_id={id}", caller.token);
    assert_eq!(caller.send(caller.plain(Method::GET, &asked)).await.ok(), plain);
    for what in [".pdf", "?format=pdf"] {
        let refused = download(&caller, &id, what).await.refused(400, "parameter value invalid", Some("format"));
        assert_eq!(refused["valid_values"], json!(["json", "ndjson", "xml", "csv", "xlsx"]));
    }
    download(&caller, &id, ".csv?raw=x").await.refused(400, "parameter value invalid", Some("raw"));
    download(&caller, &id, "?wait=61").await.refused(400, "parameter value invalid", Some("wait"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_early_and_too_late() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    for (_, _, _) in FORMATS {
        download(&caller, &id, "?wait=0").await.refused(409, "job not finished", None);
    }
    let db = server.look().await;
    let change = async |what: &str| {
        db.execute_unprepared(&format!("UPDATE bulk_job SET {what} WHERE id = '{id}'")).await.unwrap();
    };
    change("status = 'cancelled'").await;
    for path in [format!("/v2/jobs/{id}/download.xlsx"), format!("/products/bulk/{id}.csv")] {
        caller.get(&path).await.refused(409, "job cancelled", None);
    }
    assert_eq!(caller.get(&format!("/v2/jobs/{id}")).await.ok()["status"], "cancelled");
    change("status = 'finished', finished_at = created_at, deleted_at = created_at").await;
    for path in [format!("/v2/jobs/{id}/download"), format!("/products/bulk/{id}")] {
        caller.get(&path).await.refused(410, "job expired", None);
    }
    db.close().await.unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_waits_for_the_end() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[&special(SpecialKind::Slow, 2)])).await;
    assert_eq!(download(&caller, &id, "?wait=60").await.ok()["results"][0]["success"], true);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_caller_has_is_not_sent_again() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    let get = |what: &str, headers: &[(&str, &str)]| {
        let request = caller.request(Method::GET, &format!("/v2/jobs/{id}/download{what}"));
        caller
            .send(headers.iter().fold(request, |request: RequestBuilder, (name, value)| request.header(*name, *value)))
    };
    let mut tags = Vec::new();
    for (name, _, _) in FORMATS {
        let what = format!(".{name}");
        let whole = get(&what, &[]).await;
        let tag = whole.header("etag").unwrap().to_owned();
        // A part of a workbook costs the whole.
        let ranges = (name != "xlsx").then_some("bytes");
        assert!(tag.starts_with('"') && whole.header("accept-ranges") == ranges, "{what}: {tag}");
        // The same bytes under the same tag, every time.
        assert_eq!(get(&what, &[]).await.body, whole.body, "{what}");
        let unchanged = get(&what, &[("if-none-match", &tag)]).await;
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{what}");
        assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
        assert_eq!(get(&what, &[("if-none-match", "\"other\"")]).await.status, 200, "{what}");
        let packed = get(&what, &[("accept-encoding", "gzip")]).await;
        if name == "xlsx" {
            assert_eq!(packed.header("etag"), Some(tag.as_str()));
        } else {
            assert_eq!(packed.header("content-encoding"), Some("gzip"), "{what}");
            assert_eq!(packed.header("etag"), Some(format!("W/{tag}").as_str()), "{what}");
            assert_eq!(packed.header("accept-ranges"), None, "{what}");
            assert_eq!(
                get(&what, &[("if-none-match", &format!("W/{tag}")), ("accept-encoding", "gzip")]).await.status,
                304
            );
        }
        tags.push(tag);
    }
    tags.push(get(".csv?raw=1", &[]).await.header("etag").unwrap().to_owned());
    tags.push(get(".csv?bom=1", &[]).await.header("etag").unwrap().to_owned());
    tags.push(caller.download(&id, ".json").await.header("etag").unwrap().to_owned());
    let other = caller.submit(&gtins(&[IPAD, COFFEE, "123"])).await;
    caller.wait_finished(&other).await;
    tags.push(download(&caller, &other, "").await.header("etag").unwrap().to_owned());
    let count = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), count, "one tag for each file");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_goes_on_where_it_broke_off() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    for (name, content_type, _) in FORMATS {
        let path = format!("/v2/jobs/{id}/download.{name}");
        let get = |headers: Vec<(&'static str, String)>| {
            let request = caller.request(Method::GET, &path);
            caller.send(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
        };
        let whole = caller.get(&path).await;
        let (size, tag) = (whole.body.len(), whole.header("etag").unwrap().to_owned());
        if name == "xlsx" {
            // Every part costs the whole workbook, which is sent then.
            assert_eq!(get(vec![("range", "bytes=0-0".to_owned())]).await.body, whole.body);
            continue;
        }
        for (range, first, last) in [
            ("bytes=0-0".to_owned(), 0, 0),
            ("bytes=10-99".to_owned(), 10, 99),
            (format!("bytes={}-", size / 2), size / 2, size - 1),
            (format!("bytes={}-{}", size - 3, size + 5), size - 3, size - 1),
            ("bytes=-7".to_owned(), size - 7, size - 1),
            (format!("bytes=-{}", size + 7), 0, size - 1),
        ] {
            for if_range in [None, Some(tag.clone())] {
                let mut headers = vec![("range", range.clone())];
                headers.extend(if_range.map(|tag| ("if-range", tag)));
                let part = get(headers).await;
                assert_eq!(part.status, 206, "{name} {range}");
                assert_eq!(part.body, whole.body[first..=last], "{name} {range}");
                assert_eq!(part.header("content-range"), Some(format!("bytes {first}-{last}/{size}").as_str()));
                assert_eq!(part.header("content-length"), Some((last - first + 1).to_string().as_str()));
                assert_eq!(part.header("content-type"), Some(content_type));
                assert_eq!(part.header("etag"), Some(tag.as_str()));
            }
        }
        let range = |more: &[(&'static str, &str)]| {
            let mut headers = vec![("range", "bytes=1-2".to_owned())];
            headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
            get(headers)
        };
        assert_eq!(range(&[("if-range", "\"other\"")]).await.body, whole.body, "{name}");
        assert_eq!(get(vec![("range", "bytes=0-1,4-5".to_owned())]).await.body, whole.body, "{name}");
        assert_eq!(range(&[("if-none-match", &tag)]).await.status, 304);
        let packed = range(&[("accept-encoding", "br")]).await;
        assert_eq!(packed.status, 200, "{name}");
        let beyond = get(vec![("range", format!("bytes={size}-"))]).await;
        beyond.refused(416, "range not satisfiable", None);
        assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));
        let head = caller.send(caller.request(Method::HEAD, &path).header("range", "bytes=1-2")).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, Some(tag.as_str())), "{name}");
    }
    // v1 does the same.
    let whole = caller.download(&id, ".csv").await;
    let part = caller.request(Method::GET, &format!("/products/bulk/{id}.csv")).header("range", "bytes=5-20");
    assert_eq!(caller.send(part).await.body, whole.body[5..=20]);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn v1_tells_topics_it_does_not_know_in_the_shape_of_v2() {
    let server = start().await;
    let (caller, id) = finished(&server).await;
    let db = server.look().await;
    for (topic, list) in
        [("search_results", "results"), ("reviews", "results"), ("offers", "products"), ("product", "products")]
    {
        db.execute_unprepared(&format!("UPDATE bulk_job SET topic = '{topic}' WHERE id = '{id}'")).await.unwrap();
        let told = caller.download(&id, "").await.ok();
        assert_eq!(told[list].as_array().map(Vec::len), Some(3), "{topic}: {told}");
        assert_eq!(caller.download(&id, ".csv?format_option=row").await.status, 200, "{topic}");
        assert!(caller.download(&id, ".xml").await.text().starts_with("<?xml"), "{topic}");
    }
    db.close().await.unwrap();
    server.close().await;
}
