//! Rows of the groups domain.

/// Groups.
pub mod group_info {
    use sea_orm::entity::prelude::*;

    /// One group; the row stays for ever, also after it was dismissed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_info")]
    pub struct Model {
        /// OpenIM's groupID.
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: String,
        /// Shown name.
        pub name: String,
        /// The name as it is searched.
        #[sea_orm(column_type = "Text")]
        pub name_folded: String,
        /// The announcement.
        #[sea_orm(column_type = "Text")]
        pub notification: String,
        /// What the group is about.
        #[sea_orm(column_type = "Text")]
        pub introduction: String,
        /// Picture.
        #[sea_orm(column_type = "Text")]
        pub face_url: String,
        /// The application's own text.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
        /// OpenIM's status: 0 normal, 1 banned, 2 dismissed, 3 muted.
        pub status: i32,
        /// OpenIM's needVerification, 0 to 2.
        pub verification: i32,
        /// OpenIM's lookMemberInfo, 0 or 1.
        pub look_member_info: i32,
        /// OpenIM's applyMemberFriend, 0 or 1.
        pub apply_member_friend: i32,
        /// When it was made, in milliseconds.
        pub created_at: i64,
        /// Who made it.
        pub creator_id: String,
        /// Its owner: the member of rank 0.
        pub owner_id: String,
        /// How many members it has; changed in the transactions that add and remove them.
        pub member_count: i64,
        /// When the announcement changed, in milliseconds; 0 for never.
        pub announced_at: i64,
        /// Who changed it; empty for nobody.
        pub announced_by: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who is in which group.
pub mod group_member {
    use sea_orm::entity::prelude::*;

    /// One member of one group.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_member")]
    pub struct Model {
        /// The group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: String,
        /// The member.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// 0 owner, 1 administrator, 2 ordinary: lists of members ascend by it.
        pub rank: i32,
        /// When the member entered, in milliseconds.
        pub joined_at: i64,
        /// The member's own name in the group; empty for the profile's.
        pub nickname: String,
        /// The member's own picture in the group; empty for the profile's.
        #[sea_orm(column_type = "Text")]
        pub face_url: String,
        /// The shown name as it is searched.
        #[sea_orm(column_type = "Text")]
        pub name_folded: String,
        /// OpenIM's joinSource, 0 to 4.
        pub join_source: i32,
        /// Who invited; empty for nobody.
        pub inviter_id: String,
        /// Who let the member in; empty for nobody.
        pub operator_id: String,
        /// May not write until then, in milliseconds; 0 for never muted.
        pub muted_until: i64,
        /// The application's own text.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who wants to enter which group.
pub mod group_request {
    use sea_orm::entity::prelude::*;

    /// The newest request of one user for one group.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_request")]
    pub struct Model {
        /// The group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: String,
        /// Who would enter.
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: String,
        /// OpenIM's handleResult: 0 open, 1 accepted, -1 refused.
        pub result: i32,
        /// What the applicant wrote.
        #[sea_orm(column_type = "Text")]
        pub message: String,
        /// What was answered.
        #[sea_orm(column_type = "Text")]
        pub answer: String,
        /// When it was made, in milliseconds.
        pub requested_at: i64,
        /// Who answered; empty for nobody yet.
        pub handled_by: String,
        /// When it was answered, in milliseconds; 0 for not yet.
        pub handled_at: i64,
        /// OpenIM's joinSource, 1 to 4.
        pub join_source: i32,
        /// Who invited; empty for an application of one's own.
        pub inviter_id: String,
        /// The application's own text.
        #[sea_orm(column_type = "Text")]
        pub ex: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
