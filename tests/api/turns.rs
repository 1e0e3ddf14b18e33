//! Many jobs, and whose turn it is.

use crate::harness::{IPAD, Setup, Terms, TestServer};
use crate::{gtins, special};
use pricemill::demo::SpecialKind;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_job_does_not_wait_for_the_end_of_a_large_one() {
    let server = TestServer::start(Setup {
        change: Box::new(|config| {
            config.jobs.batches = 1;
            config.jobs.batch_values = 4;
        }),
        ..Setup::default()
    })
    .await;
    let (large, small) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let slow: Vec<String> = (10..30).map(|nth| special(SpecialKind::Slow, nth)).collect();
    let slow: Vec<&str> = slow.iter().map(String::as_str).collect();
    let long = large.submit(&gtins(&slow)).await;
    let second = large.submit(&gtins(&[IPAD])).await;
    let short = small.submit(&gtins(&[IPAD])).await;
    // Another account's job, and another job of the same account.
    for (caller, id) in [(&small, &short), (&large, &second)] {
        caller.wait_finished(id).await;
        assert_eq!(large.get(&format!("/jobs/{long}")).await.ok()["status"], "working");
    }
    server.close().await;
}
