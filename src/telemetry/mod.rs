//! The only makers of log subscribers and metrics. Nothing here is global but the log itself: two servers in one process
//! count apart.

mod log;
mod metrics;

pub use log::init_log;
pub use metrics::{LookupSeen, Metrics, SeenPage};
