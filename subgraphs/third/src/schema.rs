//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod mutation;
mod query;
mod types;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use openim_graphql::{SchemaSubgraph, Subgraph};

use crate::service::Deliveries;

/// Makes the part of the graph.
pub(crate) fn subgraph(deliveries: Deliveries) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription).enable_federation().data(deliveries).finish();
    Arc::new(SchemaSubgraph::new("third", schema, |_, request| request))
}
