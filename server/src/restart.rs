//! Starting anew: the process becomes the same program with the same arguments, under the same id.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// What a process ends with that was asked to restart but leaves that to its supervisor: whoever restarts only what failed
/// restarts this, too (EX_TEMPFAIL).
pub(crate) const FOR_THE_SUPERVISOR: u8 = 75;

/// How this process was started.
pub(crate) struct Command {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Command {
    /// Remembers it. Early, because a program that is replaced while it runs is found by its name only.
    ///
    /// # Errors
    /// When the system does not tell the path.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, arguments: std::env::args_os().skip(1).collect() })
    }

    /// Replaces this process; returns only when that fails.
    #[cfg(unix)]
    pub(crate) fn run(&self) -> io::Error {
        use std::os::unix::process::CommandExt as _;
        std::process::Command::new(&self.program).args(&self.arguments).exec()
    }

    /// Systems without exec leave it to the supervisor.
    #[cfg(not(unix))]
    pub(crate) fn run(&self) -> io::Error {
        io::Error::new(io::ErrorKind::Unsupported, format!("{} cannot be replaced by {:?}", self.program.display(), self.arguments))
    }
}
