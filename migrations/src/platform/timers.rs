//! Who leads, and what was done by the clock.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len};

#[derive(DeriveIden)]
enum Leader {
    Table,
    Name,
    Holder,
    Term,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum Timer {
    Table,
    Name,
    Term,
    StartedAt,
    EndedAt,
    NextAt,
    Outcome,
    Work,
    Runs,
}

pub(super) struct Timers;

impl MigrationName for Timers {
    fn name(&self) -> &str {
        "platform_0006_timers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Timers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Leader::Table)
                    .col(string_len(Leader::Name, 64).primary_key())
                    .col(string_len(Leader::Holder, 255))
                    .col(big_integer(Leader::Term))
                    .col(big_integer(Leader::ExpiresAt))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table(Timer::Table)
                    .col(string_len(Timer::Name, 64).primary_key())
                    .col(big_integer(Timer::Term))
                    .col(big_integer(Timer::StartedAt))
                    .col(big_integer(Timer::EndedAt))
                    .col(big_integer(Timer::NextAt))
                    .col(integer(Timer::Outcome))
                    .col(big_integer(Timer::Work))
                    .col(big_integer(Timer::Runs))
                    .to_owned(),
            )
            .await
    }
}
