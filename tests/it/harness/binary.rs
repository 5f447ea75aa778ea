//! The real binary, for what only a process can show: exit codes, signals, output.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::soon;

/// The binary and a folder to run it in.
pub(crate) struct Binary {
    path: PathBuf,
    folder: TempDir,
}

/// A running server.
pub(crate) struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    pub(crate) output: Vec<String>,
}

impl Binary {
    /// Finds the binary that was built beside these tests.
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tests = std::env::current_exe().expect("the path of the tests");
        let profile = tests.ancestors().nth(2).expect("target/<profile>/deps/<test>");
        let path = profile.join(format!("openim{}", std::env::consts::EXE_SUFFIX));
        assert!(path.exists(), "{} is missing: build it first with `cargo build -p openim-server`", path.display());
        Self { path, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        // Only what a test says counts, whatever the environment of the tests is.
        command.args(arguments).current_dir(self.folder.path()).env_clear().kill_on_drop(true).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = self.command(arguments);
        command.envs(environment.iter().copied());
        soon("the command ends", command.output()).await.expect("the binary runs")
    }

    /// Starts a command that is not waited for; nobody listens to what it says.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs")
    }

    /// Starts a server on a free port and waits until it says that it is ready.
    pub(crate) async fn serve(&self, arguments: &[&str]) -> Process {
        let arguments: Vec<&str> = ["--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
        self.serve_with(&arguments, &[]).await
    }

    /// Starts a server as it is told and waits until it says that it is ready. What it logs goes into a file of the folder.
    pub(crate) async fn serve_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Process {
        let arguments: Vec<&str> = ["serve"].iter().chain(arguments).copied().collect();
        self.launch(&arguments, environment).await
    }

    /// Starts a gateway alone on a free port and waits until it says that it is ready.
    pub(crate) async fn gateway(&self, arguments: &[&str]) -> Process {
        let arguments: Vec<&str> = ["gateway", "--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
        self.launch(&arguments, &[]).await
    }

    async fn launch(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Process {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).expect("a log");
        let mut command = self.command(arguments);
        command.env("OPENIM__SDK__LISTEN", "127.0.0.1:0");
        let mut child = command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(log).spawn().expect("the binary runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut output = Vec::new();
        let address = loop {
            let line = soon("the server says its address", lines.next_line()).await.expect("readable").expect("the server lives");
            output.push(line.clone());
            if let Some(address) = line.trim().strip_prefix("http://") {
                break address.parse().expect("an address");
            }
        };
        Process { child, lines, address, output }
    }
}

impl Process {
    /// Returns its id of the system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Returns the most memory that it has had so far, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let id = self.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the process's state");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its memory");
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") << 10
    }

    /// Waits until a server that started itself anew says where it is.
    pub(crate) async fn next_address(&mut self) -> SocketAddr {
        loop {
            let line = self.lines.next_line().await.expect("readable").expect("the server lives");
            self.output.push(line.clone());
            if let Some(address) = line.trim().strip_prefix("http://") {
                return address.parse().expect("an address");
            }
        }
    }

    /// Sends a signal.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await.expect("kill exists");
        assert!(status.success(), "kill -s {name} {id}");
    }

    /// Waits for the end and returns the exit code; `None` after a signal.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        while let Ok(Some(line)) = soon("the server ends", self.lines.next_line()).await {
            self.output.push(line);
        }
        soon("the server ends", self.child.wait()).await.expect("it ran").code()
    }
}
