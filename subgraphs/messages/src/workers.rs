//! What runs beside the requests: the writers, the flush each second, the sweep, and the listener that forgets cached
//! settings when their owner changed them. All end when cancelled; the flush has the last word.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use openim_contracts::{Audience, Signal, SignalKind};
use openim_platform::fanout::Received;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::batcher::{Batcher, Commits};
use crate::published;
use crate::search;
use crate::settings::MessagesSettings;

/// For how long the end waits for the fan-out to take what was published last; what it has not taken then is published again.
const LAST_RECEIPTS: Duration = Duration::from_secs(2);

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
    tracker.spawn(search::follow::run(commits.clone(), settings.flush_every, writers.clone(), cancel.clone()));
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
    // When that takes too long, the notes stay.
    let _ = tokio::time::timeout(LAST_RECEIPTS, commits.published.settled()).await;
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
        if let Err(error) = published::sweep(&commits.published, &commits.store).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "unpublished messages could not be looked for");
        }
    }
}

/// Forgets what is kept in memory when it changes.
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
                    heard(&commits, signal).await;
                }
            }
            Some(Received::Lost) => {
                commits.caches.forget_states();
                commits.caches.forget_all_messages();
            }
            None => return,
        }
    }
}

async fn heard(commits: &Commits, signal: &Signal) {
    match (&signal.kind, &signal.audience) {
        (SignalKind::ConversationChanged { conversation_id }, audience) => {
            if let Audience::Users(owners) = audience {
                for owner in owners {
                    commits.caches.forget_state(owner, conversation_id).await;
                }
            }
            // It may have been cleared for everybody.
            if let Some(log) = commits.caches.log(conversation_id).await {
                commits.caches.forget_beginning(log.no).await;
            }
        }
        (SignalKind::MessagesChanged { conversation_id, seqs }, audience) => {
            if let Audience::Users(readers) = audience {
                for reader in readers {
                    commits.caches.forget_hider(reader).await;
                }
            }
            // Messages of a log that nobody here has read are not kept either; a log that fell out is looked up.
            match commits.caches.log_or(&commits.store, conversation_id).await {
                Ok(Some(log)) => commits.caches.forget_messages(log.no, seqs).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a log could not be looked up, all messages are read again");
                    commits.caches.forget_all_messages();
                }
            }
        }
        _ => {}
    }
}
