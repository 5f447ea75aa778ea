//! What happens to messages after they were sent.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob_null, text};

use super::Message;

#[derive(DeriveIden)]
enum MessageHidden {
    Table,
    UserId,
    ConvNo,
    Seq,
}

#[derive(DeriveIden)]
enum Added {
    State,
}

/// Revoking, deleting.
pub(super) struct Changes;

impl MigrationName for Changes {
    fn name(&self) -> &str {
        "messages_0003_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Changes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null for nearly all messages: what was never changed costs no byte and no further query.
        manager.alter_table(Table::alter().table(Message::Table).add_column(blob_null(Added::State)).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table(MessageHidden::Table)
                    .col(text(MessageHidden::UserId))
                    .col(big_integer(MessageHidden::ConvNo))
                    .col(big_integer(MessageHidden::Seq))
                    .primary_key(Index::create().col(MessageHidden::UserId).col(MessageHidden::ConvNo).col(MessageHidden::Seq))
                    .to_owned(),
            )
            .await?;
        // For what is purged: whose rows are there is not known then.
        manager
            .create_index(
                Index::create()
                    .name("message_hidden_place")
                    .table(MessageHidden::Table)
                    .col(MessageHidden::ConvNo)
                    .col(MessageHidden::Seq)
                    .to_owned(),
            )
            .await
    }
}
