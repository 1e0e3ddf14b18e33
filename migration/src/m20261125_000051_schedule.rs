//! Recurring jobs: what is run when, and what became of each run.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum JobSchedule {
    Table,
    Seq,
    Id,
    AccountId,
    Name,
    Spec,
    Cron,
    Timezone,
    Paused,
    NextRunAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ScheduleRun {
    Table,
    Id,
    ScheduleSeq,
    DueAt,
    At,
    JobId,
    Skipped,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schedule = Table::create()
            .table(JobSchedule::Table)
            .col(big_integer(JobSchedule::Seq).primary_key().auto_increment())
            .col(text(JobSchedule::Id).unique_key())
            .col(big_integer(JobSchedule::AccountId))
            .col(text_null(JobSchedule::Name))
            .col(text(JobSchedule::Spec))
            .col(text(JobSchedule::Cron))
            .col(text(JobSchedule::Timezone))
            .col(boolean(JobSchedule::Paused))
            .col(big_integer_null(JobSchedule::NextRunAt))
            .col(big_integer(JobSchedule::CreatedAt))
            .to_owned();
        manager.create_table(schedule).await?;
        let run = Table::create()
            .table(ScheduleRun::Table)
            .col(big_integer(ScheduleRun::Id).primary_key().auto_increment())
            .col(big_integer(ScheduleRun::ScheduleSeq))
            .col(big_integer(ScheduleRun::DueAt))
            .col(big_integer(ScheduleRun::At))
            .col(text_null(ScheduleRun::JobId))
            .col(text_null(ScheduleRun::Skipped))
            .to_owned();
        manager.create_table(run).await?;
        let db = manager.get_connection();
        for sql in [
            "CREATE INDEX job_schedule_account ON job_schedule (account_id, seq)",
            "CREATE INDEX job_schedule_due ON job_schedule (next_run_at) WHERE next_run_at IS NOT NULL",
            // A run is made once, whatever else fails to see to it.
            "CREATE UNIQUE INDEX schedule_run_due ON schedule_run (schedule_seq, due_at)",
        ] {
            db.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ScheduleRun::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(JobSchedule::Table).to_owned()).await
    }
}
