//! The commands: one file each.

pub mod extract;
pub mod price;
pub mod sources;
