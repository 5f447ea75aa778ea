//! Reactions: anybody who takes part adds an emoji to a message.

use openim_core::{Ctx, Result};

use super::Service;
use super::changing::hint;
use crate::error;
use crate::model::{Slot, Target};
use crate::repository::reactions::{self, EVER};

/// The most different emojis at one message.
const MOST_EMOJIS: usize = 50;
/// The longest emoji, in bytes: a family of four with skin tones has 41.
const LONGEST_EMOJI: usize = 64;

impl Service {
    /// Adds a reaction; one that is there already stays.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`, `RECORD_NOT_FOUND`, `NOT_IN_GROUP`, `GROUP_DISMISSED`, `BLOCKED_BY_PEER`.
    pub(crate) async fn react(&self, ctx: &Ctx, target: Target, emoji: &str) -> Result<Slot> {
        ctx.require_self_or_admin(&target.user)?;
        if emoji.is_empty() || emoji.len() > LONGEST_EMOJI || emoji.chars().any(|char| char.is_control() || char.is_whitespace()) {
            return Err(error::args(format!("an emoji has no blanks and at most {LONGEST_EMOJI} bytes")));
        }
        let (changed, _) = self.target(ctx, &target).await?;
        self.takes_part(ctx, &changed, false).await?;
        let log = changed.log();
        let tx = self.store.begin().await?;
        self.locked(&tx, &changed, target.seq).await?;
        let there = reactions::of(tx.connection(), &[((log.no, target.seq), EVER)], target.user.as_str()).await?;
        if there.len() >= MOST_EMOJIS && there.iter().all(|(_, reaction)| reaction.emoji != emoji) {
            return Err(error::args(format!("a message has at most {MOST_EMOJIS} different emojis")));
        }
        if reactions::add(tx.connection(), log, target.seq, emoji, &target.user, ctx.now()).await? {
            hint(&tx, log, &[target.seq]);
        }
        tx.commit().await?;
        self.seen(&changed, target.seq).await
    }

    /// Takes a reaction away; one that is not there is no error. Who takes part no more may still do that.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `RECORD_NOT_FOUND`.
    pub(crate) async fn unreact(&self, ctx: &Ctx, target: Target, emoji: &str) -> Result<Slot> {
        ctx.require_self_or_admin(&target.user)?;
        let (changed, _) = self.target(ctx, &target).await?;
        let log = changed.log();
        let tx = self.store.begin().await?;
        self.locked(&tx, &changed, target.seq).await?;
        if reactions::remove(tx.connection(), log, target.seq, emoji, &target.user).await? {
            hint(&tx, log, &[target.seq]);
        }
        tx.commit().await?;
        self.seen(&changed, target.seq).await
    }
}
