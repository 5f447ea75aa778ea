//! Embeds `schema/rest/<domain>/**/*.graphql`: the binary carries every route's document.

use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/rest")).canonicalize()?;
    let mut documents = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(next) = folders.pop() {
        println!("cargo::rerun-if-changed={}", next.display());
        for entry in folder(&next)? {
            if entry.is_dir() {
                folders.push(entry);
            } else if next != root && entry.extension().is_some_and(|ext| ext == "graphql") {
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
        code.push_str(&format!("    ({path:?}, include_str!({file:?})),\n"));
    }
    code.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("documents.rs"), code)?;
    Ok(())
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}
