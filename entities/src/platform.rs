//! Rows of the kernel: outbox, inbox, dead letters, version logs and webhook deliveries.

pub mod configuration;
pub mod node;
pub mod timers;

/// Events and jobs that were committed and are not handled yet.
pub mod outbox {
    use sea_orm::entity::prelude::*;

    /// One event on its way: to everybody who wants it, or to one consumer.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox")]
    pub struct Model {
        /// The order of appending.
        #[sea_orm(primary_key)]
        pub position: i64,
        /// The event's own id, the same in the copies of all consumers.
        pub event_id: String,
        /// Whose copy this is; empty while it is everybody's.
        pub consumer: String,
        /// The topic.
        pub topic: String,
        /// The operation that caused it.
        pub operation_id: String,
        /// When it was appended, in milliseconds.
        pub at: i64,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// How often handling it has failed.
        pub attempts: i32,
        /// Not before this time, in milliseconds; 0 for at once.
        pub available_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What each consumer has handled, so that it does nothing twice.
pub mod inbox {
    use sea_orm::entity::prelude::*;

    /// One handled event.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox")]
    pub struct Model {
        /// Who handled it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub consumer: String,
        /// Which event.
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: String,
        /// When, in milliseconds.
        pub handled_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Events that could not be handled; somebody must look at them.
pub mod dead_letter {
    use sea_orm::entity::prelude::*;

    /// One event that a consumer gave up on.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dead_letter")]
    pub struct Model {
        /// The order of dying.
        #[sea_orm(primary_key)]
        pub position: i64,
        /// Who gave up.
        pub consumer: String,
        /// Which event.
        pub event_id: String,
        /// The topic.
        pub topic: String,
        /// The operation that caused it.
        pub operation_id: String,
        /// When it was appended, in milliseconds.
        pub at: i64,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// How often handling it failed.
        pub attempts: i32,
        /// The last failure.
        #[sea_orm(column_type = "Text")]
        pub error: String,
        /// When it was given up, in milliseconds.
        pub died_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The versions of synchronised lists (friends, groups, members, conversations).
pub mod version_log {
    use sea_orm::entity::prelude::*;

    /// One list of one owner.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "version_log")]
    pub struct Model {
        /// Which list: see `VersionedList`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub list: i32,
        /// Whose: a user or a group.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: String,
        /// The log's identity, 24 hex digits; a client that knows another one loads everything anew.
        pub version_id: String,
        /// Counts the changes from 1.
        pub version: i64,
        /// Changes up to this version are forgotten: who knows an older one loads everything anew.
        pub floor: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last change of each element of a synchronised list.
pub mod version_entry {
    use sea_orm::entity::prelude::*;

    /// One element.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "version_entry")]
    pub struct Model {
        /// Which list.
        #[sea_orm(primary_key, auto_increment = false)]
        pub list: i32,
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: String,
        /// The element's id, or one of OpenIM's special ids.
        #[sea_orm(primary_key, auto_increment = false)]
        pub element: String,
        /// OpenIM's state: 1 insert, 2 delete, 3 update.
        pub state: i32,
        /// The version that this change made.
        pub version: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Webhook deliveries: those that wait are the queue, the others are the log.
pub mod webhook_delivery {
    use sea_orm::entity::prelude::*;

    /// One call of one hook.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_delivery")]
    pub struct Model {
        /// The order of noting.
        #[sea_orm(primary_key)]
        pub position: i64,
        /// The id that the receiver sees, the same in all attempts.
        pub id: String,
        /// The hook's command text.
        pub command: String,
        /// The operation that caused it.
        pub operation_id: String,
        /// The query parameter `key`; empty when there is none.
        pub reply_key: String,
        /// The receiver's host and port at the last attempt; empty before the first.
        pub host: String,
        /// What is posted.
        #[sea_orm(column_type = "Text")]
        pub body: String,
        /// 0 waits, 1 delivered, 2 failed.
        pub state: i32,
        /// How often it was sent.
        pub attempts: i32,
        /// How often it failed since it was queued last.
        pub failures: i32,
        /// Waiting: not before this time, in milliseconds. An attempt under way has moved it past its own end.
        pub due_at: i64,
        /// When it was noted, in milliseconds.
        pub created_at: i64,
        /// When the last attempt ended, in milliseconds; 0 before the first.
        pub attempted_at: i64,
        /// How long the last attempt took, in milliseconds.
        pub duration_ms: i64,
        /// The HTTP status of the last answer; 0 when there was none.
        pub status: i32,
        /// Why the last attempt failed; empty when it did not.
        #[sea_orm(column_type = "Text")]
        pub error: String,
        /// The beginning of the last answer.
        #[sea_orm(column_type = "Text")]
        pub answer: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
