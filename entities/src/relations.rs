//! Rows of the relations domain.

/// Who has whom as a friend: one row a direction.
pub mod friendship {
    use sea_orm::entity::prelude::*;

    /// One friend in one user's list.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "friendship")]
    pub struct Model {
        /// Whose list.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner_id: String,
        /// Who is in it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub friend_id: String,
        /// The part of the list: 0 for pinned friends, 1 for the others. The list is in order of part, time and id.
        pub part: i32,
        /// When they became friends, in milliseconds.
        pub created_at: i64,
        /// The owner's own name for the friend.
        #[sea_orm(column_type = "Text")]
        pub remark: String,
        /// OpenIM's addSource: 1 import, 2 application.
        pub source: i32,
        /// Who caused it: the administrator of an import, the applicant of an application.
        pub operator_id: String,
        /// The application's data.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Applications: one row for each ordered pair, used again by each application.
pub mod friend_request {
    use sea_orm::entity::prelude::*;

    /// What one user has asked another.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "friend_request")]
    pub struct Model {
        /// Who asks.
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_id: String,
        /// Who is asked.
        #[sea_orm(primary_key, auto_increment = false)]
        pub to_id: String,
        /// OpenIM's handleResult: 0 open, 1 agreed, -1 refused.
        pub state: i32,
        /// What the asking one says.
        #[sea_orm(column_type = "Text")]
        pub message: String,
        /// The application's data.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
        /// When it was asked last, in milliseconds.
        pub created_at: i64,
        /// Who answered last; empty for nobody yet.
        pub handler_id: String,
        /// What was answered.
        #[sea_orm(column_type = "Text")]
        pub reply: String,
        /// When it was answered last, in milliseconds; 0 for never.
        pub handled_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who has blocked whom.
pub mod block_entry {
    use sea_orm::entity::prelude::*;

    /// One user on another's black list.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "block_entry")]
    pub struct Model {
        /// Whose list.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner_id: String,
        /// Who is on it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub blocked_id: String,
        /// Since when, in milliseconds.
        pub created_at: i64,
        /// Who put it there.
        pub operator_id: String,
        /// The application's data.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
