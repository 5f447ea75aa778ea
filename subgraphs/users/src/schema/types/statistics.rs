//! How many users there are.

use async_graphql::SimpleObject;
use openim_core::{Error, Result, Timestamp};
use openim_graphql::Long;

use super::long;
use crate::model;

const MILLISECONDS_OF_A_DAY: i64 = 24 * 60 * 60 * 1_000;

/// How many users there are and when they were registered.
#[derive(SimpleObject)]
pub(crate) struct RegistrationStatistics {
    /// How many users there are now.
    total: Long,
    /// How many of them were registered before the range.
    before: Long,
    /// How many in the range on each day, in order; days without any are left out.
    days: Vec<RegistrationDay>,
}

/// How many users were registered on a day.
#[derive(SimpleObject)]
pub(crate) struct RegistrationDay {
    /// The day in UTC, `2026-11-21`.
    date: String,
    /// How many.
    count: Long,
}

impl TryFrom<model::RegistrationStatistics> for RegistrationStatistics {
    type Error = Error;
    fn try_from(statistics: model::RegistrationStatistics) -> Result<Self> {
        let days = statistics.days.into_iter().map(|count| RegistrationDay { date: date(count.day), count: Long(count.count) });
        Ok(Self { total: long(statistics.total)?, before: long(statistics.before)?, days: days.collect() })
    }
}

fn date(day: i64) -> String {
    let midnight = Timestamp(day.saturating_mul(MILLISECONDS_OF_A_DAY));
    chrono::DateTime::from_timestamp_millis(midnight.0).unwrap_or_default().date_naive().to_string()
}
