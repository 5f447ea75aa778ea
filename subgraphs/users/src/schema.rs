//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod inputs;
mod loaders;
mod mutation;
mod query;
mod types;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use openim_graphql::{SchemaSubgraph, Subgraph};

use crate::service::{Profiles, Sessions};

/// Makes the part of the graph; each request gets its own loader.
pub(crate) fn subgraph(profiles: Profiles, sessions: Sessions) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .enable_federation()
        .data(profiles.clone())
        .data(sessions)
        .finish();
    Arc::new(SchemaSubgraph::new("users", schema, move |ctx, request| request.data(loaders::users(ctx.clone(), profiles.clone()))))
}
