//! The log of administrators' acts in the graph.

use async_graphql::{Context, Enum, ID, Json, Object, Result, SimpleObject};
use openim_contracts::{ActOutcome, AdministratorActed};
use openim_core::UserId;
use openim_graphql::{DateTime, Long, Page, PageInfo, Platform, admin_only, caller};

use super::files::User;
use super::long;
use crate::model::{AuditFilter, AuditPage};
use crate::service::Audit;

#[derive(Default)]
pub(crate) struct AuditAdmin;

#[Object]
impl AuditAdmin {
    /// What app administrators did, newest first: every mutation but those that `auditSettings` leaves out. An act is in
    /// the log a moment after its answer.
    #[expect(clippy::too_many_arguments, reason = "each argument of the field is one here")]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The id after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only those of this administrator.")] actor_id: Option<ID>,
        #[graphql(desc = "Only this mutation, such as `dismissGroup`.")] operation: Option<String>,
        #[graphql(desc = "Only what was done to this: an id as `AuditEntry.target` has it.")] target: Option<String>,
        #[graphql(desc = "Not before this moment.")] since: Option<DateTime>,
        #[graphql(desc = "Before this moment.")] until: Option<DateTime>,
        #[graphql(desc = "Only those this became of.")] outcome: Option<AuditOutcome>,
    ) -> Result<AuditConnection> {
        let filter = AuditFilter {
            actor: actor_id.map(|id| UserId::parse(id.0)).transpose()?,
            operation,
            target,
            since: since.map(|time| time.0),
            until: until.map(|time| time.0),
            outcome: outcome.map(Into::into),
        };
        let page = ctx.data::<Audit>()?.page(caller(ctx)?, &filter, &Page::new(first, after, offset)?).await?;
        Ok(AuditConnection { page, filter })
    }

    /// One act; null when there is none of this id, or no longer.
    async fn audit_entry(&self, ctx: &Context<'_>, #[graphql(desc = "The entry's id.")] id: ID) -> Result<Option<AuditEntry>> {
        Ok(ctx.data::<Audit>()?.find(caller(ctx)?, &id).await?.map(AuditEntry))
    }

    /// How acts are treated: whether a reason is needed, and what is not noted.
    async fn audit_settings(&self, ctx: &Context<'_>) -> Result<AuditSettings> {
        let settings = ctx.data::<Audit>()?.settings(caller(ctx)?)?;
        Ok(AuditSettings {
            reason_required: settings.require_reason,
            destructive: openim_graphql::DESTRUCTIVE.iter().map(ToString::to_string).collect(),
            left_out: settings.skip.clone(),
            keep_days: (!settings.keep.is_zero()).then(|| i32::try_from(settings.keep.as_secs() / 86_400).unwrap_or(i32::MAX)),
        })
    }
}

/// How administrators' acts are treated.
#[derive(SimpleObject)]
#[graphql(directive = admin_only::apply())]
pub(crate) struct AuditSettings {
    /// Whether a destructive mutation is refused (`REASON_REQUIRED`) without a reason (header `audit-reason`, extension `auditReason`).
    reason_required: bool,
    /// The mutations that count as destructive: a console asks for a reason there.
    destructive: Vec<String>,
    /// The mutations that are not noted, because there would be too many.
    left_out: Vec<String>,
    /// After how many days an entry is forgotten; null for never.
    keep_days: Option<i32>,
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ActOutcome")]
pub(crate) enum AuditOutcome {
    /// It was done.
    Done,
    /// It was not allowed, or what was asked for made no sense; nothing happened.
    Refused,
    /// Something broke or took too long; whether it took effect is not certain.
    Failed,
}

pub(crate) struct AuditEntry(AdministratorActed);

/// One act of an app administrator.
#[Object(directive = admin_only::apply())]
impl AuditEntry {
    /// 32 hex digits; ids grow with time.
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// When it began.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// Who acted.
    async fn actor_id(&self) -> ID {
        ID::from(self.0.actor_id.as_str())
    }

    /// Who acted; null when the account is gone.
    async fn actor(&self) -> Option<User> {
        Some(User::new(&self.0.actor_id))
    }

    /// The device class of the actor's token.
    async fn platform(&self) -> Option<Platform> {
        Platform::from_number(self.0.platform.number())
    }

    /// The address that the request came from; null when it is not known.
    async fn address(&self) -> Option<&str> {
        given(&self.0.address)
    }

    /// The mutation's name.
    async fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The subgraph that has the mutation.
    async fn subgraph(&self) -> &str {
        &self.0.subgraph
    }

    /// What it was done to: the most telling id of the arguments, of several the first; null when they name nothing.
    async fn target(&self) -> Option<&str> {
        given(&self.0.target)
    }

    /// The arguments: secrets are masked, long texts and lists are cut; at most 8 KiB.
    async fn arguments(&self) -> Json<serde_json::Value> {
        Json(serde_json::from_str(&self.0.arguments).unwrap_or_default())
    }

    /// Why, in the actor's words (header `audit-reason`, extension `auditReason`); null when none were given.
    async fn reason(&self) -> Option<&str> {
        given(&self.0.reason)
    }

    /// What became of it.
    async fn outcome(&self) -> AuditOutcome {
        self.0.outcome.into()
    }

    /// The error's code; null when it was done.
    async fn code(&self) -> Option<&str> {
        given(&self.0.code)
    }

    /// The operation id of the request: the same in the logs of all processes.
    async fn operation_id(&self) -> &str {
        self.0.operation_id.as_str()
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

pub(crate) struct AuditConnection {
    page: AuditPage,
    filter: AuditFilter,
}

/// A page of acts, newest first.
#[Object]
impl AuditConnection {
    /// The acts of this page.
    async fn edges(&self) -> Vec<AuditEdge> {
        self.page.entries.iter().map(|entry| AuditEdge { cursor: entry.id.clone(), node: AuditEntry(entry.clone()) }).collect()
    }

    /// Where this page lies in the log.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.entries.first().map(|entry| entry.id.clone()),
            end_cursor: self.page.entries.last().map(|entry| entry.id.clone()),
        }
    }

    /// How many acts the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(ctx.data::<Audit>()?.count(caller(ctx)?, &self.filter).await?)?)
    }
}

/// An act's place in the log.
#[derive(SimpleObject)]
pub(crate) struct AuditEdge {
    /// The place, for `after`: the id.
    cursor: String,
    /// The act.
    node: AuditEntry,
}
