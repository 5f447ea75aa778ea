//! Subscriptions: every event of the source becomes data, and the rest of the plan runs on it.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Response, ServerError, Value, Variables};
use futures_util::stream::{BoxStream, StreamExt, once, unfold};
use openim_core::{Ctx, ErrorCode};

use crate::document::Document;
use crate::errors::{error, transport_error};
use crate::execute::{Run, fetch_variables};
use crate::gateway::{Gateway, refuse};
use crate::shared::{Source, StreamKey};
use crate::steps::Plan;
use crate::{SubgraphRequest, SubgraphResponse, TransportError};

/// The root argument of subscriptions that can be resumed: each stream has its own place in the past.
const RESUME_ARGUMENT: &str = "after";
/// How often an event is tried to be completed before its stream ends, so that the client resumes before it.
const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Opens a subscription, or joins an equal one.
pub(crate) fn subscribe(gateway: Gateway, document: Arc<Document>, variables: Variables, ctx: Ctx) -> BoxStream<'static, Response> {
    let stream = async move {
        let (plan, variables) = match gateway.ready(&document, variables).await {
            Ok(ready) => ready,
            Err(errors) => return once(async move { refuse(errors) }).boxed(),
        };
        if resumable(&document) {
            return resume(gateway, plan, variables, ctx).await;
        }
        let key = StreamKey { plan, variables, actor: ctx.actor().clone() };
        let (stream, source) = gateway.0.streams.join(&key);
        if let Some(source) = source {
            let running = gateway.clone();
            gateway.0.tasks.spawn(async move { drive(&running, &key, &ctx, &source).await });
        }
        stream
    };
    once(stream).flatten().boxed()
}

/// Tells whether streams of the subscription start at a place of their own. Such streams are not shared: who joins later
/// would miss what comes first. Nor are they buffered: the source waits for its reader and knows what it has told.
fn resumable(document: &Document) -> bool {
    document.operation.root_fields(&document.source).any(|field| field.definition.argument_by_name(RESUME_ARGUMENT).is_some())
}

/// The state of one resumable stream.
struct Resumable {
    gateway: Gateway,
    plan: Arc<Plan>,
    variables: Variables,
    ctx: Ctx,
    service: Arc<str>,
    events: BoxStream<'static, Result<SubgraphResponse, TransportError>>,
    open: bool,
}

impl Drop for Resumable {
    fn drop(&mut self) {
        metrics::gauge!("openim_gateway_subscriptions").decrement(1);
    }
}

async fn resume(gateway: Gateway, plan: Arc<Plan>, variables: Variables, ctx: Ctx) -> BoxStream<'static, Response> {
    let Some(fetch) = plan.parts.first().and_then(|part| part.source.as_ref()) else {
        return once(async { refuse(vec![error(ErrorCode::Internal, "this subscription has no source")]) }).boxed();
    };
    let Some(transport) = gateway.0.transports.get(fetch.service) else { return futures_util::stream::empty().boxed() };
    let request = SubgraphRequest { op: Arc::clone(&fetch.op), variables: fetch_variables(&plan, fetch, &variables), ctx: ctx.clone() };
    let service = fetch.service_name.clone();
    let events = match transport.subscribe(request).await {
        Ok(events) => events,
        Err(failure) => return once(async move { refuse(vec![transport_error(&failure, &service)]) }).boxed(),
    };
    metrics::gauge!("openim_gateway_subscriptions").increment(1);
    let stream = Resumable { gateway, plan, variables, ctx, service, events, open: true };
    unfold(stream, |mut stream| async move { stream.next().await.map(|response| (response, stream)) }).boxed()
}

impl Resumable {
    async fn next(&mut self) -> Option<Response> {
        if !self.open {
            return None;
        }
        let event = tokio::select! {
            () = self.gateway.0.closing.cancelled() => {
                self.open = false;
                return Some(refuse(vec![error(ErrorCode::Unavailable, "the server is shutting down; subscribe again")]));
            }
            event = self.events.next() => event?,
        };
        match event {
            // Boxed: completing an event would otherwise be part of every idle stream.
            Ok(event) => Some(Box::pin(self.complete(event)).await),
            Err(failure) => {
                self.open = false;
                Some(refuse(vec![transport_error(&failure, &self.service)]))
            }
        }
    }

    /// Runs the rest of the plan. What fails for the moment is tried again; if it goes on failing the stream ends instead of
    /// passing over the event, and the client resumes from the one before.
    async fn complete(&mut self, event: SubgraphResponse) -> Response {
        metrics::counter!("openim_gateway_events_total").increment(1);
        let (mut pause, mut attempts) = (FIRST_PAUSE, 1);
        loop {
            let ctx = self.gateway.renewed(&self.ctx);
            let run = Run::new(&self.gateway.0.transports, &self.plan, &self.variables, &ctx);
            let outcome = run.run_after_event(event.clone()).await;
            if !outcome.errors.iter().any(may_pass) || event.errors.iter().any(may_pass) {
                let mut response = Response::new(outcome.data);
                response.errors = outcome.errors;
                return response;
            }
            if attempts == ATTEMPTS {
                self.open = false;
                return refuse(outcome.errors);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
            attempts += 1;
        }
    }
}

/// Tells whether an error may be gone the next time.
fn may_pass(error: &ServerError) -> bool {
    error.extensions.as_ref().is_some_and(|values| values.get("retryable") == Some(&Value::Boolean(true)))
}

async fn drive(gateway: &Gateway, key: &StreamKey, ctx: &Ctx, source: &Source) {
    let open = metrics::gauge!("openim_gateway_subscriptions");
    open.increment(1);
    tokio::select! {
        () = source.stop.cancelled() => {}
        () = gateway.0.closing.cancelled() => {
            source.send(Value::Null, vec![error(ErrorCode::Unavailable, "the server is shutting down; subscribe again")]);
        }
        () = feed(gateway, &key.plan, &key.variables, ctx, source) => {}
    }
    gateway.0.streams.finish(key, source);
    source.end();
    open.decrement(1);
}

async fn feed(gateway: &Gateway, plan: &Plan, variables: &Variables, ctx: &Ctx, source: &Source) {
    let inner = &gateway.0;
    let Some(fetch) = plan.parts.first().and_then(|part| part.source.as_ref()) else {
        return source.send(Value::Null, vec![error(ErrorCode::Internal, "this subscription has no source")]);
    };
    let Some(transport) = inner.transports.get(fetch.service) else { return };
    let request = SubgraphRequest { op: Arc::clone(&fetch.op), variables: fetch_variables(plan, fetch, variables), ctx: ctx.clone() };
    let mut events = match transport.subscribe(request).await {
        Ok(events) => events,
        Err(failure) => return source.send(Value::Null, vec![transport_error(&failure, &fetch.service_name)]),
    };
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                metrics::counter!("openim_gateway_events_total").increment(1);
                let ctx = gateway.renewed(ctx);
                let outcome = Run::new(&inner.transports, plan, variables, &ctx).run_after_event(event).await;
                source.send(outcome.data, outcome.errors);
            }
            Err(failure) => return source.send(Value::Null, vec![transport_error(&failure, &fetch.service_name)]),
        }
    }
}
