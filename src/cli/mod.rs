//! The command line: one file a command.

mod account;
mod client;
mod command;
mod demo;
mod extract;
mod fetch_page;
mod job;
mod migrate;
mod price;
mod serve;
mod settings;
mod signal;
mod source_health;
mod sources;
mod table;
mod token;

pub use command::main;
