//! Bulk jobs, their values, the pages the values were answered from, and what the operator switched off.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum BulkJob {
    Table,
    Seq,
    Id,
    AccountId,
    Source,
    Country,
    Topic,
    Key,
    PageLimit,
    MaxAgeMinutes,
    Condition,
    Multiplier,
    IsCharged,
    Status,
    Requested,
    Completed,
    NotFound,
    Widest,
    FreeCredits,
    PaidCredits,
    ServedAt,
    CreatedAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum BulkItem {
    Table,
    JobSeq,
    Position,
    Value,
    Normalized,
    Reference,
    State,
    Lease,
    LeaseUntil,
    Attempt,
    NotBefore,
    Reason,
    PageIds,
    ChargedPages,
    Incomplete,
}

#[derive(DeriveIden)]
enum LookupPage {
    Table,
    Id,
    Fingerprint,
    Number,
    FetchedAt,
    IsLast,
    Content,
}

#[derive(DeriveIden)]
enum SourceSwitch {
    Table,
    Source,
    Country,
    Key,
    Value,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(BulkJob::Table)
                    .col(big_integer(BulkJob::Seq).primary_key().auto_increment())
                    .col(text(BulkJob::Id).unique_key())
                    .col(big_integer(BulkJob::AccountId))
                    .col(text(BulkJob::Source))
                    .col(text(BulkJob::Country))
                    .col(text(BulkJob::Topic))
                    .col(text(BulkJob::Key))
                    .col(text(BulkJob::PageLimit))
                    .col(integer(BulkJob::MaxAgeMinutes))
                    .col(text_null(BulkJob::Condition))
                    .col(small_integer(BulkJob::Multiplier))
                    .col(boolean(BulkJob::IsCharged))
                    .col(text(BulkJob::Status))
                    .col(integer(BulkJob::Requested))
                    .col(integer(BulkJob::Completed))
                    .col(integer(BulkJob::NotFound))
                    .col(integer(BulkJob::Widest))
                    .col(big_integer(BulkJob::FreeCredits))
                    .col(big_integer(BulkJob::PaidCredits))
                    .col(big_integer(BulkJob::ServedAt))
                    .col(big_integer(BulkJob::CreatedAt))
                    .col(big_integer_null(BulkJob::FinishedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("bulk_job_account")
                    .table(BulkJob::Table)
                    .col(BulkJob::AccountId)
                    .col(BulkJob::Seq)
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(BulkItem::Table)
                    .col(big_integer(BulkItem::JobSeq))
                    .col(integer(BulkItem::Position))
                    .col(text(BulkItem::Value))
                    .col(text_null(BulkItem::Normalized))
                    .col(text_null(BulkItem::Reference))
                    .col(small_integer(BulkItem::State))
                    .col(big_integer(BulkItem::Lease))
                    .col(big_integer(BulkItem::LeaseUntil))
                    .col(small_integer(BulkItem::Attempt))
                    .col(big_integer(BulkItem::NotBefore))
                    .col(text_null(BulkItem::Reason))
                    .col(text_null(BulkItem::PageIds))
                    .col(integer(BulkItem::ChargedPages))
                    .col(boolean(BulkItem::Incomplete))
                    .primary_key(Index::create().col(BulkItem::JobSeq).col(BulkItem::Position))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(LookupPage::Table)
                    .col(text(LookupPage::Id).primary_key())
                    .col(text(LookupPage::Fingerprint))
                    .col(integer(LookupPage::Number))
                    .col(big_integer(LookupPage::FetchedAt))
                    .col(boolean(LookupPage::IsLast))
                    .col(text_null(LookupPage::Content))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("lookup_page_fingerprint")
                    .table(LookupPage::Table)
                    .col(LookupPage::Fingerprint)
                    .col(LookupPage::FetchedAt)
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(SourceSwitch::Table)
                    .col(text(SourceSwitch::Source))
                    .col(text(SourceSwitch::Country))
                    .col(text(SourceSwitch::Key))
                    .col(text(SourceSwitch::Value))
                    .col(big_integer(SourceSwitch::CreatedAt))
                    .primary_key(
                        Index::create()
                            .col(SourceSwitch::Source)
                            .col(SourceSwitch::Country)
                            .col(SourceSwitch::Key)
                            .col(SourceSwitch::Value),
                    )
                    .to_owned(),
            )
            .await?;
        // Only what is still to be done is looked for by state, and that is a small part of the rows: partial indexes,
        // which the schema builder cannot write.
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX bulk_item_open ON bulk_item (job_seq, position) WHERE state < 2").await?;
        db.execute_unprepared(
            "CREATE INDEX bulk_job_open ON bulk_job (account_id, seq) WHERE status NOT IN ('finished', 'cancelled')",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SourceSwitch::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(LookupPage::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(BulkItem::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(BulkJob::Table).to_owned()).await
    }
}
