//! Which stored pages a batch reads.

use crate::harness::TestServer;
use crate::{database, on};
use pricemill::domain::Timestamp;
use pricemill::storage::lookup_page::find_fresh;
use sea_orm::ConnectionTrait;

/// A product asked every quarter of an hour for a month leaves thousands of pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_month_of_pages_the_newest_are_read() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let look = server.look().await;
    let month = "INSERT INTO lookup_page (id, fingerprint, number, fetched_at, is_last, uses) \
                 SELECT 'f' || f || ' ' || n || '@' || at, 'f' || f, n, at, FALSE, 0 \
                 FROM generate_series(1, 3) f, generate_series(1, f) n, generate_series(1, 2880) at";
    look.execute_unprepared(month).await.unwrap();
    look.close().await.unwrap();
    let read = async |oldest: i64| {
        let wanted: Vec<String> = (0..=3).map(|f| format!("f{f}")).collect();
        let found = find_fresh(&server.app.db, &wanted, Timestamp(oldest)).await.unwrap();
        let mut ids: Vec<String> = found.into_values().flatten().map(|page| page.id).collect();
        ids.sort_unstable();
        ids
    };
    let newest = ["f1 1@2880", "f2 1@2880", "f2 2@2880", "f3 1@2880", "f3 2@2880", "f3 3@2880"];
    assert_eq!(read(1).await, newest);
    assert_eq!(read(2880).await, newest);
    assert_eq!(read(2881).await, [""; 0]);
    server.stop().await;
}
