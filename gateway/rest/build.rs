//! Embeds `schema/rest/**/*.graphql`: the binary carries every route's document, each followed by those of the
//! shared fragments (`schema/rest/fragments`) that it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?)
        .join("../../schema/rest")
        .canonicalize()?;
    let fragments_folder = root.join("fragments");
    println!("cargo::rerun-if-changed={}", fragments_folder.display());
    let mut fragments = BTreeMap::new();
    for file in folder(&fragments_folder)? {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a fragment's file has its name")?.to_owned();
        let text = fs::read_to_string(&file)?;
        fragments.insert(name, text);
    }
    let mut documents = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(next) = folders.pop() {
        println!("cargo::rerun-if-changed={}", next.display());
        for entry in folder(&next)? {
            if entry == fragments_folder {
                continue;
            }
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ext| ext == "graphql") && entry != root.join("directives.graphql") {
                documents.push(entry);
            }
        }
    }
    documents.sort();
    let mut code = String::from("&[\n");
    for file in documents {
        println!("cargo::rerun-if-changed={}", file.display());
        let route = file.strip_prefix(&root)?.with_extension("");
        // The rest of a path has a name: `/object/*name`, which is no good name of a file.
        let path = format!("/{}", route.display()).replace("/_", "/*");
        let mut text = fs::read_to_string(&file)?;
        for name in used(&text, &fragments) {
            text.push('\n');
            text.push_str(&fragments[name]);
        }
        code.push_str(&format!("    ({path:?}, {text:?}),\n"));
    }
    code.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("documents.rs"), code)?;
    Ok(())
}

/// Returns the shared fragments that a document uses, also by way of others.
fn used<'a>(text: &str, fragments: &'a BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut texts = vec![text];
    while let Some(text) = texts.pop() {
        for (name, inner) in fragments {
            let spreads = text.lines().any(|line| line.trim().strip_prefix("...") == Some(name));
            if spreads && found.insert(name.as_str()) {
                texts.push(inner);
            }
        }
    }
    found
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}
