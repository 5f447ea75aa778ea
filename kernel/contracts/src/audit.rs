//! What app administrators do, and how it is noted.

use std::future::Future;
use std::pin::Pin;

use openim_core::{Ctx, OperationId, Platform, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::DomainEvent;

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActOutcome {
    /// It was done.
    Done,
    /// It was not allowed, or what was asked for made no sense; nothing happened.
    Refused,
    /// Something broke or took too long; whether it took effect is not certain.
    Failed,
}

/// An app administrator used a mutation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministratorActed {
    /// 32 hex digits, the first twelve are the time: the order of the ids is the order of the acts.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// Who acted.
    pub actor_id: UserId,
    /// With a token of which platform.
    pub platform: Platform,
    /// The address that the request came from; empty when it is not known.
    pub address: String,
    /// The mutation.
    pub operation: String,
    /// The subgraph that has it.
    pub subgraph: String,
    /// What it was done to; empty when the arguments name nothing.
    pub target: String,
    /// The arguments as JSON text, secrets masked and long texts cut.
    pub arguments: String,
    /// Why, in the actor's words; empty when none were given.
    pub reason: String,
    /// What became of it.
    pub outcome: ActOutcome,
    /// The error's code; empty when it was done.
    pub code: String,
    /// The operation id of the request.
    pub operation_id: OperationId,
}
impl DomainEvent for AdministratorActed {
    const TOPIC: &'static str = "audit.administrator_acted";
}

/// Waits until acts are noted.
pub type Noted = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where acts are noted; implemented over the outbox.
pub trait AuditTrail: Send + Sync + 'static {
    /// Begins to note acts at once; whoever does not wait for the answer changes nothing about that. It never fails for the
    /// caller: what cannot be noted is told to the operator.
    fn note(&self, ctx: &Ctx, acts: Vec<AdministratorActed>) -> Noted;
}
