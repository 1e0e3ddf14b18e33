//! `sources try` and `extract --explain`, as programs use them.

use pricemill::clock::Clock;
use pricemill::demo::Market;
use serde_json::Value;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Exit status, standard output and standard error.
fn run(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pricemill"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn steps(told: &Value) -> Vec<(&str, &str)> {
    let steps = told["steps"].as_array().unwrap().iter();
    steps.map(|s| (s["step"].as_str().unwrap(), s["page"]["verdict"].as_str().unwrap_or("no page"))).collect()
}

#[test]
fn every_step_of_a_source_is_told() {
    let arguments = ["sources", "try", "test", "gtin", "885909666966", "--country", "de", "--json"];
    let (status, out, _) = run(&arguments, "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &told["understood"], &told["missing"]), (Some(0), &true.into(), &serde_json::json!([])));
    assert_eq!(steps(&told), [("search", "understood"), ("product", "understood"), ("offers", "understood")]);
    assert_eq!(told["value"], "00885909666966");
    assert_eq!(told["steps"][0]["hit"]["id"], "15858468867886681869");
    let offers = &told["steps"][2]["page"]["explain"]["lists"][0];
    assert_eq!((&offers["item"], &offers["matched"]), (&"tr.offer".into(), &2.into()));
    let price = offers["entries"][0]["fields"].as_array().unwrap().iter().find(|f| f["field"] == "price").unwrap();
    assert_eq!((&price["origin"]["place"], &price["origin"]["raw"]), (&"td.price".into(), &"284,99 €".into()));
}

#[test]
fn a_source_that_says_there_is_nothing_is_understood() {
    let nowhere = pricemill::demo::NOWHERE_GTIN;
    let (status, out, _) = run(&["sources", "try", "test", "gtin", nowhere, "--country", "de", "--json"], "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &told["reason"]), (Some(0), &"not found".into()));
    assert_eq!(steps(&told), [("search", "no result")]);
    assert_eq!(told["steps"][0]["page"]["explain"]["no_result"], "selector p.nothing-found");
}

#[test]
fn exit_statuses_tell_failure_from_wrong_usage() {
    let (status, out, _) = run(&["sources", "try", "web", "source_id", "http://127.0.0.1:9/p", "--json"], "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &told["reason"]), (Some(1), &"failed to access source".into()), "the address guard holds");
    assert_eq!(told["steps"][0]["answer"]["error"], "address not allowed: 127.0.0.1");
    for wrong in [
        &["sources", "try", "nosuch", "gtin", "885909666966"][..],
        &["sources", "try", "test", "gtin", "885909666967", "--country", "de"],
        &["sources", "try", "test", "gtin", "885909666966"],
        &["sources", "try", "test", "gtin", "885909666966", "--country", "xx"],
        &["sources", "try", "test", "isbn", "885909666966", "--country", "de"],
        &["sources", "try", "web", "gtin", "885909666966"],
        &["sources", "try", "web", "source_id", "https://shop.example/", "--html", "search=Cargo.toml"],
        &["sources", "try", "web", "source_id", "https://shop.example/", "--html", "no-such-file.html"],
    ] {
        let (status, out, error) = run(wrong, "");
        assert_eq!((status, out.as_str()), (Some(2), ""), "{wrong:?}: {error}");
        assert!(error.starts_with("error: "), "{error}");
    }
}

#[test]
fn a_saved_page_of_any_shop_is_read_without_fetching() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let file = file.to_str().unwrap();
    let web = |html: &str| {
        std::fs::write(file, html).unwrap();
        run(&["sources", "try", "web", "source_id", "https://shop.example/p/1", "--html", file, "--json"], "")
    };
    let (status, out, _) = web("<h1>Tea pot</h1><b class=price>12,50 €</b><button>In den Warenkorb</button>");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, steps(&told)), (Some(0), vec![("product", "understood")]));
    assert_eq!((&told["steps"][0]["answer"], &told["steps"][0]["request"]), (&Value::Null, &Value::Null));
    let (status, out, _) = web("<p>nothing");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, steps(&told)), (Some(1), vec![("product", "not understood")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sources_of_a_running_demo_can_be_tried() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = Arc::new(Market::new(Clock::system()).unwrap()).serve(listener, 1).unwrap();
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let tried = tokio::task::spawn_blocking(move || {
        let value = ["geizhals", "gtin", "885909666966", "--country", "de"];
        let options = ["--market-port", port.as_str(), "--json"];
        run(&[&["sources", "try"][..], &value, &options].concat(), "")
    });
    let (status, out, error) = tried.await.unwrap();
    handle.stop(false).await;
    serving.await.unwrap().unwrap();
    assert_eq!(status, Some(0), "{error}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(steps(&told), [("search", "understood"), ("product", "understood")]);
    let (request, answer) = (&told["steps"][1]["request"], &told["steps"][1]["answer"]);
    assert_eq!((&request["method"], &answer["status"]), (&"GET".into(), &200.into()));
    assert!(request["headers"]["user-agent"].as_str().unwrap().starts_with("pricemill/"));
}

#[test]
fn a_batch_tells_why_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.html");
    std::fs::write(&file, "<h1>Tea pot</h1><del>20 €</del><b class=price>12,50 €</b><button>In den Warenkorb</button>")
        .unwrap();
    let line = serde_json::json!({"id": 1, "file": file}).to_string();
    let (_, plain, _) = run(&["extract", "--batch"], &line);
    let (_, explained, _) = run(&["extract", "--batch", "--explain"], &line);
    let (plain, mut explained): (Value, Value) =
        (serde_json::from_str(&plain).unwrap(), serde_json::from_str(&explained).unwrap());
    let why = explained.as_object_mut().unwrap().remove("explain").unwrap();
    assert_eq!(plain, explained);
    let price = why["fields"].as_array().unwrap().iter().find(|f| f["field"] == "price").unwrap();
    assert_eq!((&price["value"], &price["origin"]["place"]), (&"12.50".into(), &"b.price".into()));
    assert_eq!((&price["losers"][0]["value"], &price["losers"][0]["why"]), (&"20".into(), &"struck-through".into()));
    let (status, text, _) = run(&["extract", "--explain", file.to_str().unwrap()], "");
    assert_eq!(status, Some(0));
    assert!(text.contains("✓ price") && text.contains("visible del “20 €”: struck through"), "{text}");
    let (status, json, _) = run(&["extract", "--explain=json", file.to_str().unwrap()], "");
    assert_eq!((status, serde_json::from_str::<Value>(&json).unwrap()), (Some(0), why));
}
