//! What a session asks the graph: which groups its user is in, and what was stored while signals were lost.

use std::collections::VecDeque;

use openim_core::{ConversationId, ConversationKind, OperationId, Principal, Result, Timestamp};
use rustc_hash::FxHashSet;

use super::Push;
use crate::feed::Feed;
use crate::graph::{Head, Stored};
use crate::hub::Hub;

/// The most conversations that are looked at after a loss.
const MAX_CONVERSATIONS: usize = 1_000;
/// The longest part of a log that is told whole; of a longer one a client gets the end and asks for the rest itself.
const LONGEST: i64 = 100;

fn live_groups(heads: &[Head]) -> FxHashSet<ConversationId> {
    let live = heads.iter().filter(|head| head.live && head.conversation_id.kind() == ConversationKind::Group);
    live.map(|head| head.conversation_id.clone()).collect()
}

/// Lets the session hear of all groups of its user.
pub(super) async fn follow_all(hub: &Hub, principal: &Principal, operation_id: &OperationId) -> Result<()> {
    let turn = Feed::ask(hub, principal, operation_id).await?;
    let heads = turn.asking.heads(None).await?;
    let mut sessions = hub.sessions.lock();
    for id in live_groups(&heads) {
        sessions.follow(&principal.user_id, &id, true);
    }
    Ok(())
}

/// Looks whether the user is in a group. All sessions of who has just entered it get what was said a moment ago: between the
/// entry and now they did not hear of the group.
pub(super) async fn follow(hub: &Hub, principal: &Principal, operation_id: &OperationId, id: &ConversationId) -> Result<VecDeque<Push>> {
    let turn = Feed::ask(hub, principal, operation_id).await?;
    let heads = turn.asking.heads(Some(id)).await?;
    let live = heads.iter().any(|head| head.conversation_id == *id && head.live);
    let before = hub.sessions.lock().follow(&principal.user_id, id, live);
    if live && !before {
        let stored = turn.asking.stored(&[id, &id.notification_twin()], hub.now().minus(hub.settings.margin)).await?;
        let ranges = stored.into_iter().map(whole_or_end).collect();
        hub.sessions.lock().tell_first(&principal.user_id, ranges);
    }
    Ok(VecDeque::new())
}

/// Finds what was stored in a conversation since a moment.
pub(super) async fn stored(
    hub: &Hub,
    principal: &Principal,
    operation_id: &OperationId,
    id: &ConversationId,
    since: Timestamp,
) -> Result<VecDeque<Push>> {
    let turn = Feed::ask(hub, principal, operation_id).await?;
    Ok(turn.asking.stored(&[id], since).await?.into_iter().map(whole_or_end).collect())
}

/// Returns a part of a log, or the end of a long one.
fn whole_or_end(range: Stored) -> Push {
    let first = if range.last_seq - range.first_seq < LONGEST { range.first_seq } else { range.last_seq };
    Push::Range { conversation_id: range.conversation_id, first, last: range.last_seq }
}

/// Finds what was stored since signals were lost.
pub(super) async fn since(hub: &Hub, principal: &Principal, operation_id: &OperationId, since: Timestamp) -> Result<VecDeque<Push>> {
    let turn = Feed::ask(hub, principal, operation_id).await?;
    let heads = turn.asking.heads(None).await?;
    hub.sessions.lock().follow_only(&principal.user_id, &live_groups(&heads));
    let since = since.minus(hub.settings.margin);
    let changes = turn.asking.changes(since).await?;
    let grown: Vec<_> = changes.conversations.iter().filter(|change| change.max_seq > 0).collect();
    let ids: Vec<_> = grown.iter().map(|change| &change.conversation_id).take(MAX_CONVERSATIONS).collect();
    let stored = if ids.is_empty() { Vec::new() } else { turn.asking.stored(&ids, since).await? };
    let mut pushes = VecDeque::from([Push::Lost]);
    pushes.extend(stored.into_iter().map(whole_or_end));
    Ok(pushes)
}
