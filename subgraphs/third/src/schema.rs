//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod admin;
mod audit;
mod client_logs;
mod configuration;
mod connection;
mod files;
mod inputs;
mod mutation;
mod nodes;
mod push;
mod query;
mod types;
mod uploads;
mod viewer;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use openim_core::Error;
use openim_graphql::{Long, SchemaSubgraph, Subgraph};

use crate::service::{Audit, ClientLogs, Deliveries, Files, Nodes, Pushes, Settings};

/// What the resolvers call.
pub(crate) struct UseCases {
    pub(crate) deliveries: Deliveries,
    pub(crate) files: Files,
    pub(crate) audit: Audit,
    pub(crate) client_logs: ClientLogs,
    pub(crate) pushes: Pushes,
    pub(crate) nodes: Nodes,
    pub(crate) settings: Settings,
}

/// Makes the part of the graph.
pub(crate) fn subgraph(use_cases: UseCases) -> Arc<dyn Subgraph> {
    let UseCases { deliveries, files, audit, client_logs, pushes, settings, nodes } = use_cases;
    let schema = Schema::build(query::Query::default(), mutation::Mutation::default(), EmptySubscription)
        .enable_federation()
        .data(deliveries)
        .data(files)
        .data(audit)
        .data(client_logs)
        .data(pushes)
        .data(nodes)
        .data(settings)
        .finish();
    Arc::new(SchemaSubgraph::new("third", schema, |_, request| request))
}

fn long(number: u64) -> openim_core::Result<Long> {
    i64::try_from(number).map(Long).map_err(Error::internal)
}
