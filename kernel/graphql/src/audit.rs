//! Notes what app administrators do: the one place for all subgraphs, around each of them.
//!
//! Every door's operations reach a subgraph as a document of its own part, in this process or from a gateway elsewhere, so
//! that nothing can come past [`Audited`] and nothing passes it twice. Only root fields of mutations are looked at, and only
//! when the caller is an app administrator; for everybody else this costs one comparison.
//!
//! An act is noted after its outcome is known, in a transaction of its own, before the answer is given. A process that dies
//! in between loses the entry (not the act); the line in its log that tells of the act's beginning remains. An act whose
//! caller stopped waiting is noted as failed, because nobody can tell what became of it.

mod acts;
mod arguments;
mod outcome;
mod root_fields;
mod rules;

use std::sync::Arc;

use async_graphql::{PathSegment, Pos, Request, Response, ServerError};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_contracts::{AdministratorActed, AuditTrail};
use openim_core::{Actor, Ctx, Error, ErrorCode, Principal};

use crate::{Subgraph, public_error};
use acts::{Pending, begun};
use root_fields::{RootField, root_fields};
pub use rules::{AuditRules, DESTRUCTIVE, HIGH_RATE};

/// A subgraph whose administrators' acts are noted.
pub struct Audited {
    inner: Arc<dyn Subgraph>,
    trail: Arc<dyn AuditTrail>,
    rules: Arc<AuditRules>,
}

impl Audited {
    /// Puts the notes around a subgraph.
    pub fn new(inner: Arc<dyn Subgraph>, trail: Arc<dyn AuditTrail>, rules: Arc<AuditRules>) -> Self {
        Self { inner, trail, rules }
    }

    async fn act(&self, ctx: Ctx, request: Request, fields: Vec<RootField>, acts: Vec<(usize, AdministratorActed)>) -> Response {
        let lacks_reason = ctx.reason().is_none() && fields.iter().any(|field| self.rules.wants_reason(&field.name));
        let pending = Pending::new(&*self.trail, ctx.clone(), acts);
        let response = if lacks_reason { without_reason(&fields) } else { self.inner.execute(ctx, request).await };
        pending.end(&fields, &response).await;
        response
    }
}

#[async_trait]
impl Subgraph for Audited {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn sdl(&self) -> String {
        self.inner.sdl()
    }

    async fn execute(&self, ctx: Ctx, mut request: Request) -> Response {
        let Some(actor) = administrator(&ctx) else { return self.inner.execute(ctx, request).await };
        let fields = root_fields(&mut request);
        if fields.is_empty() {
            return self.inner.execute(ctx, request).await;
        }
        let noted = fields.iter().enumerate().filter(|(_, field)| !self.rules.skips(&field.name));
        let acts = noted.map(|(place, field)| (place, begun(&ctx, actor, self.name(), place, field))).collect();
        self.act(ctx, request, fields, acts).await
    }

    fn subscribe(&self, ctx: Ctx, request: Request) -> BoxStream<'static, Response> {
        self.inner.subscribe(ctx, request)
    }
}

fn administrator(ctx: &Ctx) -> Option<&Principal> {
    match ctx.actor() {
        Actor::User(principal) if principal.app_admin => Some(principal),
        _ => None,
    }
}

/// Refuses everything that was asked for, because a part of it must not be done without a reason.
fn without_reason(fields: &[RootField]) -> Response {
    let refuse = |field: &RootField| {
        let text = "this destroys something: say why in the header audit-reason or the extension auditReason";
        let error = async_graphql::Error::from(Error::new(ErrorCode::ReasonRequired, text));
        let mut error: ServerError = error.into_server_error(Pos::default());
        error.path = vec![PathSegment::Field(field.key.clone())];
        public_error(error)
    };
    Response::from_errors(fields.iter().map(refuse).collect())
}

#[cfg(test)]
mod tests;
