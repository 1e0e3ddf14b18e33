//! Bulk jobs over HTTP: one handler a route; how each version of the API reads and writes lies in its own room.

pub mod v1;
