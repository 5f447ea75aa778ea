//! From a root field to an entry of the log.

use openim_contracts::{ActOutcome, AdministratorActed, AuditTrail};
use openim_core::{Ctx, ErrorCode, Principal};
use serde_json::Value as Json;

use super::arguments;
use super::outcome::outcomes;
use super::root_fields::RootField;
use async_graphql::{Response, Value};

/// The longest name of a target, in characters.
const LONGEST_TARGET: usize = 128;
/// The longest name of a mutation.
const LONGEST_NAME: usize = 128;
/// How deep inputs are searched for what they are about.
const DEPTH: usize = 4;

/// What an input is about, the most telling first.
const TELLING: [&str; 11] = ["groupId", "conversationId", "userId", "id", "userIds", "ids", "messageId", "name", "names", "key", "keys"];
/// Ids that say who does something rather than to what.
const BY_THE_WAY: [&str; 4] = ["ownerId", "senderId", "operationId", "clientMessageId"];

/// Makes the entry of an act that begins now, and tells the process's log of it.
pub(super) fn begun(ctx: &Ctx, actor: &Principal, subgraph: &str, place: usize, field: &RootField) -> AdministratorActed {
    let operation: String = field.name.chars().take(LONGEST_NAME).collect();
    tracing::info!(
        user.id = actor.user_id.as_str(),
        operation.id = %ctx.operation_id(),
        audit.operation = operation,
        "an administrator acts"
    );
    AdministratorActed {
        id: id(ctx, place),
        at: ctx.now(),
        actor_id: actor.user_id.clone(),
        platform: actor.platform,
        address: ctx.origin().map(|address| address.to_string()).unwrap_or_default(),
        operation,
        subgraph: subgraph.to_owned(),
        target: target(&field.arguments),
        arguments: arguments::text(&field.arguments),
        reason: ctx.reason().map(|reason| reason.as_str().to_owned()).unwrap_or_default(),
        outcome: ActOutcome::Failed,
        code: ErrorCode::DeadlineExceeded.word().to_owned(),
        operation_id: ctx.operation_id().clone(),
    }
}

/// Twelve digits of the time in milliseconds, two of the place in the request, the rest by chance.
fn id(ctx: &Ctx, place: usize) -> String {
    let millis = u64::try_from(ctx.now().0).unwrap_or(0) & 0xffff_ffff_ffff;
    let chance = ctx.ids().hex32();
    format!("{millis:012x}{:02x}{}", place.min(0xff), chance.get(14..).unwrap_or_default())
}

/// Returns what the arguments are about; empty when they name nothing.
fn target(arguments: &Value) -> String {
    let json = arguments.clone().into_json().unwrap_or_default();
    let named = json.get("input").and_then(|input| telling(input, DEPTH)).or_else(|| telling(&json, DEPTH));
    named.unwrap_or_default().chars().take(LONGEST_TARGET).collect()
}

fn telling(value: &Json, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let object = match value {
        Json::Object(object) => object,
        Json::Array(list) => return list.first().and_then(|first| telling(first, depth)),
        _ => return None,
    };
    let exact = || TELLING.iter().find_map(|name| plain(object.get(*name)?));
    let other = |ending: &str| {
        let mut named = object.iter().filter(|(name, _)| name.ends_with(ending) && !BY_THE_WAY.contains(&name.as_str()));
        named.find_map(|(_, value)| plain(value))
    };
    let inner = || object.values().find_map(|value| telling(value, depth));
    let by_the_way = || BY_THE_WAY.iter().take(2).find_map(|name| plain(object.get(*name)?));
    exact().or_else(|| other("Id")).or_else(|| other("Ids")).or_else(inner).or_else(by_the_way)
}

/// Returns an id, or the first of several.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => (!text.is_empty()).then(|| text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Array(list) => list.first().filter(|first| !first.is_array()).and_then(plain),
        _ => None,
    }
}

/// Acts under way. Whoever drops them without an end does not know what became of them, and that is noted.
pub(super) struct Pending<'a> {
    trail: &'a dyn AuditTrail,
    ctx: Ctx,
    acts: Vec<(usize, AdministratorActed)>,
}

impl<'a> Pending<'a> {
    pub(super) fn new(trail: &'a dyn AuditTrail, ctx: Ctx, acts: Vec<(usize, AdministratorActed)>) -> Self {
        Self { trail, ctx, acts }
    }

    /// Notes what became of the acts.
    pub(super) async fn end(mut self, fields: &[RootField], response: &Response) {
        let outcomes = outcomes(fields, response);
        let ended = std::mem::take(&mut self.acts).into_iter().filter_map(|(place, act)| {
            let (outcome, code) = outcomes.get(place).cloned()?;
            Some(AdministratorActed { outcome, code, ..act })
        });
        let ended: Vec<_> = ended.collect();
        if !ended.is_empty() {
            self.trail.note(&self.ctx, ended).await;
        }
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.acts.is_empty() {
            let acts = std::mem::take(&mut self.acts).into_iter().map(|(_, act)| act).collect();
            drop(self.trail.note(&self.ctx, acts));
        }
    }
}
