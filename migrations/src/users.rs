//! Tables of the users domain.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, integer, string_len, string_len_uniq, text};

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Accounts), Box::new(Own)]
}

#[derive(DeriveIden)]
enum UserAccount {
    Table,
    UserId,
    Nickname,
    UserIdFolded,
    NicknameFolded,
    FaceUrl,
    Ex,
    Level,
    ReceiveOption,
    CreatedAt,
}

#[derive(DeriveIden)]
enum UserToken {
    Table,
    Id,
    TokenHash,
    UserId,
    Platform,
    Status,
    CreatedAt,
    ExpiresAt,
}

struct Accounts;

impl MigrationName for Accounts {
    fn name(&self) -> &str {
        "users_0001_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Accounts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(UserAccount::Table)
                    .col(string_len(UserAccount::UserId, 64).primary_key())
                    .col(string_len(UserAccount::Nickname, 255))
                    .col(text(UserAccount::UserIdFolded))
                    .col(text(UserAccount::NicknameFolded))
                    .col(text(UserAccount::FaceUrl))
                    .col(text(UserAccount::Ex))
                    .col(integer(UserAccount::Level))
                    .col(integer(UserAccount::ReceiveOption))
                    .col(big_integer(UserAccount::CreatedAt))
                    .to_owned(),
            )
            .await?;
        // The order of every list of users.
        manager
            .create_index(
                Index::create()
                    .name("user_account_order")
                    .table(UserAccount::Table)
                    .col(UserAccount::CreatedAt)
                    .col(UserAccount::UserId)
                    .to_owned(),
            )
            .await?;
        // Accounts above the ordinary levels are few among many.
        manager
            .create_index(Index::create().name("user_account_level").table(UserAccount::Table).col(UserAccount::Level).to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(UserToken::Table)
                    .col(big_pk_auto(UserToken::Id))
                    .col(string_len_uniq(UserToken::TokenHash, 64))
                    .col(string_len(UserToken::UserId, 64))
                    .col(integer(UserToken::Platform))
                    .col(integer(UserToken::Status))
                    .col(big_integer(UserToken::CreatedAt))
                    .col(big_integer_null(UserToken::ExpiresAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("user_token_owner").table(UserToken::Table).col(UserToken::UserId).col(UserToken::Platform).to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("user_token_expires_at").table(UserToken::Table).col(UserToken::ExpiresAt).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum UserCommand {
    Table,
    UserId,
    Kind,
    Uuid,
    Value,
    Ex,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ClientConfig {
    Table,
    UserId,
    Key,
    Value,
}

/// What belongs to a user besides the profile.
struct Own;

impl MigrationName for Own {
    fn name(&self) -> &str {
        "users_0002_own"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Own {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(UserCommand::Table)
                    .col(string_len(UserCommand::UserId, 64))
                    .col(integer(UserCommand::Kind))
                    .col(string_len(UserCommand::Uuid, 255))
                    .col(text(UserCommand::Value))
                    .col(text(UserCommand::Ex))
                    .col(big_integer(UserCommand::CreatedAt))
                    .primary_key(Index::create().col(UserCommand::UserId).col(UserCommand::Kind).col(UserCommand::Uuid))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(ClientConfig::Table)
                    .col(string_len(ClientConfig::UserId, 64))
                    .col(string_len(ClientConfig::Key, 128))
                    .col(text(ClientConfig::Value))
                    .primary_key(Index::create().col(ClientConfig::UserId).col(ClientConfig::Key))
                    .to_owned(),
            )
            .await
    }
}
