//! What only the user of a setting can tell of it: accounts, keys and lists are read here as the server will read them, so
//! that a bad one is told with everything else that is wrong, before anything is made.

use std::sync::Arc;

use openim_core::{Causes, Runtime};
use openim_graphql_door::{DocumentMode, PersistedDocuments};
use openim_messages::NotificationPolicies;
use openim_platform::cache::MemoryCache;
use openim_platform::config::Config;

use super::push_sender;

/// Returns the keys whose values cannot be used, and why.
pub(crate) fn trial(config: &Config, runtime: &Runtime) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if let Err(error) = NotificationPolicies::parse(&config.notifications.changes) {
        wrong.push(("notifications.changes", Causes(&error).to_string()));
    }
    if let Err(error) = push_sender(config, runtime) {
        wrong.push(("push.enable", format!("{error:#}")));
    }
    let documents = &config.graphql.registered_documents;
    if !documents.as_os_str().is_empty() {
        let reader = PersistedDocuments::new(DocumentMode::Off, Arc::new(MemoryCache::new(runtime.clock.clone())));
        if let Err(error) = reader.register(documents) {
            wrong.push(("graphql.registered_documents", Causes(&error).to_string()));
        }
    }
    wrong
}
