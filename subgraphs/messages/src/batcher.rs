//! The way into the logs. Sends queue up at one of a few writers; a writer commits what has come while its last commit
//! was under way, so that one durable commit carries one message on a quiet day and hundreds on a busy one, without a
//! timer and without waiting when idle. The acknowledgement comes after the commit, from a task of its own, so that the
//! database does not wait for it.

mod answers;
mod commit;
mod intake;
mod plan;
mod publisher;
mod writer;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use openim_core::{ConversationKind, Ctx, OperationId, Result, Runtime};
use openim_platform::config::Live;
use openim_platform::nodes::Figures;
use openim_platform::store::{Store, Tx};
use openim_platform::webhooks::Webhooks;
use parking_lot::Mutex;
use rustc_hash::FxHasher;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::caches::Caches;
use crate::model::{Draft, Log, Stored};
use crate::published::Published;
use crate::read_positions::ReadPositions;
use crate::search::Grown;
use crate::settings::MessagesSettings;
use crate::{error, events};
use answers::Answers;
use commit::{Commit, Outcome, Placed};
use intake::Intake;
use plan::Plan;
use publisher::Publisher;
use writer::Writer;

pub(crate) use commit::Appended;

/// A send on its way.
struct Pending {
    draft: Draft,
    operation_id: OperationId,
    reply: oneshot::Sender<Result<Stored>>,
}

/// What writers share.
#[derive(Clone)]
pub(crate) struct Commits {
    pub(crate) store: Store,
    pub(crate) runtime: Runtime,
    pub(crate) caches: Caches,
    pub(crate) published: Arc<Published>,
    pub(crate) read_positions: Arc<ReadPositions>,
    pub(crate) webhooks: Webhooks,
    pub(crate) grown: Arc<Grown>,
    /// As they count now; how messages are written together stays as it was at the start.
    pub(crate) settings: Live<MessagesSettings>,
    /// What this process counts for operators.
    pub(crate) figures: Figures,
}

impl Commits {
    /// Counts the messages that people will see.
    fn count(&self, appended: &[Appended]) {
        let chats = appended.iter().filter(|grown| grown.log.key.kind != ConversationKind::Notification);
        self.figures.stored(chats.map(|grown| grown.messages.len()).sum());
    }
}

/// The batcher of one process.
pub(crate) struct Batcher {
    queues: Vec<mpsc::Sender<Pending>>,
    /// Taken when the writers start.
    waiting: Mutex<Vec<mpsc::Receiver<Pending>>>,
    commits: Commits,
    settings: MessagesSettings,
}

impl Batcher {
    pub(crate) fn new(settings: &MessagesSettings, commits: Commits) -> Self {
        let writers = settings.writers_for(commits.store.kind());
        let (queues, waiting) = (0..writers).map(|_| mpsc::channel(settings.queue.max(1))).unzip();
        Self { queues, waiting: Mutex::new(waiting), commits, settings: settings.clone() }
    }

    /// Starts the writers. When `cancel` is cancelled they take no further sends, commit what waits, and end.
    pub(crate) fn start(&self, tracker: &TaskTracker, cancel: &CancellationToken) {
        for queue in std::mem::take(&mut *self.waiting.lock()) {
            let (publisher, publishing) = Publisher::new(self.commits.clone());
            tracker.spawn(publishing);
            let (answers, answering) = Answers::new(self.commits.clone(), publisher);
            tracker.spawn(answering);
            let intake = Intake::new(queue, self.commits.caches.clone(), self.settings.clone());
            let writer = Writer::new(intake, self.commits.clone(), answers);
            tracker.spawn(writer.run(cancel.clone()));
        }
    }

    /// Appends a message to its log and returns it with its seq once it is durable.
    ///
    /// # Errors
    /// `UNAVAILABLE` when there is no room or no answer before the deadline; `ARGS_ERROR` when the id belongs to others.
    pub(crate) async fn append(&self, ctx: &Ctx, draft: Draft) -> Result<Stored> {
        let (reply, answer) = oneshot::channel();
        let queue = self.queue(&draft).ok_or_else(error::busy)?;
        let pending = Pending { draft, operation_id: ctx.operation_id().clone(), reply };
        // With room, which is nearly always, no timer is needed.
        if let Err(refused) = queue.try_send(pending) {
            let TrySendError::Full(pending) = refused else { return Err(error::busy()) };
            match timeout(ctx.remaining(), queue.send(pending)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(error::busy()),
            }
        }
        match timeout(ctx.remaining(), answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(error::in_doubt()),
        }
    }

    /// Stores messages in a transaction that the caller commits soon: what must be stored together with something else.
    /// Returns for each its place, `None` where the id belongs to others. Growth of notification streams is not
    /// signalled here; the caller says more of it.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn within(&self, ctx: &Ctx, tx: &Tx, drafts: Vec<Draft>) -> Result<Vec<Option<Stored>>> {
        let pending = |draft| Pending { draft, operation_id: ctx.operation_id().clone(), reply: oneshot::channel().0 };
        let batch: Vec<Pending> = drafts.into_iter().map(pending).collect();
        let plan = Plan::of(&batch, &self.commits.caches).await?;
        let (commit, _) = Commit::write(&self.commits, tx, &batch, plan, true).await?;
        let Outcome { placed, appended, repeated } = commit.outcome(&batch);
        let chat = |log: &Log| log.key.kind != ConversationKind::Notification;
        let chats: Vec<_> = appended.into_iter().filter(|grown| chat(&grown.log)).collect();
        let repeated: Vec<_> = repeated.into_iter().filter(|(log, _)| chat(log)).collect();
        for signal in events::signals(&chats, &repeated) {
            tx.signal(signal);
        }
        let (commits, note) = (self.commits.clone(), commit.note);
        // Not before: these places may be other messages' if the caller does not commit.
        tx.after_commit(move |receipt| {
            if let Some(note) = note {
                commits.published.note(note, receipt);
            }
            commits.count(&chats);
            commits.grown.note(&chats);
            for grown in &chats {
                commits.read_positions.note_all(&grown.messages);
            }
        });
        let place = |placed| match placed {
            Placed::Stored(stored) => Some(stored),
            Placed::Ambiguous => None,
        };
        Ok(placed.into_iter().map(place).collect())
    }

    /// A conversation always has the same writer, so that writers of one process do not wait for each other's rows.
    fn queue(&self, draft: &Draft) -> Option<&mpsc::Sender<Pending>> {
        let mut hasher = FxHasher::default();
        draft.log.id.hash(&mut hasher);
        let writers = u64::try_from(self.queues.len()).ok()?;
        let place = usize::try_from((hasher.finish() >> 32).checked_rem(writers)?).ok()?;
        self.queues.get(place)
    }
}
