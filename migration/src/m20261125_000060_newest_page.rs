//! The newest page of each number is one step into an index, however many older ones there are.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX lookup_page_newest ON lookup_page (fingerprint, number, fetched_at)")
            .await?;
        db.execute_unprepared("DROP INDEX lookup_page_fingerprint").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX lookup_page_fingerprint ON lookup_page (fingerprint, fetched_at)").await?;
        db.execute_unprepared("DROP INDEX lookup_page_newest").await?;
        Ok(())
    }
}
