//! A bulk job from its creation to its settled end.
//!
//! [`create`] stores it and rings for workers, [`create_once`] at most once for a caller's key, and [`estimate`] says before what
//! it may cost; [`run_batches`] is what a worker does when the bell rings, within [`Slots`]; [`finish`] settles
//! a job whose values are all done; [`hand_out`] gives them to their caller before that; [`reconcile`] finds what a crash left lying; [`wait`] waits for one job. [`cancel`] and
//! [`end_overdue`] end one before its values are done, [`expire`] and [`delete`] take its results away, and what failed is
//! asked once more with [`failed_again`]. [`run_schedules`] makes the jobs of recurring ones.

mod answered;
mod cancel;
mod create;
mod create_once;
mod deadline;
mod estimate;
mod expire;
mod finish;
mod group;
mod hand_out;
mod quote;
mod reconcile;
mod rerun;
mod run_batch;
mod run_schedules;
mod schedule;
mod slots;
mod wait;

pub use answered::Unanswered;
pub use cancel::{cancel, delete};
pub use create::{CreateError, CreatedJob, create};
pub use create_once::{FirstAnswer, Once, OnceAnswer, create_once, find_answer, forget_keys};
pub use deadline::end_overdue;
pub use estimate::{Estimate, estimate};
pub use expire::expire;
pub use finish::finish;
pub use hand_out::{HandedOut, hand_out, next_values};
pub use reconcile::reconcile;
pub use rerun::{RerunError, failed_again};
pub use run_batch::run_batches;
pub use run_schedules::run_schedules;
pub use schedule::{NewSchedule, ScheduleError, create_schedule, delete_schedule, pause_schedule};
pub use slots::Slots;
pub use wait::{wait, wait_for_change};
