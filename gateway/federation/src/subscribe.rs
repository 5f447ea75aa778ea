//! Subscriptions: every event of the source becomes data, and the rest of the plan runs on it.

use std::sync::Arc;

use apollo_compiler::ast;
use async_graphql::{Response, Value, Variables};
use futures_util::stream::{BoxStream, StreamExt, once};
use openim_core::{Ctx, ErrorCode};

use crate::SubgraphRequest;
use crate::document::Document;
use crate::errors::{error, transport_error};
use crate::execute::{Run, fetch_variables};
use crate::gateway::{Gateway, refuse};
use crate::shared::{SharedStreams, Source, StreamKey};
use crate::steps::Plan;

/// The root argument that says from where events are repeated.
const REPLAY_ARGUMENT: &str = "after";

/// Opens a subscription, or joins an equal one.
pub(crate) fn subscribe(gateway: Gateway, document: Arc<Document>, variables: Variables, ctx: Ctx) -> BoxStream<'static, Response> {
    let stream = async move {
        let (plan, variables) = match gateway.ready(&document, variables).await {
            Ok(ready) => ready,
            Err(errors) => return once(async move { refuse(errors) }).boxed(),
        };
        let key = StreamKey { plan, variables, actor: ctx.actor().clone() };
        let (stream, source, key) = if repeats(&document, &key.variables) {
            // Whoever joins later would miss what is repeated first.
            let (stream, source) = SharedStreams::alone();
            (stream, Some(source), key)
        } else {
            let (stream, source) = gateway.0.streams.join(&key);
            (stream, source, key)
        };
        if let Some(source) = source {
            let running = gateway.clone();
            gateway.0.tasks.spawn(async move { drive(&running, &key, &ctx, &source).await });
        }
        stream
    };
    once(stream).flatten().boxed()
}

/// Tells whether the subscription starts with events of the past.
fn repeats(document: &Document, variables: &Variables) -> bool {
    document.operation.root_fields(&document.source).any(|field| {
        let argument = field.arguments.iter().find(|argument| argument.name == REPLAY_ARGUMENT);
        argument.is_some_and(|argument| match &*argument.value {
            ast::Value::Null => false,
            ast::Value::Variable(name) => variables.get(name.as_str()).is_some_and(|value| *value != Value::Null),
            _ => true,
        })
    })
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
