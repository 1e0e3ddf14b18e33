//! How well sources' pages can be had and read, by the hour, and what drifts.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum SourceHealth {
    Table,
    Source,
    Country,
    Step,
    Hour,
    Understood,
    NoResult,
    NotUnderstood,
    Blocked,
    Failed,
    TimedOut,
    Latency0,
    Latency1,
    Latency2,
    Latency3,
    Latency4,
    Latency5,
    Latency6,
    Latency7,
    Latency8,
    Latency9,
    Latency10,
    Latency11,
}

#[derive(DeriveIden)]
enum SourceFieldHealth {
    Table,
    Source,
    Country,
    Step,
    Field,
    Hour,
    Pages,
    Items,
    Missing,
}

#[derive(DeriveIden)]
enum SourceDrift {
    Table,
    Source,
    Country,
    Step,
    Signal,
    State,
    Since,
    PastUntil,
    RecentPages,
    RecentMissing,
    PastPages,
    PastMissing,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use SourceHealth as H;
        let counts = [H::Understood, H::NoResult, H::NotUnderstood, H::Blocked, H::Failed, H::TimedOut];
        let latencies = [
            H::Latency0,
            H::Latency1,
            H::Latency2,
            H::Latency3,
            H::Latency4,
            H::Latency5,
            H::Latency6,
            H::Latency7,
            H::Latency8,
            H::Latency9,
            H::Latency10,
            H::Latency11,
        ];
        let mut pages = Table::create();
        pages
            .table(H::Table)
            .col(text(H::Source))
            .col(text(H::Country))
            .col(text(H::Step))
            .col(big_integer(H::Hour))
            .primary_key(Index::create().col(H::Source).col(H::Country).col(H::Step).col(H::Hour));
        for column in counts.into_iter().chain(latencies) {
            pages.col(big_integer(column));
        }
        manager.create_table(pages).await?;
        manager
            .create_table(
                Table::create()
                    .table(SourceFieldHealth::Table)
                    .col(text(SourceFieldHealth::Source))
                    .col(text(SourceFieldHealth::Country))
                    .col(text(SourceFieldHealth::Step))
                    .col(text(SourceFieldHealth::Field))
                    .col(big_integer(SourceFieldHealth::Hour))
                    .col(big_integer(SourceFieldHealth::Pages))
                    .col(big_integer(SourceFieldHealth::Items))
                    .col(big_integer(SourceFieldHealth::Missing))
                    .primary_key(
                        Index::create()
                            .col(SourceFieldHealth::Source)
                            .col(SourceFieldHealth::Country)
                            .col(SourceFieldHealth::Step)
                            .col(SourceFieldHealth::Field)
                            .col(SourceFieldHealth::Hour),
                    )
                    .to_owned(),
            )
            .await?;
        // Old hours are deleted, and the last day is summed, by hour alone.
        let by_hour = Index::create().name("source_health_hour").table(H::Table).col(H::Hour).to_owned();
        manager.create_index(by_hour).await?;
        let by_hour = Index::create()
            .name("source_field_health_hour")
            .table(SourceFieldHealth::Table)
            .col(SourceFieldHealth::Hour)
            .to_owned();
        manager.create_index(by_hour).await?;
        manager
            .create_table(
                Table::create()
                    .table(SourceDrift::Table)
                    .col(text(SourceDrift::Source))
                    .col(text(SourceDrift::Country))
                    .col(text(SourceDrift::Step))
                    .col(text(SourceDrift::Signal))
                    .col(text(SourceDrift::State))
                    .col(big_integer(SourceDrift::Since))
                    .col(big_integer_null(SourceDrift::PastUntil))
                    .col(big_integer(SourceDrift::RecentPages))
                    .col(big_integer(SourceDrift::RecentMissing))
                    .col(big_integer(SourceDrift::PastPages))
                    .col(big_integer(SourceDrift::PastMissing))
                    .primary_key(
                        Index::create()
                            .col(SourceDrift::Source)
                            .col(SourceDrift::Country)
                            .col(SourceDrift::Step)
                            .col(SourceDrift::Signal),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SourceDrift::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(SourceFieldHealth::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(SourceHealth::Table).to_owned()).await
    }
}
