//! Who leads, and what was done by the clock.

/// Leaders of the deployment.
pub mod leader {
    use sea_orm::entity::prelude::*;

    /// One office and who holds it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "leader")]
    pub struct Model {
        /// What is led.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// The process that holds it; empty when it was given back.
        pub holder: String,
        /// Counts the times that it changed hands.
        pub term: i64,
        /// Until when it is held unless it is renewed, in milliseconds.
        pub expires_at: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Jobs that are done by the clock.
pub mod timer {
    use sea_orm::entity::prelude::*;

    /// One job and how it went last.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "timer")]
    pub struct Model {
        /// The job.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// The term of the leader that ran it last.
        pub term: i64,
        /// When it began last, in milliseconds.
        pub started_at: i64,
        /// When it ended last, in milliseconds; 0 before the first time.
        pub ended_at: i64,
        /// When it is due again, in milliseconds.
        pub next_at: i64,
        /// 0 it runs, 1 it went well, 2 it failed.
        pub outcome: i32,
        /// How much was done the last time.
        pub work: i64,
        /// How often it was run.
        pub runs: i64,
    }

    /// None.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
