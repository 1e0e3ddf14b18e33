//! How many bytes of pages are held at once, over all hosts: the number of fetches bounds memory only as far as bodies are
//! small.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes are counted in parts of this size.
const PART: usize = 64 * 1024;

/// The scales on which bodies are weighed.
///
/// A body takes its share as it grows. That alone could end with every body waiting for the others; so when nothing is left,
/// one of those who wait may grow to its end without counting. It is bounded like any body, so the sum stays within the
/// limit and one body more, and someone always gets on.
#[derive(Debug, Clone)]
pub(super) struct Scales {
    parts: Arc<Semaphore>,
    overdraft: Arc<Semaphore>,
    all: usize,
}

/// A body on the scales, until its end.
#[derive(Debug)]
pub(super) struct Weighing {
    scales: Scales,
    taken: Option<OwnedSemaphorePermit>,
    parts: usize,
    is_over: Option<OwnedSemaphorePermit>,
}

/// What a page holds of the bytes allowed at once; given back when its last clone is dropped. A page that was not fetched
/// over the network weighs nothing.
#[derive(Debug, Clone, Default)]
pub struct Weight(#[expect(dead_code, reason = "held for its drop")] Option<Arc<Weighing>>);

impl Scales {
    /// Scales for this many bytes.
    pub(super) fn new(bytes: u64) -> Scales {
        let all = usize::try_from(bytes).unwrap_or(usize::MAX).div_ceil(PART).clamp(1, Semaphore::MAX_PERMITS);
        Scales { parts: Arc::new(Semaphore::new(all)), overdraft: Arc::new(Semaphore::new(1)), all }
    }

    /// Bytes held now, in whole parts.
    pub(super) fn held(&self) -> u64 {
        ((self.all - self.parts.available_permits().min(self.all)) * PART) as u64
    }

    /// Begins to weigh a body.
    pub(super) fn weigh(&self) -> Weighing {
        Weighing { scales: self.clone(), taken: None, parts: 0, is_over: None }
    }
}

impl Weighing {
    /// Waits until a body may be this long.
    pub(super) async fn grow(&mut self, bytes: usize) {
        let wanted = bytes.div_ceil(PART);
        if self.is_over.is_some() || wanted <= self.parts {
            return;
        }
        let more = u32::try_from(wanted - self.parts).unwrap_or(u32::MAX);
        let scales = self.scales.clone();
        // Neither semaphore is ever closed; were one, nothing would be counted any more and nothing would wait.
        tokio::select! {
            biased;
            taken = scales.parts.acquire_many_owned(more) => match (&mut self.taken, taken) {
                (Some(had), Ok(taken)) => had.merge(taken),
                (had, taken) => *had = taken.ok(),
            },
            over = scales.overdraft.acquire_owned() => self.is_over = over.ok(),
        }
        self.parts = wanted;
    }

    /// The body is read; what it holds is held on.
    pub(super) fn end(self) -> Weight {
        Weight(Some(Arc::new(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const BYTES: u64 = 4 * PART as u64;

    #[tokio::test]
    async fn bodies_take_their_share_and_give_it_back() {
        let scales = Scales::new(BYTES);
        let mut body = scales.weigh();
        body.grow(1).await;
        body.grow(PART).await;
        assert_eq!(scales.held(), PART as u64);
        body.grow(3 * PART + 1).await;
        assert_eq!(scales.held(), BYTES);
        let page = body.end();
        let twin = page.clone();
        drop(page);
        assert_eq!(scales.held(), BYTES);
        drop(twin);
        assert_eq!(scales.held(), 0);
    }

    #[tokio::test]
    async fn when_nothing_is_left_one_goes_on_and_the_others_wait() {
        let scales = Scales::new(BYTES);
        let mut bodies = [scales.weigh(), scales.weigh(), scales.weigh()];
        for body in &mut bodies {
            body.grow(PART).await;
        }
        let [first, second, third] = &mut bodies;
        first.grow(100 * PART).await;
        first.grow(200 * PART).await;
        assert!(second.grow(9 * PART).now_or_never().is_none());
        second.grow(2 * PART).await;
        assert!(third.grow(2 * PART).now_or_never().is_none());
        let [first, second, mut third] = bodies;
        drop(first);
        third.grow(2 * PART).await;
        drop((second, third));
        assert_eq!(scales.held(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_waits_for_ever() {
        let scales = Scales::new(BYTES);
        let bodies = (0..200_usize).map(|n| {
            let scales = scales.clone();
            tokio::spawn(async move {
                let mut body = scales.weigh();
                for parts in 1..n % 13 {
                    body.grow(parts * PART).await;
                    tokio::task::yield_now().await;
                }
                drop(body.end());
            })
        });
        for body in bodies.collect::<Vec<_>>() {
            body.await.unwrap();
        }
        assert_eq!((scales.held(), scales.overdraft.available_permits()), (0, 1));
    }
}
