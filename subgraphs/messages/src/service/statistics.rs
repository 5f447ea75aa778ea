//! How active users and groups are, for administrators.

use std::time::Duration;

use openim_core::{Ctx, Result, Timestamp};

use super::Service;
use crate::error;
use crate::model::{Counted, Stretch, Totals};
use crate::repository::statistics::{self, By};

/// The longest stretch of time that is counted.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Service {
    /// Checks a stretch of time that is to be counted.
    ///
    /// # Errors
    /// `NO_PERMISSION` for all but administrators, `ARGS_ERROR` for one that is too long or ends before it begins.
    pub(crate) fn stretch(&self, ctx: &Ctx, from: Timestamp, to: Timestamp, groups_too: bool) -> Result<Stretch> {
        ctx.require_admin()?;
        if from > to || from.until(to) > LONGEST {
            return Err(error::args("the range must not end before it starts, and must not be longer than 366 days"));
        }
        Ok(Stretch { from, to, groups_too })
    }

    /// Counts all messages of a stretch, and who wrote or was written in.
    pub(crate) async fn totals(&self, by: By, stretch: &Stretch) -> Result<Totals> {
        statistics::totals(self.store.read(), by, stretch).await
    }

    /// Counts the messages of each day that has some, in order.
    pub(crate) async fn days(&self, by: By, stretch: &Stretch) -> Result<Vec<(Timestamp, i64)>> {
        statistics::days(self.store.read(), by, stretch).await
    }

    /// Returns a page of those who wrote or were written in, in the order of how much.
    pub(crate) async fn ranking(&self, by: By, stretch: &Stretch, ascending: bool, offset: i64, limit: i64) -> Result<Vec<Counted>> {
        statistics::ranking(self.store.read(), by, stretch, ascending, offset, limit).await
    }
}
