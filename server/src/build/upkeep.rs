//! What goes on beside the requests: administrators' acts are noted, what was kept long enough is cleared away.

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::AuditTrail;
use openim_graphql::{AuditRules, Audited, Subgraph};
use openim_platform::audit::AuditLog;
use openim_platform::config::Config;
use openim_platform::store::Store;
use openim_platform::timers::{InboxSweep, Job, VersionLogs, WebhookLog};
use openim_platform::webhooks::Webhooks;
use openim_third::{AuditSettings, ClientLogSettings};
use tokio_util::task::TaskTracker;

/// Puts the notes around every subgraph.
#[derive(Clone)]
pub(super) struct Auditing {
    trail: Arc<dyn AuditTrail>,
    rules: Arc<AuditRules>,
}

impl Auditing {
    pub(super) fn new(config: &Config, store: &Store, tasks: &TaskTracker) -> Self {
        let section = &config.audit;
        Self {
            trail: Arc::new(AuditLog::new(store.clone(), tasks.clone())),
            rules: Arc::new(AuditRules::new(section.leave_out.iter().cloned(), section.require_reason)),
        }
    }

    pub(super) fn around(&self, subgraph: Arc<dyn Subgraph>) -> Arc<dyn Subgraph> {
        Arc::new(Audited::new(subgraph, self.trail.clone(), self.rules.clone()))
    }
}

/// How the audit log is kept.
pub(super) fn audit_settings(config: &Config) -> AuditSettings {
    let section = &config.audit;
    AuditSettings { keep: days(section.keep_days), require_reason: section.require_reason, skip: section.leave_out.clone() }
}

/// How apps' logs are kept.
pub(super) fn client_log_settings(config: &Config) -> ClientLogSettings {
    let section = &config.client_logs;
    ClientLogSettings { keep: days(section.keep_days), most_per_user: section.max_per_user }
}

/// How often is looked for what was kept long enough.
pub(super) fn retention_interval(config: &Config) -> Duration {
    Duration::from_secs(config.timers.retention_minutes * 60)
}

/// How often is looked for what is over.
pub(super) fn cleanup_interval(config: &Config) -> Duration {
    Duration::from_secs(config.timers.cleanup_seconds)
}

/// The platform's own timers.
pub(super) fn house_timers(config: &Config, store: &Store, webhooks: &Webhooks) -> Vec<Arc<dyn Job>> {
    let every = retention_interval(config);
    vec![
        Arc::new(InboxSweep { every }),
        Arc::new(WebhookLog { webhooks: webhooks.clone(), every }),
        Arc::new(VersionLogs { store: store.clone(), keep: config.timers.keep_changes, every }),
    ]
}

pub(super) fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

#[cfg(test)]
mod tests {
    use openim_graphql::{DESTRUCTIVE, HIGH_RATE};
    use openim_platform::config::{Inputs, load};

    #[test]
    fn the_lists_name_mutations_that_there_are_and_the_default_is_one_of_them() {
        let loaded = load(&Inputs { file: Some("/dev/null".into()), ..Inputs::default() }).unwrap();
        assert_eq!(loaded.config.audit.leave_out, HIGH_RATE);
        let api = include_str!("../../../schema/api.graphql");
        let mutations = api.split("\ntype Mutation ").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap();
        for name in HIGH_RATE.iter().chain(DESTRUCTIVE) {
            assert!(mutations.contains(&format!("\n  {name}(")), "there is no mutation {name}");
        }
    }
}
