//! What an SDK socket has of the hub.

use std::future::poll_fn;
use std::sync::Arc;

use futures_util::FutureExt;
use openim_contracts::{Audience, SignalKind};
use openim_core::{ConversationId, GroupId, OperationId, Platform, Principal};
use openim_realtime::{Push, Session};
use tokio::sync::oneshot;

use crate::support::{Node, audience, chat, user};

fn group() -> ConversationId {
    ConversationId::group(&GroupId::parse("g1").unwrap())
}

fn attached(node: &Node) -> Session {
    let principal = Arc::new(Principal::new(user("ann"), Platform::WEB, false));
    node.hub.attach(principal, OperationId::parse("test").unwrap()).unwrap()
}

/// Returns which messages the session tells now, if it tells anything.
fn told(session: &mut Session) -> Option<String> {
    match poll_fn(|cx| session.poll_next(cx)).now_or_never()? {
        Ok(Push::Range { conversation_id, first, last }) => Some(format!("{conversation_id} {first}-{last}")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_that_opens_while_its_user_is_removed_does_not_hear_of_the_group() {
    let node = Node::new();
    node.voice.row(&["ann"], &group(), true);
    let (answer, held) = oneshot::channel();
    *node.graph.held.lock() = Some(held);
    let mut session = attached(&node);
    assert!(poll_fn(|cx| session.poll_open(cx)).now_or_never().is_none(), "the graph has not answered");

    // The answer on its way still knows the group.
    node.voice.row(&["ann"], &group(), false);
    node.voice.signal(audience(&["ann"]), SignalKind::ConversationChanged { conversation_id: group() });
    node.settle().await;
    assert_eq!(told(&mut session), None);
    answer.send(()).unwrap();
    poll_fn(|cx| session.poll_open(cx)).await.unwrap();
    assert_eq!(told(&mut session), None, "the change of the row is nothing to tell");

    node.voice.appended(Audience::Conversation(group()), &group(), 1, 1);
    node.voice.appended(audience(&["ann"]), &chat("ann", "bob"), 1, 1);
    node.settle().await;
    assert_eq!(told(&mut session).as_deref(), Some("si_ann_bob 1-1"));
}

#[tokio::test]
async fn a_changed_row_is_no_news_of_messages() {
    let node = Node::new();
    let mut session = attached(&node);
    poll_fn(|cx| session.poll_open(cx)).await.unwrap();
    let notices = ConversationId::system(&user("ann"), &user("desk"));
    let changed =
        |id: &ConversationId| node.voice.signal(audience(&["ann"]), SignalKind::ConversationChanged { conversation_id: id.clone() });

    // Told as they were written.
    node.voice.say(&["ann"], &notices, 1, 1);
    changed(&notices);
    node.settle().await;
    assert_eq!((told(&mut session).as_deref(), told(&mut session)), (Some("sn_ann_desk 1-1"), None));

    // Looked for once, when the row appears.
    node.voice.store(&chat("ann", "bob"), 2);
    changed(&chat("ann", "bob"));
    node.settle().await;
    assert_eq!((told(&mut session).as_deref(), told(&mut session)), (Some("si_ann_bob 1-2"), None));
    changed(&chat("ann", "bob"));
    changed(&notices);
    node.settle().await;
    assert_eq!(told(&mut session), None);
}
