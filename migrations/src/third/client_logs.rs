//! Logs that apps uploaded.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, text};

#[derive(DeriveIden, Clone, Copy)]
enum ClientLog {
    Table,
    Id,
    UserId,
    Platform,
    Url,
    FileName,
    SystemType,
    AppFramework,
    Version,
    Ex,
    CreatedAt,
}

/// The table of uploaded logs.
pub(super) struct ClientLogs;

impl MigrationName for ClientLogs {
    fn name(&self) -> &str {
        "third_0003_client_logs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ClientLogs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(ClientLog::Table)
                    .col(string_len(ClientLog::Id, 10).primary_key())
                    .col(string_len(ClientLog::UserId, 64))
                    .col(integer(ClientLog::Platform))
                    .col(text(ClientLog::Url))
                    .col(string_len(ClientLog::FileName, 512))
                    .col(string_len(ClientLog::SystemType, 256))
                    .col(string_len(ClientLog::AppFramework, 256))
                    .col(string_len(ClientLog::Version, 256))
                    .col(text(ClientLog::Ex))
                    .col(big_integer(ClientLog::CreatedAt))
                    .to_owned(),
            )
            .await?;
        // All of them and those of one user, newest first.
        let order =
            Index::create().name("client_log_order").table(ClientLog::Table).col(ClientLog::CreatedAt).col(ClientLog::Id).to_owned();
        manager.create_index(order).await?;
        let of_user =
            Index::create().name("client_log_user").table(ClientLog::Table).col(ClientLog::UserId).col(ClientLog::CreatedAt).to_owned();
        manager.create_index(of_user).await
    }
}
