//! Events told to webhooks: the secrets they are signed with, the messages, every attempt to deliver one, and the addresses
//! that are gone.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum WebhookSecret {
    Table,
    Id,
    AccountId,
    Secret,
    CreatedAt,
    ShownAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum WebhookMessage {
    Table,
    Seq,
    Id,
    AccountId,
    JobSeq,
    JobId,
    Event,
    Method,
    Url,
    Host,
    Body,
    State,
    Tries,
    IsReplay,
    NextAttemptAt,
    Lease,
    LeaseUntil,
    CreatedAt,
    EndedAt,
}

#[derive(DeriveIden)]
enum WebhookAttempt {
    Table,
    Id,
    MessageSeq,
    At,
    DurationMs,
    Status,
    Error,
    Excerpt,
}

#[derive(DeriveIden)]
enum WebhookGone {
    Table,
    AccountId,
    Url,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let secret = Table::create()
            .table(WebhookSecret::Table)
            .col(big_integer(WebhookSecret::Id).primary_key().auto_increment())
            .col(big_integer(WebhookSecret::AccountId))
            .col(text(WebhookSecret::Secret))
            .col(big_integer(WebhookSecret::CreatedAt))
            .col(big_integer_null(WebhookSecret::ShownAt))
            .col(big_integer_null(WebhookSecret::ExpiresAt))
            .to_owned();
        manager.create_table(secret).await?;
        let message = Table::create()
            .table(WebhookMessage::Table)
            .col(big_integer(WebhookMessage::Seq).primary_key().auto_increment())
            .col(text(WebhookMessage::Id).unique_key())
            .col(big_integer(WebhookMessage::AccountId))
            .col(big_integer(WebhookMessage::JobSeq))
            .col(text(WebhookMessage::JobId))
            .col(text(WebhookMessage::Event))
            .col(text(WebhookMessage::Method))
            .col(text(WebhookMessage::Url))
            .col(text(WebhookMessage::Host))
            .col(text(WebhookMessage::Body))
            .col(text(WebhookMessage::State))
            .col(integer(WebhookMessage::Tries))
            .col(boolean(WebhookMessage::IsReplay))
            .col(big_integer(WebhookMessage::NextAttemptAt))
            .col(big_integer(WebhookMessage::Lease))
            .col(big_integer(WebhookMessage::LeaseUntil))
            .col(big_integer(WebhookMessage::CreatedAt))
            .col(big_integer_null(WebhookMessage::EndedAt))
            .to_owned();
        manager.create_table(message).await?;
        let attempt = Table::create()
            .table(WebhookAttempt::Table)
            .col(big_integer(WebhookAttempt::Id).primary_key().auto_increment())
            .col(big_integer(WebhookAttempt::MessageSeq))
            .col(big_integer(WebhookAttempt::At))
            .col(big_integer(WebhookAttempt::DurationMs))
            .col(integer_null(WebhookAttempt::Status))
            .col(text_null(WebhookAttempt::Error))
            .col(text(WebhookAttempt::Excerpt))
            .to_owned();
        manager.create_table(attempt).await?;
        let gone = Table::create()
            .table(WebhookGone::Table)
            .col(big_integer(WebhookGone::AccountId))
            .col(text(WebhookGone::Url))
            .col(big_integer(WebhookGone::At))
            .primary_key(Index::create().col(WebhookGone::AccountId).col(WebhookGone::Url))
            .to_owned();
        manager.create_table(gone).await?;
        // Partial and unique together, which the schema builder cannot write: an account has one secret that does not end,
        // a job one message of each event; and only open messages are looked for by time.
        let db = manager.get_connection();
        for sql in [
            "CREATE UNIQUE INDEX webhook_secret_current ON webhook_secret (account_id) WHERE expires_at IS NULL",
            "CREATE INDEX webhook_secret_account ON webhook_secret (account_id, id)",
            "CREATE UNIQUE INDEX webhook_message_event ON webhook_message (job_seq, event)",
            "CREATE INDEX webhook_message_account ON webhook_message (account_id, seq)",
            "CREATE INDEX webhook_message_open ON webhook_message (next_attempt_at) WHERE state = 'open'",
            "CREATE INDEX webhook_message_ended ON webhook_message (ended_at) WHERE ended_at IS NOT NULL",
            "CREATE INDEX webhook_attempt_message ON webhook_attempt (message_seq, id)",
        ] {
            db.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WebhookGone::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WebhookAttempt::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WebhookMessage::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WebhookSecret::Table).to_owned()).await
    }
}
