//! What one domain may know of another: narrow read traits (implemented by the owner over the shared database) and the
//! payloads of domain events. A subgraph depends on this crate, never on another subgraph.

mod conversations;
mod events;
mod messages;
mod signals;
mod users;

pub use conversations::{ConversationReader, ReaderState};
pub use events::{ConversationStarted, DomainEvent, ReadAdvanced, ReadPosition, SessionsRevoked, UserRegistered, UserUpdated};
pub use messages::{ConversationHead, MessageLogReader};
pub use signals::{Audience, Signal, SignalKind};
pub use users::{Authenticator, UserReader, UserSummary};
