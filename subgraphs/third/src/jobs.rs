//! Work that is done after its cause was committed, as often as it takes.

use serde::{Deserialize, Serialize};

/// Content has no name any more: it is deleted with the smaller pictures that were made of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RemoveObject {
    /// Where the content lies.
    pub(crate) key: String,
}

impl RemoveObject {
    pub(crate) const QUEUE: &'static str = "third.remove_object";
    pub(crate) const TOPIC: &'static str = "job.third.remove_object";
}
