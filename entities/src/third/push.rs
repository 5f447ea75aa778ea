//! Where devices that are offline are reached, and what was pushed to them.

/// What providers of offline push know devices by.
pub mod push_token {
    use sea_orm::entity::prelude::*;

    /// The token of one user's device class at one provider.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "push_token")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// OpenIM's number of the device class.
        #[sea_orm(primary_key, auto_increment = false)]
        pub platform: i32,
        /// The provider's name.
        #[sea_orm(primary_key, auto_increment = false)]
        pub provider: String,
        /// The token.
        #[sea_orm(column_type = "Text")]
        pub token: String,
        /// Its SHA-256 in hex: what it is looked up by.
        pub token_hash: String,
        /// When it was registered last, in milliseconds.
        pub updated_at: i64,
        /// Until when it is good, in milliseconds; 0 for ever.
        pub expires_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The numbers on app icons.
pub mod push_badge {
    use sea_orm::entity::prelude::*;

    /// One user's number.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "push_badge")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// The number.
        pub unread: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The queue of pushes that wait and the log of those that are done.
pub mod push_delivery {
    use sea_orm::entity::prelude::*;

    /// One push to one device, or to one user where the provider knows users.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "push_delivery")]
    pub struct Model {
        /// The order of noting.
        #[sea_orm(primary_key)]
        pub position: i64,
        /// 32 hex digits.
        pub id: String,
        /// The provider's name.
        pub provider: String,
        /// To whom.
        pub user_id: String,
        /// OpenIM's number of the device class; 0 where the provider knows users.
        pub platform: i32,
        /// The log of the message; empty for a test.
        pub conversation_id: String,
        /// Its place; 0 for one that is not stored.
        pub seq: i64,
        /// What is shown: JSON, the same for all devices of a message.
        #[sea_orm(column_type = "Text")]
        pub notice: String,
        /// The number on the icon; 0 for none.
        pub badge: i64,
        /// The operation that caused it.
        pub operation_id: String,
        /// 0 waits, 1 delivered, 2 failed.
        pub state: i32,
        /// How often it was sent.
        pub attempts: i32,
        /// How often that failed since it was queued.
        pub failures: i32,
        /// When it is sent next, in milliseconds; while it is being sent, when somebody else may do it.
        pub due_at: i64,
        /// When it was noted, in milliseconds.
        pub created_at: i64,
        /// When the last attempt ended, in milliseconds; 0 before.
        pub attempted_at: i64,
        /// What the provider calls it.
        #[sea_orm(column_type = "Text")]
        pub reference: String,
        /// Why the last attempt failed; empty when it did not.
        #[sea_orm(column_type = "Text")]
        pub error: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
