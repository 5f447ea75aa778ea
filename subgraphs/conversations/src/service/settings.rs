//! What owners set in their views of conversations.

use std::collections::{BTreeMap, HashMap};

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, Ctx, Error, ErrorCode, Result, Timestamp, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};

use super::Service;
use crate::error::{argument, not_found};
use crate::events::jobs::SpreadEx;
use crate::model::{Conversation, Named, NewRow, Preferences, PreferencesChange, REFUSED, Update, Updated, group_in, marked, peer_in};
use crate::repository::{self, deleting, marks, settings};
use crate::{notifications, policy};

/// One row that is to be changed, and made when it is not there.
struct Target {
    row: NewRow,
    change: PreferencesChange,
}

/// What became of a target.
struct Outcome {
    before: Option<Preferences>,
    after: Conversation,
}

impl Service {
    /// Changes the settings of some owners in one conversation. Rows that are missing are made where the conversation could
    /// exist; who has those settings already is told nothing.
    pub(crate) async fn update(&self, ctx: &Ctx, command: Update) -> Result<Updated> {
        let Update { owners, conversation, change } = command;
        policy::check_owners(&owners)?;
        for owner in &owners {
            policy::may_open(ctx, owner)?;
        }
        policy::check_change(&change)?;
        let mut targets = Vec::with_capacity(owners.len());
        for owner in &owners {
            targets.push(Target { row: self.named(ctx, owner, &conversation)?, change: change.clone() });
        }
        self.set(ctx, targets).await
    }

    /// Changes the settings of an owner in one conversation.
    pub(crate) async fn update_one(&self, ctx: &Ctx, owner: UserId, id: ConversationId, change: PreferencesChange) -> Result<Updated> {
        policy::may_open(ctx, &owner)?;
        policy::check_change(&change)?;
        let row = match repository::find(self.store.read(), &owner, &id).await? {
            Some(row) => NewRow { peer: row.peer, group: row.group, ..NewRow::of(owner, id, &[], ctx.now()) },
            None => NewRow::of(owner, id, &[], ctx.now()),
        };
        if row.id.kind() == ConversationKind::Notification || (row.peer.is_none() && row.group.is_none()) {
            return Err(not_found());
        }
        self.set(ctx, vec![Target { row, change }]).await
    }

    /// Writes `ex` into the rows that other people have of a user, later and in bounded steps. Nothing is done without it.
    pub(crate) async fn spread_ex(&self, ctx: &Ctx, user_id: UserId, ex: Option<String>) -> Result<bool> {
        policy::may_open(ctx, &user_id)?;
        let Some(ex) = ex else { return Ok(false) };
        policy::check_change(&PreferencesChange { ex: Some(ex.clone()), ..PreferencesChange::default() })?;
        let tx = self.store.begin().await?;
        settings::want_ex(tx.connection(), &user_id, &ex).await?;
        tx.append_job(ctx, SpreadEx::QUEUE, &SpreadEx { user_id, after: None }, ctx.now()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Checks that a conversation is the one of the owner and who is named, and returns the row it has or would have.
    fn named(&self, ctx: &Ctx, owner: &UserId, named: &Named) -> Result<NewRow> {
        let missing = || argument("peerId is needed for two people, groupId for a group");
        let id = match named.kind {
            ConversationKind::Single => ConversationId::single(owner, named.peer.as_ref().ok_or_else(missing)?),
            ConversationKind::System => ConversationId::system(owner, named.peer.as_ref().ok_or_else(missing)?),
            ConversationKind::Group => ConversationId::group(named.group.as_ref().ok_or_else(missing)?),
            ConversationKind::Notification => return Err(argument("a notification stream has no settings")),
        };
        if named.id.as_ref().is_some_and(|given| *given != id) {
            return Err(argument("conversationId is not the conversation of the owner and who is named"));
        }
        let (peer, group) = match named.kind {
            ConversationKind::Group => (None, named.group.clone()),
            _ => (named.peer.clone(), None),
        };
        Ok(NewRow { peer, group, ..NewRow::of(owner.clone(), id, &[], ctx.now()) })
    }

    /// Changes rows of one conversation, in one transaction.
    async fn set(&self, ctx: &Ctx, mut targets: Vec<Target>) -> Result<Updated> {
        let owners: Vec<UserId> = targets.iter().map(|target| target.row.owner.clone()).collect();
        let Some(id) = targets.first().map(|target| target.row.id.clone()) else { return Ok(Updated { rows: vec![], changed: vec![] }) };
        let rows: Vec<_> = targets.iter().map(|target| &target.row).collect();
        self.require_could_exist(&id, &rows).await?;
        let mirrored = self.mirrored(ctx, &mut targets).await?;
        targets.extend(mirrored);
        // In owner order, as every writer of version logs; the owner's own wish comes before the mirrored one.
        targets.sort_by(|a, b| a.row.owner.cmp(&b.row.owner));
        targets.dedup_by(|later, first| {
            let same = later.row.owner == first.row.owner;
            if same {
                first.change.private_chat = first.change.private_chat.or(later.change.private_chat);
            }
            same
        });
        let mark = marks::find(self.store.read(), std::slice::from_ref(&id)).await?.remove(&id);

        let tx = self.store.begin().await?;
        let before = self.present(ctx, &tx, &targets).await?;
        let mut outcomes = Vec::with_capacity(targets.len());
        for target in &targets {
            let Some((row, made)) = before.get(&target.row.owner) else { continue };
            let shown = Preferences { group_at_type: marked(row, mark.as_ref()), ..row.preferences.clone() };
            let preferences = target.change.apply(&shown);
            let changed = preferences != shown;
            let mut after = Conversation { preferences, ..row.clone() };
            if after.preferences.destructs() != shown.destructs() || after.preferences.destruct_after != shown.destruct_after {
                after.destruct_due_at = if after.preferences.destructs() { ctx.now() } else { Timestamp(0) };
            }
            if changed {
                settings::write(tx.connection(), &after, &target.change, ctx.now()).await?;
            }
            outcomes.push(Outcome { before: (!made).then_some(shown), after });
        }
        let changed = self.tell(ctx, &tx, &owners, &outcomes).await?;
        let keys: Vec<_> = owners.iter().map(|owner| (owner.clone(), id.clone())).collect();
        let mut rows: HashMap<_, _> =
            repository::find_many(tx.connection(), &keys).await?.into_iter().map(|row| (row.owner.clone(), row)).collect();
        tx.commit().await?;
        Ok(Updated { rows: owners.iter().filter_map(|owner| rows.remove(owner)).collect(), changed })
    }

    /// Makes what is missing and shows what was deleted; returns each owner's row and whether it was made just now.
    async fn present(&self, ctx: &Ctx, tx: &Tx, targets: &[Target]) -> Result<BTreeMap<UserId, (Conversation, bool)>> {
        let keys: Vec<_> = targets.iter().map(|target| (target.row.owner.clone(), target.row.id.clone())).collect();
        let missing = targets.iter().map(|target| target.row.clone()).collect();
        let mut made = repository::insert_missing(tx.connection(), missing).await?;
        made.extend(deleting::restore(tx.connection(), &keys, ctx.now()).await?);
        let rows = repository::find_many(tx.connection(), &keys).await?;
        Ok(rows.into_iter().map(|row| (row.owner.clone(), (row.clone(), made.iter().any(|(owner, _)| *owner == row.owner)))).collect())
    }

    /// Writes the version logs and tells whom it concerns; returns whose row was made or changed.
    async fn tell(&self, ctx: &Ctx, tx: &Tx, owners: &[UserId], outcomes: &[Outcome]) -> Result<Vec<UserId>> {
        let Some(id) = outcomes.first().map(|outcome| &outcome.after.id) else { return Ok(Vec::new()) };
        let changed: Vec<_> = outcomes.iter().filter(|outcome| outcome.before.as_ref() != Some(&outcome.after.preferences)).collect();
        for Outcome { before, after } in &changed {
            let change = if before.is_some() { Change::Updated(id.as_str()) } else { Change::Inserted(id.as_str()) };
            versions::record(tx.connection(), ctx, VersionedList::Conversations, after.owner.as_str(), &[change]).await?;
        }
        // A chat that became private is told of by 1701 alone.
        let by_1300 = |Outcome { before, after }: &&&Outcome| {
            let before = before.as_ref().map(|before| Preferences { private_chat: after.preferences.private_chat, ..before.clone() });
            before.as_ref() != Some(&after.preferences)
        };
        let told: Vec<UserId> = changed.iter().filter(by_1300).map(|outcome| outcome.after.owner.clone()).collect();
        notifications::rows_changed(ctx, tx, &told, id).await?;
        if changed.iter().any(|outcome| outcome.turned_private()) {
            for Outcome { after, .. } in outcomes.iter().filter(|outcome| owners.contains(&outcome.after.owner)) {
                if let Some(peer) = &after.peer {
                    notifications::private_chat(ctx, tx, after, peer).await?;
                }
            }
        }
        let users: Vec<UserId> = changed.iter().map(|outcome| outcome.after.owner.clone()).collect();
        if !users.is_empty() {
            tx.signal(Signal {
                audience: Audience::Users(users.clone()),
                kind: SignalKind::ConversationChanged { conversation_id: id.clone() },
            });
        }
        Ok(users)
    }

    /// Passes owners who have a row or could have one: registered users, members of the group.
    async fn require_could_exist(&self, id: &ConversationId, rows: &[&NewRow]) -> Result<()> {
        let keys: Vec<_> = rows.iter().map(|row| (row.owner.clone(), id.clone())).collect();
        let found = repository::find_many(self.store.read(), &keys).await?;
        let known: Vec<&UserId> =
            found.iter().filter(|row| row.deleted_seq < REFUSED || row.group.is_none()).map(|row| &row.owner).collect();
        let missing: Vec<UserId> = rows.iter().map(|row| &row.owner).filter(|owner| !known.contains(owner)).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        if let Some(group) = group_in(id) {
            if self.groups.group(&group).await?.is_none() {
                return Err(ErrorCode::GroupNotFound.into());
            }
            let members = self.groups.members(&group, &missing).await?;
            return if members.len() < missing.len() {
                Err(Error::new(ErrorCode::NotInGroup, "not a member of the group"))
            } else {
                Ok(())
            };
        }
        let mut users: Vec<UserId> = missing;
        users.extend(rows.iter().filter_map(|row| row.peer.clone()));
        users.sort_unstable();
        users.dedup();
        if self.users.users(&users).await?.len() < users.len() { Err(ErrorCode::UserNotFound.into()) } else { Ok(()) }
    }

    /// Leaves to each kind of conversation what it has, and returns what else changes: a chat becomes private for both.
    async fn mirrored(&self, ctx: &Ctx, targets: &mut [Target]) -> Result<Vec<Target>> {
        let mut mirrored = Vec::new();
        for Target { row, change } in targets {
            match row.id.kind() {
                ConversationKind::Group => change.private_chat = None,
                _ => change.group_at_type = None,
            }
            let (Some(private), Some(peer), ConversationKind::Single) = (change.private_chat, &row.peer, row.id.kind()) else { continue };
            if !ctx.is_admin() && self.relations.standing(peer, &row.owner).await?.blocked {
                return Err(ErrorCode::BlockedByPeer.into());
            }
            let same = NewRow { owner: peer.clone(), peer: peer_in(&row.id, peer).or_else(|| Some(row.owner.clone())), ..row.clone() };
            mirrored.push(Target { row: same, change: PreferencesChange { private_chat: Some(private), ..PreferencesChange::default() } });
        }
        Ok(mirrored)
    }
}

impl Outcome {
    fn turned_private(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.private_chat) != self.after.preferences.private_chat
    }
}
