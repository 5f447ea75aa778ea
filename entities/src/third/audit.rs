//! What app administrators did.

use sea_orm::entity::prelude::*;

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// 32 hex digits, the first twelve are the time: the order of the ids is the order of the acts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who acted.
    pub actor_id: String,
    /// The platform number of the actor's token.
    pub platform: i32,
    /// The address that the request came from; empty when it is not known.
    pub address: String,
    /// The mutation's name.
    pub operation: String,
    /// The subgraph that has it.
    pub subgraph: String,
    /// What it was done to; empty when the arguments name nothing.
    pub target: String,
    /// The arguments as JSON, secrets masked.
    #[sea_orm(column_type = "Text")]
    pub arguments: String,
    /// Why, in the actor's words; empty when none were given.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// 0 done, 1 refused, 2 failed.
    pub outcome: i32,
    /// The error's code; empty when it was done.
    pub code: String,
    /// The operation id of the request.
    #[sea_orm(column_type = "Text")]
    pub operation_id: String,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
