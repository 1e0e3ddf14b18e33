//! The life of a job, by the documentation's own requests.

use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{gtins, special, start, start_idle};
use pricemill::demo::SpecialKind;
use reqwest::Method;
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";

/// What differs from run to run: the job's id and the marketplace's port.
fn steady(text: &str, job_id: &str, server: &TestServer) -> String {
    text.replace(job_id, "JOB").replace(&format!(":{}", server.market.port), ":PORT")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documented_job() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    // curl -X POST …/jobs -d "token=…" -d "source=…" …, byte for byte: curl joins its -d with an ampersand.
    let body = format!("token={}&source=google-shopping&country=de&key=gtin&values={IPAD}\\ {COFFEE}", caller.token);
    let created = caller.plain(Method::POST, "/jobs").header("content-type", FORM).body(body);
    let created = caller.send(created).await;
    assert_eq!(created.status, 200);
    assert_eq!(created.header("content-type"), Some("application/json; charset=utf-8"));
    let id = created.json()["job_id"].as_str().unwrap().to_owned();
    assert!(id.len() == 24 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    assert_eq!(created.text(), format!(r#"{{"job_id":"{id}","status":"new","requested":2}}"#));

    caller.wait_finished(&id).await;
    let with_token = |path: String| caller.plain(Method::GET, &path);
    let status = caller.send(with_token(format!("/jobs/{id}?token={}", caller.token))).await;
    assert_eq!(
        (status.status, status.text()),
        (
            200,
            format!(r#"{{"job_id":"{id}","status":"finished","requested":2,"completed":2,"progress":100}}"#).as_str()
        )
    );
    let json = caller.send(with_token(format!("/products/bulk/{id}?token={}", caller.token))).await;
    assert_eq!(json.status, 200);
    // As it was sent, the order of the keys with it; only broken into lines.
    let lines = steady(json.text(), &id, &server).replace("[{", "[\n{").replace("},{", "},\n{");
    insta::assert_snapshot!("documented_json", lines);
    for (name, what) in [
        ("documented_xml", ".xml"),
        ("documented_csv_row", ".csv?format_option=row"),
        ("documented_csv_column", ".csv?format_option=column"),
    ] {
        let answer = caller.download(&id, what).await;
        assert_eq!(answer.status, 200);
        insta::assert_snapshot!(name, steady(answer.text(), &id, &server));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_documentation_says_of_its_product() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let results = caller.run(&gtins(&[IPAD])).await;
    let product = &results["products"][0];
    for (key, value) in [
        ("source", json!("google-shopping")),
        ("country", json!("de")),
        ("key", json!("gtin")),
        ("value", json!(IPAD)),
        ("success", json!(true)),
        ("reason", json!(null)),
        ("id", json!("15858468867886681869")),
        ("name", json!("Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit")),
        ("brand_name", json!("Apple")),
        ("category_name", json!("Tablet")),
        ("review_count", json!(37)),
        ("review_rating", json!(100)),
        ("gtins", json!(["00047165900004", "00885909575329", "00885909666881", "00885909666898", "00885909666966"])),
        ("price", json!("284.99")),
        ("updated_at", json!("2026-09-21T12:00:00Z")),
    ] {
        assert_eq!(product[key], value, "{key}: {product}");
    }
    let offers = product["offers"].as_array().unwrap();
    let of = |key: &str| offers.iter().map(|offer| offer[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("shop_name"), [json!("Some Shop"), json!("Another shop")]);
    assert_eq!(of("price"), [json!("284.99"), json!("289.82")]);
    assert_eq!(of("price_with_shipping"), [json!("284.99"), json!(null)]);
    assert_eq!(of("shipping_costs"), [json!("0.00"), json!(null)]);
    assert_eq!(of("currency"), [json!("EUR"), json!("EUR")]);
    assert_eq!(of("position"), [json!(1), json!(2)]);
    assert_eq!(of("position_with_shipping"), [json!(1), json!(null)]);
    assert!(product.get("condition").is_none());
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_keys_lead_to_one_product_at_amazon() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut found = Vec::new();
    for (key, value) in
        [("gtin", "08902527431911"), ("source_id", "B0080DJ6CM"), ("keyword", "samsung galaxy s3 16gb white")]
    {
        let asked = json!({"source": "amazon", "country": "in", "key": key, "values": value});
        let mut product = caller.run(&asked).await["products"][0].take();
        assert_eq!((&product["key"], &product["value"]), (&json!(key), &json!(value)));
        for own in ["key", "value"] {
            product.as_object_mut().unwrap().remove(own);
        }
        found.push(product);
    }
    assert_eq!(found[0]["id"], "B0080DJ6CM");
    assert_eq!(found[0]["offers"][0]["currency"], "INR");
    assert_eq!((&found[0], &found[0]), (&found[1], &found[2]));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_only_moves_forward() {
    const ORDER: [&str; 5] = ["new", "enqueued", "working", "finishing", "finished"];
    let server = TestServer::start(Setup {
        change: Box::new(|config| {
            config.jobs.batch_values = 2;
            config.jobs.group_ms = 0;
        }),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut values: Vec<String> = pricemill::demo::sample_gtins(11).iter().map(ToString::to_string).collect();
    values.push(special(SpecialKind::Slow, 0));
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let id = caller.submit(&gtins(&values)).await;
    let mut seen: Vec<(usize, u64)> = Vec::new();
    loop {
        let status = caller.get(&format!("/jobs/{id}")).await.ok();
        let place = ORDER.iter().position(|word| status["status"] == *word).unwrap();
        let completed = status["completed"].as_u64().unwrap();
        assert_eq!(status["requested"], 12);
        assert_eq!(status["progress"], 100 * completed / 12);
        assert!(place < 3 || completed == 12, "{status}");
        seen.push((place, completed));
        if place == 4 {
            break;
        }
    }
    assert!(seen.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1), "{seen:?}");
    // The slow value alone keeps the job from its end for longer than a status answer takes.
    assert!(seen.contains(&(2, 11)), "{seen:?}");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_nobody_works_on_is_enqueued() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    let status = caller.get(&format!("/jobs/{id}")).await.ok();
    assert_eq!(status, json!({"job_id": id, "status": "enqueued", "requested": 1, "completed": 0, "progress": 0}));
    let database = server.stop().await;
    // Another process takes it up where it lies.
    let server = TestServer::start(Setup { database: Some(database), ..Setup::default() }).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    let ended = caller.wait_finished(&id).await;
    assert_eq!((&ended["status"], &ended["completed"]), (&json!("finished"), &json!(1)));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_come_in_request_order_and_values_as_sent() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let slow = special(SpecialKind::Slow, 1);
    let values = [slow.as_str(), "885909666966", " 8718108041581 ", "0885909666966", "00885909666967", "8718108041581"];
    let results = caller.run(&gtins(&values)).await;
    let products = results["products"].as_array().unwrap();
    let echoed: Vec<&str> = products.iter().map(|product| product["value"].as_str().unwrap()).collect();
    assert_eq!(echoed, [slow.as_str(), "885909666966", "8718108041581", "0885909666966", "00885909666967"]);
    assert_eq!(products[1]["id"], products[3]["id"]);
    server.close().await;
}
