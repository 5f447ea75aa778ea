//! Work that is done after its cause was committed, as often as it takes.

use serde::{Deserialize, Serialize};

use crate::model::PushStep;

/// Content has lost a name, or may have been left behind without one by a process that died: it is deleted, with the smaller
/// pictures that were made of it, unless it has a name when it is looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CheckObject {
    /// Where the content lies.
    pub(crate) key: String,
}

impl CheckObject {
    pub(crate) const QUEUE: &'static str = "third.check_object";
    pub(crate) const TOPIC: &'static str = "job.third.check_object";
}

/// The next of those who may be pushed to are looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DecidePush {
    /// Of which message, and where to go on.
    pub(crate) step: PushStep,
}

impl DecidePush {
    pub(crate) const QUEUE: &'static str = "third.decide_push";
    pub(crate) const TOPIC: &'static str = "job.third.decide_push";
}
