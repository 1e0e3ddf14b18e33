//! Which version of a page was read, so that the server can be asked whether it changed.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum LookupPage {
    Table,
    Version,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = Table::alter().table(LookupPage::Table).add_column(text_null(LookupPage::Version)).to_owned();
        manager.alter_table(added).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dropped = Table::alter().table(LookupPage::Table).drop_column(LookupPage::Version).to_owned();
        manager.alter_table(dropped).await
    }
}
