//! The command line: one file a command.

mod account;
mod client;
mod command;
mod demo;
mod extract;
mod fetch_page;
mod job;
mod migrate;
mod openapi;
mod price;
mod serve;
mod settings;
mod show_explanation;
mod show_trial;
mod signal;
mod source_health;
mod sources;
mod table;
mod token;
mod try_source;

pub use command::main;
pub use extract::BatchAnswer;
