//! `Viewer`'s part here: one user's friends, requests and black list.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{DateTime, IdList, Long, Page, ULong, Version, VersionInput, caller};
use openim_platform::versions;

use super::block::{BlockConnection, BlockDelta, BlockEntry};
use super::contact::Contact;
use super::friendship::{FriendDelta, Friendship, FriendshipConnection};
use super::request::{FriendRequestConnection, FriendRequestDirection, FriendRequestState};
use super::{id, long, service, texts};
use crate::model::RequestFilter;

/// One user's own things.
pub(crate) struct Viewer {
    pub(crate) owner: UserId,
}

/// The things of the caller, or of the user an app administrator named.
#[Object]
impl Viewer {
    /// Whose things these are.
    #[graphql(shareable)]
    async fn id(&self) -> ID {
        id(&self.owner)
    }

    /// The viewer's friends: pinned ones first, then by age.
    async fn friends(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(
            desc = "Text in the id, the remark or the shown name, whatever its case, at most 255 bytes. Looks through the first 10,000 friends."
        )]
        search: Option<String>,
    ) -> Result<FriendshipConnection> {
        FriendshipConnection::load(ctx, &self.owner, Page::new(first, after, offset)?, search).await
    }

    /// The friends among some ids, in the order asked.
    async fn friends_by_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 1,000 ids, none repeated.")] ids: Vec<ID>,
    ) -> Result<Vec<Friendship>> {
        let found = service(ctx)?.friends_by_ids(caller(ctx)?, &self.owner, &texts(ids)).await?;
        Ok(found.into_iter().map(Friendship).collect())
    }

    /// The ids of all friends in the order of the list, at most 100,000.
    async fn friend_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hash of the ids that the client has; when it is right, no ids are sent.")] known_hash: Option<ULong>,
    ) -> Result<IdList> {
        let list = service(ctx)?.friend_ids(caller(ctx)?, &self.owner).await?;
        let equal = known_hash == Some(ULong(list.hash));
        Ok(IdList {
            version: Version { id: list.version.id, number: Long(list.version.number) },
            hash: ULong(list.hash),
            equal,
            ids: if equal { Vec::new() } else { list.ids.iter().map(id).collect() },
        })
    }

    /// What changed in the list of friends since a version; more than 200 changes are not told one by one.
    async fn friend_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that the client has; everything when left out.")] since: Option<VersionInput>,
    ) -> Result<FriendDelta> {
        Ok(service(ctx)?.friend_changes(caller(ctx)?, &self.owner, &known(since)).await?.into())
    }

    /// The users whom the viewer has blocked, the oldest entries first.
    async fn blacks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<BlockConnection> {
        BlockConnection::load(ctx, &self.owner, Page::new(first, after, offset)?).await
    }

    /// The entries of the black list among some ids, in the order asked.
    async fn blacks_by_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "1 to 1,000 ids, none repeated.")] ids: Vec<ID>,
    ) -> Result<Vec<BlockEntry>> {
        let found = service(ctx)?.blocks_by_ids(caller(ctx)?, &self.owner, &texts(ids)).await?;
        Ok(found.into_iter().map(BlockEntry).collect())
    }

    /// What changed in the black list since a version; more than 200 changes are not told one by one.
    async fn black_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that the client has; everything when left out.")] since: Option<VersionInput>,
    ) -> Result<BlockDelta> {
        Ok(service(ctx)?.block_changes(caller(ctx)?, &self.owner, &known(since)).await?.into())
    }

    /// The friend requests that the viewer got or made, the newest first.
    async fn friend_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which side.")] direction: FriendRequestDirection,
        #[graphql(desc = "Only requests that stand so; all when left out or empty.")] states: Option<Vec<FriendRequestState>>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<FriendRequestConnection> {
        let mut wanted = Vec::new();
        for state in states.into_iter().flatten().map(Into::into) {
            // Three are enough to name them all.
            if !wanted.contains(&state) {
                wanted.push(state);
            }
        }
        let filter = RequestFilter { direction: direction.into(), states: wanted };
        FriendRequestConnection::load(ctx, &self.owner, Page::new(first, after, offset)?, filter).await
    }

    /// How many friend requests to the viewer wait for an answer.
    async fn unhandled_friend_request_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only requests made after this moment; all when left out.")] since: Option<DateTime>,
    ) -> Result<Long> {
        let since = since.map(|DateTime(at)| at);
        Ok(long(service(ctx)?.count_unhandled(caller(ctx)?, &self.owner, since).await?)?)
    }

    /// What the viewer has about each registered user among some ids, in the order asked.
    async fn contacts(&self, ctx: &Context<'_>, #[graphql(desc = "1 to 1,000 ids, none repeated.")] ids: Vec<ID>) -> Result<Vec<Contact>> {
        let found = service(ctx)?.contacts(caller(ctx)?, &self.owner, &texts(ids)).await?;
        Ok(found.into_iter().map(Contact::from).collect())
    }
}

fn known(since: Option<VersionInput>) -> versions::Version {
    since.map(|VersionInput { id, number }| versions::Version { id, number: number.0 }).unwrap_or_default()
}
