//! What a job is told beside its values: its selection, deadline, credit cap, webhook, origin and when its results go; and
//! what it took to answer a value.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum BulkJob {
    Table,
    SortBy,
    MinPrice,
    MaxPrice,
    DeadlineAt,
    MaxCredits,
    ReservedCredits,
    WebhookUrl,
    WebhookMethod,
    WebhookFormat,
    RerunOf,
    ScheduleId,
    ExpiresAt,
    DeletedAt,
    HandedOut,
}

#[derive(DeriveIden)]
enum BulkItem {
    Table,
    PagesLive,
    Requests,
    DoneNo,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    HardQuota,
}

/// Results of jobs that finished before there was a limit are kept as long as those of new ones.
const KEPT_MICROS: i64 = 72 * 3_600 * 1_000_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in job_columns() {
            let added = Table::alter().table(BulkJob::Table).add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        for column in item_columns() {
            let added = Table::alter().table(BulkItem::Table).add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        let hard_quota = boolean(Account::HardQuota).default(false).to_owned();
        manager.alter_table(Table::alter().table(Account::Table).add_column(hard_quota).to_owned()).await?;
        let db = manager.get_connection();
        let expiry = format!("UPDATE bulk_job SET expires_at = COALESCE(finished_at, created_at) + {KEPT_MICROS}");
        db.execute_unprepared(&expiry).await?;
        db.execute_unprepared(
            "UPDATE bulk_item SET done_no = (SELECT COUNT(*) FROM bulk_item earlier WHERE earlier.job_seq = bulk_item.job_seq \
             AND earlier.state = 2 AND earlier.position <= bulk_item.position) WHERE state = 2",
        )
        .await?;
        db.execute_unprepared("CREATE INDEX bulk_item_done ON bulk_item (job_seq, done_no) WHERE done_no IS NOT NULL")
            .await?;
        db.execute_unprepared("CREATE INDEX bulk_job_expiry ON bulk_job (expires_at) WHERE deleted_at IS NULL").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX bulk_job_expiry").await?;
        db.execute_unprepared("DROP INDEX bulk_item_done").await?;
        manager.alter_table(Table::alter().table(Account::Table).drop_column(Account::HardQuota).to_owned()).await?;
        for name in [BulkItem::PagesLive, BulkItem::Requests, BulkItem::DoneNo] {
            manager.alter_table(Table::alter().table(BulkItem::Table).drop_column(name).to_owned()).await?;
        }
        let names = [
            BulkJob::SortBy,
            BulkJob::MinPrice,
            BulkJob::MaxPrice,
            BulkJob::DeadlineAt,
            BulkJob::MaxCredits,
            BulkJob::ReservedCredits,
            BulkJob::WebhookUrl,
            BulkJob::WebhookMethod,
            BulkJob::WebhookFormat,
            BulkJob::RerunOf,
            BulkJob::ScheduleId,
            BulkJob::ExpiresAt,
            BulkJob::DeletedAt,
            BulkJob::HandedOut,
        ];
        for name in names {
            manager.alter_table(Table::alter().table(BulkJob::Table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn job_columns() -> Vec<ColumnDef> {
    vec![
        text(BulkJob::SortBy).default("ranking_descending").to_owned(),
        text_null(BulkJob::MinPrice),
        text_null(BulkJob::MaxPrice),
        big_integer_null(BulkJob::DeadlineAt),
        big_integer_null(BulkJob::MaxCredits),
        big_integer(BulkJob::ReservedCredits).default(0).to_owned(),
        text_null(BulkJob::WebhookUrl),
        text_null(BulkJob::WebhookMethod),
        text_null(BulkJob::WebhookFormat),
        text_null(BulkJob::RerunOf),
        big_integer_null(BulkJob::ScheduleId),
        big_integer(BulkJob::ExpiresAt).default(0).to_owned(),
        big_integer_null(BulkJob::DeletedAt),
        integer(BulkJob::HandedOut).default(0).to_owned(),
    ]
}

fn item_columns() -> Vec<ColumnDef> {
    vec![
        integer(BulkItem::PagesLive).default(0).to_owned(),
        integer(BulkItem::Requests).default(0).to_owned(),
        integer_null(BulkItem::DoneNo),
    ]
}
