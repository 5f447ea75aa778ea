//! The GraphQL face of the hub. Whatever lies behind a key is fetched by the gateway's plan, for each event.

mod events;
mod news;
mod nodes;
mod passing;
mod shape;

use std::sync::Arc;

use async_graphql::{
    Context, EmptyMutation, ID, InputValueError, InputValueResult, Object, Pos, Request, Response, Result, Scalar, ScalarType, Schema,
    SimpleObject, Subscription, Value,
};
use async_trait::async_trait;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use openim_core::{Ctx, Error, UserId};
use openim_graphql::{DateTime, SchemaSubgraph, Subgraph, admin_only, caller, public_error};

use crate::cursor::MAX_TEXT;
use crate::hub::Hub;
use events::Event;
use nodes::NodeReport;
use shape::Shape;

/// Makes the schema into a part of the graph.
pub(crate) fn subgraph(hub: Arc<Hub>) -> Arc<dyn Subgraph> {
    let schema =
        Schema::build(Query, EmptyMutation, Events).data(hub.clone()).enable_federation().enable_subscription_in_federation().finish();
    Arc::new(Face { whole: SchemaSubgraph::new("realtime", schema, |_, request| request), hub })
}

/// The schema, with a lean way for the usual event streams.
struct Face {
    whole: SchemaSubgraph<Query, EmptyMutation, Events>,
    hub: Arc<Hub>,
}

#[async_trait]
impl Subgraph for Face {
    fn name(&self) -> &'static str {
        self.whole.name()
    }

    fn sdl(&self) -> String {
        self.whole.sdl()
    }

    async fn execute(&self, ctx: Ctx, request: Request) -> Response {
        self.whole.execute(ctx, request).await
    }

    fn subscribe(&self, ctx: Ctx, mut request: Request) -> BoxStream<'static, Response> {
        let variables = std::mem::take(&mut request.variables);
        let shape = request.parsed_query().ok().and_then(|document| Shape::of(document, &variables));
        let Some(mut shape) = shape else {
            return self.whole.subscribe(ctx, request.variables(variables));
        };
        let refused = |error: Error| public_error(async_graphql::Error::from(error).into_server_error(Pos::default()));
        let opened = ctx.principal().and_then(|principal| {
            Ok((self.hub.open(&ctx, shape.after.take(), &std::mem::take(&mut shape.presence_of))?, principal.user_id.clone()))
        });
        match opened {
            Ok((events, viewer)) => events
                .map(move |event| match event {
                    Ok(event) => Response::new(shape.answer(event, &viewer)),
                    Err(error) => Response::from_errors(vec![refused(error)]),
                })
                .boxed(),
            Err(error) => stream::once(async move { Response::from_errors(vec![refused(error)]) }).boxed(),
        }
    }
}

/// A place in a viewer's event stream. Opaque: keep the newest and hand it back as `after`.
#[derive(Debug, Clone)]
pub(crate) struct EventCursor(pub(crate) String);

/// A place in a viewer's event stream, opaque text of at most 4,096 characters. Keep the newest one and hand it back as
/// `after`; it belongs to the viewer it was given to.
#[Scalar(name = "EventCursor")]
impl ScalarType for EventCursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if text.len() <= MAX_TEXT => Ok(Self(text)),
            Value::String(_) => Err(InputValueError::custom("must be at most 4096 characters long")),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// What event streams promise on this server.
#[derive(Debug, SimpleObject)]
struct EventLimits {
    /// The oldest cursor that is resumed from, in seconds; an older one gives `EXPIRED_CURSOR`.
    cursor_max_age_seconds: i32,
    /// The most events that are repeated after a cursor; more give `TOO_MUCH_MISSED`.
    max_missed: i32,
    /// How many signals wait for a slow client before its stream ends with `TOO_SLOW`.
    queue_length: i32,
    /// By how much the clocks of the servers may differ, in seconds. What was signalled within this time before a cursor
    /// may be told twice.
    margin_seconds: i32,
    /// The most users whose presence one stream tells.
    max_watched: i32,
}

struct Query;

/// Reading.
#[Object(name = "Query")]
impl Query {
    /// What `Subscription.events` promises: ages, lengths and margins. For everybody.
    async fn event_limits(&self, ctx: &Context<'_>) -> Result<EventLimits> {
        let settings = &ctx.data::<Arc<Hub>>()?.settings;
        let seconds = |duration: std::time::Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        Ok(EventLimits {
            cursor_max_age_seconds: seconds(settings.max_cursor_age),
            max_missed: i32::try_from(settings.max_missed).unwrap_or(i32::MAX),
            queue_length: i32::try_from(settings.queue).unwrap_or(i32::MAX),
            margin_seconds: seconds(settings.margin),
            max_watched: i32::try_from(settings.max_watched).unwrap_or(i32::MAX),
        })
    }
}

struct Events;

/// Being told.
#[Subscription(name = "Subscription")]
impl Events {
    /// What happens to the caller, from now on or after a cursor.
    ///
    /// The first event is always `Ready`. With `after`, what was missed follows, in order per conversation; if that
    /// cannot be told, `Reset` says what to do. Every event comes at least once, messages of a conversation in the order
    /// of their seqs. The stream ends with an error when the token is revoked, when the client reads too slowly and when
    /// the server stops; it is resumed with the newest cursor.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The newest cursor of an earlier stream of the same user.")] after: Option<EventCursor>,
        #[graphql(desc = "Whose presence to tell, see `eventLimits.maxWatched`: first what it is now, then each change.")]
        presence_of: Option<Vec<ID>>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let ctx = (caller(ctx)?, ctx.data::<Arc<Hub>>()?);
        let watched: Vec<String> = presence_of.unwrap_or_default().into_iter().map(|id| id.0).collect();
        let viewer: UserId = ctx.0.principal()?.user_id.clone();
        let events = ctx.1.open(ctx.0, after.map(|cursor| cursor.0), &watched)?;
        Ok(events.map(move |event| Ok(Event::of(event?, &viewer))))
    }

    /// The processes of the deployment and what they count, for app administrators: first what is known of each, then each of
    /// their signs of life, one in three seconds, and who has fallen silent. Of a process that said several things while the
    /// client was busy, the last is told. The stream ends with an error when the token is revoked and when the server stops.
    #[graphql(directive = admin_only::apply())]
    async fn node_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The newest `lastSeenAt` that an earlier stream told: of processes seen until then, only news.")] after: Option<
            DateTime,
        >,
    ) -> Result<impl Stream<Item = Result<NodeReport>> + use<>> {
        let watching = ctx.data::<Arc<Hub>>()?.watch_processes(caller(ctx)?, after.map(|after| after.0))?;
        Ok(stream::unfold(watching, |mut watching| async move {
            let report = watching.next().await?;
            Some((report.map(NodeReport::from).map_err(Into::into), watching))
        }))
    }
}
