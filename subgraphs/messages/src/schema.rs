//! The GraphQL face: decode, call one service method, encode. No rule lives here.

mod additions;
mod admin;
mod changing;
mod content;
mod conversation;
mod enums;
mod found;
mod inputs;
mod loaders;
mod message;
mod mutation;
mod query;
mod sending;
mod stubs;
mod viewer;

use std::sync::Arc;

use async_graphql::{EmptySubscription, MergedObject, Schema};
use openim_graphql::{SchemaSubgraph, Subgraph};

use crate::service::Service;

/// Writing.
#[derive(MergedObject)]
struct Mutation(mutation::Sending, changing::Changing, additions::Adding);

/// Makes the subgraph.
pub(crate) fn subgraph(service: Arc<Service>) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query::Query, Mutation(mutation::Sending, changing::Changing, additions::Adding), EmptySubscription)
        .enable_federation()
        .data(service.clone())
        .finish();
    Arc::new(SchemaSubgraph::new("messages", schema, move |_, request| loaders::provide(request, &service)))
}

/// Takes the service out of a resolver's context.
fn service<'a>(ctx: &async_graphql::Context<'a>) -> async_graphql::Result<&'a Service> {
    match ctx.data::<Arc<Service>>() {
        Ok(service) => Ok(service),
        Err(_) => Err(openim_core::Error::internal("the schema was built without its service").into()),
    }
}
