//! The one way from a door to the executor: resolve the document, look at its kind, give it a fresh context, run it.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::{Executor, Request, Response};
use futures_util::stream::{BoxStream, StreamExt};
use openim_contracts::Authenticator;
use openim_core::{Error, ErrorCode, OperationId, Result, Runtime, Timestamp};
use openim_platform::limits::DoorLimits;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::answer::is_refused;
use crate::caller::Caller;
use crate::document::{Kind, Outline};
use crate::documents::{Found, PersistedDocuments, Registration};
use crate::incoming::Incoming;
use crate::meters::{Meters, Transport};
use crate::problem::{failure, is_token_code, with_public_errors};
use crate::settings::Settings;
use crate::streams::Streams;

/// The longest operation name that is written to a span.
const SHOWN_NAME: usize = 100;

/// What all doors share.
pub(crate) struct Service<E> {
    pub(crate) executor: E,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) runtime: Runtime,
    pub(crate) settings: Settings,
    pub(crate) documents: PersistedDocuments,
    pub(crate) streams: Arc<Streams>,
    pub(crate) tasks: TaskTracker,
    pub(crate) meters: Meters,
    pub(crate) limits: Arc<DoorLimits>,
}

/// An operation that is ready to run.
pub(crate) struct Operation {
    pub(crate) kind: Option<Kind>,
    request: Request,
    span: tracing::Span,
    /// What is remembered when it runs.
    registration: Option<Registration>,
}

impl<E: Executor> Service<E> {
    /// Checks a token, within the deadline. One that is not good counts as an operation of nobody, so that tokens cannot be
    /// guessed without end.
    pub(crate) async fn authenticate(&self, token: Option<&str>, origin: Option<IpAddr>) -> Result<Caller> {
        let checked = Caller::authenticate(&*self.authenticator, token, origin);
        let checked = tokio::time::timeout(self.settings.deadline, checked).await.unwrap_or_else(|_| Err(too_late()));
        if checked.as_ref().is_err_and(|error| is_token_code(error.code())) {
            self.limits.admit(None, origin).await?;
        }
        checked
    }

    /// Counts an operation of a caller, who may come too often. It is asked before anything is read or kept for the operation.
    pub(crate) async fn admit(&self, caller: &Caller, transport: Transport) -> Result<()> {
        let admitted = self.limits.admit(caller.principal(), caller.origin()).await;
        admitted.inspect_err(|_| self.meters.operation(transport, None, "limited"))
    }

    /// Makes an operation that was admitted ready. A subscription's deadline is the end of its token; other operations get the
    /// setting's.
    pub(crate) async fn prepare(
        &self,
        mut incoming: Incoming,
        caller: &Caller,
        operation_id: OperationId,
        transport: Transport,
    ) -> Result<Operation> {
        let document = tokio::time::timeout(self.settings.deadline, self.document(&mut incoming)).await;
        let document = document.unwrap_or_else(|_| Err(too_late()));
        let refused = |_: &Error| self.meters.operation(transport, None, "refused");
        let (Found { text, registration }, kind) = document.inspect_err(refused)?;
        let reason = incoming.reason().inspect_err(refused)?;
        // A subscription that is only explained has one answer.
        let explained = incoming.extensions.contains_key("explain");
        let kind = kind.map(|kind| if explained && kind == Kind::Subscription { Kind::Query } else { kind });
        let span = tracing::info_span!(
            "graphql",
            operation.id = %operation_id,
            operation.kind = kind.map_or("unknown", Kind::word),
            operation.name = incoming.operation_name.as_deref().filter(|name| name.len() <= SHOWN_NAME).unwrap_or_default(),
            user.id = caller.principal().map_or("", |principal| principal.user_id.as_str()),
            transport = tracing::field::Empty,
        );
        let deadline = match kind {
            Some(Kind::Subscription) => caller.expires_at().unwrap_or(Timestamp(i64::MAX)),
            _ => self.runtime.clock.now().plus(self.settings.deadline),
        };
        let ctx = caller.ctx(&self.runtime, operation_id, deadline, reason);
        let mut request = Request::new(text).variables(incoming.variables).data(ctx);
        request.operation_name = incoming.operation_name;
        request.extensions = incoming.extensions;
        if !self.settings.introspection {
            request = request.disable_introspection();
        }
        let registration = registration.filter(|_| caller.principal().is_some());
        Ok(Operation { kind, request, span, registration })
    }

    async fn document(&self, incoming: &mut Incoming) -> Result<(Found, Option<Kind>)> {
        let reference = incoming.reference()?;
        let found = self.documents.resolve(incoming.query.take(), reference).await?;
        let outline = Outline::of(&found.text);
        let kind = outline.kind(incoming.operation_name.as_deref());
        if outline.introspects && !self.settings.introspection {
            return Err(Error::new(ErrorCode::GraphqlInvalid, "introspection is switched off"));
        }
        Ok((found, kind))
    }

    /// Runs a query or mutation until its deadline.
    pub(crate) async fn execute(&self, operation: Operation, transport: Transport) -> Response {
        let Operation { kind, request, span, registration } = operation;
        span.record("transport", transport.word());
        let started = Instant::now();
        let running = self.executor.execute(request).instrument(span);
        let response = match tokio::time::timeout(self.settings.deadline, running).await {
            Ok(response) => with_public_errors(response),
            Err(_) => failure(too_late()),
        };
        let outcome = match (response.errors.is_empty(), is_refused(&response)) {
            (true, _) => "ok",
            (false, true) => "refused",
            (false, false) => "partial",
        };
        self.meters.operation(transport, kind, outcome);
        self.meters.took(transport, started.elapsed());
        if let Some(registration) = registration.filter(|_| outcome != "refused") {
            self.documents.remember(registration).await;
        }
        response
    }

    /// Runs a subscription.
    pub(crate) fn subscribe(&self, operation: Operation, transport: Transport) -> BoxStream<'static, Response> {
        let Operation { kind, request, span, registration } = operation;
        span.record("transport", transport.word());
        self.meters.operation(transport, kind, "ok");
        let answers = span.in_scope(|| self.executor.execute_stream(request, None).map(with_public_errors).boxed());
        let Some(registration) = registration else { return answers };
        let mut news = Some((self.documents.clone(), registration));
        let told = answers.then(move |answer| {
            // The first answer tells whether it runs.
            let news = news.take().filter(|_| !is_refused(&answer));
            async move {
                if let Some((documents, registration)) = news {
                    documents.remember(registration).await;
                }
                answer
            }
        });
        told.boxed()
    }
}

fn too_late() -> Error {
    Error::new(ErrorCode::DeadlineExceeded, "the operation took too long")
}
