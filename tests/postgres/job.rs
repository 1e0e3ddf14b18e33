//! Jobs from POST to download, and what they cost.

use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{database, on};
use pricemill::demo::{SpecialKind, sample_gtins, special_gtins, wrong_gtins};
use serde_json::{Value, json};
use std::time::Duration;

fn job(values: &[String]) -> Value {
    json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values})
}

/// Of every kind of value some, in turn.
fn mixed(found: usize, each: usize) -> Vec<String> {
    let special = |kind| special_gtins(kind).into_iter().take(each).map(|gtin| gtin.to_string()).collect();
    let kinds: [Vec<String>; 5] = [
        sample_gtins(found).iter().map(ToString::to_string).collect(),
        special(SpecialKind::Missing),
        special(SpecialKind::Blocked),
        special(SpecialKind::Broken),
        wrong_gtins(each),
    ];
    (0..found.max(each)).flat_map(|i| kinds.iter().filter_map(move |kind| kind.get(i).cloned())).collect()
}

const FORMATS: [&str; 4] = [".json", ".xml", ".csv?format_option=row&raw=1", ".csv?format_option=column&raw=1"];

/// A job's results in every format, without what differs from server to server.
async fn downloads(server: &TestServer, caller: &Caller, job_id: &str) -> Vec<String> {
    let port = format!(":{}", server.market.port);
    let mut all = Vec::new();
    for format in FORMATS {
        let answer = caller.download(job_id, format).await;
        assert_eq!(answer.status, 200, "{format}: {}", answer.text());
        all.push(answer.text().replace(&port, ":PORT").replace(job_id, "JOB"));
    }
    all
}

/// What is downloaded, and what it cost, is the same as on SQLite, byte for byte.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_is_as_on_sqlite() {
    let Some(database) = database().await else { return };
    let mut told = Vec::new();
    for setup in [on(database), Setup::default()] {
        let server = TestServer::start(setup).await;
        let caller = server.caller(Terms::plan("pro")).await;
        let documented = caller.submit(&job(&[IPAD.into(), COFFEE.into()])).await;
        let mixed_values = mixed(160, 10);
        let mixed = caller.submit(&job(&mixed_values)).await;
        caller.wait_finished(&documented).await;
        let ended = caller.wait_finished(&mixed).await;
        assert_eq!(ended["completed"], mixed_values.len());
        let results = caller.download(&mixed, "").await.ok();
        let products = results["products"].as_array().unwrap();
        let values: Vec<&str> = products.iter().map(|product| product["value"].as_str().unwrap()).collect();
        assert_eq!(values, mixed_values, "every value once, in request order");
        let costs = |body: &Value| body["free_credits"].as_u64().unwrap() + body["paid_credits"].as_u64().unwrap();
        let both = costs(&results) + costs(&caller.download(&documented, "").await.ok());
        // One page for each value that was found or looked for in vain; the others cost nothing.
        assert_eq!(both, 2 + 160 + 10);
        assert_eq!(caller.credits_today().await, both);
        let month = caller.get("/v2/me/usage_month").await.ok()["usage"]["credits"].as_u64().unwrap();
        assert_eq!(month, both);
        let listed = caller.get("/jobs").await.ok();
        assert_eq!(listed["jobs"].as_array().unwrap().len(), 2);
        let mut texts = downloads(&server, &caller, &documented).await;
        texts.extend(downloads(&server, &caller, &mixed).await);
        told.push(texts);
        server.close().await;
    }
    for (postgres, sqlite) in told[0].iter().zip(&told[1]) {
        assert!(postgres == sqlite, "{postgres}\n\nis not\n\n{sqlite}");
    }
}

/// A server stops with values undone; the next one ends the job, and nothing is lost or charged twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_survives_a_restart() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    // Small batches, one value at a time: the stop finds the job in the middle.
    setup.change = Box::new(|config| {
        config.jobs.batches = 1;
        config.jobs.batch_values = 5;
        config.jobs.values_at_once = 1;
    });
    let clock = setup.clock.clone();
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = sample_gtins(200).iter().map(ToString::to_string).collect();
    let id = caller.submit(&job(&values)).await;
    let done = loop {
        let done = caller.get(&format!("/jobs/{id}")).await.ok()["completed"].as_u64().unwrap();
        if done > 0 {
            break done;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(done < 200, "the job ended before the server could be stopped");
    let token = caller.token.clone();
    let database = server.stop().await;

    let server = TestServer::start(Setup { clock, ..on(database) }).await;
    let again = Caller { token, id: caller.id, ..server.stranger() };
    let before = again.get(&format!("/jobs/{id}")).await.ok()["completed"].as_u64().unwrap();
    assert!((done..=200).contains(&before), "{before} < {done}");
    let results = again.results(&id).await;
    let products = results["products"].as_array().unwrap();
    assert_eq!(products.iter().map(|product| product["value"].as_str().unwrap()).collect::<Vec<_>>(), values);
    assert_eq!(again.credits_today().await, 200);
    server.close().await;
}
