//! Who asks: accounts and their tokens.

mod authenticate;
mod create;
mod tokens;

pub use authenticate::authenticate;
pub use create::{AccountError, NewAccount, create_account};
pub use tokens::{TokenLabel, create_token, hash_token};
