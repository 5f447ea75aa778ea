//! `Conversation`, one user's view, and its enums.

use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use openim_contracts::ConversationHead;
use openim_core::{ConversationId, Timestamp};
use openim_graphql::{ConversationKind, DateTime, Long, ReceiveOption, loader_error};

use super::loaders::{Ends, Marks};
use super::references::User;
use crate::model::{self, Listed, marked, read_position, unread};

/// Reads an id that a client sent; an impossible one names no conversation.
pub(crate) fn parse_id(id: &ID) -> Option<ConversationId> {
    ConversationId::parse(id.as_str()).ok()
}

/// Why a view of a group is marked: who was named by the newest message that named somebody, or a new announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum GroupAtType {
    /// Nobody was named (OpenIM 0).
    None,
    /// The owner was named (OpenIM 1).
    Me,
    /// Everybody was named (OpenIM 2).
    All,
    /// Everybody and the owner were named (OpenIM 3).
    AllAndMe,
    /// The group's announcement changed (OpenIM 4).
    Announcement,
}

impl GroupAtType {
    fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Me,
            2 => Self::All,
            3 => Self::AllAndMe,
            4 => Self::Announcement,
            _ => Self::None,
        }
    }

    /// Returns OpenIM's number.
    pub(crate) fn number(self) -> i32 {
        self as i32
    }
}

/// One user's view of a conversation: its settings and how far it was read. Visible to its owner and to app
/// administrators; the views of the other participants are independent of it.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Conversation {
    /// Whose view this is.
    owner_id: ID,
    /// The conversation, OpenIM `conversationID`; the same for all participants.
    id: ID,
    /// What the conversation is for.
    kind: ConversationKind,
    /// The other one of two people; null in groups.
    peer: Option<User>,
    /// The other one's id; null in groups.
    peer_id: Option<ID>,
    /// The group's id; null outside groups.
    group_id: Option<ID>,
    /// Whether the owner keeps it on top.
    pinned: bool,
    /// What the owner wants to receive of it.
    receive_option: ReceiveOption,
    /// Whether clients delete messages after they were read.
    private_chat: bool,
    /// After how many seconds they do.
    burn_duration: i32,
    /// The client's own text about it.
    attached_info: String,
    /// The app's own text about it.
    ex: String,
    /// The first seq the owner can see; 0 for no limit.
    min_seq_limit: Long,
    /// The last seq the owner can see; 0 for no limit. Set by leaving a group.
    max_seq_limit: Long,
    /// Whether old messages vanish from the owner's view.
    is_destructing: bool,
    /// After how many seconds they do.
    destruct_after: Long,
    /// When that was last done; null for never.
    last_destructed_at: Option<DateTime>,
    /// When the owner's view was made.
    created_at: DateTime,
    #[graphql(skip)]
    row: model::Conversation,
    /// The end of the log, when a list has loaded it already.
    #[graphql(skip)]
    head: Option<Option<ConversationHead>>,
}

#[ComplexObject]
impl Conversation {
    /// Why the owner should look into the group. The newest reason counts; none outside groups.
    async fn group_at_type(&self, ctx: &Context<'_>) -> Result<GroupAtType> {
        if self.row.group.is_none() {
            return Ok(GroupAtType::None);
        }
        let mark = ctx.data::<Marks>()?.load_one(self.row.id.clone()).await.map_err(loader_error)?;
        Ok(GroupAtType::from_number(marked(&self.row, mark.as_ref())))
    }

    /// Everything up to here was read by the owner. Who wrote the newest message has read all of it.
    async fn read_seq(&self, ctx: &Context<'_>) -> Result<Long> {
        let head = self.head(ctx).await?;
        Ok(Long(read_position(&self.row, head.as_ref())))
    }

    /// How many messages the owner can see and has not read.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = self.head(ctx).await?.map_or(0, |head| unread(&self.row, &head));
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

impl Conversation {
    async fn head(&self, ctx: &Context<'_>) -> Result<Option<ConversationHead>> {
        match &self.head {
            Some(known) => Ok(known.clone()),
            None => Ok(ctx.data::<Ends>()?.load_one(self.row.id.clone()).await.map_err(loader_error)?),
        }
    }
}

impl From<Listed> for Conversation {
    fn from(listed: Listed) -> Self {
        Self { head: Some(listed.head), ..listed.row.into() }
    }
}

impl From<model::Conversation> for Conversation {
    fn from(row: model::Conversation) -> Self {
        let id = |text: &dyn ToString| ID(text.to_string());
        Self {
            owner_id: id(&row.owner),
            id: id(&row.id),
            kind: row.kind.into(),
            peer: row.peer.clone().map(User),
            peer_id: row.peer.as_ref().map(|peer| id(peer)),
            group_id: row.group.as_ref().map(|group| id(group)),
            pinned: row.preferences.pinned,
            receive_option: ReceiveOption::from_number(row.preferences.receive_option),
            private_chat: row.preferences.private_chat,
            burn_duration: row.preferences.burn_duration,
            attached_info: row.preferences.attached_info.clone(),
            ex: row.preferences.ex.clone(),
            min_seq_limit: Long(row.min_seq),
            max_seq_limit: Long(row.max_seq),
            is_destructing: row.preferences.destructing,
            destruct_after: Long(row.preferences.destruct_after),
            last_destructed_at: Some(row.last_destructed_at).filter(|at| *at != Timestamp(0)).map(DateTime),
            created_at: DateTime(row.created_at),
            row,
            head: None,
        }
    }
}
