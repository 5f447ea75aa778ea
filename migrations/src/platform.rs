//! Tables of the kernel: outbox, inbox, dead letters, version logs and webhook deliveries.

mod configuration;
mod node;
mod timers;

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, string_len, string_len_uniq, text};

/// Returns the kernel's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(Events),
        Box::new(VersionLogs),
        Box::new(Webhooks),
        Box::new(configuration::Settings),
        Box::new(node::Nodes),
        Box::new(timers::Timers),
    ]
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
    Floor,
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
                    .col(big_integer(VersionLog::Floor).default(0))
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

#[derive(DeriveIden)]
enum WebhookDelivery {
    Table,
    Position,
    Id,
    Command,
    OperationId,
    ReplyKey,
    Host,
    Body,
    State,
    Attempts,
    Failures,
    DueAt,
    CreatedAt,
    AttemptedAt,
    DurationMs,
    Status,
    Error,
    Answer,
}

struct Webhooks;

impl MigrationName for Webhooks {
    fn name(&self) -> &str {
        "platform_0003_webhooks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Webhooks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(WebhookDelivery::Table)
                    .col(big_pk_auto(WebhookDelivery::Position))
                    .col(string_len_uniq(WebhookDelivery::Id, 36))
                    .col(string_len(WebhookDelivery::Command, 64))
                    .col(text(WebhookDelivery::OperationId))
                    .col(text(WebhookDelivery::ReplyKey))
                    .col(text(WebhookDelivery::Host))
                    .col(text(WebhookDelivery::Body))
                    .col(integer(WebhookDelivery::State))
                    .col(integer(WebhookDelivery::Attempts))
                    .col(integer(WebhookDelivery::Failures))
                    .col(big_integer(WebhookDelivery::DueAt))
                    .col(big_integer(WebhookDelivery::CreatedAt))
                    .col(big_integer(WebhookDelivery::AttemptedAt))
                    .col(big_integer(WebhookDelivery::DurationMs))
                    .col(integer(WebhookDelivery::Status))
                    .col(text(WebhookDelivery::Error))
                    .col(text(WebhookDelivery::Answer))
                    .to_owned(),
            )
            .await?;
        // What is due, and what is old enough to forget.
        let due = [WebhookDelivery::State, WebhookDelivery::DueAt, WebhookDelivery::Position];
        let of_state = [WebhookDelivery::State, WebhookDelivery::Position];
        let of_command = [WebhookDelivery::Command, WebhookDelivery::Position];
        create_index(manager, "webhook_delivery_due", due).await?;
        create_index(manager, "webhook_delivery_state", of_state).await?;
        create_index(manager, "webhook_delivery_command", of_command).await
    }
}

async fn create_index<const N: usize>(manager: &SchemaManager<'_>, name: &str, columns: [WebhookDelivery; N]) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(WebhookDelivery::Table);
    for column in columns {
        index.col(column);
    }
    manager.create_index(index).await
}
