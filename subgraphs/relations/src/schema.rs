//! The GraphQL layer: decodes, calls one use case, encodes. It holds no rule.

mod block;
mod contact;
mod friendship;
mod inputs;
mod loaders;
mod mutation;
mod payloads;
mod query;
mod request;
mod user;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, ID, Result, Schema};
use openim_core::{Error, UserId};
use openim_graphql::{Long, Page, PageInfo, SchemaSubgraph, Subgraph};

use crate::model::{Listed, Slice};
use crate::service::Service;

/// Makes the part of the graph; each request gets its own loaders.
pub(crate) fn subgraph(service: Arc<Service>) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription).enable_federation().data(service.clone()).finish();
    Arc::new(SchemaSubgraph::new("relations", schema, move |ctx, request| loaders::provide(request, ctx, &service)))
}

fn service<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Service>> {
    ctx.data::<Arc<Service>>()
}

fn id(id: &UserId) -> ID {
    ID::from(id.as_str())
}

fn texts(ids: Vec<ID>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}

fn long(count: u64) -> openim_core::Result<Long> {
    i64::try_from(count).map(Long).map_err(Error::internal)
}

/// Reads the arguments of a connection.
fn slice<P>(page: Page, place: impl Fn(&str) -> openim_core::Result<P>) -> openim_core::Result<Slice<P>> {
    Ok(Slice { after: page.after.as_deref().map(place).transpose()?, offset: page.offset, limit: page.limit })
}

/// Says where a page lies.
fn page_info<T>(page: &Listed<T>, cursor: impl Fn(&T) -> String) -> PageInfo {
    PageInfo {
        has_next_page: page.has_next,
        has_previous_page: page.has_previous,
        start_cursor: page.items.first().map(&cursor),
        end_cursor: page.items.last().map(&cursor),
    }
}
