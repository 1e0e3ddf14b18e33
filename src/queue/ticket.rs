//! What stands in the queue: ids only.

use serde::{Deserialize, Serialize};

/// An invitation to take up to one batch of open values. It names the job it was rung for, for the operator's eyes; the
/// worker takes the batch whose turn it is, so that one account's tickets never stand in the way of another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Form of this struct, so that a newer process can read tickets an older one rang.
    pub version: u8,
    pub job_seq: i64,
}

impl Ticket {
    pub const VERSION: u8 = 1;

    pub fn for_job(job_seq: i64) -> Ticket {
        Ticket { version: Ticket::VERSION, job_seq }
    }
}
