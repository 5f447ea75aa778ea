//! The log of what app administrators did.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string_len, text};

#[derive(DeriveIden, Clone, Copy)]
enum AuditEntry {
    Table,
    Id,
    ActorId,
    Platform,
    Address,
    Operation,
    Subgraph,
    Target,
    Arguments,
    Reason,
    Outcome,
    Code,
    OperationId,
}

/// The table of acts.
pub(super) struct Audit;

impl MigrationName for Audit {
    fn name(&self) -> &str {
        "third_0002_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Audit {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(AuditEntry::Table)
                    .col(string_len(AuditEntry::Id, 32).primary_key())
                    .col(string_len(AuditEntry::ActorId, 64))
                    .col(integer(AuditEntry::Platform))
                    .col(string_len(AuditEntry::Address, 64))
                    .col(string_len(AuditEntry::Operation, 128))
                    .col(string_len(AuditEntry::Subgraph, 32))
                    .col(string_len(AuditEntry::Target, 256))
                    .col(text(AuditEntry::Arguments))
                    .col(text(AuditEntry::Reason))
                    .col(integer(AuditEntry::Outcome))
                    .col(string_len(AuditEntry::Code, 64))
                    .col(text(AuditEntry::OperationId))
                    .to_owned(),
            )
            .await?;
        // Whatever the list is filtered by, its pages come in the order of the ids.
        let indexes = [
            ("audit_entry_actor", AuditEntry::ActorId),
            ("audit_entry_operation", AuditEntry::Operation),
            ("audit_entry_target", AuditEntry::Target),
            ("audit_entry_outcome", AuditEntry::Outcome),
        ];
        for (name, column) in indexes {
            let index = Index::create().name(name).table(AuditEntry::Table).col(column).col(AuditEntry::Id).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
