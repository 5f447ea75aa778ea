//! Connected clients in pairs, each with what it has seen of its conversation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};
use openim_protocol::client::{Options, SdkClient, pushed};
use openim_protocol::sdkws::MsgData;
use openim_protocol::{Request, Response, identifier};

use crate::client::Caller;
use crate::scenarios::unique;
use crate::server::Server;

const TEXT: i32 = 101;

/// What both sides of a chat have stored together.
#[derive(Default)]
pub(super) struct Pair {
    /// Acknowledged messages of both sides since the beginning: the newest seq.
    pub(super) stored: AtomicU64,
    /// How many of the two have stopped sending in this phase.
    pub(super) stopped: AtomicUsize,
}

/// One socket.
pub(super) struct Seat {
    /// The connection.
    pub(super) client: SdkClient,
    /// The user.
    pub(super) id: String,
    /// Whom it writes to.
    pub(super) peer: String,
    /// The chat.
    pub(super) pair: Arc<Pair>,
    /// The newest seq it has seen of the chat.
    pub(super) last: u64,
}

/// Registers users and connects them as browsers do, neighbours as pairs.
pub(super) async fn take(server: &Server, admin: &Caller, count: usize) -> anyhow::Result<Vec<Seat>> {
    let ids: Vec<String> = (0..count).map(|_| unique("sdk")).collect();
    let tokens = admin.users(&ids).await?;
    let pairs: Vec<Arc<Pair>> = (0..count.div_ceil(2)).map(|_| Arc::default()).collect();
    stream::iter(0..count)
        .map(|at| {
            let (ids, tokens, pairs) = (&ids, &tokens, &pairs);
            async move {
                let client = SdkClient::connect(&Options::wasm(&server.sdk, &ids[at], &tokens[at])).await?;
                anyhow::Ok(Seat { client, id: ids[at].clone(), peer: ids[at ^ 1].clone(), pair: pairs[at / 2].clone(), last: 0 })
            }
        })
        .buffered(32)
        .try_collect()
        .await
}

impl Seat {
    /// Makes a text message whose text is the time of sending; `to` is a user or, with session type 3, a group.
    pub(super) fn text(&mut self, to: &str, session_type: i32, epoch: Instant) -> Request {
        let sent = epoch.elapsed().as_micros();
        let (recv_id, group_id) = if session_type == 1 { (to.to_owned(), String::new()) } else { (String::new(), to.to_owned()) };
        let message = MsgData {
            send_id: self.id.clone(),
            recv_id,
            group_id,
            client_msg_id: unique("m"),
            sender_platform_id: 5,
            sender_nickname: self.id.clone(),
            session_type,
            msg_from: 100,
            content_type: TEXT,
            content: format!("{{\"content\":\"{sent}\"}}").into(),
            create_time: 1,
            status: 1,
            ..MsgData::default()
        };
        self.client.request(identifier::SEND, &message)
    }
}

/// What must not happen to any message at any socket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    /// Acknowledged and not seen.
    pub(super) lost: u64,
    /// Seen before.
    pub(super) repeated: u64,
    /// Seen before the one that it follows.
    pub(super) misordered: u64,
}

impl Faults {
    /// Looks at a seq that came after `last`; tells whether it is new.
    pub(super) fn follow(&mut self, last: Option<u64>, seq: u64) -> bool {
        match last {
            Some(last) if seq <= last => self.repeated += 1,
            Some(last) if seq > last + 1 => self.misordered += 1,
            _ => {}
        }
        last.is_none_or(|last| seq > last)
    }

    /// Adds those of another socket.
    pub(super) fn add(&mut self, other: Self) {
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.misordered += other.misordered;
    }

    /// Says what happened in words.
    pub(super) fn told(self) -> Vec<String> {
        let found = [(self.lost, "lost"), (self.repeated, "repeated"), (self.misordered, "out of order")];
        found.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} pushes {what}")).collect()
    }
}

/// A stored message that was pushed.
pub(super) struct Told {
    /// The conversation.
    pub(super) conversation: String,
    /// Its place there.
    pub(super) seq: u64,
    /// Who wrote it.
    pub(super) sender: String,
    /// Of a text, the microseconds from the moment of sending until now.
    pub(super) micros: Option<u32>,
}

/// Reads a push; `None` is one that brings no stored message.
pub(super) fn told(push: &Response, epoch: Instant) -> anyhow::Result<Option<Told>> {
    anyhow::ensure!(push.req_identifier != identifier::KICK, "a socket was kicked");
    if push.req_identifier != identifier::PUSH {
        return Ok(None);
    }
    let Some((conversation, message)) = pushed(push)?.filter(|(_, message)| message.seq > 0) else { return Ok(None) };
    let mut micros = None;
    if message.content_type == TEXT {
        let digits: String = message.content.iter().filter(|byte| byte.is_ascii_digit()).map(|&byte| char::from(byte)).collect();
        micros = Some(u32::try_from(epoch.elapsed().as_micros().saturating_sub(digits.parse()?))?);
    }
    Ok(Some(Told { conversation, seq: u64::try_from(message.seq)?, sender: message.send_id, micros }))
}
