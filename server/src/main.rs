//! The binary `openim`. Everything is in the library, so that tests can start servers in their own process.

use std::process::ExitCode;

/// Returns memory faster and fragments less than the system's allocator under many small requests.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    openim_server::main()
}
