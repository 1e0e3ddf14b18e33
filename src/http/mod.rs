//! HTTP in, HTTP out: a handler reads its parameters, calls one use case or one storage read, and writes the answer in
//! the words of its API version.

mod bulk;
mod caller;
mod codes;
mod health;
mod observe;
mod params;
mod rate_limit;
mod routes;
mod serve;
mod state;
mod stream;

pub use serve::serve;
