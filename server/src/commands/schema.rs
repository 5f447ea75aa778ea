//! `openim schema`: what the graph looks like, and whether the committed files say the same.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::cli::SchemaCommand;
use crate::schema::{compose, generated, subgraph_sdl};

pub(super) fn run(command: &SchemaCommand) -> anyhow::Result<ExitCode> {
    match command {
        SchemaCommand::Print { subgraph: Some(name), .. } => match subgraph_sdl(name) {
            Some(sdl) => super::print(sdl)?,
            None => bail!("there is no subgraph {name}"),
        },
        SchemaCommand::Print { supergraph: true, .. } => super::print(&compose()?.supergraph)?,
        SchemaCommand::Print { .. } => super::print(&compose()?.api)?,
        SchemaCommand::Check { dir, write } => return check(dir, *write),
    }
    Ok(ExitCode::SUCCESS)
}

fn check(folder: &Path, write: bool) -> anyhow::Result<ExitCode> {
    let mut different = 0;
    for file in generated()? {
        let path = folder.join(&file.path);
        let found = fs::read_to_string(&path).unwrap_or_default();
        if found == file.text {
            continue;
        }
        different += 1;
        if write {
            fs::create_dir_all(path.parent().unwrap_or(folder))
                .and_then(|()| fs::write(&path, &file.text))
                .with_context(|| format!("{} cannot be written", path.display()))?;
            super::print(&format!("{} is rewritten\n", path.display()))?;
        } else {
            let line = 1 + found.lines().zip(file.text.lines()).take_while(|(theirs, ours)| theirs == ours).count();
            super::print(&format!("{} differs from this binary's schema at line {line}; --write rewrites it\n", path.display()))?;
        }
    }
    if different == 0 {
        super::print(&format!("{} has this binary's schema\n", folder.display()))?;
    }
    Ok(if different == 0 || write { ExitCode::SUCCESS } else { ExitCode::from(super::FOUND_WRONG) })
}
