//! A schema as a part of the federated graph.

use async_graphql::{ObjectType, Request, Response, SDLExportOptions, Schema, SubscriptionType};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use openim_core::Ctx;

use crate::{calls, public_error};

/// One domain's part of the graph, whatever its roots.
///
/// The gateway calls it directly when both live in one process; otherwise the server hosts it over HTTP and the gateway's
/// HTTP transport calls that. Neither side can tell the difference.
#[async_trait]
pub trait Subgraph: Send + Sync + 'static {
    /// Returns the name in the supergraph, lower case.
    fn name(&self) -> &'static str;

    /// Returns the federation SDL (see [`subgraph_sdl`]).
    fn sdl(&self) -> String;

    /// Answers a query or mutation for the caller in `ctx`.
    async fn execute(&self, ctx: Ctx, request: Request) -> Response;

    /// Answers a subscription for the caller in `ctx`; the stream ends when its source does.
    fn subscribe(&self, ctx: Ctx, request: Request) -> BoxStream<'static, Response>;
}

/// Puts the loaders of one request into it.
type Prepare = dyn Fn(&Ctx, Request) -> Request + Send + Sync;

/// An async-graphql schema as a [`Subgraph`].
///
/// `prepare` puts the loaders of one request into it: loaders live as long as a request, because answers depend on the caller.
pub struct SchemaSubgraph<Q, M, S> {
    name: &'static str,
    schema: Schema<Q, M, S>,
    prepare: Box<Prepare>,
}

impl<Q, M, S> SchemaSubgraph<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Names a schema and says how a request gets its loaders.
    pub fn new(name: &'static str, schema: Schema<Q, M, S>, prepare: impl Fn(&Ctx, Request) -> Request + Send + Sync + 'static) -> Self {
        Self { name, schema, prepare: Box::new(prepare) }
    }

    fn request(&self, ctx: Ctx, request: Request) -> Request {
        (self.prepare)(&ctx, request).data(ctx)
    }
}

#[async_trait]
impl<Q, M, S> Subgraph for SchemaSubgraph<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn sdl(&self) -> String {
        subgraph_sdl(&self.schema)
    }

    async fn execute(&self, ctx: Ctx, mut request: Request) -> Response {
        let asked = calls::asked(&mut request);
        let response = with_public_errors(self.schema.execute(self.request(ctx, request)).await);
        calls::count(self.name, asked, &response);
        response
    }

    fn subscribe(&self, ctx: Ctx, request: Request) -> BoxStream<'static, Response> {
        self.schema.execute_stream(self.request(ctx, request)).map(with_public_errors).boxed()
    }
}

fn with_public_errors(mut response: Response) -> Response {
    response.errors = response.errors.into_iter().map(public_error).collect();
    response
}

/// Prints the federation SDL of a schema: sorted, so that a golden file shows only real changes.
///
/// Root types must be named `Query`, `Mutation` and `Subscription` (`#[Object(name = "Query")]`): federation SDL has no
/// `schema` block. Build the schema with `enable_federation()` and, if it has subscriptions,
/// `enable_subscription_in_federation()`.
pub fn subgraph_sdl<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    schema.sdl_with_options(SDLExportOptions::new().federation().compose_directive().sorted_fields().sorted_arguments().sorted_enum_items())
}
