//! OpenIM's REST routes as persisted GraphQL operations.
//!
//! A route is a row of the contract tables (`data/`) and a document (`schema/rest/<domain>/<route>.graphql`). At start-up every
//! document is compiled and planned; a call then decodes its body by Go's rules, fills in the operation's variables, runs the
//! prepared operation and writes the answer byte for byte as OpenIM would. Nothing can be done here that the graph cannot do.

mod bodies;
mod codec;
mod contract;
mod document;
mod documents;
mod door;
mod engine;
mod envelope;
mod form;
mod hooks;
mod openapi;

pub use bodies::Bodies;
pub use documents::documents;
pub use door::router;
pub use engine::{BuildError, Rest, RestOptions};
pub use openim_federation::{Operation, Operations};
