//! Jobs that run again and again.

use crate::harness::{COFFEE, Caller, IPAD, NOON, Setup, Terms, TestDatabase, TestServer};
use crate::{gtins, with};
use migration::MigratorTrait;
use pricemill::clock::Clock;
use pricemill::domain::{SourceName, Switch};
use pricemill::jobs::run_schedules;
use pricemill::storage::source_switch;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// A server whose due runs are made only when a test says so.
fn quiet() -> Setup {
    Setup { change: Box::new(|config| config.schedules.poll_ms = 3_600_000), ..Setup::default() }
}

fn hourly(values: &[&str]) -> Value {
    with(gtins(values), json!({"cron": "0 * * * *", "name": "every hour"}))
}

async fn submit(caller: &Caller, schedule: &Value) -> String {
    let created = caller.post_json("/v2/schedules", schedule).await.ok();
    assert_eq!(created.get("success"), None);
    created["id"].as_str().unwrap().to_owned()
}

async fn show(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/v2/schedules/{id}")).await.ok()
}

/// Moves the clock and makes what is due.
async fn pass(server: &TestServer, time: Duration) {
    server.clock.advance(time);
    run_schedules(&server.app).await.unwrap();
}

fn runs(schedule: &Value) -> &Vec<Value> {
    schedule["runs"].as_array().unwrap()
}

async fn jobs(caller: &Caller) -> Vec<Value> {
    caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_due_run_is_an_ordinary_job() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let asked = with(hourly(&[IPAD, COFFEE]), json!({"timezone": "europe/berlin"}));
    let created = caller.post_json("/v2/schedules", &asked).await.ok();
    let id = created["id"].as_str().unwrap();
    let wanted = json!({
        "id": id, "name": "every hour", "cron": "0 * * * *", "timezone": "Europe/Berlin", "paused": false,
        "next_run_at": "2026-09-21T13:00:00Z", "created_at": "2026-09-21T12:00:00Z", "source": "google_shopping",
        "country": "de", "topic": "product_and_offers", "key": "gtin", "requested": 2, "last_run": null,
    });
    assert_eq!(created, wanted);
    pass(&server, 59 * MINUTE).await;
    assert_eq!(jobs(&caller).await.len(), 0, "not before its time");
    pass(&server, MINUTE).await;
    pass(&server, Duration::ZERO).await;
    let told = show(&caller, id).await;
    assert_eq!(told["next_run_at"], "2026-09-21T14:00:00Z");
    let options = json!({
        "max_pages": 1, "max_age": 1200, "condition": "any", "sort_by": "ranking_descending", "min_price": null,
        "max_price": null, "timeout": null, "max_credits": null, "webhook_url": null, "webhook_method": null,
        "webhook_download_format": null,
    });
    assert_eq!(told["options"], options);
    assert_eq!(told["values"], json!([{"value": IPAD, "reference": null}, {"value": COFFEE, "reference": null}]));
    let job_id = runs(&told)[0]["job_id"].as_str().unwrap();
    let run =
        json!({"due_at": "2026-09-21T13:00:00Z", "at": "2026-09-21T13:00:00Z", "job_id": job_id, "skipped": null});
    assert_eq!((&told["last_run"], runs(&told).len()), (&run, 1));
    let results = caller.results(job_id).await;
    assert_eq!(results["products"].as_array().unwrap().len(), 2);
    pass(&server, HOUR).await;
    let told = show(&caller, id).await;
    assert_eq!((runs(&told).len(), jobs(&caller).await.len()), (2, 2));
    let list = caller.get("/v2/schedules").await.ok();
    assert_eq!(list["meta"], json!({"page": 1, "per_page": 20, "total": 1, "total_pages": 1}));
    assert_eq!(list["data"][0]["last_run"], told["runs"][0], "newest first");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_missed_while_nobody_ran_are_made_up_for_once() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = submit(&caller, &hourly(&[IPAD])).await;
    let clock = server.clock.clone();
    let database = server.stop().await;
    clock.advance(10 * HOUR + 30 * MINUTE);
    let server = TestServer::start(Setup { clock, database: Some(database), ..quiet() }).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    // The periodic task itself, once at the start.
    let given_up_at = std::time::Instant::now() + Duration::from_secs(120);
    while runs(&show(&caller, &id).await).is_empty() {
        assert!(std::time::Instant::now() < given_up_at, "no run");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    run_schedules(&server.app).await.unwrap();
    let told = show(&caller, &id).await;
    assert_eq!(runs(&told).len(), 1, "{told}");
    assert_eq!(
        (&told["last_run"]["due_at"], &told["last_run"]["at"]),
        (&json!("2026-09-21T13:00:00Z"), &json!("2026-09-21T22:30:00Z"))
    );
    assert_eq!(told["next_run_at"], "2026-09-21T23:00:00Z");
    assert_eq!(jobs(&caller).await.len(), 1);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_may_not_be_is_skipped_with_the_reason() {
    let server = TestServer::start(quiet()).await;
    let poor = server.caller(Terms { free_credits: Some(1), ..Terms::plan("free") }).await;
    let slow = server.caller(Terms { daily_quota: Some(2), ..Terms::plan("pro") }).await;
    let poor_id = submit(&poor, &hourly(&[IPAD])).await;
    let slow_id = submit(&slow, &hourly(&[IPAD, COFFEE])).await;
    for _ in 0..2 {
        pass(&server, HOUR).await;
        crate::harness::wait_until_idle(&server.app).await;
    }
    for (caller, id, reason) in
        [(&poor, &poor_id, "not enough free credits"), (&slow, &slow_id, "daily quota exceeded")]
    {
        let told = show(caller, id).await;
        assert_eq!(runs(&told).len(), 2, "{told}");
        assert_eq!((&told["last_run"]["skipped"], &told["last_run"]["job_id"]), (&json!(reason), &Value::Null));
        assert_eq!(told["runs"][1]["skipped"], Value::Null);
        assert_eq!(jobs(caller).await.len(), 1);
    }
    // The next day's quota lets it run again.
    pass(&server, 12 * HOUR).await;
    assert_eq!(show(&slow, &slow_id).await["last_run"]["skipped"], Value::Null);
    assert_eq!(show(&poor, &poor_id).await["last_run"]["skipped"], "not enough free credits");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_a_source_that_is_off_or_gone_is_skipped() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    // An invalid value beside it does not make the job one that may be.
    let off = submit(&caller, &hourly(&[IPAD, "4006381333932"])).await;
    let gone = submit(&caller, &hourly(&[IPAD])).await;
    let source = SourceName::new("google-shopping");
    let switch = Switch { source, country: None, key: None, value: None };
    source_switch::insert(&server.app.db, &switch, server.clock.now()).await.unwrap();
    let db = server.look().await;
    db.execute_unprepared(&format!(
        "UPDATE job_schedule SET spec = REPLACE(spec, 'google-shopping', 'nowhere') WHERE id = '{gone}'"
    ))
    .await
    .unwrap();
    db.close().await.unwrap();
    pass(&server, HOUR).await;
    for (id, reason) in [(&off, "source disabled"), (&gone, "unknown source")] {
        let told = show(&caller, id).await;
        assert_eq!(told["last_run"]["skipped"], reason, "{told}");
        assert_eq!(told["next_run_at"], "2026-09-21T14:00:00Z");
    }
    assert_eq!(jobs(&caller).await.len(), 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_jobs_in_flight_skip_a_run_too() {
    let setup = Setup { works: false, ..quiet() };
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms { creations_per_minute: None, ..Terms::plan("free") }).await;
    let id = submit(&caller, &hourly(&[IPAD])).await;
    for _ in 0..3 {
        pass(&server, HOUR).await;
    }
    let told = show(&caller, &id).await;
    let skipped: Vec<&Value> = runs(&told).iter().map(|run| &run["skipped"]).collect();
    assert_eq!(skipped, [&json!("Job creation limit exceeded"), &Value::Null, &Value::Null]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_resumed_deleted() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = submit(&caller, &hourly(&[IPAD])).await;
    let path = format!("/v2/schedules/{id}");
    let post = async |what: &str| caller.post_json(&format!("{path}{what}"), &json!({})).await.ok();
    for _ in 0..2 {
        let paused = post("/pause").await;
        assert_eq!((&paused["paused"], &paused["next_run_at"]), (&json!(true), &Value::Null));
    }
    pass(&server, 5 * HOUR).await;
    assert_eq!(jobs(&caller).await.len(), 0);
    for _ in 0..2 {
        let resumed = post("/resume").await;
        // What was due in between is not made up for.
        assert_eq!((&resumed["paused"], &resumed["next_run_at"]), (&json!(false), &json!("2026-09-21T18:00:00Z")));
    }
    pass(&server, HOUR).await;
    assert_eq!(jobs(&caller).await.len(), 1);

    let stranger = server.caller(Terms::plan("pro")).await;
    stranger.get(&path).await.refused(404, "schedule not found", None);
    stranger.post_json(&format!("{path}/pause"), &json!({})).await.refused(404, "schedule not found", None);
    let delete = async |caller: &Caller| caller.send(caller.request(reqwest::Method::DELETE, &path)).await;
    delete(&stranger).await.refused(404, "schedule not found", None);
    assert_eq!(delete(&caller).await.ok(), json!({"id": id, "deleted": true}));
    delete(&caller).await.refused(404, "schedule not found", None);
    pass(&server, 5 * HOUR).await;
    assert_eq!(jobs(&caller).await.len(), 1, "its job stays, and no more come");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_go_forward_and_back() {
    // 2026-10-24T12:00Z: the night in which Berlin's clocks go back.
    let october = Clock::frozen_at(NOON);
    october.advance(33 * 24 * HOUR);
    let server = TestServer::start(Setup { clock: october, ..quiet() }).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let nightly = with(gtins(&[IPAD]), json!({"cron": "30 2 * * *", "timezone": "Europe/Berlin"}));
    let id = submit(&caller, &nightly).await;
    let mut due = Vec::new();
    for _ in 0..48 {
        pass(&server, HOUR / 2).await;
        pass(&server, HOUR / 2).await;
    }
    for run in runs(&show(&caller, &id).await) {
        due.push(run["due_at"].as_str().unwrap().to_owned());
    }
    due.reverse();
    assert_eq!(due, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"], "02:30 comes twice, and is run once");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let refused = async |more: Value, status, reason, parameter| {
        let body = with(gtins(&[IPAD]), more);
        caller.post_json("/v2/schedules", &body).await.refused(status, reason, Some(parameter));
    };
    refused(json!({}), 400, "missing parameter", "cron").await;
    for cron in ["* * * *", "* * * * * *", "99 * * * *", "nonsense", "0 0 30 2 *"] {
        refused(json!({"cron": cron}), 400, "parameter value invalid", "cron").await;
    }
    refused(json!({"cron": "* * * * *", "timezone": "Mars/Base"}), 400, "parameter value invalid", "timezone").await;
    refused(json!({"cron": "* * * * *", "name": "x".repeat(101)}), 400, "parameter value invalid", "name").await;
    refused(json!({"cron": "* * * * *", "source": "nile"}), 400, "unknown source", "source").await;
    server.stranger().get("/v2/schedules").await.refused(401, "unauthorized", Some("token"));
    for _ in 0..pricemill::domain::MOST_SCHEDULES {
        submit(&caller, &hourly(&[IPAD])).await;
    }
    caller.post_json("/v2/schedules", &hourly(&[IPAD])).await.refused(409, "too many schedules", None);
    server.close().await;
}

/// A list does not read the specifications, which may hold megabytes each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_tells_the_same_without_the_values() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let one = submit(&caller, &hourly(&[IPAD, COFFEE])).await;
    let job = json!({"source": "ebay", "country": "gb", "key": "term", "values": "coffee", "topic": "search_results"});
    let other = submit(&caller, &with(job, json!({"cron": "@daily", "timezone": "Europe/London"}))).await;
    pass(&server, HOUR).await;
    let mut wanted = Vec::new();
    for id in [&other, &one] {
        let mut told = show(&caller, id).await;
        let fields = told.as_object_mut().unwrap();
        fields.remove("options");
        fields.remove("values");
        fields.remove("runs");
        wanted.push(told);
    }
    let db = server.look().await;
    // As if it had come with an older version, whose rows held only the specification.
    let up_to = |name: &str| migration::Migrator::migrations().iter().position(|step| step.name() == name).unwrap();
    let back = migration::Migrator::migrations().len() - up_to("m20261125_000062_schedule_list");
    migration::Migrator::down(&db, Some(u32::try_from(back).unwrap())).await.unwrap();
    server.app.db.migrate().await.unwrap();
    assert_eq!(caller.get("/v2/schedules").await.ok()["data"], json!(wanted));
    db.execute_unprepared("UPDATE job_schedule SET spec = ''").await.unwrap();
    db.close().await.unwrap();
    assert_eq!(caller.get("/v2/schedules").await.ok()["data"], json!(wanted));
    server.close().await;
}

/// The server's clock is put back to before a run that was made: no second job of it, and no schedule that sticks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_not_made_again_when_the_clock_steps_back() {
    let server = TestServer::start(quiet()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let resumed = submit(&caller, &hourly(&[IPAD])).await;
    let stuck = submit(&caller, &hourly(&[COFFEE])).await;
    pass(&server, HOUR).await;
    let change = async |path: &str| caller.post_form(&format!("/v2/schedules/{resumed}/{path}"), "").await.ok();
    change("pause").await;
    let database = server.stop().await;
    let back = Setup { clock: Clock::frozen_at(NOON.plus(30 * MINUTE)), database: Some(database), ..quiet() };
    let server = TestServer::start(back).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    let told = caller.post_form(&format!("/v2/schedules/{resumed}/resume"), "").await.ok();
    assert_eq!(told["next_run_at"], "2026-09-21T14:00:00Z", "13:00 has been");
    // However it came to be due again.
    let db = server.look().await;
    let due = NOON.plus(HOUR).as_micros();
    db.execute_unprepared(&format!("UPDATE job_schedule SET next_run_at = {due} WHERE id = '{stuck}'")).await.unwrap();
    db.close().await.unwrap();
    pass(&server, 30 * MINUTE).await;
    assert_eq!((runs(&show(&caller, &stuck).await).len(), jobs(&caller).await.len()), (1, 2));
    assert_eq!(show(&caller, &stuck).await["next_run_at"], "2026-09-21T14:00:00Z");
    pass(&server, HOUR).await;
    for id in [&resumed, &stuck] {
        let told = show(&caller, id).await;
        assert_eq!((runs(&told).len(), &told["last_run"]["due_at"]), (2, &json!("2026-09-21T14:00:00Z")), "{told}");
    }
    assert_eq!(jobs(&caller).await.len(), 4);
    server.close().await;
}

/// Two servers look for due runs all the time: each run makes one job.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_make_one_job_of_a_run() {
    let eager = |config: &mut pricemill::config::Config| config.schedules.poll_ms = 10;
    let first = TestServer::start(Setup { change: Box::new(eager), ..Setup::default() }).await;
    let at = TestDatabase::at(first.database.url.clone());
    let clock = first.clock.clone();
    let second =
        TestServer::start(Setup { change: Box::new(eager), clock, database: Some(at), ..Setup::default() }).await;
    let caller = first.caller(Terms::plan("business")).await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(submit(&caller, &hourly(&[IPAD])).await);
    }
    for round in 1..=3 {
        first.clock.advance(HOUR);
        let (one, other) = tokio::join!(run_schedules(&first.app), run_schedules(&second.app));
        one.and(other).unwrap();
        for id in &ids {
            let given_up_at = std::time::Instant::now() + Duration::from_secs(120);
            while runs(&show(&caller, id).await).len() < round {
                assert!(std::time::Instant::now() < given_up_at, "no run");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    for id in &ids {
        let told = show(&caller, id).await;
        assert!(runs(&told).len() == 3 && runs(&told).iter().all(|run| run["job_id"].is_string()), "{told}");
    }
    assert_eq!(caller.get("/jobs?per_page=100").await.ok()["jobs"].as_array().unwrap().len(), 30);
    second.close().await;
    first.close().await;
}
