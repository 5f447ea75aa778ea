//! What people add to messages: edits with their history, reactions, pins, answers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

/// Tables beside the log: a message without additions has no row in any of them.
pub(super) struct Additions;

impl MigrationName for Additions {
    fn name(&self) -> &str {
        "messages_0004_additions"
    }
}

#[derive(DeriveIden, Clone, Copy)]
enum Made {
    MessageEdit,
    MessageReaction,
    ReactionCount,
    PinnedMessage,
    MessageReply,
    Thread,
}

#[derive(DeriveIden, Clone, Copy)]
enum Col {
    ConvNo,
    Seq,
    Version,
    Content,
    WrittenAt,
    Emoji,
    UserId,
    At,
    Count,
    FirstAt,
    RootSeq,
    Replies,
}

/// Makes the beginning of a table that is keyed by a message and more.
fn keyed(table: Made, place: Col, key: &[Col]) -> TableCreateStatement {
    let mut primary = Index::create().col(Col::ConvNo).col(place).to_owned();
    for column in key {
        primary.col(*column);
    }
    Table::create().table(table).col(big_integer(Col::ConvNo)).col(big_integer(place)).primary_key(&mut primary).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Additions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let edits = keyed(Made::MessageEdit, Col::Seq, &[Col::Version])
            .col(big_integer(Col::Version))
            .col(text(Col::Content))
            .col(big_integer(Col::WrittenAt))
            .to_owned();
        let reactions = keyed(Made::MessageReaction, Col::Seq, &[Col::Emoji, Col::UserId])
            .col(text(Col::Emoji))
            .col(text(Col::UserId))
            .col(big_integer(Col::At))
            .to_owned();
        // Counting the rows of a message that a whole group reacted to would take as long as the group is big.
        let counts = keyed(Made::ReactionCount, Col::Seq, &[Col::Emoji])
            .col(text(Col::Emoji))
            .col(big_integer(Col::Count))
            .col(big_integer(Col::FirstAt))
            .to_owned();
        let pins = keyed(Made::PinnedMessage, Col::Seq, &[]).col(text(Col::UserId)).col(big_integer(Col::At)).to_owned();
        let replies = keyed(Made::MessageReply, Col::RootSeq, &[Col::Seq]).col(big_integer(Col::Seq)).to_owned();
        let threads = keyed(Made::Thread, Col::RootSeq, &[]).col(big_integer(Col::Replies)).to_owned();
        for table in [edits, reactions, counts, pins, replies, threads] {
            manager.create_table(table).await?;
        }
        // From an answer to what it answers.
        let answers =
            Index::create().name("message_reply_seq").table(Made::MessageReply).col(Col::ConvNo).col(Col::Seq).unique().to_owned();
        manager.create_index(answers).await
    }
}
