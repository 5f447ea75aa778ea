//! Clears away expired uploads and files.

use openim_core::{Ctx, OperationId, Result, Runtime};
use tokio_util::sync::CancellationToken;

use crate::service::Files;

/// The periodic cleaning. Several processes may run it at the same time.
#[derive(Clone)]
pub(crate) struct Cleanup {
    files: Files,
    runtime: Runtime,
}

impl Cleanup {
    pub(crate) fn new(files: Files, runtime: Runtime) -> Self {
        Self { files, runtime }
    }

    /// Cleans at once and then in intervals until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.clean(&stop).await {
                Ok((0, 0)) => {}
                Ok((uploads, files)) => {
                    tracing::info!(uploads.deleted = uploads, files.deleted = files, "expired uploads and files were deleted");
                }
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "expired files cannot be deleted now"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.files.settings().cleanup_interval) => {}
            }
        }
    }

    /// Clears away what is over by now; returns how many uploads and files it were.
    pub(crate) async fn clean(&self, stop: &CancellationToken) -> Result<(usize, usize)> {
        let (mut uploads, mut files) = (0, 0);
        loop {
            let ctx = Ctx::system(&self.runtime, OperationId::fresh(&*self.runtime.ids));
            let (some, others) = (self.files.clear_uploads(&ctx).await?, self.files.clear_files(&ctx).await?);
            uploads += some;
            files += others;
            if stop.is_cancelled() || !(Files::is_full_step(some) || Files::is_full_step(others)) {
                return Ok((uploads, files));
            }
        }
    }
}
