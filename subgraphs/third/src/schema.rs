//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod admin;
mod connection;
mod files;
mod inputs;
mod mutation;
mod query;
mod types;
mod uploads;
mod viewer;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use openim_core::Error;
use openim_graphql::{Long, SchemaSubgraph, Subgraph};

use crate::service::{Deliveries, Files};

/// Makes the part of the graph.
pub(crate) fn subgraph(deliveries: Deliveries, files: Files) -> Arc<dyn Subgraph> {
    let schema =
        Schema::build(query::Query, mutation::Mutation, EmptySubscription).enable_federation().data(deliveries).data(files).finish();
    Arc::new(SchemaSubgraph::new("third", schema, |_, request| request))
}

fn long(number: u64) -> openim_core::Result<Long> {
    i64::try_from(number).map(Long).map_err(Error::internal)
}
