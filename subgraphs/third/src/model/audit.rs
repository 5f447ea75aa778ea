//! The log of what app administrators did.

use openim_contracts::{ActOutcome, AdministratorActed};
use openim_core::{Timestamp, UserId};

/// Which acts are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuditFilter {
    /// Only those of this administrator.
    pub(crate) actor: Option<UserId>,
    /// Only this mutation.
    pub(crate) operation: Option<String>,
    /// Only what was done to this.
    pub(crate) target: Option<String>,
    /// Not before this moment.
    pub(crate) since: Option<Timestamp>,
    /// Before this moment.
    pub(crate) until: Option<Timestamp>,
    /// Only those this became of.
    pub(crate) outcome: Option<ActOutcome>,
}

/// Part of the log.
#[derive(Debug, Clone)]
pub(crate) struct AuditPage {
    /// The acts, newest first.
    pub(crate) entries: Vec<AdministratorActed>,
    /// Whether older ones follow.
    pub(crate) has_next: bool,
    /// Whether newer ones precede.
    pub(crate) has_previous: bool,
}
