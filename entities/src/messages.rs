//! Rows of the messages domain.

/// Conversations that have a log: from the text id to the number that stands for it everywhere else.
pub mod conversation {
    use sea_orm::entity::prelude::*;

    /// One conversation.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation")]
    pub struct Model {
        /// The number.
        #[sea_orm(primary_key)]
        pub conv_no: i64,
        /// OpenIM's conversationID.
        #[sea_orm(column_type = "Text", unique)]
        pub conversation_id: String,
        /// OpenIM's session type; 0 for notification streams.
        pub kind: i64,
        /// The first of two people, in id order; null for groups.
        #[sea_orm(column_type = "Text", nullable)]
        pub user_a: Option<String>,
        /// The second of two people.
        #[sea_orm(column_type = "Text", nullable)]
        pub user_b: Option<String>,
        /// The group; null for two people.
        #[sea_orm(column_type = "Text", nullable)]
        pub group_id: Option<String>,
        /// When the first message came, in milliseconds.
        pub created_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The ends of logs.
pub mod conv_seq {
    use sea_orm::entity::prelude::*;

    /// The end of one log.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conv_seq")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The newest seq; 0 while empty.
        pub max_seq: i64,
        /// The first seq that is kept.
        pub min_seq: i64,
        /// When the newest message was stored, in milliseconds.
        pub last_stored_at: i64,
        /// When the newest message was sent, in milliseconds.
        pub last_sent_at: i64,
        /// Who sent the newest message.
        #[sea_orm(column_type = "Text", nullable)]
        pub last_sender: Option<String>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What commits appended and nobody has published yet, or nobody has noted that it was.
pub mod unpublished {
    use sea_orm::entity::prelude::*;

    /// What one commit appended.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "unpublished")]
    pub struct Model {
        /// A random number.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        /// When it was committed, in milliseconds.
        pub stored_at: i64,
        /// JSON: conversation, first and last seq of each log that grew.
        #[sea_orm(column_type = "Blob")]
        pub ranges: Vec<u8>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Messages.
pub mod message {
    use sea_orm::entity::prelude::*;

    /// One message.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// Who sent it.
        #[sea_orm(column_type = "Text")]
        pub sender_id: String,
        /// The client's id, unique for its sender.
        #[sea_orm(column_type = "Text")]
        pub client_msg_id: String,
        /// The server's id.
        #[sea_orm(column_type = "Text")]
        pub server_msg_id: String,
        /// When it was sent, in milliseconds.
        pub send_time: i64,
        /// When the client made it, in milliseconds.
        pub create_time: i64,
        /// When it was stored, in milliseconds; never decreases along a log.
        pub stored_at: i64,
        /// OpenIM's content type.
        pub content_type: i64,
        /// Everything else, JSON; nothing at all once the message was emptied for everybody.
        #[sea_orm(column_type = "Blob")]
        pub body: Vec<u8>,
        /// What became of it after it was sent, JSON; null for nearly all.
        #[sea_orm(column_type = "Blob", nullable)]
        pub state: Option<Vec<u8>>,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Messages that single readers deleted for themselves.
pub mod message_hidden {
    use sea_orm::entity::prelude::*;

    /// One message that one reader does not see any more.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_hidden")]
    pub struct Model {
        /// The reader.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub user_id: String,
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What edited messages said before.
pub mod message_edit {
    use sea_orm::entity::prelude::*;

    /// One earlier content.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_edit")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// Which: 1 is what was sent.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        /// The content's text.
        #[sea_orm(column_type = "Text")]
        pub content: String,
        /// When it was written, in milliseconds.
        pub written_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Reactions to messages.
pub mod message_reaction {
    use sea_orm::entity::prelude::*;

    /// One person's reaction with one emoji.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_reaction")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The emoji.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub emoji: String,
        /// Who.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub user_id: String,
        /// When, in milliseconds.
        pub at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How many reactions of each kind messages have.
pub mod reaction_count {
    use sea_orm::entity::prelude::*;

    /// The count of one emoji.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reaction_count")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The emoji.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub emoji: String,
        /// How many people.
        pub count: i64,
        /// When the first of them reacted, in milliseconds.
        pub first_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Messages that are pinned in their conversation.
pub mod pinned_message {
    use sea_orm::entity::prelude::*;

    /// One pinned message.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pinned_message")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place in its log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// Who pinned it.
        #[sea_orm(column_type = "Text")]
        pub user_id: String,
        /// When, in milliseconds.
        pub at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which message answers which.
pub mod message_reply {
    use sea_orm::entity::prelude::*;

    /// One answer.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_reply")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place of the answered message.
        #[sea_orm(primary_key, auto_increment = false)]
        pub root_seq: i64,
        /// The place of the answer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How many answers messages have.
pub mod thread {
    use sea_orm::entity::prelude::*;

    /// One answered message.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thread")]
    pub struct Model {
        /// The conversation.
        #[sea_orm(primary_key, auto_increment = false)]
        pub conv_no: i64,
        /// The place of the answered message.
        #[sea_orm(primary_key, auto_increment = false)]
        pub root_seq: i64,
        /// How many answers it has.
        pub replies: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// When a notification that is not stored was last given, by stream and content type: one row for any number of them.
pub mod announced {
    use sea_orm::entity::prelude::*;

    /// The newest notification of a content type.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "announced")]
    pub struct Model {
        /// A user's own notification stream or a group's conversation.
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub stream: String,
        /// OpenIM's content type.
        #[sea_orm(primary_key, auto_increment = false)]
        pub content_type: i64,
        /// When, in milliseconds.
        pub at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
