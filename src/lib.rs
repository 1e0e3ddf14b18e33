//! pricemill: bulk price lookups in, priced offers out, every credit accounted for.
//!
//! The rooms in import order: a room uses only rooms of groups above its own. `tests/architecture.rs` holds the exact
//! table and checks this order, and `docs/ARCHITECTURE.md` walks one value through the rooms.

pub mod domain;

pub mod clock;
pub mod ids;
pub mod outbound;

pub mod demo;
pub mod extraction;
pub mod fetching;
pub mod storage;

pub mod config;
pub mod queue;
pub mod rendering;
pub mod sources;

pub mod health;
pub mod lookup;
pub mod telemetry;

pub mod notifications;

pub mod app;

pub mod accounts;
pub mod ledger;

pub mod jobs;

pub mod http;
pub mod workers;

pub mod boot;

pub mod cli;
