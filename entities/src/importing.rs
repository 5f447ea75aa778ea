//! Rows of the importer: how far an import has come, so that it goes on after it was stopped.

/// The import into this database.
pub mod import_run {
    use sea_orm::entity::prelude::*;

    /// The one import that was begun last.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_run")]
    pub struct Model {
        /// Always 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        /// When it was begun, in milliseconds: everything it writes counts as stored then.
        pub started_at: i64,
        /// When everything was there, in milliseconds; 0 for not yet.
        pub finished_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The files of the import.
pub mod import_file {
    use sea_orm::entity::prelude::*;

    /// One file and how far it was read.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_file")]
    pub struct Model {
        /// The path below the folder of the export.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// Its bytes on the disk: another number, and it is another file.
        pub size: i64,
        /// Bytes that were read, counted without compression.
        pub position: i64,
        /// Lines or records that were read.
        pub line: i64,
        /// Good records.
        pub records: i64,
        /// Records that could not be used.
        pub damaged: i64,
        /// Rows that were written.
        pub written: i64,
        /// Whether it was read to its end.
        pub done: bool,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
