//! Rows of the users domain.

/// Registered users.
pub mod user_account {
    use sea_orm::entity::prelude::*;

    /// One user.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_account")]
    pub struct Model {
        /// OpenIM's userID.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// Shown name.
        pub nickname: String,
        /// The id in lower case: databases do not agree on what upper case is, so the search compares this.
        #[sea_orm(column_type = "Text")]
        pub user_id_folded: String,
        /// The shown name in lower case, for the search.
        #[sea_orm(column_type = "Text")]
        pub nickname_folded: String,
        /// Address of the picture.
        #[sea_orm(column_type = "Text")]
        pub face_url: String,
        /// The application's data.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
        /// OpenIM's appMangerLevel.
        pub level: i32,
        /// OpenIM's globalRecvMsgOpt.
        pub receive_option: i32,
        /// When the user was registered, in milliseconds.
        pub created_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Tokens that were given out and have not expired.
pub mod user_token {
    use sea_orm::entity::prelude::*;

    /// One token.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_token")]
    pub struct Model {
        /// The order of logins.
        #[sea_orm(primary_key)]
        pub id: i64,
        /// SHA-256 of the token, hex: the token itself is not stored.
        pub token_hash: String,
        /// Whose.
        pub user_id: String,
        /// OpenIM's platform number.
        pub platform: i32,
        /// OpenIM's token status: 0 normal, 2 kicked.
        pub status: i32,
        /// When it was made, in milliseconds.
        pub created_at: i64,
        /// Until when it is accepted, in milliseconds; null for ever.
        pub expires_at: Option<i64>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Small entries that a user's devices share, such as favourites.
pub mod user_command {
    use sea_orm::entity::prelude::*;

    /// One entry.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_command")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// What kind of entry, as the application numbers them; never 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: i32,
        /// The client's key in the kind.
        #[sea_orm(primary_key, auto_increment = false)]
        pub uuid: String,
        /// The content.
        #[sea_orm(column_type = "Text")]
        pub value: String,
        /// The application's data.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
        /// When it was first added, in milliseconds.
        pub created_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Configuration that clients are handed, for everybody and for single users.
pub mod client_config {
    use sea_orm::entity::prelude::*;

    /// One value.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_config")]
    pub struct Model {
        /// Whose; empty for everybody's.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// The name.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// The value.
        #[sea_orm(column_type = "Text")]
        pub value: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
