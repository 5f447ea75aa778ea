//! Webhooks: an application's own server is asked before operations and told after them.
//!
//! A domain calls [`Webhooks::before`] **outside of any transaction** (it waits for somebody else's server) and
//! [`Webhooks::after`] inside the transaction of the change. Payloads are structs in the subgraph's `hooks.rs` with the
//! keys of OpenIM; they leave out `callbackCommand` and `operationID`, which the engine writes in front where the hook has
//! them ([`Command::operation_id`]). Lists that are empty are `null`: use `Option<Vec<_>>`. An answer type has only
//! `Option` fields and `#[serde(default)]`; names match in any case; [`Accepted`] is the one without fields.
//!
//! After-hooks are rows of the `webhook_delivery` table, which is queue and log in one: an event handler works inside a
//! transaction, and SQLite's only writer must not wait for a stranger's server. [`Webhooks::start`] runs the deliveries.

mod answer;
mod any_case;
mod body;
pub mod commands;
mod delivery;
pub mod guard;
pub mod log;
mod sender;
mod settings;
mod signature;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use openim_core::{Ctx, Error, ErrorCode, Result, Runtime, Timestamp};
use openim_entities::platform::webhook_delivery;
use parking_lot::{Mutex, RwLock};
use sea_orm::ActiveValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use answer::Accepted;
pub use body::ReplyKey;
pub use commands::{Command, CommandKind};
pub use settings::{Hook, WebhookSettings};
pub(crate) use signature::SigningKey;

use crate::store::{Store, Tx};
use answer::{Answer, Verdict};
use log::{Attempt, Delivery, DeliveryOutcome};
use sender::{Request, SendError, Sender};

/// Failed before-hooks that wait to be logged; more are only counted.
const UNLOGGED: usize = 256;

/// How much of an answer the log keeps, in bytes.
const EXCERPT: usize = 512;

/// Notifications have these content types (OpenIM calls no message hook for them).
const NOTIFICATIONS: std::ops::RangeInclusive<i32> = 1000..=5000;

/// "Is typing" (OpenIM calls no message hook for it).
const TYPING: i32 = 113;

/// The webhooks of one process.
#[derive(Clone, Default)]
pub struct Webhooks {
    /// What they are now; nothing when nobody is called.
    engine: Arc<RwLock<Option<Arc<Engine>>>>,
    /// How the background work was started, for the next engine.
    started: Arc<Mutex<Option<Started>>>,
    /// Woken when a transaction with deliveries was committed.
    work: Arc<Notify>,
}

/// How the background work is started.
#[derive(Clone)]
struct Started {
    deliver: bool,
    tasks: TaskTracker,
    stop: CancellationToken,
}

struct Engine {
    settings: WebhookSettings,
    hooks: HashMap<&'static str, Arc<Hook>>,
    sender: Sender,
    store: Store,
    runtime: Runtime,
    /// Places of before-hooks at the receiver.
    places: Semaphore,
    /// Woken when a transaction with deliveries was committed.
    work: Arc<Notify>,
    unlogged: mpsc::Sender<webhook_delivery::ActiveModel>,
    /// Taken by whoever logs.
    unlogged_queue: Mutex<Option<mpsc::Receiver<webhook_delivery::ActiveModel>>>,
    /// Cancelled when another engine takes its place, and when the process stops.
    over: OnceLock<CancellationToken>,
}

/// A delivery that is written but not in the database yet; see [`Webhooks::prepare`].
#[derive(Debug, Clone)]
pub struct Prepared(webhook_delivery::ActiveModel);

impl Webhooks {
    /// Calls nobody.
    pub fn disabled() -> Self {
        Self::default()
    }

    /// Makes the webhooks of a process. Nothing is delivered before [`Webhooks::start`].
    ///
    /// # Errors
    /// `ARGS_ERROR` when the URL or the secret cannot be used.
    pub fn new(settings: WebhookSettings, store: Store, runtime: Runtime) -> Result<Self> {
        let webhooks = Self::default();
        webhooks.reconfigure(Some(settings), store, runtime)?;
        Ok(webhooks)
    }

    /// Replaces the settings while everything runs; `None` calls nobody any more. What is under way ends as it began, what
    /// waits is delivered by the new settings.
    ///
    /// # Errors
    /// `ARGS_ERROR` when the URL or the secret cannot be used; then nothing changes.
    pub fn reconfigure(&self, settings: Option<WebhookSettings>, store: Store, runtime: Runtime) -> Result<()> {
        let next = settings.map(|settings| self.engine_of(settings, store, runtime)).transpose()?;
        let before = std::mem::replace(&mut *self.engine.write(), next.clone());
        if let Some(over) = before.as_ref().and_then(|engine| engine.over.get()) {
            over.cancel();
        }
        let started = self.started.lock().clone();
        if let (Some(engine), Some(started)) = (next, started) {
            engine.launch(&started);
        }
        Ok(())
    }

    fn engine_of(&self, settings: WebhookSettings, store: Store, runtime: Runtime) -> Result<Arc<Engine>> {
        let (unlogged, queue) = mpsc::channel(UNLOGGED);
        let engine = Engine {
            hooks: settings.hooks.iter().map(|hook| (hook.command.text, Arc::new(hook.clone()))).collect(),
            sender: Sender::new(&settings)?,
            store,
            runtime,
            places: Semaphore::new(settings.max_before.max(1)),
            work: self.work.clone(),
            unlogged,
            unlogged_queue: Mutex::new(Some(queue)),
            over: OnceLock::new(),
            settings,
        };
        Ok(Arc::new(engine))
    }

    /// Tells whether a hook is switched on: ask before composing an expensive payload.
    pub fn enabled(&self, command: &'static Command) -> bool {
        self.hook(command).is_some()
    }

    /// Returns the hooks that are switched on, in the table's order.
    pub fn hooks(&self) -> Vec<Hook> {
        let Some(engine) = self.engine() else { return Vec::new() };
        commands::ALL.iter().filter_map(|command| engine.hooks.get(command.text).map(|hook| (**hook).clone())).collect()
    }

    /// Returns the receiver's host and port; `None` when there is no receiver.
    pub fn receiver(&self) -> Option<String> {
        self.engine().map(|engine| engine.sender.host())
    }

    /// Returns what the operator decided, as it counts now; `None` when nobody is called.
    pub fn settings(&self) -> Option<WebhookSettings> {
        self.engine().map(|engine| engine.settings.clone())
    }

    /// Tells whether a message hook is switched on for a message: not for notifications and typing, not for denied content
    /// types, after-hooks only for the receivers or groups that get attention.
    pub fn wants_message(&self, command: &'static Command, content_type: i32, target: &str) -> bool {
        let Some((_, hook)) = self.hook(command) else { return false };
        let attention = command.kind == CommandKind::Before
            || hook.attention_ids.is_empty()
            || hook.attention_ids.iter().any(|attentive| attentive == target);
        content_type != TYPING && !NOTIFICATIONS.contains(&content_type) && !hook.denied_types.contains(&content_type) && attention
    }

    /// Asks the receiver whether an operation may go on, and returns what it changes; `None` when the hook is off. Never
    /// called inside a transaction.
    ///
    /// # Errors
    /// What the receiver refused with; `WEBHOOK_UNREACHABLE` (90004) or `DATA_ERROR` (90007) without a usable answer, unless
    /// the hook may be passed over then.
    pub async fn before<Q, A>(&self, ctx: &Ctx, command: &'static Command, body: &Q) -> Result<Option<A>>
    where
        Q: Serialize + Sync + ?Sized,
        A: DeserializeOwned,
    {
        let Some((engine, hook)) = self.hook(command) else { return Ok(None) };
        engine.ask(ctx, &hook, body::compose(ctx, command, body)?).await
    }

    /// Tells the receiver what happened, once the transaction is committed; nothing when the hook is off.
    ///
    /// # Errors
    /// As any statement.
    pub async fn after<Q>(&self, ctx: &Ctx, tx: &Tx, command: &'static Command, body: &Q) -> Result<()>
    where
        Q: Serialize + Sync + ?Sized,
    {
        match self.prepare(ctx, command, None, body)? {
            Some(prepared) => self.append(tx, vec![prepared]).await,
            None => Ok(()),
        }
    }

    /// Composes a delivery for a transaction that another task will make; `None` when the hook is off.
    ///
    /// # Errors
    /// When the payload is no struct.
    pub fn prepare<Q>(&self, ctx: &Ctx, command: &'static Command, key: Option<&ReplyKey<'_>>, body: &Q) -> Result<Option<Prepared>>
    where
        Q: Serialize + ?Sized,
    {
        if !self.enabled(command) {
            return Ok(None);
        }
        let mut row = row(ctx, command, body::compose(ctx, command, body)?);
        if let Some(key) = key {
            row.reply_key = ActiveValue::Set(key.encode()?);
        }
        Ok(Some(Prepared(row)))
    }

    /// Writes prepared deliveries into a transaction.
    ///
    /// # Errors
    /// As any statement.
    pub async fn append(&self, tx: &Tx, prepared: Vec<Prepared>) -> Result<()> {
        let Some(engine) = self.engine().filter(|_| !prepared.is_empty()) else { return Ok(()) };
        log::insert(tx.connection(), prepared.into_iter().map(|prepared| prepared.0).collect()).await?;
        tx.wake(&engine.work);
        Ok(())
    }

    /// Queues a delivery once more, with the same id and a full number of attempts.
    ///
    /// # Errors
    /// `RECORD_NOT_FOUND`; `ARGS_ERROR` for a before-hook, and when no receiver is configured.
    pub async fn redeliver(&self, ctx: &Ctx, tx: &Tx, id: &str) -> Result<Delivery> {
        let nobody = || Error::new(ErrorCode::Args, "no receiver of webhooks is configured");
        let engine = self.engine().ok_or_else(nobody)?;
        let delivery = log::requeue(tx.connection(), id, ctx.now()).await?;
        tx.wake(&engine.work);
        Ok(delivery)
    }

    fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.read().clone()
    }

    fn hook(&self, command: &'static Command) -> Option<(Arc<Engine>, Arc<Hook>)> {
        let engine = self.engine()?;
        let hook = engine.hooks.get(command.text)?.clone();
        Some((engine, hook))
    }
}

/// Makes the row of a delivery that waits.
fn row(ctx: &Ctx, command: &Command, body: String) -> webhook_delivery::ActiveModel {
    let now = ctx.now();
    webhook_delivery::ActiveModel {
        position: ActiveValue::NotSet,
        id: ActiveValue::Set(ctx.ids().hex32()),
        command: ActiveValue::Set(command.text.to_owned()),
        operation_id: ActiveValue::Set(ctx.operation_id().to_string()),
        reply_key: ActiveValue::Set(String::new()),
        body: ActiveValue::Set(body),
        attempts: ActiveValue::Set(0),
        failures: ActiveValue::Set(0),
        created_at: ActiveValue::Set(now.0),
        ..Attempt::none(now).values()
    }
}

impl Attempt {
    /// Nothing was tried yet; it may be at once.
    fn none(now: Timestamp) -> Self {
        Self {
            outcome: DeliveryOutcome::Pending,
            due_at: now,
            ended_at: Timestamp(0),
            duration_ms: 0,
            host: String::new(),
            status: None,
            error: String::new(),
            answer: String::new(),
        }
    }
}

impl Engine {
    async fn ask<A: DeserializeOwned>(&self, ctx: &Ctx, hook: &Hook, body: String) -> Result<Option<A>> {
        let command = hook.command;
        let id = ctx.ids().hex32();
        let timeout = hook.timeout.min(ctx.remaining());
        let request = Request {
            id: &id,
            command: command.text,
            operation_id: ctx.operation_id().as_str(),
            reply_key: "",
            body: &body,
            now: ctx.now().seconds(),
            timeout,
        };
        let started = Instant::now();
        let sent = self.take_turns(request).await;
        let took = started.elapsed();
        let (status, excerpt) = sent.as_ref().map_or((None, String::new()), |answer| (Some(answer.status), excerpt(&answer.body)));
        let verdict = match sent {
            Ok(answer) => answer.verdict(),
            Err(error) => Verdict::Unusable(error.into()),
        };
        let (outcome, answered) = match verdict {
            Verdict::Allowed(changes) => ("allowed", Ok(Some(changes))),
            Verdict::Refused(refusal) => ("refused", Err(refusal)),
            Verdict::Unusable(failure) => {
                tracing::warn!(
                    webhook.command = command.name,
                    webhook.id = id,
                    error = &failure as &dyn std::error::Error,
                    passed_over = hook.continue_on_failure,
                    "a webhook gave no usable answer"
                );
                let attempt = self.attempt(DeliveryOutcome::Failed, took, status, describe(&failure), excerpt);
                self.log_later(ctx, command, id, body, attempt);
                ("failed", if hook.continue_on_failure { Ok(None) } else { Err(failure) })
            }
        };
        measure(command, outcome, took);
        answered
    }

    /// Sends when there is a place at the receiver; waiting for it counts as waiting for the answer.
    async fn take_turns(&self, request: Request<'_>) -> Result<Answer, SendError> {
        let late = || SendError::Timeout(request.timeout);
        let turn = async {
            let _place = self.places.acquire().await.map_err(|_closed| late())?;
            self.sender.send(request).await
        };
        tokio::time::timeout(request.timeout, turn).await.unwrap_or_else(|_elapsed| Err(late()))
    }

    fn attempt(&self, outcome: DeliveryOutcome, took: Duration, status: Option<u16>, error: String, answer: String) -> Attempt {
        let now = self.runtime.clock.now();
        let duration_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        Attempt { outcome, due_at: now, ended_at: now, duration_ms, host: self.sender.host(), status, error, answer }
    }

    fn log_later(&self, ctx: &Ctx, command: &Command, id: String, body: String, attempt: Attempt) {
        let noted = row(ctx, command, body);
        let logged = webhook_delivery::ActiveModel {
            position: ActiveValue::NotSet,
            id: ActiveValue::Set(id),
            command: noted.command,
            operation_id: noted.operation_id,
            reply_key: noted.reply_key,
            body: noted.body,
            attempts: ActiveValue::Set(1),
            failures: ActiveValue::Set(1),
            created_at: noted.created_at,
            ..attempt.values()
        };
        if self.unlogged.try_send(logged).is_err() {
            metrics::counter!("openim_webhooks_unlogged_total").increment(1);
        }
    }
}

/// Counts a call.
fn measure(command: &Command, outcome: &'static str, took: Duration) {
    metrics::counter!("openim_webhooks_total", "command" => command.name, "outcome" => outcome).increment(1);
    metrics::histogram!("openim_webhook_seconds", "command" => command.name).record(took.as_secs_f64());
}

/// Returns the beginning of an answer as text.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..EXCERPT).unwrap_or(body)).into_owned();
    // PostgreSQL's text holds no NUL.
    text.replace('\0', " ")
}

/// Returns an error with its causes, bounded, for whoever reads the log.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    openim_core::Causes(error).to_string().replace('\0', " ").chars().take(EXCERPT).collect()
}
