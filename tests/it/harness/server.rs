//! A server in this process: everything as in production, but on a free port and with a folder of its own.

use std::net::SocketAddr;

use openim_core::Runtime;
use openim_platform::config::{FlagSetting, Inputs, load};
use openim_platform::telemetry::Telemetry;
use openim_server::{Ended, Lifecycle, Running, start};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::{Client, Rest};

/// The secret of test servers.
pub(crate) const SECRET: &str = "a secret of tests";

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    sdk: SocketAddr,
    lifecycle: Lifecycle,
    finished: Option<JoinHandle<Ended>>,
    _folder: TempDir,
}

impl Server {
    /// Starts a server with the defaults.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts a server with some settings of its own.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_on(Runtime::system(), settings).await
    }

    /// Starts a server on a runtime of the test's, such as one with another clock.
    pub(crate) async fn start_on(runtime: Runtime, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().display().to_string();
        let base =
            [("server.listen", "127.0.0.1:0"), ("sdk.listen", "127.0.0.1:0"), ("server.data_dir", data.as_str()), ("auth.secret", SECRET)];
        let flags = base.iter().chain(settings).map(|(key, value)| FlagSetting {
            flag: "--set".into(),
            key: (*key).into(),
            value: (*value).into(),
        });
        // A file that is surely empty, so that nothing beside the checkout counts.
        let loaded = load(&Inputs { file: Some("/dev/null".into()), environment: Vec::new(), flags: flags.collect() })?;
        let running: Running = start(loaded, Telemetry::off(), runtime).await?;
        let address = *running.addresses().first().expect("one address");
        let sdk = *running.sdk_addresses().first().expect("an address for SDKs");
        let lifecycle = running.lifecycle().clone();
        let finished = Some(tokio::spawn(running.finished()));
        Ok(Self { address, sdk, lifecycle, finished, _folder: folder })
    }

    /// Returns where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where official SDKs connect.
    pub(crate) fn sdk(&self) -> SocketAddr {
        self.sdk
    }

    /// Returns a client without a token.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Asks the server to stop, as SIGTERM does.
    pub(crate) fn stop(&self) {
        self.lifecycle.stopping.cancel();
    }

    /// Waits for the end; tells whether nothing was cut off.
    pub(crate) async fn finished(&mut self) -> bool {
        match self.finished.take() {
            Some(finished) => super::soon("the server stops", finished).await.expect("the server does not panic").clean,
            None => true,
        }
    }

    /// Returns the administrator's REST client.
    pub(crate) async fn admin(&self) -> Rest {
        self.client().admin().await
    }

    /// Registers a user and returns a client with its token.
    pub(crate) async fn user(&self, id: &str, nickname: &str) -> Client {
        let tokens = self.admin().await.users(&[(id, nickname)]).await;
        self.client().with_token(&tokens[0])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.lifecycle.stopping.cancel();
    }
}
