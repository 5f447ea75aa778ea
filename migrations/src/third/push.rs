//! Offline push: tokens, numbers on icons, deliveries.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, string_len, string_len_uniq, text};

#[derive(DeriveIden, Clone, Copy)]
enum PushToken {
    Table,
    UserId,
    Platform,
    Provider,
    Token,
    TokenHash,
    UpdatedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum PushBadge {
    Table,
    UserId,
    Unread,
}

#[derive(DeriveIden, Clone, Copy)]
enum PushDelivery {
    Table,
    Position,
    Id,
    Provider,
    UserId,
    Platform,
    ConversationId,
    Seq,
    Notice,
    Badge,
    OperationId,
    State,
    Attempts,
    Failures,
    DueAt,
    CreatedAt,
    AttemptedAt,
    Reference,
    Error,
}

/// The tables of offline push.
pub(super) struct Push;

impl MigrationName for Push {
    fn name(&self) -> &str {
        "third_0004_push"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Push {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tokens(manager).await?;
        manager
            .create_table(
                Table::create()
                    .table(PushBadge::Table)
                    .col(string_len(PushBadge::UserId, 64).primary_key())
                    .col(big_integer(PushBadge::Unread))
                    .to_owned(),
            )
            .await?;
        deliveries(manager).await
    }
}

async fn tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(PushToken::Table)
                .col(string_len(PushToken::UserId, 64))
                .col(integer(PushToken::Platform))
                .col(string_len(PushToken::Provider, 16))
                .col(text(PushToken::Token))
                .col(string_len(PushToken::TokenHash, 64))
                .col(big_integer(PushToken::UpdatedAt))
                .col(big_integer(PushToken::ExpiresAt))
                .primary_key(Index::create().col(PushToken::UserId).col(PushToken::Platform).col(PushToken::Provider))
                .to_owned(),
        )
        .await?;
    // Who else has a token, and whose time is over.
    let by_token = Index::create().name("push_token_hash").table(PushToken::Table).col(PushToken::TokenHash).to_owned();
    manager.create_index(by_token).await?;
    let by_expiry = Index::create().name("push_token_expires_at").table(PushToken::Table).col(PushToken::ExpiresAt).to_owned();
    manager.create_index(by_expiry).await
}

async fn deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(PushDelivery::Table)
                .col(big_pk_auto(PushDelivery::Position))
                .col(string_len_uniq(PushDelivery::Id, 32))
                .col(string_len(PushDelivery::Provider, 16))
                .col(string_len(PushDelivery::UserId, 64))
                .col(integer(PushDelivery::Platform))
                .col(text(PushDelivery::ConversationId))
                .col(big_integer(PushDelivery::Seq))
                .col(text(PushDelivery::Notice))
                .col(big_integer(PushDelivery::Badge))
                .col(text(PushDelivery::OperationId))
                .col(integer(PushDelivery::State))
                .col(integer(PushDelivery::Attempts))
                .col(integer(PushDelivery::Failures))
                .col(big_integer(PushDelivery::DueAt))
                .col(big_integer(PushDelivery::CreatedAt))
                .col(big_integer(PushDelivery::AttemptedAt))
                .col(text(PushDelivery::Reference))
                .col(text(PushDelivery::Error))
                .to_owned(),
        )
        .await?;
    // What is due; what is old enough to forget; the log of one user; how each provider does.
    let indexes: [(&str, &[PushDelivery]); 4] = [
        ("push_delivery_due", &[PushDelivery::State, PushDelivery::DueAt, PushDelivery::Position]),
        ("push_delivery_state", &[PushDelivery::State, PushDelivery::Position]),
        ("push_delivery_user", &[PushDelivery::UserId, PushDelivery::Position]),
        ("push_delivery_provider", &[PushDelivery::Provider, PushDelivery::State, PushDelivery::AttemptedAt]),
    ];
    for (name, columns) in indexes {
        let mut index = Index::create();
        index.name(name).table(PushDelivery::Table);
        for column in columns {
            index.col(*column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}
