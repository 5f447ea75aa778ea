//! Tables of the conversations domain.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, string_len, text};

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(UserConversations)]
}

#[derive(DeriveIden)]
enum UserConv {
    Table,
    OwnerId,
    ConversationId,
    Kind,
    PeerId,
    GroupId,
    ReceiveOption,
    Pinned,
    PrivateChat,
    BurnDuration,
    GroupAtType,
    GroupAtAt,
    AttachedInfo,
    Ex,
    ReadSeq,
    MinSeq,
    MaxSeq,
    Destructing,
    DestructAfter,
    LastDestructedAt,
    DestructDueAt,
    Deleted,
    DeletedSeq,
    MembershipAt,
    CreatedAt,
    UpdatedAt,
    ReadAt,
}

#[derive(DeriveIden)]
enum GroupMark {
    Table,
    ConversationId,
    EveryoneAt,
    EveryoneBy,
    AnnouncedAt,
    DismissedAt,
}

#[derive(DeriveIden)]
enum WantedEx {
    Table,
    UserId,
    Ex,
}

struct UserConversations;

impl MigrationName for UserConversations {
    fn name(&self) -> &str {
        "conversations_0001_user_conv"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for UserConversations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(UserConv::Table)
                    .col(string_len(UserConv::OwnerId, 64))
                    .col(string_len(UserConv::ConversationId, 132))
                    .col(integer(UserConv::Kind))
                    .col(string_len(UserConv::PeerId, 64))
                    .col(string_len(UserConv::GroupId, 64))
                    .col(integer(UserConv::ReceiveOption).default(0))
                    .col(boolean(UserConv::Pinned).default(false))
                    .col(boolean(UserConv::PrivateChat).default(false))
                    .col(integer(UserConv::BurnDuration).default(0))
                    .col(integer(UserConv::GroupAtType).default(0))
                    .col(big_integer(UserConv::GroupAtAt).default(0))
                    .col(text(UserConv::AttachedInfo))
                    .col(text(UserConv::Ex))
                    .col(big_integer(UserConv::ReadSeq).default(0))
                    .col(big_integer(UserConv::MinSeq).default(0))
                    .col(big_integer(UserConv::MaxSeq).default(0))
                    .col(boolean(UserConv::Destructing).default(false))
                    .col(big_integer(UserConv::DestructAfter).default(0))
                    .col(big_integer(UserConv::LastDestructedAt).default(0))
                    .col(big_integer(UserConv::DestructDueAt).default(0))
                    .col(boolean(UserConv::Deleted).default(false))
                    .col(big_integer(UserConv::DeletedSeq).default(0))
                    .col(big_integer(UserConv::MembershipAt).default(0))
                    .col(big_integer(UserConv::CreatedAt))
                    .col(big_integer(UserConv::UpdatedAt))
                    .col(big_integer(UserConv::ReadAt).default(0))
                    .primary_key(Index::create().col(UserConv::OwnerId).col(UserConv::ConversationId))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(GroupMark::Table)
                    .col(string_len(GroupMark::ConversationId, 132).primary_key())
                    .col(big_integer(GroupMark::EveryoneAt).default(0))
                    .col(string_len(GroupMark::EveryoneBy, 64).default(""))
                    .col(big_integer(GroupMark::AnnouncedAt).default(0))
                    .col(big_integer(GroupMark::DismissedAt).default(0))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(WantedEx::Table)
                    .col(string_len(WantedEx::UserId, 64).primary_key())
                    .col(text(WantedEx::Ex))
                    .to_owned(),
            )
            .await?;
        // What the other side of my chats has read lately: an event stream that resumes asks for it.
        manager
            .create_index(
                Index::create().name("user_conv_peer_read").table(UserConv::Table).col(UserConv::PeerId).col(UserConv::ReadAt).to_owned(),
            )
            .await?;
        // Who has read how far in a conversation: counted and listed from the index alone.
        let mut readers = Index::create().name("user_conv_readers").table(UserConv::Table).to_owned();
        readers.col(UserConv::ConversationId).col(UserConv::ReadSeq).col(UserConv::OwnerId).col(UserConv::MinSeq);
        manager.create_index(readers).await?;
        // Walking through the rows that other people have of a user.
        let peers = Index::create().name("user_conv_peer").table(UserConv::Table).col(UserConv::PeerId).col(UserConv::OwnerId).to_owned();
        manager.create_index(peers).await?;
        // Few rows are deleted or wait for anything: only those are in these two.
        for index in [
            "CREATE INDEX user_conv_deleted ON user_conv (owner_id) WHERE deleted",
            "CREATE INDEX user_conv_destruct ON user_conv (destruct_due_at) WHERE destruct_due_at > 0",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}
