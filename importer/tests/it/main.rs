//! Tests of the importer: what is kept, what is refused, and what happens when somebody pulls the plug.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it does not find what it needs")]

mod damage;
mod fixtures;
mod keeping;
mod stopping;

use std::path::Path;

use openim_importer::{Error, Importer, OnError, Report, Settings};
use openim_testing::TestWorld;
use tokio_util::sync::CancellationToken;

use fixtures::Folder;

fn settings(folder: &Folder) -> Settings {
    Settings {
        folder: folder.path().to_owned(),
        problem_file: folder.problems(),
        on_error: OnError::Stop,
        resume: false,
        merge: false,
        sample: 1,
    }
}

async fn import_with(world: &TestWorld, settings: &Settings) -> Result<Report, Error> {
    let cancel = CancellationToken::new();
    Importer { store: Some(world.store()), runtime: world.runtime(), settings, cancel: &cancel, tell: &|_| {} }.import().await
}

async fn import(world: &TestWorld, folder: &Folder) -> Result<Report, Error> {
    import_with(world, &settings(folder)).await
}

/// Returns the reasons in a problem file, with the places.
fn named(path: &Path) -> Vec<(String, u64, u64, String)> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        (text("file"), value["line"].as_u64().unwrap(), value["offset"].as_u64().unwrap(), text("reason"))
    };
    text.lines().map(line).collect()
}
