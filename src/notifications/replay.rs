//! A message once more: the same id, the same body, a new round of attempts.

use super::Webhooks;
use crate::domain::AccountId;
use crate::storage::StorageError;
use crate::storage::webhook_message::{self, Message};

/// A message that is due again.
pub type Replayed = Message;

/// Why a message is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("the account has no such message")]
    NotFound,
    #[error("an attempt is under way")]
    UnderWay,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Webhooks {
    /// Makes a message due now, whatever became of it; also one that waits for its next attempt. An address that is gone is
    /// asked too, and is used again when it takes the message.
    pub async fn replay(&self, owner: AccountId, id: &str) -> Result<Replayed, ReplayError> {
        let message = webhook_message::find(&self.db, owner, id).await?.ok_or(ReplayError::NotFound)?;
        let (now, lease_now) = (self.clock.now(), self.clock.lease_now());
        if !webhook_message::reopen(&self.db, owner, message.seq, now, lease_now).await? {
            return Err(ReplayError::UnderWay);
        }
        self.ring();
        webhook_message::find(&self.db, owner, id).await?.ok_or(ReplayError::NotFound)
    }
}
