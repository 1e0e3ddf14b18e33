//! The first answers to creations with a key; and what each account used on each day, since every answer about a job tells what
//! is left of the day: the ledger's lines of a day would have to be added up for each.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum IdempotencyKey {
    Table,
    AccountId,
    Key,
    Fingerprint,
    JobSeq,
    Answer,
    CreatedAt,
}

#[derive(DeriveIden)]
enum UsageDay {
    Table,
    AccountId,
    Day,
    FreeCredits,
    PaidCredits,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(IdempotencyKey::Table)
                    .col(big_integer(IdempotencyKey::AccountId))
                    .col(text(IdempotencyKey::Key))
                    .col(text(IdempotencyKey::Fingerprint))
                    .col(big_integer(IdempotencyKey::JobSeq))
                    .col(text(IdempotencyKey::Answer))
                    .col(big_integer(IdempotencyKey::CreatedAt))
                    .primary_key(Index::create().col(IdempotencyKey::AccountId).col(IdempotencyKey::Key))
                    .to_owned(),
            )
            .await?;
        let age = Index::create()
            .name("idempotency_key_age")
            .table(IdempotencyKey::Table)
            .col(IdempotencyKey::CreatedAt)
            .to_owned();
        manager.create_index(age).await?;
        manager
            .create_table(
                Table::create()
                    .table(UsageDay::Table)
                    .col(big_integer(UsageDay::AccountId))
                    .col(text(UsageDay::Day))
                    .col(big_integer(UsageDay::FreeCredits))
                    .col(big_integer(UsageDay::PaidCredits))
                    .primary_key(Index::create().col(UsageDay::AccountId).col(UsageDay::Day))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "INSERT INTO usage_day (account_id, day, free_credits, paid_credits) \
             SELECT account_id, day, CAST(SUM(free_credits) AS BIGINT), CAST(SUM(paid_credits) AS BIGINT) \
             FROM ledger_entry WHERE kind = 'job' GROUP BY account_id, day",
        )
        .await?;
        db.execute_unprepared("CREATE INDEX ledger_entry_account ON ledger_entry (account_id, id)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ledger_entry_account").await?;
        manager.drop_table(Table::drop().table(UsageDay::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(IdempotencyKey::Table).to_owned()).await
    }
}
