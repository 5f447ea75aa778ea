//! Addresses of the throw-away services that `scripts/services.sh` starts for a test run.

/// Returns `OPENIM_TEST_POSTGRES_URL`: a database whose user may create databases.
pub fn postgres_url() -> Option<String> {
    variable("OPENIM_TEST_POSTGRES_URL")
}

/// Returns `OPENIM_TEST_REDIS_URL`.
pub fn redis_url() -> Option<String> {
    variable("OPENIM_TEST_REDIS_URL")
}

/// Returns `OPENIM_TEST_AMQP_URL`.
pub fn amqp_url() -> Option<String> {
    variable("OPENIM_TEST_AMQP_URL")
}

/// Returns `OPENIM_TEST_SERVICES`: the script that stops and starts the services in the middle of a test.
pub fn services_script() -> Option<String> {
    variable("OPENIM_TEST_SERVICES")
}

/// Returns `OPENIM_FILE_MIB`: how many MiB a large file has; 64 show what is kept in memory.
pub fn large_megabytes() -> usize {
    variable("OPENIM_FILE_MIB").and_then(|text| text.parse().ok()).unwrap_or(64)
}

/// Returns `OPENIM_SERVICES_DIR`: where the services of this test run live.
pub(crate) fn services_folder() -> Option<String> {
    variable("OPENIM_SERVICES_DIR")
}

#[expect(clippy::disallowed_methods, reason = "the one place where tests read the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
