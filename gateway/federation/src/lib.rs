//! The federation core: one graph out of many subgraphs.
//!
//! An operation passes a file per stage: parse and validate (`document`), check its size (`limits`, `cost`), coerce its
//! variables (`coerce`), clean it (`hygiene`), plan it (`planner`, once per document and choice of conditions), compile
//! steps and shapes (`steps`, `shape`), run the steps through [`SubgraphTransport`]s (`execute`, `entities`), project the
//! data. Nothing here knows a subgraph crate: a subgraph is its SDL and a transport, in this process or behind HTTP.

mod budget;
mod builder;
mod coerce;
mod compose;
mod cost;
mod document;
mod entities;
mod errors;
mod execute;
mod explain;
mod gateway;
mod hygiene;
mod introspection;
mod limits;
mod merge;
mod operations;
mod planner;
mod planning;
mod prepared;
pub mod proof;
mod schema;
mod shape;
mod shared;
mod steps;
mod subscribe;
mod transport;
mod types;

pub use builder::{BuildError, GatewayBuilder};
pub use gateway::Gateway;
pub use limits::Limits;
pub use operations::{Operation, Operations};
pub use prepared::{Prepared, VariableDefinition};
pub use transport::{
    Http, HttpOptions, InProcess, OperationKind, SubgraphOp, SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError,
};
