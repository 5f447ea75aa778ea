//! Acts on what happens in groups: rows open when somebody enters and freeze when somebody leaves; who is named gets a
//! mark. What concerns all members is one row for the group, whatever its size.

use std::collections::BTreeMap;

use async_trait::async_trait;
use openim_contracts::{
    Audience, DomainEvent, GroupMembersJoined, GroupMembersLeft, GroupUpdated, GroupWasDismissed, MembersMentioned, Signal, SignalKind,
};
use openim_core::{ConversationId, Ctx, Error, ErrorCode, Result, Timestamp, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::{Store, Tx};
use openim_platform::versions::{self, Change, VersionedList};
use openim_platform::webhooks::Webhooks;
use serde_json::Value;

use super::judged;
use crate::hooks::{self, Verdict};
use crate::model::{NewRow, at_type};
use crate::notifications;
use crate::repository::groups::{self, Known};
use crate::repository::marks;

/// Keeps the rows up with the groups.
pub(crate) struct GroupRows {
    pub(crate) store: Store,
    pub(crate) webhooks: Webhooks,
}

impl GroupRows {
    /// Asks once for all who enter, when any of them enters for the first time. A row that its owner has made meanwhile
    /// answers nothing.
    async fn ask(&self, ctx: &Ctx, event: &GroupMembersJoined) -> Result<Option<Verdict>> {
        let id = ConversationId::group(&event.group_id);
        if !hooks::asks(&self.webhooks, id.kind()) {
            return Ok(None);
        }
        let known = groups::with_row(self.store.read(), &id, &event.user_ids).await?;
        match event.user_ids.iter().find(|user| !settled(&known, user)) {
            Some(owner) => hooks::before_creation(&self.webhooks, ctx, &row(owner, &id, ctx, event.at)).await.map(Some),
            None => Ok(None),
        }
    }

    async fn joined(&self, ctx: &Ctx, tx: &Tx, event: GroupMembersJoined, verdict: Option<Verdict>) -> Result<()> {
        let id = ConversationId::group(&event.group_id);
        let known = groups::with_row(tx.connection(), &id, &event.user_ids).await?;
        let open = |owner: &UserId| {
            let row = NewRow { min_seq: event.visible_from, ..row(owner, &id, ctx, event.at) };
            // Only who enters for the first time was asked about.
            if settled(&known, owner) { row } else { judged(row, verdict.clone()) }
        };
        let mut rows: Vec<NewRow> = event.user_ids.iter().map(open).collect();
        let written = groups::enter(tx.connection(), rows.clone()).await?;
        rows.retain(|row| written.contains(&row.owner));
        let owners = |refused: bool, shown: bool| {
            let shown_before = |owner: &UserId| known.get(owner).is_some_and(|known| known.shown);
            let rows = rows.iter().filter(|row| row.refused == refused && shown_before(&row.owner) == shown);
            rows.map(|row| row.owner.clone()).collect::<Vec<_>>()
        };
        let (new, old, gone) = (owners(false, false), owners(false, true), owners(true, true));
        record(ctx, tx, &new, Change::Inserted(id.as_str())).await?;
        record(ctx, tx, &old, Change::Updated(id.as_str())).await?;
        record(ctx, tx, &gone, Change::Deleted(id.as_str())).await?;
        if let Some(made) = rows.iter().find(|row| !row.refused && !settled(&known, &row.owner)) {
            hooks::after_creation(&self.webhooks, ctx, tx, made).await?;
        }
        tell(ctx, tx, [old, new, gone].concat(), &id).await
    }

    async fn left(ctx: &Ctx, tx: &Tx, event: GroupMembersLeft) -> Result<()> {
        let id = ConversationId::group(&event.group_id);
        if event.visible_until < 1 {
            // There was nothing to see, so nothing is kept.
            let gone = groups::remove(tx.connection(), &id, &event.user_ids, event.at).await?;
            record(ctx, tx, &gone, Change::Deleted(id.as_str())).await?;
            return tell(ctx, tx, gone, &id).await;
        }
        let mark = marks::find(tx.connection(), std::slice::from_ref(&id)).await?.remove(&id).unwrap_or_default();
        if mark.dismissed_at > Timestamp(0) && mark.dismissed_at <= event.at {
            // Who was a member to the end keeps all of it.
            return Ok(());
        }
        // From where on they may read is known from the entering alone: this comes again after it.
        let known = groups::with_row(tx.connection(), &id, &event.user_ids).await?;
        if !event.user_ids.iter().all(|user| settled(&known, user)) {
            return Err(Error::new(ErrorCode::Unavailable, "somebody has left whose entering is not handled yet"));
        }
        // What its owner has deleted stays deleted, and is no news.
        let left = groups::leave(tx.connection(), &id, &event.user_ids, event.visible_until, (event.at, ctx.now())).await?;
        record(ctx, tx, &left, Change::Updated(id.as_str())).await?;
        tell(ctx, tx, left, &id).await
    }

    async fn mentioned(ctx: &Ctx, tx: &Tx, event: MembersMentioned) -> Result<()> {
        let id = ConversationId::group(&event.group_id);
        if event.everybody {
            marks::everyone(tx.connection(), &id, &event.sender, event.at).await?;
        }
        let value = if event.everybody { at_type::ALL_AND_ME } else { at_type::ME };
        let others: Vec<UserId> = event.user_ids.into_iter().filter(|user| *user != event.sender).collect();
        let named = groups::name(tx.connection(), &id, &others, value, (event.at, ctx.now())).await?;
        record(ctx, tx, &named, Change::Updated(id.as_str())).await?;
        tell(ctx, tx, named, &id).await
    }
}

#[async_trait]
impl EventHandler for GroupRows {
    fn name(&self) -> &'static str {
        "conversations.groups"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[GroupMembersJoined::TOPIC, GroupMembersLeft::TOPIC, GroupUpdated::TOPIC, GroupWasDismissed::TOPIC, MembersMentioned::TOPIC]
    }

    async fn prepare(&self, ctx: &Ctx, event: &StoredEvent) -> Result<Option<Value>> {
        if event.topic != GroupMembersJoined::TOPIC {
            return Ok(None);
        }
        let verdict = self.ask(ctx, &event.decode()?).await?;
        verdict.map(serde_json::to_value).transpose().map_err(Error::internal)
    }

    async fn handle_prepared(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent, prepared: Option<Value>) -> Result<()> {
        match event.topic.as_str() {
            GroupMembersJoined::TOPIC => {
                let verdict = prepared.map(serde_json::from_value).transpose().map_err(Error::internal)?;
                self.joined(ctx, tx, event.decode()?, verdict).await
            }
            GroupMembersLeft::TOPIC => Self::left(ctx, tx, event.decode()?).await,
            MembersMentioned::TOPIC => Self::mentioned(ctx, tx, event.decode()?).await,
            GroupWasDismissed::TOPIC => {
                let event: GroupWasDismissed = event.decode()?;
                marks::dismissed(tx.connection(), &ConversationId::group(&event.group_id), event.at).await
            }
            GroupUpdated::TOPIC => {
                let update: GroupUpdated = event.decode()?;
                match update.announcement_changed {
                    true => marks::announced(tx.connection(), &ConversationId::group(&update.group_id), event.at).await,
                    false => Ok(()),
                }
            }
            _ => Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.handle_prepared(ctx, tx, event, None).await
    }
}

/// Tells whether news of the user's membership have reached a row.
fn settled(known: &BTreeMap<UserId, Known>, user: &UserId) -> bool {
    known.get(user).is_some_and(|known| known.settled)
}

/// A row as it begins; marks of before the owner entered do not count.
fn row(owner: &UserId, id: &ConversationId, ctx: &Ctx, at: Timestamp) -> NewRow {
    NewRow { membership_at: at, ..NewRow::of(owner.clone(), id.clone(), &[], ctx.now()) }
}

async fn record(ctx: &Ctx, tx: &Tx, owners: &[UserId], change: Change<'_>) -> Result<()> {
    let owners: Vec<&str> = owners.iter().map(UserId::as_str).collect();
    versions::record_for_each(tx.connection(), ctx, VersionedList::Conversations, &owners, change).await
}

/// Tells owners that their rows changed: their streams, and OpenIM's clients.
async fn tell(ctx: &Ctx, tx: &Tx, owners: Vec<UserId>, id: &ConversationId) -> Result<()> {
    if owners.is_empty() {
        return Ok(());
    }
    notifications::rows_changed(ctx, tx, &owners, id).await?;
    tx.signal(Signal { audience: Audience::Users(owners), kind: SignalKind::ConversationChanged { conversation_id: id.clone() } });
    Ok(())
}
