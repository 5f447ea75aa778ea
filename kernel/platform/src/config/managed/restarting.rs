//! Asking processes to start anew.

use openim_core::{Ctx, Result};

use super::changing::{announcement, by};
use super::{Configuration, rows};

impl Configuration {
    /// Returns what this process is called among the others.
    pub fn node(&self) -> &str {
        &self.0.node
    }

    /// Asks the processes with these ids to start anew; all of them when there are none. A process does it once for a request:
    /// its successor has another id, and looks only at requests that come after its own start.
    ///
    /// # Errors
    /// As any statement.
    pub async fn ask_restart(&self, ctx: &Ctx, nodes: &[String]) -> Result<()> {
        let tx = self.0.store.begin().await?;
        rows::ask_restart(tx.connection(), ctx, &by(ctx), nodes).await?;
        tx.signal(announcement());
        tx.commit().await
    }
}
