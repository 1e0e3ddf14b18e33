//! pricemill: bulk price lookups in, priced offers out, every credit accounted for.
//!
//! The rooms in import order: a room uses only rooms above it. `tests/architecture.rs` holds the exact table, and
//! `docs/ARCHITECTURE.md` walks one value through them.

pub mod domain;

pub mod clock;
pub mod config;
pub mod ids;
pub mod outbound;
pub mod telemetry;

pub mod extraction;
pub mod fetching;
pub mod queue;
pub mod sources;
pub mod storage;

pub mod demo;
pub mod lookup;

pub mod app;

pub mod accounts;
pub mod jobs;
pub mod ledger;

pub mod rendering;

pub mod boot;
pub mod http;
pub mod workers;

pub mod cli;
