//! Wakes the worker of this process at once when this process rings.

use futures_util::Stream;
use futures_util::task::AtomicWaker;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

/// Any number of rings before the worker looks are one ring.
#[derive(Debug, Clone, Default)]
pub(super) struct Bell(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    rung: AtomicBool,
    waker: AtomicWaker,
}

impl Bell {
    pub fn ring(&self) {
        self.0.rung.store(true, Ordering::Release);
        self.0.waker.wake();
    }

    /// One item a ring, for the one worker that listens now; a worker that is started again listens in its place.
    pub fn listen(&self) -> impl Stream<Item = ()> + Unpin + Send + Sync + 'static {
        let bell = self.0.clone();
        futures_util::stream::poll_fn(move |context| {
            // Registered before looking, so that a ring in between is not missed.
            bell.waker.register(context.waker());
            if bell.rung.swap(false, Ordering::AcqRel) { Poll::Ready(Some(())) } else { Poll::Pending }
        })
    }
}
