//! Tables of the third domain, a module per capability.

mod audit;
mod client_logs;
mod files;
mod push;

use sea_orm_migration::prelude::*;

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(files::Files), Box::new(audit::Audit), Box::new(client_logs::ClientLogs), Box::new(push::Push)]
}
