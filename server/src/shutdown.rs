//! The two stop signals of a process. The first lets everything finish: no new connections, requests and streams end,
//! queues drain. The second, or the end of the time for that, drops what is left.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a process that is asked to restart goes on.
const COURTESY: Duration = Duration::from_millis(200);

/// The life of one server.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// Asks the doors to finish: readiness fails, no new connections, streams close with a reason.
    pub stopping: CancellationToken,
    /// Asks the workers to finish, after the doors have.
    pub draining: CancellationToken,
    /// Cancelled when the process stops because a restart was asked for.
    restarting: CancellationToken,
    /// Cancelled when a signal asked to stop.
    for_good: CancellationToken,
    /// Knows every task that must end before the process may.
    pub doors: TaskTracker,
    /// Knows every worker that must end before the database is closed.
    pub workers: TaskTracker,
}

impl Lifecycle {
    /// Asks to stop a moment after `asked`, so that whoever asked still hears that it was heard.
    pub(crate) fn restart_when(&self, asked: &CancellationToken) {
        let (asked, stopping, restarting) = (asked.clone(), self.stopping.clone(), self.restarting.clone());
        self.workers.spawn(async move {
            let waiting = async {
                asked.cancelled().await;
                tokio::time::sleep(COURTESY).await;
            };
            // Who stops already does not start anew.
            if stopping.run_until_cancelled(waiting).await.is_some() {
                restarting.cancel();
                stopping.cancel();
            }
        });
    }

    /// Tells whether the process stops in order to start anew. A signal to stop has the last word.
    pub(crate) fn restarts(&self) -> bool {
        self.restarting.is_cancelled() && !self.for_good.is_cancelled()
    }

    /// Waits until somebody asks to stop, then until the doors and after them the workers are done. Tells whether all of
    /// them were done within `grace`.
    pub async fn run_down(&self, grace: Duration) -> bool {
        self.stopping.cancelled().await;
        tracing::info!(grace.seconds = grace.as_secs(), "stopping: requests and streams may finish");
        self.doors.close();
        self.workers.close();
        let finish = async {
            self.doors.wait().await;
            self.draining.cancel();
            self.workers.wait().await;
        };
        let done = tokio::time::timeout(grace, finish).await.is_ok();
        self.draining.cancel();
        done
    }
}

/// Asks to stop at the first SIGTERM or SIGINT; ends the process at the second.
pub(crate) async fn watch_signals(lifecycle: Lifecycle) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    signals.next().await;
    lifecycle.for_good.cancel();
    lifecycle.stopping.cancel();
    signals.next().await;
    tracing::warn!("stopped by a second signal");
    std::process::exit(1);
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
