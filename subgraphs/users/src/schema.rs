//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod access;
mod admin;
mod inputs;
mod loaders;
mod mutation;
mod query;
mod types;
mod viewer;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Schema};
use openim_graphql::{SchemaSubgraph, Subgraph};

use crate::service::Services;

/// Makes the part of the graph; each request gets its own loaders.
pub(crate) fn subgraph(services: Services) -> Arc<dyn Subgraph> {
    let Services { profiles, sessions, commands, client_config, presences } = services;
    let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .enable_federation()
        .data(profiles.clone())
        .data(sessions)
        .data(commands)
        .data(client_config)
        .data(presences.clone())
        .finish();
    Arc::new(SchemaSubgraph::new("users", schema, move |ctx, request| {
        request.data(loaders::users(ctx.clone(), profiles.clone())).data(loaders::presences(ctx.clone(), presences.clone()))
    }))
}
