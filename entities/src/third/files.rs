//! Rows of files.

/// Files by the names that clients gave them.
pub mod file {
    use sea_orm::entity::prelude::*;

    /// One name and the object it stands for; several names may stand for one object.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "file")]
    pub struct Model {
        /// The client's name, `{userID}/...`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// 32 hex digits, new for each object that gets the name; the order of files of the same moment.
        pub id: String,
        /// Who uploaded it.
        pub owner_id: String,
        /// Where the content lies in the object store.
        pub object_key: String,
        /// The MD5 of the comma-joined MD5s of its parts, or `etag_` and the store's tag of a form.
        pub hash: String,
        /// Bytes.
        pub size: i64,
        /// What the client says it is.
        pub content_type: String,
        /// What it was uploaded for (OpenIM's cause and group), such as `msg-picture`.
        pub cause: String,
        /// When it was stored, in milliseconds.
        pub created_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Uploads under way, and finished ones until their time is over.
pub mod upload {
    use sea_orm::entity::prelude::*;

    /// One upload.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upload")]
    pub struct Model {
        /// 32 hex digits; OpenIM's uploadID.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Who uploads.
        pub owner_id: String,
        /// 0 parts, 1 whole, 2 a browser's form.
        pub kind: i32,
        /// The store's id of an upload of parts; empty for the others.
        pub store_id: String,
        /// Where a whole file is sent to; empty for parts.
        pub temp_key: String,
        /// Where the content lies in the end; empty until a whole file was checked.
        pub object_key: String,
        /// The name it shall have.
        pub name: String,
        /// The announced hash; empty for a form.
        pub hash: String,
        /// The announced bytes.
        pub size: i64,
        /// Bytes of each part but the last.
        pub part_size: i64,
        /// What the client says it is.
        pub content_type: String,
        /// What it is uploaded for.
        pub cause: String,
        /// When it began, in milliseconds.
        pub created_at: i64,
        /// Until when it may be completed, in milliseconds.
        pub expires_at: i64,
        /// Whether it was completed.
        pub done: bool,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Smaller pictures that were made of objects.
pub mod thumbnail {
    use sea_orm::entity::prelude::*;

    /// One smaller picture.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thumbnail")]
    pub struct Model {
        /// The object it was made of.
        #[sea_orm(primary_key, auto_increment = false)]
        pub object_key: String,
        /// The wanted box and format, such as `w100_h80.png`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub variant: String,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
