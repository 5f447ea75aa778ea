//! `openim gateway`: our federation over anybody's supergraph. Nobody is authenticated; the subgraphs decide.

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use openim_core::Runtime;
use openim_federation::{Gateway, Http, HttpOptions};
use openim_platform::config::Loaded;
use openim_platform::telemetry::{Telemetry, inject_current};

use crate::cli;
use crate::run::serve_gateway;
use crate::supergraph::subgraph_urls;

pub(super) async fn run(loaded: Loaded, command: cli::Gateway, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let config = loaded.config;
    let telemetry = Telemetry::start(&config.telemetry)?;
    let supergraph = fs::read_to_string(&command.supergraph).with_context(|| format!("{} cannot be read", command.supergraph.display()))?;

    let mut builder = Gateway::builder();
    for (name, url) in places(&supergraph, &command.subgraphs)? {
        let transport = Http::new(&url, HttpOptions { trace_headers: Some(inject_current), ..HttpOptions::default() })
            .with_context(|| format!("subgraph {name}"))?;
        builder = builder.transport(name, transport);
    }
    let gateway = builder.supergraph(supergraph).build()?;
    let running = serve_gateway(config, command.listen, gateway, telemetry.clone(), runtime).await?;
    super::print(&super::serve::announcement(&running, begun.elapsed().as_millis()))?;
    super::serve::wait(running, &telemetry).await;
    Ok(ExitCode::SUCCESS)
}

/// Returns where each subgraph is: what the command line says, otherwise what the supergraph says.
fn places(supergraph: &str, given: &[(String, String)]) -> anyhow::Result<Vec<(String, String)>> {
    let mut places = subgraph_urls(supergraph);
    for (name, url) in given {
        match places.iter_mut().find(|(known, _)| known == name) {
            Some(place) => place.1.clone_from(url),
            None => bail!("--subgraph {name}: the supergraph has no such subgraph"),
        }
    }
    Ok(places)
}
