//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod changes;
mod connections;
mod cursors;
mod enums;
mod group;
mod inputs;
mod loaders;
mod member;
mod member_inputs;
mod mutation;
mod payloads;
mod query;
mod request;
mod stubs;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, Schema};
use openim_graphql::{SchemaSubgraph, Subgraph};

use crate::service::Service;

/// Makes the part of the graph; each request gets its own loaders.
pub(crate) fn subgraph(service: Arc<Service>) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription).enable_federation().data(service.clone()).finish();
    Arc::new(SchemaSubgraph::new("groups", schema, move |ctx, request| {
        let (groups, memberships) = loaders::loaders(ctx, &service);
        request.data(groups).data(memberships)
    }))
}

fn service<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Arc<Service>> {
    ctx.data::<Arc<Service>>()
}
