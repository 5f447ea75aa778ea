//! Acts on the messages domain's events: rows for a new conversation, read positions of who wrote something.

pub(crate) mod groups;

use std::collections::HashMap;

use async_trait::async_trait;
use openim_contracts::{Audience, ConversationStarted, DomainEvent, ReadAdvanced, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, Ctx, Error, ErrorCode, Result, UserId};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};

use crate::model::NewRow;
use crate::repository;

/// Keeps the rows up with the logs.
pub(crate) struct RowKeeper;

impl RowKeeper {
    async fn started(ctx: &Ctx, tx: &Tx, event: ConversationStarted) -> Result<()> {
        if event.kind == ConversationKind::Notification {
            return Ok(());
        }
        // The row appears now, not when the event happened: a stream that resumes asks for what became visible since.
        let at = ctx.now();
        let rows = event.owners.iter().map(|owner| NewRow::of(owner.clone(), event.conversation_id.clone(), &event.participants, at));
        let made = repository::insert_missing(tx.connection(), rows.collect()).await?;
        rows_made(ctx, tx, &made).await?;
        for owner in event.owners {
            tx.signal(row_changed(owner, event.conversation_id.clone()));
        }
        Ok(())
    }

    async fn advanced(ctx: &Ctx, tx: &Tx, event: ReadAdvanced) -> Result<()> {
        let at = ctx.now();
        let mut furthest: HashMap<(UserId, ConversationId), i64> = HashMap::new();
        for position in event.positions {
            if position.seq < 1 || position.conversation_id.kind() == ConversationKind::Notification {
                continue;
            }
            let seq = furthest.entry((position.user_id, position.conversation_id)).or_default();
            *seq = position.seq.max(*seq);
        }
        let rows = furthest.into_iter().map(|((owner, id), read_seq)| NewRow { read_seq, ..NewRow::of(owner, id, &[], at) });
        let made = repository::advance(tx.connection(), rows.collect()).await?;
        rows_made(ctx, tx, &made).await
    }
}

/// Records new rows in the version logs of their owners.
pub(crate) async fn rows_made(ctx: &Ctx, tx: &Tx, made: &[(UserId, ConversationId)]) -> Result<()> {
    // In owner order, as every writer of version logs.
    let mut made: Vec<_> = made.iter().collect();
    made.sort_unstable();
    for (owner, id) in made {
        let change = [Change::Inserted(id.as_str())];
        versions::record(tx.connection(), ctx, VersionedList::Conversations, owner.as_str(), &change).await?;
    }
    Ok(())
}

/// Makes the hint that an owner's row was made or changed.
pub(crate) fn row_changed(owner: UserId, conversation_id: ConversationId) -> Signal {
    Signal { audience: Audience::Users(vec![owner]), kind: SignalKind::ConversationChanged { conversation_id } }
}

#[async_trait]
impl EventHandler for RowKeeper {
    fn name(&self) -> &'static str {
        "conversations.rows"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[ConversationStarted::TOPIC, ReadAdvanced::TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        match event.topic.as_str() {
            ConversationStarted::TOPIC => Self::started(ctx, tx, event.decode()?).await,
            ReadAdvanced::TOPIC => Self::advanced(ctx, tx, event.decode()?).await,
            _ => Err(Error::new(ErrorCode::Data, "an event of a foreign topic")),
        }
    }
}
