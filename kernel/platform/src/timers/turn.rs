//! One run of a job: what it may use, and until when.

use openim_core::{Ctx, OperationId, Result, Runtime};
use tokio_util::sync::CancellationToken;

use crate::leader::Term;
use crate::store::{Store, Tx};
use crate::timers::Step;

/// One run of a job.
pub struct Turn {
    store: Store,
    runtime: Runtime,
    term: Option<Term>,
    stop: CancellationToken,
}

impl Turn {
    pub(super) fn new(store: Store, runtime: Runtime, term: Term, stop: CancellationToken) -> Self {
        Self { store, runtime, term: Some(term), stop }
    }

    /// A turn without a leader: for tests and for work that somebody asked for.
    pub fn alone(store: Store, runtime: Runtime) -> Self {
        Self { store, runtime, term: None, stop: CancellationToken::new() }
    }

    /// Tells whether the job must end.
    pub fn is_over(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Makes the context of one step of the work.
    pub fn ctx(&self) -> Ctx {
        Ctx::system(&self.runtime, OperationId::fresh(&*self.runtime.ids))
    }

    /// Opens a transaction of the work.
    ///
    /// # Errors
    /// As any statement; `UNAVAILABLE` when another process leads by now.
    pub async fn begin(&self) -> Result<Tx> {
        let tx = self.store.begin().await?;
        self.check(&tx).await?;
        Ok(tx)
    }

    /// Passes while no other process leads, in a transaction that was opened elsewhere.
    ///
    /// # Errors
    /// `UNAVAILABLE` when another process leads by now.
    pub async fn check(&self, tx: &Tx) -> Result<()> {
        match &self.term {
            Some(term) => term.check(tx).await,
            None => Ok(()),
        }
    }

    /// Repeats a step in a transaction of its own until it has nothing left to do or the turn is over; the step returns how
    /// much it has done and whether there may be more. Returns how much it was together.
    ///
    /// # Errors
    /// The step's, and as any statement.
    pub async fn repeat(&self, step: &impl Step) -> Result<u64> {
        let mut total = 0;
        while !self.is_over() {
            let (ctx, tx) = (self.ctx(), self.begin().await?);
            let (done, more) = step.step(&ctx, &tx).await?;
            tx.commit().await?;
            total += done;
            if !more {
                break;
            }
        }
        Ok(total)
    }
}
