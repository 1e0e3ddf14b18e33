//! What a list of schedules tells of their jobs stands beside the specification, which may hold megabytes of values.

use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum JobSchedule {
    Table,
    Source,
    Country,
    Topic,
    Key,
    Requested,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for word in [JobSchedule::Source, JobSchedule::Country, JobSchedule::Topic, JobSchedule::Key] {
            let column = text(word).default("").to_owned();
            manager.alter_table(Table::alter().table(JobSchedule::Table).add_column(column).to_owned()).await?;
        }
        let requested = integer(JobSchedule::Requested).default(0).to_owned();
        manager.alter_table(Table::alter().table(JobSchedule::Table).add_column(requested).to_owned()).await?;
        let word = |name: &str| match manager.get_database_backend() {
            DbBackend::Sqlite => format!("{name} = json_extract(spec, '$.{name}')"),
            _ => format!("{name} = CAST(spec AS json) ->> '{name}'"),
        };
        let requested = match manager.get_database_backend() {
            DbBackend::Sqlite => "requested = json_array_length(spec, '$.values')",
            _ => "requested = json_array_length(CAST(spec AS json) -> 'values')",
        };
        let words = ["source", "country", "topic", "key"].map(word).join(", ");
        manager.get_connection().execute_unprepared(&format!("UPDATE job_schedule SET {words}, {requested}")).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added =
            [JobSchedule::Source, JobSchedule::Country, JobSchedule::Topic, JobSchedule::Key, JobSchedule::Requested];
        for column in added {
            manager.alter_table(Table::alter().table(JobSchedule::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
