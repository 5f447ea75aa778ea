//! Rows of the stored configuration.

/// The state of the whole.
pub mod state {
    use sea_orm::entity::prelude::*;

    /// The one row; its id is 1.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "configuration")]
    pub struct Model {
        /// Always 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        /// Grows with every change.
        pub version: i64,
        /// Whether stored settings count.
        pub managed: bool,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Settings that replace those of the file.
pub mod stored_setting {
    use sea_orm::entity::prelude::*;

    /// One setting.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stored_setting")]
    pub struct Model {
        /// Its key, `section.key`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub value: String,
        /// When it was stored, in milliseconds.
        pub changed_at: i64,
        /// Who stored it.
        pub changed_by: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was changed.
pub mod setting_change {
    use sea_orm::entity::prelude::*;

    /// One change of one setting.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting_change")]
    pub struct Model {
        /// The order of the changes.
        #[sea_orm(primary_key)]
        pub id: i64,
        /// When, in milliseconds.
        pub changed_at: i64,
        /// Who.
        pub changed_by: String,
        /// The setting's key.
        pub name: String,
        /// What was stored before, JSON without passwords; nothing when it was not stored.
        #[sea_orm(column_type = "Text", nullable)]
        pub old_value: Option<String>,
        /// What is stored since, JSON without passwords; nothing when it was taken back.
        #[sea_orm(column_type = "Text", nullable)]
        pub new_value: Option<String>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Restarts that were asked for.
pub mod restart_request {
    use sea_orm::entity::prelude::*;

    /// One request.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "restart_request")]
    pub struct Model {
        /// The order of the requests.
        #[sea_orm(primary_key)]
        pub id: i64,
        /// When, in milliseconds.
        pub requested_at: i64,
        /// Who.
        pub requested_by: String,
        /// The ids of the processes that are meant, a JSON list; an empty one means all.
        #[sea_orm(column_type = "Text")]
        pub nodes: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
