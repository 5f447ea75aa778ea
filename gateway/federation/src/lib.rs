//! The federation core: one graph out of many subgraphs.
//!
//! An operation passes a file per stage: parse and validate ([`document`]), check limits, coerce variables, normalise and
//! clean (`hygiene`), plan (`planner`, cached), compile to steps, execute through a [`SubgraphTransport`], project. Nothing
//! here knows a subgraph crate: a subgraph is its SDL and a transport, in this process or behind HTTP.

mod gateway;
mod limits;
mod prepared;
pub mod proof;
mod transport;

pub use gateway::{BuildError, Gateway, GatewayBuilder};
pub use limits::Limits;
pub use prepared::{Prepared, VariableDefinition};
pub use transport::{Http, HttpOptions, InProcess, OperationKind, SubgraphOp, SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};
