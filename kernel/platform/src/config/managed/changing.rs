//! Changing what is stored. Whether somebody may is decided by the caller.

use std::collections::BTreeSet;

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{Ctx, Error, ErrorCode, Result, Timestamp};
use serde_json::Value as Json;

use super::super::Loaded;
use super::super::keys::{self, Key};
use super::super::problem::{Problem, Problems};
use super::super::stored::{Stored, known, locked};
use super::super::values::{MASK, from_json, masked};
use super::{Configuration, rows};
use crate::store::Tx;

/// The most settings of one change.
const MOST: usize = 500;

/// What the history calls the switch of the whole layer.
const SWITCH: &str = "configuration.managed";

/// One change of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the history.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The key.
    pub key: String,
    /// What was stored before, without passwords; `None` when nothing was.
    pub old: Option<Json>,
    /// What is stored since, without passwords; `None` when it was taken back.
    pub new: Option<Json>,
}

/// Part of the history.
#[derive(Debug, Clone)]
pub struct ChangePage {
    /// The changes, newest first.
    pub changes: Vec<Change>,
    /// Whether older ones follow.
    pub has_next: bool,
    /// Whether newer ones precede.
    pub has_previous: bool,
}

impl Configuration {
    /// Stores values, all or none, and returns the keys that changed.
    ///
    /// # Errors
    /// `ARGS_ERROR` that names each key with what would be right; nothing is stored then.
    pub async fn update(&self, ctx: &Ctx, changes: &[(String, Json)]) -> Result<Vec<&'static str>> {
        if changes.len() > MOST {
            return Err(args(format!("at most {MOST} settings can be changed at once")));
        }
        let tx = self.0.store.begin().await?;
        let head = rows::lock(tx.connection()).await?;
        if !head.managed {
            return Err(args("stored settings do not count now: switch the managed configuration on first"));
        }
        if !self.0.base.config.server.stored_settings {
            return Err(args("stored settings do not count for this process: server.stored_settings is off"));
        }
        let before = stored(&tx).await?;
        let now = self.0.base.with_stored(&before).0;
        let mut after = before.clone();
        let mut problems = Vec::new();
        let mut named = BTreeSet::new();
        for (name, value) in changes {
            match wanted(&now, name, value) {
                Ok(_) if !named.insert(name) => problems.push(wrong(name, "is named twice")),
                Ok(Some(key)) => drop(after.insert(key.name.to_owned(), value.clone())),
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(told(&Problems(problems)));
        }
        // What did not fit before must not be in the way of what does.
        for problem in self.0.base.with_stored(&before).1 {
            if !named.iter().any(|name| **name == problem.key) {
                after.remove(&problem.key);
            }
        }
        self.0.base.try_stored(&after).map_err(|problems| told(&problems))?;
        self.store(ctx, tx, &before, &after).await
    }

    /// Takes stored values back, all of them when no key is given, and returns the keys that changed.
    ///
    /// # Errors
    /// `ARGS_ERROR` when what remains does not fit together.
    pub async fn reset(&self, ctx: &Ctx, names: Option<&[String]>) -> Result<Vec<&'static str>> {
        let tx = self.0.store.begin().await?;
        rows::lock(tx.connection()).await?;
        let before = stored(&tx).await?;
        let mut after = before.clone();
        match names {
            None => after.clear(),
            Some(names) => {
                // A key of another version may still be stored: it can be taken back, too.
                let unknown: Vec<_> =
                    names.iter().filter(|name| !before.contains_key(*name)).filter_map(|name| known(name).err()).collect();
                if !unknown.is_empty() {
                    return Err(told(&Problems(unknown)));
                }
                after.retain(|name, _| !names.contains(name));
                let problems = self.0.base.with_stored(&after).1;
                let new: Vec<_> = problems.into_iter().filter(|problem| !self.now().ignored.contains(problem)).collect();
                if !new.is_empty() {
                    return Err(told(&Problems(new)));
                }
            }
        }
        self.store(ctx, tx, &before, &after).await
    }

    /// Lets stored values count, or not; they stay stored.
    ///
    /// # Errors
    /// As any statement.
    pub async fn set_managed(&self, ctx: &Ctx, managed: bool) -> Result<()> {
        let by = by(ctx);
        let tx = self.0.store.begin().await?;
        let head = rows::lock(tx.connection()).await?;
        if head.managed != managed {
            rows::set_managed(tx.connection(), managed).await?;
            let (old, new) = (Json::from(head.managed), Json::from(managed));
            rows::remember(tx.connection(), ctx, &by, SWITCH, Some(&old), Some(&new)).await?;
        }
        tx.signal(announcement());
        tx.commit().await?;
        self.refresh().await
    }

    /// Returns a page of the history, newest first; `before` is the place of a change.
    ///
    /// # Errors
    /// As any statement.
    pub async fn history(&self, before: Option<i64>, offset: u64, limit: u64) -> Result<ChangePage> {
        let mut changes = rows::changes(self.0.store.read(), before, offset, limit + 1).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_next = changes.len() > limit;
        changes.truncate(limit);
        Ok(ChangePage { changes, has_next, has_previous: before.is_some() || offset > 0 })
    }

    /// Returns how many changes are remembered.
    ///
    /// # Errors
    /// As any statement.
    pub async fn history_length(&self) -> Result<u64> {
        rows::count_changes(self.0.store.read()).await
    }

    /// Writes what differs, with its history, and lets everybody know.
    async fn store(&self, ctx: &Ctx, tx: Tx, before: &Stored, after: &Stored) -> Result<Vec<&'static str>> {
        let by = by(ctx);
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let mut changed = Vec::new();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old == new {
                continue;
            }
            let key = keys::find(name);
            rows::put(tx.connection(), ctx, &by, name, new).await?;
            let shown = |value: Option<&Json>| value.map(|value| shown(key, value));
            rows::remember(tx.connection(), ctx, &by, name, shown(old).as_ref(), shown(new).as_ref()).await?;
            changed.extend(key.map(|key| key.name));
        }
        tx.signal(announcement());
        tx.commit().await?;
        self.refresh().await?;
        Ok(changed)
    }
}

/// Checks one wanted value against what is in force; `None` means that nothing changes.
fn wanted(now: &Loaded, name: &str, value: &Json) -> Result<Option<&'static Key>, Problem> {
    let key = known(name)?;
    let setting = now.settings.get(key.name);
    // What was shown without its secret and comes back like that is what it was.
    let shown = setting.map(|setting| masked(key, &setting.value));
    let is_mask = shown.as_ref().is_some_and(|shown| shown == value)
        && setting.is_some_and(|setting| from_json(value).as_ref() != Some(&setting.value));
    if is_mask || (key.rule.hidden() && value == MASK) {
        return Ok(None);
    }
    if let Some(reason) = locked(key) {
        let same = setting.is_some_and(|setting| from_json(value).as_ref() == Some(&setting.value));
        return if same { Ok(None) } else { Err(wrong(name, format!("cannot be stored: {reason}"))) };
    }
    if let Some(origin) = setting.map(|setting| &setting.origin).filter(|origin| origin.outranks_stored()) {
        return Err(wrong(name, format!("is set by {origin}, which wins over stored settings: change it there")));
    }
    Ok(Some(key))
}

/// Shows a stored value without what is secret in it.
fn shown(key: Option<&'static Key>, value: &Json) -> Json {
    match (key, from_json(value)) {
        (Some(key), Some(value)) => masked(key, &value),
        _ => Json::from(MASK),
    }
}

async fn stored(tx: &Tx) -> Result<Stored> {
    Ok(rows::stored(tx.connection()).await?.into_iter().map(|row| (row.name, row.value)).collect())
}

pub(super) fn by(ctx: &Ctx) -> String {
    ctx.principal().map(|principal| principal.user_id.to_string()).unwrap_or_default()
}

pub(super) fn announcement() -> Signal {
    Signal { audience: Audience::Users(Vec::new()), kind: SignalKind::ConfigurationChanged }
}

fn wrong(name: &str, message: impl Into<String>) -> Problem {
    Problem { key: name.chars().take(128).collect(), message: message.into(), origin: super::super::Origin::Stored }
}

fn told(problems: &Problems) -> Error {
    let lines: Vec<String> = problems.0.iter().map(|Problem { key, message, .. }| format!("{key}: {message}")).collect();
    args(lines.join("; "))
}

fn args(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Args, message.into())
}
