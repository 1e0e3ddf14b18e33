//! A bulk job from its creation to its settled end.
//!
//! [`create`] stores it and rings for workers, [`create_once`] at most once for a caller's key; [`run_batches`] is what a worker does when the bell rings, within [`Slots`]; [`finish`] settles
//! a job whose values are all done; [`reconcile`] finds what a crash left lying; [`wait`] waits for one job.

mod create;
mod create_once;
mod estimate;
mod finish;
mod group;
mod quote;
mod reconcile;
mod run_batch;
mod slots;
mod wait;

pub use create::{CreateError, CreatedJob, create};
pub use create_once::{Once, OnceAnswer, create_once, forget_keys};
pub use estimate::{Estimate, estimate};
pub use finish::finish;
pub use reconcile::reconcile;
pub use run_batch::run_batches;
pub use slots::Slots;
pub use wait::wait;
