//! Tables of the groups domain.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len, text};

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Groups)]
}

#[derive(DeriveIden)]
enum GroupInfo {
    Table,
    GroupId,
    Name,
    NameFolded,
    Notification,
    Introduction,
    FaceUrl,
    Ex,
    Status,
    Verification,
    LookMemberInfo,
    ApplyMemberFriend,
    CreatedAt,
    CreatorId,
    OwnerId,
    MemberCount,
    AnnouncedAt,
    AnnouncedBy,
}

#[derive(DeriveIden)]
enum GroupMember {
    Table,
    GroupId,
    UserId,
    Rank,
    JoinedAt,
    Nickname,
    FaceUrl,
    NameFolded,
    JoinSource,
    InviterId,
    OperatorId,
    MutedUntil,
    Ex,
}

#[derive(DeriveIden)]
enum GroupRequest {
    Table,
    GroupId,
    UserId,
    Result,
    Message,
    Answer,
    RequestedAt,
    HandledBy,
    HandledAt,
    JoinSource,
    InviterId,
    Ex,
}

struct Groups;

impl MigrationName for Groups {
    fn name(&self) -> &str {
        "groups_0001_groups"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Groups {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        groups(manager).await?;
        members(manager).await?;
        requests(manager).await
    }
}

async fn groups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(GroupInfo::Table)
                .col(string_len(GroupInfo::GroupId, 64).primary_key())
                .col(string_len(GroupInfo::Name, 255))
                .col(text(GroupInfo::NameFolded))
                .col(text(GroupInfo::Notification))
                .col(text(GroupInfo::Introduction))
                .col(text(GroupInfo::FaceUrl))
                .col(text(GroupInfo::Ex))
                .col(integer(GroupInfo::Status))
                .col(integer(GroupInfo::Verification))
                .col(integer(GroupInfo::LookMemberInfo))
                .col(integer(GroupInfo::ApplyMemberFriend))
                .col(big_integer(GroupInfo::CreatedAt))
                .col(string_len(GroupInfo::CreatorId, 64))
                .col(string_len(GroupInfo::OwnerId, 64))
                .col(big_integer(GroupInfo::MemberCount))
                .col(big_integer(GroupInfo::AnnouncedAt))
                .col(string_len(GroupInfo::AnnouncedBy, 64))
                .to_owned(),
        )
        .await?;
    // Lists of all groups, the newest first, and the counts per day.
    manager
        .create_index(
            Index::create().name("group_info_order").table(GroupInfo::Table).col(GroupInfo::CreatedAt).col(GroupInfo::GroupId).to_owned(),
        )
        .await
}

async fn members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(GroupMember::Table)
                .col(string_len(GroupMember::GroupId, 64))
                .col(string_len(GroupMember::UserId, 64))
                .col(integer(GroupMember::Rank))
                .col(big_integer(GroupMember::JoinedAt))
                .col(string_len(GroupMember::Nickname, 255))
                .col(text(GroupMember::FaceUrl))
                .col(text(GroupMember::NameFolded))
                .col(integer(GroupMember::JoinSource))
                .col(string_len(GroupMember::InviterId, 64))
                .col(string_len(GroupMember::OperatorId, 64))
                .col(big_integer(GroupMember::MutedUntil))
                .col(text(GroupMember::Ex))
                .primary_key(Index::create().col(GroupMember::GroupId).col(GroupMember::UserId))
                .to_owned(),
        )
        .await?;
    // The order of every list of members; a page is found by its cursor however deep it lies.
    manager
        .create_index(
            Index::create()
                .name("group_member_order")
                .table(GroupMember::Table)
                .col(GroupMember::GroupId)
                .col(GroupMember::Rank)
                .col(GroupMember::JoinedAt)
                .col(GroupMember::UserId)
                .to_owned(),
        )
        .await?;
    // The groups of a user, and those a user manages.
    manager
        .create_index(
            Index::create()
                .name("group_member_of_user")
                .table(GroupMember::Table)
                .col(GroupMember::UserId)
                .col(GroupMember::GroupId)
                .col(GroupMember::Rank)
                .to_owned(),
        )
        .await
}

async fn requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(GroupRequest::Table)
                .col(string_len(GroupRequest::GroupId, 64))
                .col(string_len(GroupRequest::UserId, 64))
                .col(integer(GroupRequest::Result))
                .col(text(GroupRequest::Message))
                .col(text(GroupRequest::Answer))
                .col(big_integer(GroupRequest::RequestedAt))
                .col(string_len(GroupRequest::HandledBy, 64))
                .col(big_integer(GroupRequest::HandledAt))
                .col(integer(GroupRequest::JoinSource))
                .col(string_len(GroupRequest::InviterId, 64))
                .col(text(GroupRequest::Ex))
                .primary_key(Index::create().col(GroupRequest::GroupId).col(GroupRequest::UserId))
                .to_owned(),
        )
        .await?;
    for (name, owner) in [("group_request_received", GroupRequest::GroupId), ("group_request_sent", GroupRequest::UserId)] {
        manager
            .create_index(Index::create().name(name).table(GroupRequest::Table).col(owner).col(GroupRequest::RequestedAt).to_owned())
            .await?;
    }
    Ok(())
}
