//! Tables of the kernel: outbox, inbox, dead letters and version logs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, string_len, text};

/// Returns the kernel's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Events), Box::new(VersionLogs)]
}

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Position,
    EventId,
    Consumer,
    Topic,
    OperationId,
    At,
    Payload,
    Attempts,
    AvailableAt,
}

#[derive(DeriveIden)]
enum Inbox {
    Table,
    Consumer,
    EventId,
    HandledAt,
}

#[derive(DeriveIden)]
enum DeadLetter {
    Table,
    Position,
    Consumer,
    EventId,
    Topic,
    OperationId,
    At,
    Payload,
    Attempts,
    Error,
    DiedAt,
}

struct Events;

impl MigrationName for Events {
    fn name(&self) -> &str {
        "platform_0001_events"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Events {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Outbox::Table)
                    .col(big_pk_auto(Outbox::Position))
                    .col(string_len(Outbox::EventId, 36))
                    .col(string_len(Outbox::Consumer, 64))
                    .col(string_len(Outbox::Topic, 128))
                    .col(text(Outbox::OperationId))
                    .col(big_integer(Outbox::At))
                    .col(text(Outbox::Payload))
                    .col(integer(Outbox::Attempts))
                    .col(big_integer(Outbox::AvailableAt))
                    .to_owned(),
            )
            .await?;
        // What is due for whom, in the order of handling.
        manager
            .create_index(
                Index::create()
                    .name("outbox_due")
                    .table(Outbox::Table)
                    .col(Outbox::Consumer)
                    .col(Outbox::AvailableAt)
                    .col(Outbox::Position)
                    .to_owned(),
            )
            .await?;
        // What is due for anybody: the relay's question.
        manager
            .create_index(
                Index::create().name("outbox_due_any").table(Outbox::Table).col(Outbox::AvailableAt).col(Outbox::Position).to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(Inbox::Table)
                    .col(string_len(Inbox::Consumer, 64))
                    .col(string_len(Inbox::EventId, 36))
                    .col(big_integer(Inbox::HandledAt))
                    .primary_key(Index::create().col(Inbox::Consumer).col(Inbox::EventId))
                    .to_owned(),
            )
            .await?;
        manager.create_index(Index::create().name("inbox_handled_at").table(Inbox::Table).col(Inbox::HandledAt).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table(DeadLetter::Table)
                    .col(big_pk_auto(DeadLetter::Position))
                    .col(string_len(DeadLetter::Consumer, 64))
                    .col(string_len(DeadLetter::EventId, 36))
                    .col(string_len(DeadLetter::Topic, 128))
                    .col(text(DeadLetter::OperationId))
                    .col(big_integer(DeadLetter::At))
                    .col(text(DeadLetter::Payload))
                    .col(integer(DeadLetter::Attempts))
                    .col(text(DeadLetter::Error))
                    .col(big_integer(DeadLetter::DiedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("dead_letter_event")
                    .table(DeadLetter::Table)
                    .col(DeadLetter::Consumer)
                    .col(DeadLetter::EventId)
                    .unique()
                    .to_owned(),
            )
            .await
    }
}

#[derive(DeriveIden)]
enum VersionLog {
    Table,
    List,
    Owner,
    VersionId,
    Version,
}

#[derive(DeriveIden)]
enum VersionEntry {
    Table,
    List,
    Owner,
    Element,
    State,
    Version,
}

struct VersionLogs;

impl MigrationName for VersionLogs {
    fn name(&self) -> &str {
        "platform_0002_version_logs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for VersionLogs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(VersionLog::Table)
                    .col(integer(VersionLog::List))
                    .col(string_len(VersionLog::Owner, 64))
                    .col(string_len(VersionLog::VersionId, 24))
                    .col(big_integer(VersionLog::Version))
                    .primary_key(Index::create().col(VersionLog::List).col(VersionLog::Owner))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(VersionEntry::Table)
                    .col(integer(VersionEntry::List))
                    .col(string_len(VersionEntry::Owner, 64))
                    .col(string_len(VersionEntry::Element, 132))
                    .col(integer(VersionEntry::State))
                    .col(big_integer(VersionEntry::Version))
                    .primary_key(Index::create().col(VersionEntry::List).col(VersionEntry::Owner).col(VersionEntry::Element))
                    .to_owned(),
            )
            .await?;
        // What changed after a version, however long the list is.
        manager
            .create_index(
                Index::create()
                    .name("version_entry_since")
                    .table(VersionEntry::Table)
                    .col(VersionEntry::List)
                    .col(VersionEntry::Owner)
                    .col(VersionEntry::Version)
                    .to_owned(),
            )
            .await
    }
}
