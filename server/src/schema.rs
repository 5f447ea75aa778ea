//! The graph as this binary knows it without any running part: the committed SDL of each subgraph (its crate's tests keep
//! it true) and what they compose to.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_federation::{BuildError, Gateway, SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};

/// Name and SDL of every subgraph.
pub(crate) const SUBGRAPHS: [(&str, &str); 7] = [
    ("users", include_str!("../../schema/subgraphs/users.graphql")),
    ("relations", include_str!("../../schema/subgraphs/relations.graphql")),
    ("groups", include_str!("../../schema/subgraphs/groups.graphql")),
    ("messages", include_str!("../../schema/subgraphs/messages.graphql")),
    ("conversations", include_str!("../../schema/subgraphs/conversations.graphql")),
    ("third", include_str!("../../schema/subgraphs/third.graphql")),
    ("realtime", include_str!("../../schema/subgraphs/realtime.graphql")),
];

/// Returns the SDL of a subgraph.
pub(crate) fn subgraph_sdl(name: &str) -> Option<&'static str> {
    SUBGRAPHS.iter().find(|(known, _)| *known == name).map(|(_, sdl)| *sdl)
}

/// A generated file and what it must contain.
pub(crate) struct Generated {
    /// Its path below the schema folder.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// The composed graph.
pub(crate) struct Composed {
    /// With the federation machinery.
    pub(crate) supergraph: String,
    /// What clients see.
    pub(crate) api: String,
}

/// Composes all subgraphs.
///
/// # Errors
/// When they do not fit together.
pub(crate) fn compose() -> Result<Composed, BuildError> {
    let builder = SUBGRAPHS.iter().fold(Gateway::builder(), |builder, (name, sdl)| builder.subgraph(*name, *sdl, Nowhere));
    let gateway = builder.build()?;
    Ok(Composed { supergraph: gateway.supergraph_sdl().to_owned(), api: gateway.api_sdl().to_owned() })
}

/// Returns every generated file of the folder `schema/`.
///
/// # Errors
/// When the subgraphs do not fit together.
pub(crate) fn generated() -> Result<Vec<Generated>, BuildError> {
    let Composed { supergraph, api } = compose()?;
    let composed = [("supergraph.graphql", supergraph), ("api.graphql", api)].map(|(path, text)| Generated { path: path.to_owned(), text });
    let subgraphs = SUBGRAPHS.iter().map(|(name, sdl)| Generated { path: format!("subgraphs/{name}.graphql"), text: (*sdl).to_owned() });
    Ok(composed.into_iter().chain(subgraphs).collect())
}

/// A subgraph that only its SDL is needed of.
struct Nowhere;

#[async_trait]
impl SubgraphTransport for Nowhere {
    async fn execute(&self, _request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        Err(TransportError::Unreachable("only the schema is here".into()))
    }

    async fn subscribe(&self, _: SubgraphRequest) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        Err(TransportError::Unreachable("only the schema is here".into()))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;
    use openim_graphql::undescribed;

    use super::*;

    #[test]
    fn everything_in_the_graph_is_explained() {
        for (name, sdl) in SUBGRAPHS {
            assert_eq!(undescribed(sdl).expect("an SDL"), [] as [String; 0], "{name}");
        }
    }

    #[test]
    fn the_committed_schema_is_what_the_subgraphs_compose_to() {
        let Composed { supergraph, api } = compose().expect("the subgraphs compose");
        expect_file!["../../schema/supergraph.graphql"].assert_eq(&supergraph);
        expect_file!["../../schema/api.graphql"].assert_eq(&api);
    }
}
