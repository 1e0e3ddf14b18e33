//! The ends of a job, from several processes at once: exactly one of them happens.

use crate::harness::{Caller, Terms, TestServer};
use crate::{database, on};
use pricemill::domain::{Effort, LookupPage, Reason};
use pricemill::domain::{
    JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection, SourceName, Topic,
};
use pricemill::jobs::{cancel, create, delete, end_overdue, expire, finish, hand_out};
use pricemill::storage::bulk_item::{self, ItemEnd, LeasedBatch};
use pricemill::storage::bulk_job::{self, Job, PassedOver};
use std::sync::Arc;
use std::time::Duration;

const VALUES: u32 = 40;
const MINUTE: Duration = Duration::from_secs(60);

async fn idle() -> Option<(TestServer, Caller)> {
    let mut setup = on(database().await?);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    Some((server, caller))
}

async fn submit(server: &TestServer, caller: &Caller) -> Job {
    let value = |n| RequestedValue { value: format!("value {n}"), reference: None };
    let spec = JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Keyword,
        values: (0..VALUES).map(value).collect(),
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms { timeout: Some(MINUTE), ..JobTerms::default() },
    };
    let id = create(&server.app, caller.id, &spec, &[]).await.unwrap().job.id;
    bulk_job::find(&server.app.db, caller.id, &id).await.unwrap().unwrap()
}

async fn lease(server: &TestServer, number: i64) -> LeasedBatch {
    let (db, now) = (&server.app.db, server.clock.lease_now());
    let lease_for = Duration::from_secs(600);
    bulk_item::lease_next(db, number, VALUES, now, lease_for, &PassedOver::default()).await.unwrap().unwrap()
}

/// The same few pages for all jobs, so that their transactions meet on them.
fn found(server: &TestServer, n: u32) -> ItemEnd {
    let page = |n: u32| {
        Arc::new(LookupPage {
            id: format!("{:032x}", n % 7),
            fingerprint: format!("f{n}"),
            number: 1,
            fetched_at: server.clock.now(),
            is_last: true,
            content: Some(Arc::default()),
            version: None,
        })
    };
    let pages = vec![page(n + 3), page(n)];
    ItemEnd::Found { pages, offers: 0, incomplete: false, effort: Effort::default() }
}

/// Ends all values, five at a time, from the last to the first.
async fn work(server: &TestServer, batch: &LeasedBatch) {
    let positions: Vec<u32> = batch.items.iter().rev().map(|item| item.position).collect();
    for group in positions.chunks(5) {
        let ends: Vec<(u32, ItemEnd)> = group.iter().map(|n| (*n, found(server, *n))).collect();
        let (db, seq) = (&server.app.db, batch.job.seq);
        bulk_item::renew(db, seq, batch.lease, server.clock.lease_now().plus(MINUTE)).await.unwrap();
        bulk_item::write_ends(db, seq, batch.lease, &ends).await.unwrap();
    }
    finish(&server.app, batch.job.seq).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_job_happen_once() {
    let Some((server, caller)) = idle().await else { return };
    let app = &server.app;
    for n in 1..=12 {
        let job = submit(&server, &caller).await;
        let batch = lease(&server, n).await;
        let read = async {
            let half = bulk_job::load(&app.db, job.seq).await.unwrap();
            let given = hand_out(app, half, u32::MAX, VALUES).await.unwrap();
            assert!(given.job.status.is_final() || given.last <= given.job.handed_out, "{given:?}");
        };
        server.clock.advance(MINUTE);
        let (_, first, second, overdue, _) = tokio::join!(
            work(&server, &batch),
            cancel(app, &job),
            async {
                tokio::time::sleep(Duration::from_millis(2 * u64::try_from(n).unwrap())).await;
                cancel(app, &job).await
            },
            async {
                tokio::time::sleep(Duration::from_millis(u64::try_from(n).unwrap())).await;
                end_overdue(app).await
            },
            read,
        );
        overdue.unwrap();
        let cancelled = [first, second].into_iter().filter_map(|ended| ended.unwrap()).count();
        let ended = bulk_job::load(&app.db, job.seq).await.unwrap();
        assert!(ended.status.is_final(), "{ended:?}");
        assert_eq!(cancelled == 1, ended.status == pricemill::domain::JobStatus::Cancelled);
        server.close_books().await;
    }
    server.stop().await;
}

/// Results go while others are written that share their pages; two processes sweep at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn results_go_while_others_come() {
    let Some((server, caller)) = idle().await else { return };
    let app = &server.app;
    let mut before: Vec<Job> = Vec::new();
    for n in 1..=8 {
        let job = submit(&server, &caller).await;
        let batch = lease(&server, n).await;
        let deleting = async {
            for old in &before {
                delete(app, old).await.unwrap();
            }
        };
        let (_, _, a, b) = tokio::join!(work(&server, &batch), deleting, expire(app), expire(app));
        a.and(b).unwrap();
        before = vec![job];
        server.close_books().await;
    }
    let last = before.pop().unwrap();
    server.clock.advance(Duration::from_secs(73 * 3_600));
    let (a, b) = tokio::join!(expire(app), expire(app));
    a.and(b).unwrap();
    assert!(bulk_job::load(&app.db, last.seq).await.unwrap().deleted_at.is_some());
    // Older than pages are kept.
    server.clock.advance(Duration::from_secs(31 * 86_400));
    expire(app).await.unwrap();
    let look = server.look().await;
    let statement = sea_orm::Statement::from_string(
        sea_orm::ConnectionTrait::get_database_backend(&look),
        "SELECT COUNT(*) AS n FROM lookup_page",
    );
    let pages = sea_orm::ConnectionTrait::query_one_raw(&look, statement).await.unwrap().unwrap();
    assert_eq!(pages.try_get::<i64>("", "n").unwrap(), 0);
    look.close().await.unwrap();
    server.close_books().await;
    server.stop().await;
}

/// Values of the last group that failed are settled with the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_ends_what_a_dead_process_held() {
    let Some((server, caller)) = idle().await else { return };
    let job = submit(&server, &caller).await;
    let batch = lease(&server, 1).await;
    let ends = [(0, found(&server, 0)), (1, ItemEnd::failed(Reason::NotFound))];
    bulk_item::write_ends(&server.app.db, job.seq, 1, &ends).await.unwrap();
    server.clock.advance(MINUTE);
    let (a, b) = tokio::join!(end_overdue(&server.app), end_overdue(&server.app));
    a.and(b).unwrap();
    let ended = bulk_job::load(&server.app.db, job.seq).await.unwrap();
    assert_eq!((ended.completed, ended.charge.total()), (VALUES, 3));
    drop(batch);
    server.close_books().await;
    server.stop().await;
}
