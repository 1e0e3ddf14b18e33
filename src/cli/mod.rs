//! The command line: one file a command.

mod account;
mod client;
mod command;
mod demo;
mod job;
mod migrate;
mod serve;
mod settings;
mod signal;
mod sources;
mod token;

pub use command::main;
