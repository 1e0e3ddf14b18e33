//! Asking an unfinished job how far it is, again and again.

use crate::gtins;
use crate::harness::{IPAD, Setup, Terms, TestServer};

async fn start(works: bool, held_beyond: u32, refused_beyond: u32) -> TestServer {
    let change = move |config: &mut pricemill::config::Config| {
        config.pace.held_beyond = held_beyond;
        config.pace.refused_beyond = refused_beyond;
    };
    TestServer::start(Setup { works, change: Box::new(change), ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_questions_about_one_job_are_refused() {
    let server = start(false, 0, 3).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let (id, other) = (caller.submit(&gtins(&[IPAD])).await, caller.submit(&gtins(&[IPAD])).await);
    // Whichever version asks, and whichever question: it is one job.
    for path in [format!("/v2/jobs/{id}"), format!("/jobs/{id}")] {
        caller.get(&path).await.ok();
    }
    caller.get(&format!("/v2/jobs/{id}/download?wait=0")).await.refused(409, "job not finished", None);
    for path in [
        format!("/v2/jobs/{id}"),
        format!("/jobs/{id}"),
        format!("/products/bulk/{id}"),
        format!("/v2/jobs/{id}?wait=9"),
    ] {
        let refused = caller.get(&path).await;
        refused.refused(429, "too many requests", None);
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=20).contains(&seconds), "{path}: {seconds}");
    }
    caller.get(&format!("/jobs/{other}")).await.ok();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hasty_question_is_answered_later() {
    let server = start(false, 1, 0).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let (id, other) = (caller.submit(&gtins(&[IPAD])).await, caller.submit(&gtins(&[IPAD])).await);
    let (hasty, first) = (format!("/v2/jobs/{id}"), format!("/v2/jobs/{other}"));
    let told = caller.get(&hasty).await.ok();
    let held = caller.get(&hasty);
    tokio::pin!(held);
    tokio::select! {
        biased;
        _ = &mut held => panic!("answered at once"),
        answer = caller.get(&first) => { answer.ok(); }
    }
    // Nothing else is different about it.
    assert_eq!(held.await.ok(), told);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_job_is_never_paced() {
    let server = start(true, 1, 1).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    caller.wait_finished(&id).await;
    for _ in 0..5 {
        caller.get(&format!("/jobs/{id}")).await.ok();
        caller.get(&format!("/v2/jobs/{id}")).await.ok();
        assert_eq!(caller.get(&format!("/v2/jobs/{id}/download")).await.status, 200);
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_paced_when_it_is_turned_off() {
    let server = start(false, 0, 0).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    for _ in 0..100 {
        caller.get(&format!("/v2/jobs/{id}")).await.ok();
    }
    server.stop().await;
}
