//! Finished values are written in groups: a transaction each would be most of the cost of a value from the store.

use super::finish;
use crate::app::App;
use crate::domain::JobStatus;
use crate::lookup::Hold;
use crate::storage::StorageError;
use crate::storage::bulk_item::{self, ItemEnd};

/// The values of one lease that ended and are not written yet.
pub(super) struct Group<'a> {
    app: &'a App,
    job_seq: i64,
    lease: i64,
    ends: Vec<(u32, ItemEnd)>,
    /// Let go once the pages stand in the store.
    holds: Vec<Hold<'a>>,
    /// The job has ended without them.
    is_given_up: bool,
}

impl<'a> Group<'a> {
    pub fn new(app: &'a App, job_seq: i64, lease: i64) -> Group<'a> {
        Group { app, job_seq, lease, ends: Vec::new(), holds: Vec::new(), is_given_up: false }
    }

    pub fn push(&mut self, position: u32, end: ItemEnd, hold: Hold<'a>) {
        self.ends.push((position, end));
        self.holds.push(hold);
    }

    /// Whether the last write found the job cancelled: what is still running would be thrown away.
    pub fn is_given_up(&self) -> bool {
        self.is_given_up
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Writes the group; the job's last value settles the job. Answers whether the job still has values to be ended.
    pub async fn write(&mut self) -> Result<bool, StorageError> {
        if self.ends.is_empty() {
            return Ok(true);
        }
        let progress = bulk_item::write_ends(&self.app.db, self.job_seq, self.lease, &self.ends).await?;
        self.ends.clear();
        self.holds.clear();
        self.is_given_up = progress.status.is_final();
        if progress.status == JobStatus::Finishing {
            finish(self.app, self.job_seq).await?;
        } else {
            self.app.moved.notify_waiters();
        }
        Ok(progress.completed < progress.requested)
    }
}
