//! What messages are found by: their words, who may find them, and how far the index has come.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};
use sea_orm_migration::sea_orm::DbBackend;

use super::{Conversation, Message};

#[derive(DeriveIden)]
enum MessageText {
    Table,
    Id,
    ConvNo,
    Seq,
    SenderId,
    ContentType,
    SentAt,
}

#[derive(DeriveIden)]
enum SearchProgress {
    Table,
    Process,
    IndexedUntil,
    SeenAt,
    Position,
}

/// Full-text search, and finding messages by time and people.
pub(super) struct Search;

impl MigrationName for Search {
    fn name(&self) -> &str {
        "messages_0004_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Search {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(MessageText::Table)
                    .col(big_integer(MessageText::Id).primary_key())
                    .col(big_integer(MessageText::ConvNo))
                    .col(big_integer(MessageText::Seq))
                    .col(text(MessageText::SenderId))
                    .col(big_integer(MessageText::ContentType))
                    .col(big_integer(MessageText::SentAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("message_text_place")
                    .table(MessageText::Table)
                    .col(MessageText::ConvNo)
                    .col(MessageText::Seq)
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(SearchProgress::Table)
                    .col(text(SearchProgress::Process).primary_key())
                    .col(big_integer(SearchProgress::IndexedUntil))
                    .col(big_integer(SearchProgress::SeenAt))
                    .col(big_integer(SearchProgress::Position))
                    .to_owned(),
            )
            .await?;
        for column in [Conversation::UserA, Conversation::UserB] {
            let name = match column {
                Conversation::UserA => "conversation_user_a",
                _ => "conversation_user_b",
            };
            manager.create_index(Index::create().name(name).table(Conversation::Table).col(column).to_owned()).await?;
        }
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                // The words come taken apart; the database's own parser has no part in it.
                db.execute_unprepared("ALTER TABLE message_text ADD COLUMN words tsvector NOT NULL").await?;
                db.execute_unprepared("CREATE INDEX message_text_words ON message_text USING gin (words)").await?;
                // Times grow with the table, so that a summary for each stretch of pages is enough, and costs a send nothing.
                db.execute_unprepared("CREATE INDEX message_send_time ON message USING brin (send_time)").await?;
            }
            _ => {
                // The words come taken apart: this tokenizer only looks for the spaces between them.
                db.execute_unprepared(
                    "CREATE VIRTUAL TABLE message_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')",
                )
                .await?;
                let by_time = Index::create().name("message_send_time").table(Message::Table).col(Message::SendTime).to_owned();
                manager.create_index(by_time).await?;
            }
        }
        Ok(())
    }
}

/// The index is kept in order in small steps by whoever writes it, instead of now and then in a large one that holds up
/// everybody who sends: by default FTS5 merges whole levels within one insertion (hundreds of milliseconds were seen), and
/// GIN empties a list of some megabytes.
pub(super) struct SmallSteps;

impl MigrationName for SmallSteps {
    fn name(&self) -> &str {
        "messages_0005_search_in_small_steps"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SmallSteps {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                db.execute_unprepared("ALTER INDEX message_text_words SET (fastupdate = off)").await?;
            }
            _ => {
                for setting in ["'automerge', 0", "'crisismerge', 1999"] {
                    db.execute_unprepared(&format!("INSERT INTO message_words (message_words, rank) VALUES ({setting})")).await?;
                }
            }
        }
        Ok(())
    }
}
