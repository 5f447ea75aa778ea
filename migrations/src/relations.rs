//! Tables of the relations domain.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, text};

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Relations)]
}

#[derive(DeriveIden)]
enum Friendship {
    Table,
    OwnerId,
    FriendId,
    Part,
    CreatedAt,
    Remark,
    Source,
    OperatorId,
    Ex,
}

#[derive(DeriveIden)]
enum FriendRequest {
    Table,
    FromId,
    ToId,
    State,
    Message,
    Ex,
    CreatedAt,
    HandlerId,
    Reply,
    HandledAt,
}

#[derive(DeriveIden)]
enum BlockEntry {
    Table,
    OwnerId,
    BlockedId,
    CreatedAt,
    OperatorId,
    Ex,
}

struct Relations;

impl MigrationName for Relations {
    fn name(&self) -> &str {
        "relations_0001_relations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Relations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        friendships(manager).await?;
        friend_requests(manager).await?;
        block_entries(manager).await
    }
}

async fn friendships(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Friendship::Table)
                .col(string_len(Friendship::OwnerId, 64))
                .col(string_len(Friendship::FriendId, 64))
                .col(integer(Friendship::Part))
                .col(big_integer(Friendship::CreatedAt))
                .col(text(Friendship::Remark))
                .col(integer(Friendship::Source))
                .col(string_len(Friendship::OperatorId, 64))
                .col(text(Friendship::Ex))
                .primary_key(Index::create().col(Friendship::OwnerId).col(Friendship::FriendId))
                .to_owned(),
        )
        .await?;
    // The order of the list, so that a page of any list is read without sorting the list.
    manager
        .create_index(
            Index::create()
                .name("friendship_order")
                .table(Friendship::Table)
                .col(Friendship::OwnerId)
                .col(Friendship::Part)
                .col(Friendship::CreatedAt)
                .col(Friendship::FriendId)
                .to_owned(),
        )
        .await?;
    // Who has a user as a friend: profile changes go there.
    manager
        .create_index(
            Index::create()
                .name("friendship_friend")
                .table(Friendship::Table)
                .col(Friendship::FriendId)
                .col(Friendship::OwnerId)
                .to_owned(),
        )
        .await
}

async fn friend_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(FriendRequest::Table)
                .col(string_len(FriendRequest::FromId, 64))
                .col(string_len(FriendRequest::ToId, 64))
                .col(integer(FriendRequest::State))
                .col(text(FriendRequest::Message))
                .col(text(FriendRequest::Ex))
                .col(big_integer(FriendRequest::CreatedAt))
                .col(string_len(FriendRequest::HandlerId, 64))
                .col(text(FriendRequest::Reply))
                .col(big_integer(FriendRequest::HandledAt))
                .primary_key(Index::create().col(FriendRequest::FromId).col(FriendRequest::ToId))
                .to_owned(),
        )
        .await?;
    for (name, side, other) in [
        ("friend_request_sent", FriendRequest::FromId, FriendRequest::ToId),
        ("friend_request_received", FriendRequest::ToId, FriendRequest::FromId),
    ] {
        manager
            .create_index(
                Index::create().name(name).table(FriendRequest::Table).col(side).col(FriendRequest::CreatedAt).col(other).to_owned(),
            )
            .await?;
    }
    // How many wait for an answer.
    manager
        .create_index(
            Index::create()
                .name("friend_request_state")
                .table(FriendRequest::Table)
                .col(FriendRequest::ToId)
                .col(FriendRequest::State)
                .col(FriendRequest::CreatedAt)
                .to_owned(),
        )
        .await
}

async fn block_entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(BlockEntry::Table)
                .col(string_len(BlockEntry::OwnerId, 64))
                .col(string_len(BlockEntry::BlockedId, 64))
                .col(big_integer(BlockEntry::CreatedAt))
                .col(string_len(BlockEntry::OperatorId, 64))
                .col(text(BlockEntry::Ex))
                .primary_key(Index::create().col(BlockEntry::OwnerId).col(BlockEntry::BlockedId))
                .to_owned(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("block_entry_order")
                .table(BlockEntry::Table)
                .col(BlockEntry::OwnerId)
                .col(BlockEntry::CreatedAt)
                .col(BlockEntry::BlockedId)
                .to_owned(),
        )
        .await
}
