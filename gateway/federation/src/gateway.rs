//! The gateway: what the doors hold.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Data, Executor, Name, Request, Response, ServerError, Value, Variables};
use futures_util::stream::{BoxStream, StreamExt, once};
use openim_core::{Ctx, ErrorCode};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::builder::DefaultCtx;
use crate::document::Document;
use crate::errors::error;
use crate::execute::{Outcome, Run};
use crate::introspection::introspect;
use crate::planner::Planner;
use crate::planning::plan;
use crate::schema::GraphSchema;
use crate::shared::SharedStreams;
use crate::steps::Plan;
use crate::{GatewayBuilder, Limits, OperationKind, Prepared, SubgraphTransport, explain};

/// Answers operations over the whole graph. Cheap to clone.
#[derive(Clone)]
pub struct Gateway(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub supergraph: String,
    pub schema: GraphSchema,
    pub planner: Planner,
    pub transports: Vec<Arc<dyn SubgraphTransport>>,
    /// By text and operation name.
    pub documents: moka::future::Cache<String, Arc<Document>>,
    pub limits: Limits,
    pub planning_time: Duration,
    pub event_time: Duration,
    pub introspection: bool,
    /// One place for each answer about the schema that is being made.
    pub introspections: Arc<Semaphore>,
    pub default_ctx: Option<DefaultCtx>,
    pub streams: SharedStreams,
    pub tasks: TaskTracker,
    pub closing: CancellationToken,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("subgraphs", &self.0.transports.len()).finish_non_exhaustive()
    }
}

/// Documents above this many bytes are parsed away from the threads that serve requests.
const LONG_DOCUMENT: usize = 8 << 10;

impl Inner {
    fn parse(&self, text: &str, operation_name: Option<&str>) -> Result<Document, Refusal> {
        Document::parse(text, operation_name, &self.schema.public, &self.schema.inputs, &self.limits)
    }
}

/// Errors of a request that was not executed.
pub(crate) type Refusal = Vec<ServerError>;

impl Gateway {
    /// Starts collecting subgraphs.
    pub fn builder() -> GatewayBuilder {
        GatewayBuilder::default()
    }

    /// Parses, validates and plans a document of our own, which may use the directives given to
    /// [`GatewayBuilder::directives`].
    ///
    /// # Errors
    /// What is wrong with the document, with positions.
    pub fn prepare(&self, document: &str, operation_name: Option<&str>) -> Result<Prepared, Refusal> {
        let inner = &self.0;
        let document = Document::parse(document, operation_name, &inner.schema.own, &inner.schema.inputs, &Limits::unbounded())?;
        let plan = plan(&inner.planner, &inner.schema, &document, 0, inner.planning_time).map_err(|refused| vec![refused])?;
        // Nobody else knows the document yet, so the place is empty.
        let _ = document.plan_cell(0).set(Arc::new(plan));
        Ok(Prepared::new(Arc::new(document)))
    }

    /// Runs a prepared query or mutation.
    pub async fn execute_prepared(&self, prepared: &Prepared, variables: Variables, ctx: &Ctx) -> Response {
        self.execute_document(&prepared.document, variables, ctx).await
    }

    /// Opens a prepared subscription; a query or mutation gives one answer.
    pub fn subscribe_prepared(&self, prepared: &Prepared, variables: Variables, ctx: &Ctx) -> BoxStream<'static, Response> {
        self.clone().stream_document(Arc::clone(&prepared.document), variables, ctx.clone())
    }

    /// Returns the supergraph, with the federation machinery.
    pub fn supergraph_sdl(&self) -> &str {
        &self.0.supergraph
    }

    /// Returns the public schema: sorted, without any federation machinery.
    pub fn api_sdl(&self) -> &str {
        &self.0.schema.text
    }

    /// Ends all subscriptions, tells their readers, and waits for the work behind them.
    pub async fn close(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Finds or parses a document of a client.
    pub(crate) async fn document(&self, text: &str, operation_name: Option<&str>) -> Result<Arc<Document>, Refusal> {
        let inner = &self.0;
        // No document contains this character outside of a string, and none ends inside of one.
        let named = operation_name.map(|name| format!("{text}\0{name}"));
        if let Some(document) = inner.documents.get(named.as_deref().unwrap_or(text)).await {
            return Ok(document);
        }
        metrics::counter!("openim_gateway_documents_parsed_total").increment(1);
        let started = std::time::Instant::now();
        let document = if text.len() > LONG_DOCUMENT {
            let (gateway, text, name) = (self.clone(), text.to_owned(), operation_name.map(str::to_owned));
            let parsing = tokio::task::spawn_blocking(move || gateway.0.parse(&text, name.as_deref()));
            parsing.await.unwrap_or_else(|_| Err(vec![error(ErrorCode::Internal, "this document cannot be parsed")]))?
        } else {
            inner.parse(text, operation_name)?
        };
        metrics::histogram!("openim_gateway_parse_seconds").record(started.elapsed());
        let document = Arc::new(document);
        inner.documents.insert(named.unwrap_or_else(|| text.to_owned()), Arc::clone(&document)).await;
        Ok(document)
    }

    /// Finds or makes the plan for these variables.
    pub(crate) async fn plan(&self, document: &Arc<Document>, variables: &Variables) -> Result<Arc<Plan>, ServerError> {
        if let Some(plan) = document.ready() {
            return Ok(Arc::clone(plan));
        }
        let mask = document.mask(variables);
        let cell = document.plan_cell(mask);
        let plan = cell.get_or_try_init(|| async {
            let (gateway, document) = (self.clone(), Arc::clone(document));
            let planned = tokio::task::spawn_blocking(move || {
                let inner = &gateway.0;
                plan(&inner.planner, &inner.schema, &document, mask, inner.planning_time).map(Arc::new)
            });
            planned.await.unwrap_or_else(|_| Err(error(ErrorCode::Internal, "this operation cannot be planned")))
        });
        plan.await.map(Arc::clone)
    }

    /// Coerces variables and finds the plan.
    pub(crate) async fn ready(&self, document: &Arc<Document>, variables: Variables) -> Result<(Arc<Plan>, Variables), Refusal> {
        let inner = &self.0;
        let variables = inner.schema.inputs.coerce(&document.variables, variables)?;
        document.check_cost(&variables).map_err(|refused| vec![refused])?;
        let plan = self.plan(document, &variables).await.map_err(|refused| vec![refused])?;
        Ok((plan, variables))
    }

    pub(crate) async fn execute_document(&self, document: &Arc<Document>, variables: Variables, ctx: &Ctx) -> Response {
        if document.kind == OperationKind::Subscription {
            return refuse(vec![error(ErrorCode::GraphqlInvalid, "a subscription needs a stream")]);
        }
        match self.run_document(document, variables, ctx, false).await {
            Ok(outcome) => respond(outcome),
            Err(errors) => refuse(errors),
        }
    }

    pub(crate) async fn run_document(
        &self,
        document: &Arc<Document>,
        variables: Variables,
        ctx: &Ctx,
        timed: bool,
    ) -> Result<Outcome, Refusal> {
        let (plan, variables) = self.ready(document, variables).await?;
        let inner = &self.0;
        let introspection = if plan.parts.iter().any(|part| part.introspects) {
            Some(self.introspect(document, &variables, ctx).await.map_err(|refused| vec![refused])?)
        } else {
            None
        };
        let run = Run::new(&inner.transports, &plan, &variables, ctx);
        let run = if timed { run.timed() } else { run };
        let started = std::time::Instant::now();
        let outcome = run.run(introspection).await;
        metrics::histogram!("openim_gateway_execute_seconds").record(started.elapsed());
        Ok(outcome)
    }

    /// Answers about the schema away from the threads that serve requests, a few at a time.
    async fn introspect(&self, document: &Arc<Document>, variables: &Variables, ctx: &Ctx) -> Result<IndexMap<Name, Value>, ServerError> {
        if !self.0.introspection {
            return Err(error(ErrorCode::NoPermission, "introspection is switched off"));
        }
        let place = tokio::time::timeout(ctx.remaining(), Arc::clone(&self.0.introspections).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(error(ErrorCode::DeadlineExceeded, "too much is asked about the schema now")) };
        let (gateway, document, variables) = (self.clone(), Arc::clone(document), variables.clone());
        let answering = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone; the place is free when the work is done.
            let _place = place;
            introspect(&gateway.0.schema, &document, &variables)
        });
        answering.await.unwrap_or_else(|_| Err(error(ErrorCode::Internal, "the schema cannot be told")))
    }

    async fn execute_request(&self, mut request: Request, ctx: &Ctx) -> Response {
        if let Some(wanted) = request.extensions.remove(explain::EXTENSION) {
            return self.explained(request, &wanted, ctx).await;
        }
        let variables = std::mem::take(&mut request.variables);
        match self.document(&request.query, request.operation_name.as_deref()).await {
            Ok(document) => self.execute_document(&document, variables, ctx).await,
            Err(errors) => refuse(errors),
        }
    }

    fn stream_document(self, document: Arc<Document>, variables: Variables, ctx: Ctx) -> BoxStream<'static, Response> {
        if document.kind == OperationKind::Subscription {
            return crate::subscribe::subscribe(self, document, variables, ctx);
        }
        once(async move { self.execute_document(&document, variables, &ctx).await }).boxed()
    }

    fn default_ctx(&self) -> Option<Ctx> {
        self.0.default_ctx.as_ref().map(|make| make())
    }
}

impl Executor for Gateway {
    async fn execute(&self, request: Request) -> Response {
        let ctx = ctx_of(&request.data).cloned().or_else(|| self.default_ctx());
        let Some(ctx) = ctx else { return refuse(vec![error(ErrorCode::Unauthenticated, "a token is required")]) };
        let started = std::time::Instant::now();
        let span = tracing::info_span!("graphql", operation.id = %ctx.operation_id());
        let response = self.execute_request(request, &ctx).instrument(span).await;
        metrics::histogram!("openim_gateway_request_seconds").record(started.elapsed());
        response
    }

    fn execute_stream(&self, mut request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        // A session's context tells who is there; its deadline was that of the handshake.
        let of_session = || session_data.as_deref().and_then(ctx_of).map(|ctx| self.renewed(ctx));
        let ctx = ctx_of(&request.data).cloned().or_else(of_session).or_else(|| self.default_ctx());
        let Some(ctx) = ctx else {
            return once(async { refuse(vec![error(ErrorCode::Unauthenticated, "a token is required")]) }).boxed();
        };
        let gateway = self.clone();
        let stream = async move {
            let variables = std::mem::take(&mut request.variables);
            match gateway.document(&request.query, request.operation_name.as_deref()).await {
                Ok(document) => gateway.stream_document(document, variables, ctx),
                Err(errors) => once(async move { refuse(errors) }).boxed(),
            }
        };
        once(stream).flatten().boxed()
    }
}

impl Gateway {
    /// Gives a long-lived context the deadline of one piece of work.
    pub(crate) fn renewed(&self, ctx: &Ctx) -> Ctx {
        let deadline = ctx.now().plus(self.0.event_time);
        ctx.clone().with_deadline(deadline)
    }
}

fn ctx_of(data: &Data) -> Option<&Ctx> {
    data.get(&TypeId::of::<Ctx>()).and_then(|ctx| ctx.downcast_ref())
}

/// Makes the response of a request that was not executed.
pub(crate) fn refuse(errors: Refusal) -> Response {
    Response::from_errors(errors)
}

/// Makes the response of a run.
pub(crate) fn respond(outcome: Outcome) -> Response {
    let mut response = Response::new(outcome.data);
    response.errors = outcome.errors;
    response
}
