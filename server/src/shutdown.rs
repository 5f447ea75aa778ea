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
    /// Knows every task that must end before the process may.
    pub doors: TaskTracker,
    /// Knows every worker that must end before the database is closed.
    pub workers: TaskTracker,
}

impl Lifecycle {
    /// Asks to stop a moment after `restart`, so that whoever asked for it still hears that it was heard. Returns `restart`.
    pub(crate) fn restart_when(&self, restart: &CancellationToken) -> CancellationToken {
        let (asked, stopping) = (restart.clone(), self.stopping.clone());
        self.workers.spawn(async move {
            let waiting = async {
                asked.cancelled().await;
                tokio::time::sleep(COURTESY).await;
            };
            if stopping.run_until_cancelled(waiting).await.is_some() {
                stopping.cancel();
            }
        });
        restart.clone()
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
