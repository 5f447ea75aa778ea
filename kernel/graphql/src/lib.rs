//! What every subgraph's GraphQL layer shares: scalars, connections, the error mapping and the one way to make a schema
//! into a [`Subgraph`] that the gateway composes (in process) or the server hosts over HTTP (distributed).

mod audit;
mod calls;
mod connection;
mod descriptions;
mod errors;
mod nodes;
mod place;
mod scalars;
mod subgraph;
mod versions;
mod vocabulary;

pub use audit::{AuditRules, Audited, DESTRUCTIVE, HIGH_RATE};
pub use connection::{MAX_PAGE, Page, PageInfo};
pub use descriptions::undescribed;
pub use errors::{error_extensions, public_error};
pub use nodes::{DeliveryLatency, Node, NodeFigures, NodePart, NodePartName, NodeRole, OutboxLag, SocketCounts};
pub use place::Place;
pub use scalars::{DateTime, Long, ULong};
pub use subgraph::{SchemaSubgraph, Subgraph, subgraph_sdl};
pub use versions::{IdList, Version, VersionInput};
pub use vocabulary::{ConversationKind, Platform, ReceiveOption, admin_only, loader_error, viewer_id};

/// Takes the caller's context out of a resolver's context.
///
/// # Errors
/// `INTERNAL` when the schema was executed without one, which is a defect of the server.
pub fn caller<'a>(ctx: &async_graphql::Context<'a>) -> async_graphql::Result<&'a openim_core::Ctx> {
    ctx.data::<openim_core::Ctx>().map_err(|_| openim_core::Error::internal("a request reached a resolver without Ctx").into())
}
