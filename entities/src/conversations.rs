//! Rows of the conversations domain.

/// Each user's own view of each conversation: settings and cursors, never messages.
pub mod user_conv {
    use sea_orm::entity::prelude::*;

    /// One user's row in one conversation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_conv")]
    pub struct Model {
        /// Whose view this is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner_id: String,
        /// Of which conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conversation_id: String,
        /// OpenIM's session type: 1 two people, 3 group, 4 system account.
        pub kind: i32,
        /// The other one of two people, empty in groups.
        pub peer_id: String,
        /// The group, empty elsewhere.
        pub group_id: String,
        /// OpenIM `recvMsgOpt`, 0 to 2.
        pub receive_option: i32,
        /// Whether the owner keeps it on top.
        pub pinned: bool,
        /// Whether messages vanish after reading.
        pub private_chat: bool,
        /// After how many seconds they do.
        pub burn_duration: i32,
        /// OpenIM `groupAtType`, 0 to 4, as far as it concerns this owner alone; marks for all of a group are in `group_mark`.
        pub group_at_type: i32,
        /// When `group_at_type` was set, in milliseconds: older marks of the group do not count.
        pub group_at_at: i64,
        /// The client's own text.
        #[sea_orm(column_type = "Text")]
        pub attached_info: String,
        /// The app's own text.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
        /// Everything up to here was read.
        pub read_seq: i64,
        /// The first visible seq, 0 for no limit.
        pub min_seq: i64,
        /// The last visible seq, 0 for no limit.
        pub max_seq: i64,
        /// Whether old messages vanish from this view.
        pub destructing: bool,
        /// After how many seconds they do.
        pub destruct_after: i64,
        /// When that was last done, in milliseconds; 0 for never.
        pub last_destructed_at: i64,
        /// When it is done again, in milliseconds; 0 for never.
        pub destruct_due_at: i64,
        /// Whether the owner has deleted it: it is shown again once the log has grown beyond `deleted_seq`.
        pub deleted: bool,
        /// The end of the log when it was last deleted; the greatest number for a row that was refused.
        pub deleted_seq: i64,
        /// When the owner last entered or left the group, in milliseconds; 0 outside groups, and in a row that is there before the
        /// news of entering. Older news are ignored.
        pub membership_at: i64,
        /// When the row was made, in milliseconds.
        pub created_at: i64,
        /// When anything of it changed, in milliseconds.
        pub updated_at: i64,
        /// When `read_seq` moved, in milliseconds; 0 for never.
        pub read_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What concerns everybody in a group: one row, however many members there are.
pub mod group_mark {
    use sea_orm::entity::prelude::*;

    /// The marks of one group conversation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_mark")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conversation_id: String,
        /// When everybody was named, in milliseconds; 0 for never.
        pub everyone_at: i64,
        /// Who named everybody; empty for nobody.
        pub everyone_by: String,
        /// When the announcement changed, in milliseconds; 0 for never.
        pub announced_at: i64,
        /// When the group was dismissed, in milliseconds; 0 for not.
        pub dismissed_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What applications want to stand about a user in other people's rows.
pub mod wanted_ex {
    use sea_orm::entity::prelude::*;

    /// The newest text about one user.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "wanted_ex")]
    pub struct Model {
        /// About whom.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// What `ex` of the rows is to be.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
