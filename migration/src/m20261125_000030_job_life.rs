//! What lets jobs end early and results go: which jobs have a deadline, and how many values each page answers.

use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum LookupPage {
    Table,
    Uses,
}

/// One row a page and value it answered, from the lists of ids joined with commas.
fn pages_of_values(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => {
            "WITH RECURSIVE split(id, rest) AS ( \
                 SELECT '', page_ids || ',' FROM bulk_item WHERE page_ids IS NOT NULL \
                 UNION ALL SELECT substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1) \
                 FROM split WHERE rest <> '') \
             SELECT id FROM split WHERE id <> ''"
        }
        _ => "SELECT id FROM bulk_item, unnest(string_to_array(page_ids, ',')) AS id",
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let uses = integer(LookupPage::Uses).default(0).to_owned();
        manager.alter_table(Table::alter().table(LookupPage::Table).add_column(uses).to_owned()).await?;
        let db = manager.get_connection();
        let pages = pages_of_values(manager.get_database_backend());
        db.execute_unprepared(&format!(
            "UPDATE lookup_page SET uses = counted.n FROM (SELECT id, COUNT(*) AS n FROM ({pages}) AS one GROUP BY id) AS counted \
             WHERE counted.id = lookup_page.id"
        ))
        .await?;
        // Only pages that no value needs are looked for by age.
        db.execute_unprepared("CREATE INDEX lookup_page_unused ON lookup_page (fetched_at) WHERE uses = 0").await?;
        db.execute_unprepared(
            "CREATE INDEX bulk_job_deadline ON bulk_job (deadline_at) \
             WHERE deadline_at IS NOT NULL AND status IN ('new', 'enqueued', 'working')",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX bulk_job_deadline").await?;
        db.execute_unprepared("DROP INDEX lookup_page_unused").await?;
        manager.alter_table(Table::alter().table(LookupPage::Table).drop_column(LookupPage::Uses).to_owned()).await
    }
}
