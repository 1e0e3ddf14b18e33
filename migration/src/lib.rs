//! The schema, one file a step; each step runs on SQLite and PostgreSQL and can be undone.

pub use sea_orm_migration::prelude::*;

mod m20261124_000001_account;
mod m20261124_000002_bulk;
mod m20261125_000003_page_version;
mod m20261125_000010_source_health;
mod m20261125_000011_job_terms;
mod m20261125_000030_job_life;
mod m20261125_000040_credits;
mod m20261125_000050_webhook;
mod m20261125_000051_schedule;
mod m20261125_000060_newest_page;
mod m20261125_000061_attempt_begun;
mod m20261125_000062_schedule_list;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_account::Migration),
            Box::new(m20261124_000002_bulk::Migration),
            Box::new(m20261125_000003_page_version::Migration),
            Box::new(m20261125_000010_source_health::Migration),
            Box::new(m20261125_000011_job_terms::Migration),
            Box::new(m20261125_000030_job_life::Migration),
            Box::new(m20261125_000040_credits::Migration),
            Box::new(m20261125_000050_webhook::Migration),
            Box::new(m20261125_000051_schedule::Migration),
            Box::new(m20261125_000060_newest_page::Migration),
            Box::new(m20261125_000061_attempt_begun::Migration),
            Box::new(m20261125_000062_schedule_list::Migration),
        ]
    }
}
