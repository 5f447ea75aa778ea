//! The server under test: one that runs already (`--url`), or the release binary beside ours, started on a free loopback
//! port with a data folder of its own and ended by its process id.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running server.
pub(crate) struct Server {
    /// Its base URL without a trailing slash.
    pub(crate) url: String,
    /// The address of the SDK door.
    pub(crate) sdk: String,
    /// The administrators' secret.
    pub(crate) secret: String,
    /// How long it took from the start of the process to `/readyz`; zero when it ran already.
    pub(crate) ready_after: Duration,
    child: Option<Child>,
    _data: Option<tempfile::TempDir>,
}

impl Server {
    /// Uses a server that runs already.
    pub(crate) fn running(url: String, sdk: String, secret: String) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), sdk, secret, ready_after: Duration::ZERO, child: None, _data: None }
    }

    /// Starts the `openim` binary that lies beside this program.
    ///
    /// `settings` are environment variables, for instance `OPENIM__DATABASE__URL`.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("openim");
        if !binary.exists() {
            bail!("{} is missing; build it first: cargo build --release", binary.display());
        }
        let data = tempfile::tempdir()?;
        // Chosen here, so that nothing has to be read from what the server prints.
        let sdk = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(data.path())
            .env("OPENIM__SERVER__DATA_DIR", data.path())
            .env("OPENIM__TELEMETRY__LOG_FILTER", "warn")
            .env("OPENIM__SDK__LISTEN", sdk.to_string())
            // One user does the work of thousands here: it is counted as ever and never refused.
            .env("OPENIM__LIMITS__USER_PER_MINUTE", "100000000")
            .env("OPENIM__LIMITS__ADMIN_PER_MINUTE", "100000000")
            .env("OPENIM__LIMITS__ANONYMOUS_PER_MINUTE", "100000000")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the server")?;
        let url = address(&mut child).await?;
        let sdk = format!("ws://{sdk}");
        let mut server = Self { url, sdk, secret: String::new(), ready_after: Duration::ZERO, child: Some(child), _data: Some(data) };
        server.wait_ready(started).await?;
        server.secret = server.read_secret()?;
        Ok(server)
    }

    /// Returns the process id when we started it.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Asks it to stop and waits.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let (Some(pid), Some(child)) = (self.pid(), self.child.as_mut()) {
            Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await?;
            tokio::time::timeout(Duration::from_secs(15), child.wait()).await.context("the server did not stop in 15 s")??;
        }
        Ok(())
    }

    /// Returns the CPU time used so far, user and system.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()?)).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10)) // 100 ticks a second on every Linux we run on
    }

    /// Returns the resident memory in bytes that is the process's own: mapped files, such as the program and a database, are
    /// the machine's.
    pub(crate) fn memory(&self) -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?)).ok()?;
        let line = text.lines().find(|line| line.starts_with("RssAnon:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
    }

    async fn wait_ready(&mut self, started: Instant) -> anyhow::Result<()> {
        let client = crate::client::http()?;
        let probe = format!("{}/readyz", self.url);
        loop {
            if let Some(status) = self.child.as_mut().map(Child::try_wait).transpose()?.flatten() {
                bail!("the server ended at once: {status}");
            }
            if client.get(&probe).send().await.is_ok_and(|answer| answer.status().is_success()) {
                self.ready_after = started.elapsed();
                return Ok(());
            }
            if started.elapsed() > Duration::from_secs(30) {
                bail!("the server was not ready after 30 s");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn read_secret(&self) -> anyhow::Result<String> {
        let path: PathBuf = self._data.as_ref().context("no data folder")?.path().join("secret");
        Ok(std::fs::read_to_string(&path).with_context(|| path.display().to_string())?.trim().to_owned())
    }
}

/// Waits for the line with the address; what the server prints afterwards is read and thrown away.
async fn address(child: &mut Child) -> anyhow::Result<String> {
    let mut lines = BufReader::new(child.stdout.take().context("no pipe")?).lines();
    let url = loop {
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await.context("the server says no address")??;
        let line = line.context("the server ended at once")?;
        if line.trim().starts_with("http://") {
            break line.trim().to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(url)
}
