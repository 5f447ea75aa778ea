//! Friend requests as the graph shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{DateTime, Long, Page, PageInfo, Place, caller};

use super::user::User;
use super::{id, long, page_info, service, slice};
use crate::model::{self, Listed, RequestFilter, RequestPlace};

/// How a friend request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::RequestState")]
pub(crate) enum FriendRequestState {
    /// Nobody has answered (OpenIM 0).
    Open,
    /// The one who was asked has agreed (OpenIM 1).
    Accepted,
    /// The one who was asked has refused (OpenIM -1).
    Refused,
}

/// Which side of friend requests a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Direction")]
pub(crate) enum FriendRequestDirection {
    /// What others have asked the viewer.
    Received,
    /// What the viewer has asked others.
    Sent,
}

#[derive(Debug, Clone)]
pub(crate) struct FriendRequest(pub(crate) model::FriendRequest);

/// What one user has asked another; visible to both and to app administrators. There is one for each ordered pair: asking
/// again opens it anew.
#[Object]
impl FriendRequest {
    /// The id of the one who asks.
    async fn from_id(&self) -> ID {
        id(&self.0.from)
    }

    /// The one who asks; null when the user is not registered.
    async fn from(&self) -> Option<User> {
        Some(User(self.0.from.clone()))
    }

    /// The id of the one who is asked.
    async fn to_id(&self) -> ID {
        id(&self.0.to)
    }

    /// The one who is asked; null when the user is not registered.
    async fn to(&self) -> Option<User> {
        Some(User(self.0.to.clone()))
    }

    /// How it stands.
    async fn state(&self) -> FriendRequestState {
        self.0.state.into()
    }

    /// What the asking one says; may be empty.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// Whatever the application keeps with it.
    async fn ex(&self) -> &str {
        &self.0.ex
    }

    /// When it was asked last.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Who answered last, the one who was asked or an administrator; null when nobody ever did. Asking again keeps it.
    async fn handler_id(&self) -> Option<ID> {
        self.0.handler.as_ref().map(id)
    }

    /// What was answered; may be empty.
    async fn reply(&self) -> &str {
        &self.0.reply
    }

    /// When it was answered last; null when it never was. Asking again keeps it.
    async fn handled_at(&self) -> Option<DateTime> {
        self.0.handled_at.map(DateTime)
    }
}

pub(crate) struct FriendRequestConnection {
    owner: UserId,
    filter: RequestFilter,
    page: Listed<model::FriendRequest>,
}

impl FriendRequestConnection {
    pub(super) async fn load(ctx: &Context<'_>, owner: &UserId, page: Page, filter: RequestFilter) -> Result<Self> {
        let page = service(ctx)?.requests(caller(ctx)?, owner, &filter, &slice(page, place)?).await?;
        Ok(Self { owner: owner.clone(), filter, page })
    }

    fn cursor(&self, request: &model::FriendRequest) -> String {
        let other = match self.filter.direction {
            model::Direction::Received => &request.from,
            model::Direction::Sent => &request.to,
        };
        Place { at: request.created_at, id: other.to_string() }.text()
    }
}

/// A page of friend requests, the newest first.
#[Object]
impl FriendRequestConnection {
    /// The requests of this page.
    async fn edges(&self) -> Vec<FriendRequestEdge> {
        self.page.items.iter().map(|item| FriendRequestEdge { cursor: self.cursor(item), node: FriendRequest(item.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(&self.page, |request| self.cursor(request))
    }

    /// How many requests the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(service(ctx)?.count_requests(caller(ctx)?, &self.owner, &self.filter).await?)?)
    }
}

/// A friend request's place in a list.
#[derive(SimpleObject)]
pub(crate) struct FriendRequestEdge {
    /// The place, for `after`.
    cursor: String,
    /// The request.
    node: FriendRequest,
}

fn place(text: &str) -> openim_core::Result<RequestPlace> {
    let Place { at, id } = Place::parse(text)?;
    Ok(RequestPlace { created_at: at, other: UserId::parse(id)? })
}
