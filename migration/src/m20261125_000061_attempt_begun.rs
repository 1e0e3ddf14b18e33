//! Attempts to deliver a message are written down before they are made.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum WebhookAttempt {
    Table,
    UnderWayUntil,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let until = big_integer(WebhookAttempt::UnderWayUntil).default(0).to_owned();
        manager.alter_table(Table::alter().table(WebhookAttempt::Table).add_column(until).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter().table(WebhookAttempt::Table).drop_column(WebhookAttempt::UnderWayUntil).to_owned();
        manager.alter_table(drop).await
    }
}
