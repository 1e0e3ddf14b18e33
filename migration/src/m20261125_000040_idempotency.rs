//! The first answers to creations with a key; and the ledger's index holds what the usage of a day needs, since every answer
//! about a job tells what is left of the day.

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
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ledger_entry_account_day").await?;
        db.execute_unprepared(
            "CREATE INDEX ledger_entry_account_day ON ledger_entry (account_id, day, kind, free_credits, paid_credits)",
        )
        .await?;
        db.execute_unprepared("CREATE INDEX ledger_entry_account ON ledger_entry (account_id, id)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ledger_entry_account").await?;
        db.execute_unprepared("DROP INDEX ledger_entry_account_day").await?;
        db.execute_unprepared("CREATE INDEX ledger_entry_account_day ON ledger_entry (account_id, day)").await?;
        manager.drop_table(Table::drop().table(IdempotencyKey::Table).to_owned()).await
    }
}
