//! The schema's history: one module per owner. Every migration runs on SQLite and PostgreSQL; a released one is never
//! edited, the next one changes what it made.

mod conversations;
mod groups;
mod importing;
mod messages;
mod platform;
mod relations;
mod third;
mod users;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let owners = [
            platform::all(),
            users::all(),
            messages::all(),
            conversations::all(),
            relations::all(),
            groups::all(),
            third::all(),
            importing::all(),
        ];
        owners.into_iter().flatten().collect()
    }
}
