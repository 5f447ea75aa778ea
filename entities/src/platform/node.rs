//! The processes of the deployment.

use sea_orm::entity::prelude::*;

/// One process, as it described itself last.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "node")]
pub struct Model {
    /// The process's name among the others.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The words of its roles, separated by commas.
    #[sea_orm(column_type = "Text")]
    pub roles: String,
    /// The version of the binary.
    pub version: String,
    /// The machine's name.
    #[sea_orm(column_type = "Text")]
    pub host: String,
    /// The process's number there.
    pub pid: i64,
    /// Where its doors are.
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// Where its metrics are; empty when it shows none.
    #[sea_orm(column_type = "Text")]
    pub metrics_address: String,
    /// When it started, in milliseconds.
    pub started_at: i64,
    /// When it gave its last sign of life, in milliseconds.
    pub seen_at: i64,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// What it counted: JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
