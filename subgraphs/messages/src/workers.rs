//! What runs beside the requests: the writers, the flush each second, the sweep, and the listener that forgets cached
//! settings when their owner changed them. All end when cancelled; the flush has the last word.

use std::sync::Arc;

use futures_util::StreamExt;
use openim_contracts::{Audience, SignalKind};
use openim_platform::fanout::Received;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::batcher::{Batcher, Commits};
use crate::caches::Caches;
use crate::published;
use crate::settings::MessagesSettings;

/// Starts everything.
pub(crate) fn start(
    batcher: &Arc<Batcher>,
    commits: &Commits,
    settings: &MessagesSettings,
    tracker: &TaskTracker,
    cancel: &CancellationToken,
) {
    // The writers get a tracker of their own, so that the last flush comes after their last commit.
    let writers = TaskTracker::new();
    batcher.start(&writers, cancel);
    writers.close();
    tracker.spawn(flush(commits.clone(), settings.clone(), writers, cancel.clone()));
    tracker.spawn(sweep(commits.clone(), settings.clone(), cancel.clone()));
    tracker.spawn(listen(commits.clone(), cancel.clone()));
}

async fn flush(commits: Commits, settings: MessagesSettings, writers: TaskTracker, cancel: CancellationToken) {
    let mut tick = interval(settings.flush_every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => break,
            () = commits.read_positions.full() => {}
            _ = tick.tick() => {}
        }
        write_down(&commits).await;
    }
    writers.wait().await;
    write_down(&commits).await;
}

/// Writes what is kept in memory only. A failure is not lost: it is tried again the next time.
pub(crate) async fn write_down(commits: &Commits) {
    if let Err(error) = commits.read_positions.flush(&commits.store, &commits.runtime).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "read positions were not written and will be tried again");
    }
    if let Err(error) = commits.published.flush(&commits.store).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "published positions were not written and will be tried again");
    }
}

async fn sweep(commits: Commits, settings: MessagesSettings, cancel: CancellationToken) {
    // What was committed just before the start may still be under way elsewhere.
    let mut tick = interval_at(Instant::now() + settings.sweep_every, settings.sweep_every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = published::sweep(&commits.store, &commits.runtime, &settings).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "unpublished messages could not be looked for");
        }
    }
}

/// Forgets readers' cached states when they change.
async fn listen(commits: Commits, cancel: CancellationToken) {
    let mut signals = commits.store.fanout().subscribe();
    loop {
        let received = tokio::select! {
            () = cancel.cancelled() => return,
            received = signals.next() => received,
        };
        match received {
            Some(Received::Signals(signals)) => {
                for signal in signals.iter() {
                    if let (SignalKind::ConversationChanged { conversation_id }, Audience::Users(owners)) = (&signal.kind, &signal.audience)
                    {
                        forget(&commits.caches, owners, conversation_id).await;
                    }
                }
            }
            Some(Received::Lost) => commits.caches.forget_states(),
            None => return,
        }
    }
}

async fn forget(caches: &Caches, owners: &[openim_core::UserId], conversation_id: &openim_core::ConversationId) {
    for owner in owners {
        caches.forget_state(owner, conversation_id).await;
    }
}
