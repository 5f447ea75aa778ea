//! The processes of the deployment.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string_len, text};

#[derive(DeriveIden)]
enum Node {
    Table,
    Id,
    Roles,
    Version,
    Host,
    Pid,
    Address,
    MetricsAddress,
    StartedAt,
    SeenAt,
    Stopping,
    Figures,
}

pub(super) struct Nodes;

impl MigrationName for Nodes {
    fn name(&self) -> &str {
        "platform_0005_nodes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Nodes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Node::Table)
                    .col(string_len(Node::Id, 255).primary_key())
                    .col(text(Node::Roles))
                    .col(string_len(Node::Version, 64))
                    .col(text(Node::Host))
                    .col(big_integer(Node::Pid))
                    .col(text(Node::Address))
                    .col(text(Node::MetricsAddress))
                    .col(big_integer(Node::StartedAt))
                    .col(big_integer(Node::SeenAt))
                    .col(boolean(Node::Stopping))
                    .col(text(Node::Figures))
                    .to_owned(),
            )
            .await?;
        // Who has been silent for long.
        manager.create_index(Index::create().name("node_seen_at").table(Node::Table).col(Node::SeenAt).to_owned()).await
    }
}
