//! The GraphQL doors: HTTP, WebSocket, server-sent events and multipart over one executor.
//!
//! A door authenticates once, makes a [`Ctx`](openim_core::Ctx) per operation, bounds everything that comes in or waits to go
//! out, and speaks its protocol; it knows no field of the graph. The executor finds the `Ctx` in the request's data.

mod accept;
mod answer;
mod caller;
mod document;
mod documents;
mod door;
mod explorer;
mod http;
mod incoming;
mod meters;
mod problem;
mod service;
mod settings;
mod streams;
mod ws;

pub use documents::{DocumentMode, ManifestError, PersistedDocuments};
pub use door::{Door, router};
pub use settings::{Settings, SocketSettings};
