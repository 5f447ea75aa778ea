//! Tables of the messages domain.

mod additions;
mod changes;
mod search;

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, blob, text, text_null, text_uniq};
use sea_orm_migration::sea_orm::DbBackend;

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(Log),
        Box::new(Announcements),
        Box::new(changes::Changes),
        Box::new(additions::Additions),
        Box::new(search::Search),
        Box::new(search::SmallSteps),
    ]
}

#[derive(DeriveIden)]
enum Conversation {
    Table,
    ConvNo,
    #[sea_orm(iden = "conversation_id")]
    TextId,
    Kind,
    UserA,
    UserB,
    GroupId,
    CreatedAt,
}

#[derive(DeriveIden)]
enum ConvSeq {
    Table,
    ConvNo,
    MaxSeq,
    MinSeq,
    LastStoredAt,
    LastSentAt,
    LastSender,
}

#[derive(DeriveIden)]
enum Message {
    Table,
    ConvNo,
    Seq,
    SenderId,
    ClientMsgId,
    ServerMsgId,
    SendTime,
    CreateTime,
    StoredAt,
    ContentType,
    Body,
}

#[derive(DeriveIden)]
enum Unpublished {
    Table,
    Id,
    StoredAt,
    Ranges,
}

struct Log;

impl MigrationName for Log {
    fn name(&self) -> &str {
        "messages_0001_log"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Log {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // From the long text id to a short number that every other row repeats.
        manager
            .create_table(
                Table::create()
                    .table(Conversation::Table)
                    .col(big_pk_auto(Conversation::ConvNo))
                    .col(text_uniq(Conversation::TextId))
                    .col(big_integer(Conversation::Kind))
                    .col(text_null(Conversation::UserA))
                    .col(text_null(Conversation::UserB))
                    .col(text_null(Conversation::GroupId))
                    .col(big_integer(Conversation::CreatedAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(ConvSeq::Table)
                    .col(big_integer(ConvSeq::ConvNo).primary_key())
                    .col(big_integer(ConvSeq::MaxSeq))
                    .col(big_integer(ConvSeq::MinSeq))
                    .col(big_integer(ConvSeq::LastStoredAt))
                    .col(big_integer(ConvSeq::LastSentAt))
                    .col(text_null(ConvSeq::LastSender))
                    .to_owned(),
            )
            .await?;
        // An ordinary table with a key index: SQLite's WITHOUT ROWID was measured almost three times slower here.
        manager
            .create_table(
                Table::create()
                    .table(Message::Table)
                    .col(big_integer(Message::ConvNo))
                    .col(big_integer(Message::Seq))
                    .col(text(Message::SenderId))
                    .col(text(Message::ClientMsgId))
                    .col(text(Message::ServerMsgId))
                    .col(big_integer(Message::SendTime))
                    .col(big_integer(Message::CreateTime))
                    .col(big_integer(Message::StoredAt))
                    .col(big_integer(Message::ContentType))
                    .col(blob(Message::Body))
                    .primary_key(Index::create().col(Message::ConvNo).col(Message::Seq))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("message_sent_once")
                    .table(Message::Table)
                    .col(Message::SenderId)
                    .col(Message::ClientMsgId)
                    .unique()
                    .to_owned(),
            )
            .await?;
        // One row a commit, for as long as it takes to publish: a condition on the ends of logs would need an index on
        // them, which every commit would have to rewrite for every log.
        manager
            .create_table(
                Table::create()
                    .table(Unpublished::Table)
                    .col(big_integer(Unpublished::Id).primary_key())
                    .col(big_integer(Unpublished::StoredAt))
                    .col(blob(Unpublished::Ranges))
                    .to_owned(),
            )
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            let db = manager.get_connection();
            // Each commit rewrites a row of this small table: room in its page keeps the new version beside the old one,
            // and no index notices.
            db.execute_unprepared("ALTER TABLE conv_seq SET (fillfactor = 50)").await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum Announced {
    Table,
    Stream,
    ContentType,
    At,
}

struct Announcements;

impl MigrationName for Announcements {
    fn name(&self) -> &str {
        "messages_0002_announced"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Announcements {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Announced::Table)
                    .col(text(Announced::Stream))
                    .col(big_integer(Announced::ContentType))
                    .col(big_integer(Announced::At))
                    .primary_key(Index::create().col(Announced::Stream).col(Announced::ContentType))
                    .to_owned(),
            )
            .await
    }
}
