//! A graph that shows what reached it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Context, Object, Result, Schema, SimpleObject, Subscription};
use futures_util::Stream;
use futures_util::stream;
use openim_core::{Ctx, ErrorCode};
use openim_graphql::caller;
use tokio::sync::{Notify, Semaphore, broadcast};

/// What the tests move and watch.
pub(crate) struct Probe {
    /// The events of `ticks`.
    pub(crate) feed: broadcast::Sender<i32>,
    /// How many mutations ran.
    pub(crate) bumps: AtomicUsize,
    /// Lets `slowBump` finish.
    pub(crate) gate: Semaphore,
    /// How many frames `flood` made.
    pub(crate) flooded: AtomicUsize,
    /// How many subscriptions are open.
    pub(crate) open: AtomicUsize,
    /// Told when a subscription opens or ends.
    pub(crate) changed: Notify,
}

impl Default for Probe {
    fn default() -> Self {
        Self {
            feed: broadcast::channel(64).0,
            bumps: AtomicUsize::new(0),
            gate: Semaphore::new(0),
            flooded: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            changed: Notify::new(),
        }
    }
}

impl Probe {
    /// Waits until this many subscriptions are open.
    pub(crate) async fn open(&self, count: usize) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if self.open.load(Ordering::SeqCst) == count {
                    return;
                }
                changed.await;
            }
        };
        super::soon(waiting).await;
    }

    fn enter(self: &Arc<Self>) -> Opened {
        self.open.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
        Opened(self.clone())
    }
}

struct Opened(Arc<Probe>);

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

pub(crate) fn schema(probe: Arc<Probe>) -> Schema<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation, Subscription).data(probe).finish()
}

fn probe<'a>(ctx: &Context<'a>) -> &'a Arc<Probe> {
    ctx.data_unchecked::<Arc<Probe>>()
}

fn name(ctx: &Ctx) -> String {
    ctx.principal().map_or_else(|_| "nobody".to_owned(), |principal| principal.user_id.to_string())
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn me(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(name(caller(ctx)?))
    }

    async fn operation(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(caller(ctx)?.operation_id().to_string())
    }

    /// Why the caller does this.
    async fn why(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(caller(ctx)?.reason().map(|reason| reason.as_str().to_owned()))
    }

    /// Milliseconds that the caller still waits.
    async fn remaining(&self, ctx: &Context<'_>) -> Result<u32> {
        Ok(u32::try_from(caller(ctx)?.remaining().as_millis())?)
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn fail(&self) -> Result<Option<i32>> {
        Err(super::error(ErrorCode::Internal, "something went wrong inside").into())
    }

    async fn forever(&self) -> i32 {
        std::future::pending().await
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, ctx: &Context<'_>) -> usize {
        probe(ctx).bumps.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn slow_bump(&self, ctx: &Context<'_>) -> Result<usize> {
        let probe = probe(ctx);
        let _opened = probe.enter();
        probe.gate.acquire().await?.forget();
        Ok(probe.bumps.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

#[derive(SimpleObject)]
pub(crate) struct Tick {
    cursor: String,
    number: i32,
    after: Option<String>,
    user: String,
    operation: String,
}

pub(crate) struct Subscription;

#[Subscription]
impl Subscription {
    async fn ticks(&self, ctx: &Context<'_>, after: Option<String>) -> Result<impl Stream<Item = Tick> + use<>> {
        let caller = caller(ctx)?;
        let (user, operation) = (name(caller), caller.operation_id().to_string());
        let feed = probe(ctx).feed.subscribe();
        let opened = probe(ctx).enter();
        Ok(stream::unfold((feed, opened), move |(mut feed, opened)| {
            let (after, user, operation) = (after.clone(), user.clone(), operation.clone());
            async move {
                let number = feed.recv().await.ok().filter(|number| *number >= 0)?;
                Some((Tick { cursor: format!("c{number}"), number, after, user, operation }, (feed, opened)))
            }
        }))
    }

    /// As many long texts as the reader takes.
    async fn flood(&self, ctx: &Context<'_>) -> impl Stream<Item = String> + use<> {
        let probe = probe(ctx).clone();
        let opened = probe.enter();
        stream::unfold(opened, move |opened| {
            probe.flooded.fetch_add(1, Ordering::SeqCst);
            async move { Some(("x".repeat(16 * 1024), opened)) }
        })
    }

    async fn refused(&self) -> Result<impl Stream<Item = i32> + use<>> {
        if true { Err(super::error(ErrorCode::NoPermission, "not for you").into()) } else { Ok(stream::empty()) }
    }
}
