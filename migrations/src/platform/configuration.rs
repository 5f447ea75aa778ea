//! The stored configuration: its state, the settings, what was changed, and the restarts that were asked for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, boolean, integer, string_len, text, text_null};

#[derive(DeriveIden)]
enum Configuration {
    Table,
    Id,
    Version,
    Managed,
}

#[derive(DeriveIden)]
enum StoredSetting {
    Table,
    Name,
    Value,
    ChangedAt,
    ChangedBy,
}

#[derive(DeriveIden)]
enum SettingChange {
    Table,
    Id,
    ChangedAt,
    ChangedBy,
    Name,
    OldValue,
    NewValue,
}

#[derive(DeriveIden)]
enum RestartRequest {
    Table,
    Id,
    RequestedAt,
    RequestedBy,
    Nodes,
}

pub(super) struct Settings;

impl MigrationName for Settings {
    fn name(&self) -> &str {
        "platform_0004_configuration"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Settings {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One row: the lock of whoever changes something, and the number by which others notice.
        manager
            .create_table(
                Table::create()
                    .table(Configuration::Table)
                    .col(integer(Configuration::Id).primary_key())
                    .col(big_integer(Configuration::Version))
                    .col(boolean(Configuration::Managed))
                    .to_owned(),
            )
            .await?;
        manager.get_connection().execute_unprepared("INSERT INTO configuration (id, version, managed) VALUES (1, 0, TRUE)").await?;
        manager
            .create_table(
                Table::create()
                    .table(StoredSetting::Table)
                    .col(string_len(StoredSetting::Name, 128).primary_key())
                    .col(text(StoredSetting::Value))
                    .col(big_integer(StoredSetting::ChangedAt))
                    .col(string_len(StoredSetting::ChangedBy, 64))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(SettingChange::Table)
                    .col(big_pk_auto(SettingChange::Id))
                    .col(big_integer(SettingChange::ChangedAt))
                    .col(string_len(SettingChange::ChangedBy, 64))
                    .col(string_len(SettingChange::Name, 128))
                    .col(text_null(SettingChange::OldValue))
                    .col(text_null(SettingChange::NewValue))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(RestartRequest::Table)
                    .col(big_pk_auto(RestartRequest::Id))
                    .col(big_integer(RestartRequest::RequestedAt))
                    .col(string_len(RestartRequest::RequestedBy, 64))
                    .col(text(RestartRequest::Nodes))
                    .to_owned(),
            )
            .await
    }
}
