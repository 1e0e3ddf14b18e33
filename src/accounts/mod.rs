//! Who asks: accounts and their tokens.

mod authenticate;
mod create;
mod quota;
mod tokens;

pub use authenticate::authenticate;
pub use create::{AccountError, NewAccount, create_account};
pub use quota::{set_daily_quota, set_hard_quota};
pub use tokens::{TokenLabel, create_token, hash_token};
