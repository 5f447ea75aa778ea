//! Tables of the messages domain.

use sea_orm_migration::prelude::*;

/// Returns the domain's migrations in order.
pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![]
}
