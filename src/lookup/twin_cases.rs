//! The same lookup asked several times at once.

use super::find_cases::{Bench, Market, TABLET, bench, found, lookup, options, stored};
use super::*;
use crate::domain::{Key, Lookup, LookupOptions, MaxAge, PageLimit, Reason};
use futures_util::future::join_all;
use futures_util::{FutureExt, poll};
use std::sync::Arc;
use std::time::Duration;

fn fingerprint() -> String {
    lookup("linked", Key::Gtin, TABLET).fingerprint()
}

impl Bench {
    /// Outcomes of lookups that have all begun before the first page is fetched.
    async fn find_together(&self, asks: Vec<(LookupOptions, Vec<StoredPage>)>) -> Vec<Outcome> {
        let gtin = lookup("linked", Key::Gtin, TABLET);
        let seat = self.engine.in_flight.join(&fingerprint());
        let turn = seat.turn().await;
        let mut finds: Vec<_> =
            asks.into_iter().map(|(options, stored)| self.find_owned(&gtin, options, stored).boxed()).collect();
        for find in &mut finds {
            assert!(poll!(find).is_pending());
        }
        drop(turn);
        drop(seat);
        join_all(finds).await
    }

    async fn find_owned(&self, lookup: &Lookup, options: LookupOptions, stored: Vec<StoredPage>) -> Outcome {
        self.engine.find(lookup, &options, stored).await
    }
}

#[tokio::test]
async fn twins_are_fetched_once_and_get_the_same_pages() {
    let bench = bench(Market::with_tablet(&["A", "B"]));
    let outcomes = bench.find_together(vec![(options(PageLimit::All), vec![]); 10]).await;
    assert_eq!(bench.market.asked().len(), 4, "search, product and two pages of offers, for all ten");
    let Outcome::Found { pages: first, .. } = &outcomes[0] else { panic!() };
    for outcome in &outcomes {
        let Outcome::Found { pages, incomplete: false } = outcome else { panic!("{outcome:?}") };
        assert!(pages.iter().zip(first).all(|(a, b)| Arc::ptr_eq(a, b)) && pages.len() == 2);
    }
    assert_eq!(bench.engine.in_flight(), 0);
}

#[tokio::test]
async fn each_gets_as_many_pages_as_it_asked_for() {
    let bench = bench(Market::with_tablet(&["A", "A", "B"]));
    let limits = [PageLimit::Pages(1), PageLimit::All, PageLimit::Pages(2), PageLimit::UntilTwoShops];
    let outcomes = bench.find_together(limits.map(|limit| (options(limit), vec![])).into()).await;
    let counts: Vec<usize> = outcomes.iter().map(|outcome| found(outcome).0.len()).collect();
    assert_eq!(counts, [1, 3, 2, 3]);
    assert_eq!(bench.market.asked().len(), 5);
}

#[tokio::test]
async fn a_failure_is_shared_too() {
    let bench = bench(Market::default());
    bench.market.set_status(&format!("/de/search?q={TABLET}"), 503);
    let outcomes = bench.find_together(vec![(options(PageLimit::All), vec![]); 5]).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Failed(Reason::FailedToAccessSource)));
    assert_eq!(bench.market.asked().len(), 1);
    bench.find_together(vec![(options(PageLimit::All), vec![])]).await;
    assert_eq!(bench.market.asked().len(), 1, "whoever asks later asks the source again");
}

#[tokio::test]
async fn nobody_gets_older_pages_than_asked() {
    let bench = bench(Market::with_tablet(&["A", "B"]));
    let old = stored(&bench.find_together(vec![(options(PageLimit::Pages(1)), vec![])]).await[0]);
    bench.clock.advance(Duration::from_secs(3600));
    bench.market.asked();
    let realtime = LookupOptions { max_age: MaxAge::REALTIME, ..options(PageLimit::Pages(1)) };
    let asks =
        vec![(options(PageLimit::All), old.clone()), (realtime, old.clone()), (options(PageLimit::All), old.clone())];
    let outcomes = bench.find_together(asks).await;
    assert_ne!(stored(&outcomes[1])[0].id, old[0].id, "an hour is too old for realtime");
    for outcome in [&outcomes[0], &outcomes[2]] {
        assert_eq!(found(outcome).0, ["A", "B"]);
        let pages = stored(outcome);
        assert!(pages[1].fetched_at >= pages[0].fetched_at);
    }
}

#[tokio::test]
async fn one_who_leaves_loses_nothing_for_the_others() {
    let bench = bench(Market::with_tablet(&["A", "B", "C"]));
    let gtin = lookup("linked", Key::Gtin, TABLET);
    let first_page = {
        let one = bench.engine.find(&gtin, &options(PageLimit::Pages(1)), vec![]).await;
        stored(&one)
    };
    bench.market.asked();
    // One who has page 1, has the turn, and is dropped in the middle of it.
    let leaver = bench.engine.in_flight.join(&fingerprint());
    let mut turn = leaver.turn().await.unwrap();
    turn.push(first_page[0].clone());
    let all = options(PageLimit::All);
    let mut heir = bench.engine.find(&gtin, &all, vec![]).boxed();
    let mut gone = bench.engine.find(&gtin, &all, vec![]).boxed();
    assert!(poll!(&mut gone).is_pending() && poll!(&mut heir).is_pending());
    drop(gone);
    drop(turn);
    drop(leaver);
    let outcome = heir.await;
    assert_eq!(found(&outcome).0, ["A", "B", "C"]);
    assert_eq!(stored(&outcome)[0].id, first_page[0].id);
    let offers = "/de/offers/15858468867886681869";
    assert_eq!(bench.market.asked(), [format!("{offers}?p=2"), format!("{offers}?p=3")]);
    assert_eq!(bench.engine.in_flight(), 0);
}

#[tokio::test]
async fn metrics_tell_who_fetched() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut bench = bench(Market::with_tablet(&["A", "B"]));
    let events = told.clone();
    bench.engine.metrics = Arc::new(move |event: &LookupEvent<'_>| {
        events.lock().unwrap().push((event.outcome, event.pages_live, event.pages_ready, event.requests));
    });
    let pages = vec![(options(PageLimit::Pages(1)), vec![]); 2];
    bench.find_together(pages).await;
    assert_eq!(*told.lock().unwrap(), [("found", 1, 0, 3), ("found", 0, 1, 0)]);
}

#[tokio::test]
async fn what_waits_to_be_written_is_not_fetched_again() {
    let bench = bench(Market::with_tablet(&["A", "B"]));
    let gtin = lookup("linked", Key::Gtin, TABLET);
    let hold = bench.engine.hold(&gtin);
    let first = bench.engine.find(&gtin, &options(PageLimit::Pages(1)), vec![]).await;
    bench.market.asked();
    // The store had nothing yet when this one's batch read it.
    let second = bench.engine.find(&gtin, &options(PageLimit::Pages(1)), vec![]).await;
    assert_eq!((&second, bench.market.asked()), (&first, Vec::<String>::new()));
    let all = bench.engine.find(&gtin, &options(PageLimit::All), vec![]).await;
    assert_eq!((found(&all).0.len(), bench.market.asked().len()), (2, 1));
    drop(hold);
    assert_eq!(bench.engine.in_flight(), 0);
}

#[tokio::test]
async fn a_failure_is_not_kept_for_those_who_come_later() {
    let bench = bench(Market::with_tablet(&["A", "B"]));
    bench.market.set_status("/de/offers/15858468867886681869?p=2", 503);
    let gtin = lookup("linked", Key::Gtin, TABLET);
    let _hold = bench.engine.hold(&gtin);
    let incomplete = bench.engine.find(&gtin, &options(PageLimit::All), vec![]).await;
    assert!(found(&incomplete).1);
    bench.market.asked();
    let offers = serde_json::json!({"offers": [{"shop": "B", "price": "2"}]});
    bench.market.set("/de/offers/15858468867886681869?p=2", offers);
    let whole = bench.engine.find(&gtin, &options(PageLimit::All), vec![]).await;
    assert_eq!(found(&whole), (vec!["A".into(), "B".into()], false));
    assert_eq!(bench.market.asked().len(), 1, "the pages before it are still there");
}
