//! The log without a graph in front of it, for the load generator: how fast the batcher stores messages, and how fast the
//! database alone takes the same rows. Nothing of the server calls this.

use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ConversationKind, Ctx, Result, UserId};
use openim_platform::store::Store;

use crate::batcher::Batcher;
use crate::model::{Draft, Envelope, LogKey, Parties};
use crate::repository::append::{self, Drafted, Place};

/// The way into the logs of a [`crate::Messages`] whose workers run.
pub struct Measure {
    pub(crate) batcher: Arc<Batcher>,
    pub(crate) store: Store,
}

/// A place for [`Measure::insert_plain`].
pub struct PlainRow<'a> {
    /// Who writes.
    pub from: &'a UserId,
    /// To whom.
    pub to: &'a UserId,
    /// The number of the log, any.
    pub log: i64,
    /// The place in it, each once.
    pub seq: i64,
    /// The client's id, each once.
    pub key: ClientMessageId,
}

impl Measure {
    /// Sends a text through the batcher and returns its seq once it is durable.
    ///
    /// # Errors
    /// As any send.
    pub async fn append(&self, ctx: &Ctx, from: &UserId, to: &UserId, key: ClientMessageId) -> Result<i64> {
        let id = ConversationId::single(from, to);
        let log = LogKey { id, kind: ConversationKind::Single, parties: Parties::pair(from, to) };
        let draft = Draft { log, envelope: Arc::new(envelope(ctx, from, to, key)), reply_to: None };
        Ok(self.batcher.append(ctx, draft).await?.message.seq.0)
    }

    /// Inserts rows as the log has them in one statement and one transaction: nothing is numbered, locked, looked up or
    /// announced. It is what the database can do with these rows at best.
    ///
    /// # Errors
    /// As any statement.
    pub async fn insert_plain(&self, ctx: &Ctx, rows: Vec<PlainRow<'_>>) -> Result<()> {
        let mut drafted = Drafted::default();
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            drafted.push(&envelope(ctx, row.from, row.to, row.key))?;
            places.push(Place { log: row.log, seq: row.seq, stored_at: ctx.now() });
        }
        let tx = self.store.begin().await?;
        append::insert(tx.connection(), drafted, &places).await?;
        tx.commit().await
    }
}

fn envelope(ctx: &Ctx, from: &UserId, to: &UserId, key: ClientMessageId) -> Envelope {
    let now = ctx.now();
    Envelope {
        server_id: ctx.ids().hex32(),
        client_id: key,
        sender: from.clone(),
        receiver: Some(to.clone()),
        group: None,
        platform: 5,
        nickname: "somebody".to_owned(),
        face_url: "https://faces.example/somebody.png".to_owned(),
        session_type: 1,
        source: 100,
        content_type: 101,
        content: r#"{"content":"a sentence of about the usual length, and a little more"}"#.to_owned(),
        sent_at: now,
        created_at: now,
        at_user_ids: Vec::new(),
        attached_info: String::new(),
        ex: String::new(),
        options: Vec::new(),
        offline_push: None,
    }
}
