//! Tickets doubled or lost: the rows are the truth.

use crate::harness::{Setup, Terms, TestServer};
use pricemill::demo::sample_gtins;
use pricemill::queue::Ticket;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

fn job(values: usize) -> Value {
    let values: Vec<String> = sample_gtins(values).iter().map(ToString::to_string).collect();
    json!({"source": "google-shopping", "country": "at", "key": "gtin", "values": values})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_rung_fifty_times_is_answered_once() {
    let server = TestServer::start(Setup::default()).await;
    let caller = server.caller(Terms::plan("business")).await;
    let id = caller.submit(&job(120)).await;
    server.app.queue.ring(&vec![Ticket::for_job(1); 50]).await.unwrap();
    assert_eq!(caller.results(&id).await["products"].as_array().unwrap().len(), 120);
    server.app.queue.ring(&vec![Ticket::for_job(1); 50]).await.unwrap();
    server.app.queue.ring(&[Ticket::for_job(999_999)]).await.unwrap();
    server.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_tickets_are_rung_again() {
    let idle = TestServer::start(Setup { works: false, ..Setup::default() }).await;
    if !idle.database.is_sqlite() {
        idle.close().await;
        return;
    }
    let caller = idle.caller(Terms::plan("business")).await;
    let id = caller.submit(&job(120)).await;
    assert_eq!(idle.app.queue.count_waiting().await.unwrap(), 3, "one a batch of fifty");
    let rows = idle.look().await;
    rows.execute_raw(Statement::from_string(rows.get_database_backend(), "DELETE FROM Jobs")).await.unwrap();
    rows.close().await.unwrap();
    let database = idle.stop().await;

    let server = TestServer::start(Setup { database: Some(database), ..Setup::default() }).await;
    let again = caller_at(&server, &caller);
    assert_eq!(again.results(&id).await["products"].as_array().unwrap().len(), 120);
    server.close().await;
}

/// The same account at another server.
fn caller_at(server: &TestServer, caller: &crate::harness::Caller) -> crate::harness::Caller {
    let stranger = server.stranger();
    crate::harness::Caller { id: caller.id, email: caller.email.clone(), token: caller.token.clone(), ..stranger }
}
