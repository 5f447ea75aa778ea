//! Where administrators' acts are noted: the outbox, in a transaction of its own; whoever keeps the log handles the event.

use std::time::Duration;

use openim_contracts::{AdministratorActed, AuditTrail, Noted};
use openim_core::{Ctx, Result};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::store::Store;

/// The waits between attempts to write acts down.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// Notes acts in the outbox.
#[derive(Clone)]
pub struct AuditLog {
    store: Store,
    tasks: TaskTracker,
}

impl AuditLog {
    /// Writes into a store; `tasks` knows what is still being written when a process stops.
    pub fn new(store: Store, tasks: TaskTracker) -> Self {
        metrics::describe_counter!("openim_audit_acts_total", "acts of app administrators that were noted");
        metrics::describe_counter!("openim_audit_lost_total", "acts of app administrators that could not be noted");
        Self { store, tasks }
    }
}

impl AuditTrail for AuditLog {
    fn note(&self, ctx: &Ctx, acts: Vec<AdministratorActed>) -> Noted {
        // It may be called while a request is dropped, also when nothing runs any more.
        let Ok(runtime) = Handle::try_current() else {
            acts.iter().for_each(lost);
            return Box::pin(async {});
        };
        let (store, ctx) = (self.store.clone(), ctx.clone());
        let writing = self.tasks.spawn_on(async move { keep_writing(&store, &ctx, &acts).await }, &runtime);
        Box::pin(async move {
            // It can only fail when the process ends.
            let _ = writing.await;
        })
    }
}

async fn keep_writing(store: &Store, ctx: &Ctx, acts: &[AdministratorActed]) {
    for pause in PAUSES.map(Some).into_iter().chain([None]) {
        match (write(store, ctx, acts).await, pause) {
            (Ok(()), _) => {
                metrics::counter!("openim_audit_acts_total").increment(u64::try_from(acts.len()).unwrap_or(u64::MAX));
                return;
            }
            (Err(error), Some(pause)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "acts cannot be noted now, trying again");
                tokio::time::sleep(pause).await;
            }
            (Err(error), None) => {
                tracing::error!(error = &error as &dyn std::error::Error, "acts cannot be noted");
                acts.iter().for_each(lost);
            }
        }
    }
}

async fn write(store: &Store, ctx: &Ctx, acts: &[AdministratorActed]) -> Result<()> {
    let tx = store.begin().await?;
    for act in acts {
        tx.append(ctx, act).await?;
    }
    tx.commit().await
}

/// Tells the process's log what the audit log will not have.
fn lost(act: &AdministratorActed) {
    metrics::counter!("openim_audit_lost_total").increment(1);
    tracing::error!(
        user.id = act.actor_id.as_str(),
        operation.id = %act.operation_id,
        audit.operation = act.operation,
        audit.target = act.target,
        audit.outcome = ?act.outcome,
        audit.reason = act.reason,
        "an administrator's act is missing in the audit log"
    );
}
