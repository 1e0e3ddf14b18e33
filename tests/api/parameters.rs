//! Where the parameters of a job may stand, and in which forms.

use crate::harness::{Answer, COFFEE, Caller, IPAD, Terms};
use crate::{gtins, start, start_idle, with};
use pricemill::storage::bulk_job;
use reqwest::Method;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// The values of a job just created.
async fn values_of(caller: &Caller, created: &Answer) -> Vec<String> {
    let created = created.ok();
    assert!(created.get("success").is_none(), "{created}");
    let id = created["job_id"].as_str().unwrap().parse().unwrap();
    let job = bulk_job::find(&caller.app.db, caller.id, &id).await.unwrap().unwrap();
    assert_eq!((job.source.as_str(), job.country.as_str(), job.key.v1()), ("google-shopping", "de", "gtin"));
    assert_eq!(created["requested"], job.requested);
    let results = caller.results(id.as_str()).await;
    results["products"].as_array().unwrap().iter().map(|p| p["value"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_place_of_the_parameters() {
    let server = start().await;
    let caller = server.caller(Terms::plan("business")).await;
    let both = format!("{IPAD}%0A{COFFEE}");
    let all = format!("token={}&source=google-shopping&country=de&key=gtin&values={both}", caller.token);
    let object = json!({"token": caller.token, "source": "google-shopping", "country": "de", "key": "gtin",
        "values": [IPAD, COFFEE]});
    let jobs = caller.plain(Method::POST, "/jobs");
    let here = |query: &str| caller.plain(Method::POST, &format!("/jobs?{query}"));
    let cases = [
        ("form", jobs.try_clone().unwrap().header("content-type", FORM).body(all.clone())),
        (
            "form with charset",
            jobs.try_clone().unwrap().header("content-type", format!("{FORM}; charset=UTF-8")).body(all.clone()),
        ),
        ("no content type", jobs.try_clone().unwrap().body(all.clone())),
        ("json", jobs.try_clone().unwrap().header("content-type", "application/json").body(object.to_string())),
        ("json called a form", jobs.try_clone().unwrap().header("content-type", FORM).body(object.to_string())),
        ("json without content type", jobs.try_clone().unwrap().body(object.to_string())),
        ("query, empty body", here(&all)),
        ("query, empty json body", here(&all).header("content-type", "application/json")),
        ("query, null as json", here(&all).header("content-type", "application/json").body("null")),
        ("query, an empty list as json", here(&all).header("content-type", "application/json").body("[]")),
        ("a list with indices", {
            let list = all.replace(&format!("values={both}"), &format!("values[0]={IPAD}&values[1]={COFFEE}"));
            jobs.try_clone().unwrap().header("content-type", FORM).body(list)
        }),
        (
            "a form called multipart",
            jobs.try_clone().unwrap().header("content-type", "multipart/form-data").body(all.clone()),
        ),
        ("query, empty form body", here(&all).header("content-type", FORM).body("")),
        ("trailing slash", caller.plain(Method::POST, "/jobs/").body(all.clone())),
        ("the body wins over the query", here("source=amazon&country=us&values=1").body(all.clone())),
        (
            "the json body wins over the query",
            here("key=keyword&token=X").header("content-type", "application/json").body(object.to_string()),
        ),
        (
            "mixed",
            here(&format!("token={}&source=google-shopping", caller.token))
                .body(format!("country=de&key=gtin&values={both}")),
        ),
        (
            "mixed with json",
            here(&format!("token={}&source=google-shopping&country=de", caller.token))
                .header("content-type", "application/json")
                .body(json!({"key": "gtin", "values": [IPAD, COFFEE]}).to_string()),
        ),
        ("unknown parameters", jobs.try_clone().unwrap().body(format!("{all}&colour=red&values_=3"))),
    ];
    for (what, request) in cases {
        let created = caller.send(request).await;
        assert_eq!(created.status, 200, "{what}: {}", created.text());
        assert_eq!(values_of(&caller, &created).await, [IPAD, COFFEE], "{what}");
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_the_values() {
    let server = start().await;
    let caller = server.caller(Terms::plan("business")).await;
    let (ipad, coffee) = ("885909666966", "8718108041581");
    let numbers = json!([885_909_666_966_u64, 8_718_108_041_581_u64]);
    for (values, wanted) in [
        (json!([ipad, coffee]), vec![ipad, coffee]),
        (numbers, vec![ipad, coffee]),
        (json!([885_909_666_966_u64, coffee]), vec![ipad, coffee]),
        (json!(ipad), vec![ipad]),
        (json!(885_909_666_966_u64), vec![ipad]),
        (json!(format!("{ipad}\n{coffee}")), vec![ipad, coffee]),
        (json!(format!("{ipad}\r\n{coffee}\r\n")), vec![ipad, coffee]),
        (json!(format!("\n\n {ipad} \n\n\t{coffee}\t\n \n")), vec![ipad, coffee]),
        (json!(format!(r"{ipad}\n{coffee}")), vec![ipad, coffee]),
        (json!(format!(r"{ipad}\ {coffee}")), vec![ipad, coffee]),
        (json!(format!("{ipad}\n{coffee}\n{ipad}\n {ipad}")), vec![ipad, coffee]),
        (json!([coffee, ipad, coffee, format!(" {ipad} "), ""]), vec![coffee, ipad]),
        (json!([{"value": ipad, "reference": "A"}, {"value": 8_718_108_041_581_u64}, ipad]), vec![ipad, coffee]),
    ] {
        let created = caller.post_json("/jobs", &with(gtins(&[]), json!({"values": values}))).await;
        assert_eq!(created.status, 200, "{values}: {}", created.text());
        assert_eq!(values_of(&caller, &created).await, wanted, "{values}");
    }
    let head = "source=google-shopping&country=de&key=gtin";
    for (form, wanted) in [
        (format!("values={ipad}\n{coffee}"), vec![ipad, coffee]),
        (format!("values={ipad}%0D%0A{coffee}%0D%0A"), vec![ipad, coffee]),
        (format!("values={ipad}\\\n{coffee}"), vec![ipad, coffee]),
        (format!("values={ipad}\\ {coffee}"), vec![ipad, coffee]),
        (format!("values={ipad}%5C+{coffee}"), vec![ipad, coffee]),
        (format!("values[]={ipad}&values[]={coffee}"), vec![ipad, coffee]),
        (format!("values={ipad}&values={coffee}"), vec![ipad, coffee]),
    ] {
        let created = caller.post_form("/jobs", format!("{head}&{form}")).await;
        assert_eq!(created.status, 200, "{form}: {}", created.text());
        assert_eq!(values_of(&caller, &created).await, wanted, "{form}");
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_alias() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("business")).await;
    let stored = async |job: Value| {
        let id = caller.submit(&job).await.parse().unwrap();
        let job = bulk_job::find(&caller.app.db, caller.id, &id).await.unwrap().unwrap();
        (job.source.to_string(), job.country.to_string(), job.key.v1())
    };
    for source in ["google-shopping", "google_shopping", "google shopping"] {
        assert_eq!(stored(with(gtins(&[IPAD]), json!({"source": source}))).await.0, "google-shopping");
    }
    for (country, code) in [("de", "de"), ("DE", "de"), ("uk", "gb"), ("UK", "gb"), ("Gb", "gb")] {
        assert_eq!(stored(with(gtins(&[IPAD]), json!({"country": country}))).await.1, code);
    }
    for (spellings, key) in [
        (["gtin", "ean", "upc", "GTIN"].as_slice(), "gtin"),
        (&["keyword", "term"], "keyword"),
        (&["source_id", "id", "asin"], "source_id"),
    ] {
        for spelling in spellings {
            assert_eq!(stored(with(gtins(&["B0080DJ6CM"]), json!({"source": "amazon", "key": spelling}))).await.2, key);
        }
    }
    server.stop().await;
}

/// Forms as HTTP libraries write them: every GTIN and separator encoded.
fn form_of(values: usize) -> String {
    let gtins: Vec<String> = pricemill::demo::sample_gtins(values).iter().map(ToString::to_string).collect();
    assert_eq!(gtins.len(), values);
    format!("source=google-shopping&country=de&key=gtin&values={}", gtins.join("%0D%0A"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_values_and_not_one_more() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("business")).await;
    let form = form_of(1_000);
    assert!(form.len() > 16 * 1_024);
    assert_eq!(caller.post_form("/jobs", form).await.ok()["requested"], 1_000);
    // The same values again do not count.
    let doubled = format!("{}%0A{IPAD}%0A{IPAD}", form_of(999));
    assert_eq!(caller.post_form("/jobs", doubled).await.ok()["requested"], 1_000);
    caller.post_form("/jobs", form_of(1_001)).await.refused(400, "too many values", Some("values"));
    assert_eq!(caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len(), 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_two_mebibytes_and_not_one_byte_more() {
    const MOST: usize = 2 * 1024 * 1024;
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("business")).await;
    let form = format!("source=google-shopping&country=de&key=gtin&values={IPAD}&padding=");
    let json = gtins(&[IPAD]).to_string();
    for (body, content_type) in [
        (format!("{form}{}", "x".repeat(MOST - form.len())), FORM),
        (format!("{json}{}", " ".repeat(MOST - json.len())), "application/json"),
    ] {
        let send = |body: String| {
            caller.send(caller.request(Method::POST, "/jobs").header("content-type", content_type).body(body))
        };
        assert_eq!(send(body.clone()).await.status, 200);
        send(format!("{body} ")).await.refused(413, "body too large", None);
        send(body.repeat(3)).await.refused(413, "body too large", None);
    }
    assert_eq!(caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len(), 2);
    server.stop().await;
}
