//! The list of who is online.

use async_graphql::{Context, Object, Result};
use openim_core::{Timestamp, UserId};
use openim_graphql::{Long, PageInfo, Place, caller};

use super::{User, UserEdge, long};
use crate::model;
use crate::service::Profiles;

pub(crate) struct OnlineUserConnection(pub(crate) model::OnlinePage);

/// A page of who is online, in order of the ids.
#[Object]
impl OnlineUserConnection {
    /// The users of this page.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<UserEdge>> {
        let ids: Vec<String> = self.0.user_ids.iter().map(ToString::to_string).collect();
        let users = ctx.data::<Profiles>()?.users(caller(ctx)?, &ids).await?;
        Ok(users.into_iter().map(|user| UserEdge { cursor: cursor(&user.id), node: User(user) }).collect())
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.0.has_next,
            has_previous_page: self.0.has_previous,
            start_cursor: self.0.user_ids.first().map(cursor),
            end_cursor: self.0.user_ids.last().map(cursor),
        }
    }

    /// How many users the whole list has.
    async fn total_count(&self) -> Result<Long> {
        Ok(long(self.0.total)?)
    }
}

/// The list has no times.
fn cursor(id: &UserId) -> String {
    Place { at: Timestamp(0), id: id.to_string() }.text()
}
