//! Tables of the importer.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, string_len};

/// Returns the importer's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Progress)]
}

#[derive(DeriveIden)]
enum ImportRun {
    Table,
    Id,
    StartedAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum ImportFile {
    Table,
    Name,
    Size,
    Position,
    Line,
    Records,
    Damaged,
    Written,
    Done,
}

struct Progress;

impl MigrationName for Progress {
    fn name(&self) -> &str {
        "importing_0001_progress"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Progress {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(ImportRun::Table)
                    .col(integer(ImportRun::Id).primary_key())
                    .col(big_integer(ImportRun::StartedAt))
                    .col(big_integer(ImportRun::FinishedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(ImportFile::Table)
                    .col(string_len(ImportFile::Name, 1024).primary_key())
                    .col(big_integer(ImportFile::Size))
                    .col(big_integer(ImportFile::Position))
                    .col(big_integer(ImportFile::Line))
                    .col(big_integer(ImportFile::Records))
                    .col(big_integer(ImportFile::Damaged))
                    .col(big_integer(ImportFile::Written))
                    .col(boolean(ImportFile::Done))
                    .to_owned(),
            )
            .await
    }
}
