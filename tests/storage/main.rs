//! Large jobs, crashes, restarts, twins: what is stored stays whole, and is charged once.

#[path = "../harness/mod.rs"]
mod harness;

mod acknowledged;
mod big_job;
mod capped;
mod early_end;
mod equivalence;
mod failing_writes;
mod idempotent;
mod kill;
mod memory;
mod program;
mod stop;
mod tickets;
mod twins;
mod unwritable;
mod wire;

use pricemill::demo::{SpecialKind, sample_gtins, special_gtins, wrong_gtins};

/// A thousand values of every kind, mixed: what a repricing system's list looks like after some years.
fn thousand_values() -> Vec<String> {
    let gtins = |gtins: Vec<pricemill::domain::Gtin>| gtins.into_iter().map(|gtin| gtin.to_string());
    let mut kinds = [
        gtins(sample_gtins(748)).collect::<Vec<_>>(),
        gtins(special_gtins(SpecialKind::Missing)).take(100).collect(),
        gtins(special_gtins(SpecialKind::Blocked)).take(50).collect(),
        gtins(special_gtins(SpecialKind::Broken)).take(30).collect(),
        gtins(special_gtins(SpecialKind::Slow)).take(20).collect(),
        wrong_gtins(50),
        vec![harness::IPAD.to_owned(), harness::COFFEE.to_owned()],
    ];
    let mut mixed = Vec::with_capacity(1000);
    while let Some(longest) = kinds.iter_mut().max_by_key(|kind| kind.len()).filter(|kind| !kind.is_empty()) {
        mixed.extend(longest.drain(..longest.len().min(7)));
    }
    assert_eq!(mixed.len(), 1000);
    mixed
}
