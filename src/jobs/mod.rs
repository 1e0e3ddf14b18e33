//! A bulk job from its creation to its settled end.
//!
//! [`create`] stores it and rings for workers; [`run_batches`] is what a worker does when the bell rings, within [`Slots`]; [`finish`] settles
//! a job whose values are all done; [`reconcile`] finds what a crash left lying; [`wait`] waits for one job;
//! [`run_schedules`] makes the jobs of recurring ones.

mod create;
mod finish;
mod group;
mod reconcile;
mod run_batch;
mod run_schedules;
mod schedule;
mod slots;
mod wait;

pub use create::{CreateError, CreatedJob, create};
pub use finish::finish;
pub use reconcile::reconcile;
pub use run_batch::run_batches;
pub use run_schedules::run_schedules;
pub use schedule::{NewSchedule, ScheduleError, create_schedule, delete_schedule, pause_schedule};
pub use slots::Slots;
pub use wait::wait;
