//! Accounts, their tokens, and the ledger of their credits.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    Email,
    Plan,
    FreeCreditsLeft,
    DailyQuota,
    CreationsPerMinute,
    ServedAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ApiToken {
    Table,
    Id,
    AccountId,
    Hash,
    Hint,
    Label,
    Scopes,
    CreatedAt,
    RevokedAt,
}

#[derive(DeriveIden)]
enum LedgerEntry {
    Table,
    Id,
    AccountId,
    Kind,
    JobSeq,
    Day,
    FreeCredits,
    PaidCredits,
    FreeGranted,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Account::Table)
                    .col(big_integer(Account::Id).primary_key().auto_increment())
                    .col(text(Account::Email).unique_key())
                    .col(text(Account::Plan))
                    .col(big_integer(Account::FreeCreditsLeft))
                    .col(big_integer(Account::DailyQuota))
                    .col(integer_null(Account::CreationsPerMinute))
                    .col(big_integer(Account::ServedAt).default(0))
                    .col(big_integer(Account::CreatedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(ApiToken::Table)
                    .col(big_integer(ApiToken::Id).primary_key().auto_increment())
                    .col(big_integer(ApiToken::AccountId))
                    .col(text(ApiToken::Hash).unique_key())
                    .col(text(ApiToken::Hint))
                    .col(text(ApiToken::Label))
                    .col(text(ApiToken::Scopes))
                    .col(big_integer(ApiToken::CreatedAt))
                    .col(big_integer_null(ApiToken::RevokedAt))
                    .foreign_key(
                        ForeignKey::create()
                            .from(ApiToken::Table, ApiToken::AccountId)
                            .to(Account::Table, Account::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(LedgerEntry::Table)
                    .col(big_integer(LedgerEntry::Id).primary_key().auto_increment())
                    .col(big_integer(LedgerEntry::AccountId))
                    .col(text(LedgerEntry::Kind))
                    .col(big_integer_null(LedgerEntry::JobSeq).unique_key())
                    .col(text(LedgerEntry::Day))
                    .col(big_integer(LedgerEntry::FreeCredits))
                    .col(big_integer(LedgerEntry::PaidCredits))
                    .col(big_integer(LedgerEntry::FreeGranted))
                    .col(big_integer(LedgerEntry::At))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ledger_entry_account_day")
                    .table(LedgerEntry::Table)
                    .col(LedgerEntry::AccountId)
                    .col(LedgerEntry::Day)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(LedgerEntry::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ApiToken::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Account::Table).to_owned()).await
    }
}
