//! The only maker of ids and secrets.

use crate::domain::{JobId, WebhookSecret};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use std::sync::{Arc, Mutex};

/// Letters in an API token.
pub const TOKEN_LETTERS: usize = 64;

/// Makes ids; from the system's randomness, or from a seed in tests.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<StdRng>>);

impl Ids {
    pub fn random() -> Ids {
        Ids(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same ids every time; for tests only.
    pub fn seeded(seed: u64) -> Ids {
        Ids(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn job_id(&self) -> JobId {
        JobId::from_bytes(self.bytes())
    }

    /// Id of a row that is written more than once on the way (a fetched page): unguessable, 32 hex characters.
    pub fn row_id(&self) -> String {
        hex::encode(self.bytes::<16>())
    }

    /// Fencing number of a lease; two leases never share one.
    pub fn lease(&self) -> i64 {
        i64::from_be_bytes(self.bytes()) & i64::MAX
    }

    pub fn request_id(&self) -> String {
        hex::encode(self.bytes::<8>())
    }

    /// Id of a webhook message: `msg_` and 32 hex characters.
    pub fn message_id(&self) -> String {
        format!("msg_{}", self.row_id())
    }

    /// Id of a schedule: `sch_` and 32 hex characters.
    pub fn schedule_id(&self) -> String {
        format!("sch_{}", self.row_id())
    }

    pub fn webhook_secret(&self) -> WebhookSecret {
        WebhookSecret::from_bytes(self.bytes())
    }

    /// 64 upper-case letters.
    pub fn token(&self) -> String {
        let mut rng = self.rng();
        (0..TOKEN_LETTERS).map(|_| char::from(rng.random_range(b'A'..=b'Z'))).collect()
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng().fill_bytes(&mut bytes);
        bytes
    }

    fn rng(&self) -> std::sync::MutexGuard<'_, StdRng> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}
