//! The rooms of the house and who may know whom: crate edges run one way, and what is committed is finished.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What the crates of a room may depend on. A gateway knows no subgraph, a subgraph no other, the core nobody.
const ROOMS: [(&str, &[&str]); 11] = [
    ("kernel/core", &[]),
    ("kernel/contracts", &["kernel/core"]),
    ("kernel/graphql", &["kernel/core", "kernel/contracts"]),
    ("kernel/objects", &["kernel/core"]),
    ("kernel/push", &["kernel/core"]),
    ("entities", &[]),
    ("migrations", &[]),
    ("kernel/platform", &["kernel/core", "kernel/contracts", "entities", "migrations"]),
    ("kernel/testing", &["kernel/core", "kernel/contracts", "kernel/graphql", "kernel/platform", "entities"]),
    ("subgraphs", &["kernel/core", "kernel/contracts", "kernel/graphql", "kernel/objects", "kernel/platform", "kernel/push", "entities"]),
    ("gateway", &["kernel/core", "kernel/contracts", "kernel/graphql", "kernel/platform", "gateway"]),
];

/// The rooms that may know everybody.
const OUTSIDE: [&str; 4] = ["server", "importer", "bench", "tests"];

/// Tests of any crate may stand on this.
const TESTING: &str = "kernel/testing";

/// A Rust file that is longer becomes a folder of the same name.
const MOST_LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(root()).output().expect("the program runs");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Returns the room of a crate's folder: the folder in the kernel, elsewhere the first part of the path.
fn room(folder: &Path) -> String {
    let path = folder.strip_prefix(root()).expect("a folder of the workspace");
    let depth = if path.starts_with("kernel") { 2 } else { 1 };
    path.iter().take(depth).collect::<PathBuf>().display().to_string()
}

/// Returns why a crate of one room must not depend on a crate of another.
fn objection(from: &str, to: &str, kind: &Value) -> Option<String> {
    if OUTSIDE.contains(&from) || (to == TESTING && kind == "dev") {
        return None;
    }
    match ROOMS.iter().find(|(name, _)| *name == from) {
        Some((_, known)) if known.contains(&to) => None,
        Some(_) => Some(format!("{from} must not know {to}")),
        None => Some(format!("{from} is in no room")),
    }
}

#[test]
fn crate_edges_run_one_way() {
    let metadata = output(env!("CARGO"), &["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let mut objections = Vec::new();
    let mut edges = 0;
    for package in packages {
        let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
        let from = room(manifest.parent().expect("a folder"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let Some(path) = dependency["path"].as_str() else { continue };
            edges += 1;
            let reason = objection(&from, &room(Path::new(path)), &dependency["kind"]);
            objections.extend(reason.map(|reason| format!("{}: {reason}", package["name"])));
        }
    }
    assert_eq!(objections, [] as [String; 0]);
    assert!(packages.len() >= ROOMS.len() && edges > packages.len(), "{} crates, {edges} edges", packages.len());
}

#[test]
fn forbidden_edges_are_seen() {
    for (from, to) in [("subgraphs", "subgraphs"), ("gateway", "subgraphs"), ("kernel/core", "kernel/contracts"), ("attic", "kernel/core")]
    {
        assert!(objection(from, to, &Value::Null).is_some(), "{from} knows {to}");
    }
    assert!(objection("subgraphs", TESTING, &Value::Null).is_some(), "outside of tests nothing stands on the test kit");
}

#[test]
fn what_is_committed_is_finished_and_in_small_files() {
    let root = root();
    // An unpacked archive has no index to ask.
    if !root.join(".git").exists() {
        return;
    }
    // Put together here, so that this file does not find itself.
    let unfinished = ["todo", "unimplemented"].map(|name| format!("{name}!("));
    let names = String::from_utf8(output("git", &["ls-files", "-z", "*.rs"])).expect("names in UTF-8");
    let mut found = Vec::new();
    for name in names.split_terminator('\0') {
        // A file that was removed and not committed yet is still in the index.
        let Ok(text) = std::fs::read_to_string(root.join(name)) else { continue };
        if unfinished.iter().any(|mark| text.contains(mark)) {
            found.push(format!("{name} is not finished"));
        }
        if text.lines().count() > MOST_LINES {
            found.push(format!("{name} has more than {MOST_LINES} lines"));
        }
    }
    assert_eq!(found, [] as [String; 0]);
}
