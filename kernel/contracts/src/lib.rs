//! What one domain may know of another: narrow read traits (implemented by the owner over the shared database) and the
//! payloads of domain events. A subgraph depends on this crate, never on another subgraph.

mod audit;
mod conversations;
mod data;
mod events;
mod groups;
mod messages;
mod nodes;
mod notifications;
mod pushes;
mod relations;
mod signals;
mod users;

pub use audit::{ActOutcome, AdministratorActed, AuditTrail, Noted};
pub use conversations::{ConversationReader, ReaderState};
pub use data::{Envelope, MessageData, OfflinePush};
pub use events::{
    ConversationStarted, DomainEvent, GroupMembersJoined, GroupMembersLeft, GroupUpdated, GroupWasDismissed, LogCleared, MembersMentioned,
    ReadAdvanced, ReadPosition, RelationsUpdated, SessionsRevoked, UserRegistered, UserUpdated,
};
pub use groups::{GroupMembership, GroupReader, GroupRole, GroupSummary};
pub use messages::{ConversationHead, MessageLogReader, StoredBefore};
pub use nodes::{Node, NodeFigures, NodePart};
pub use notifications::{NotificationRequested, NotificationTarget};
pub use pushes::{PlacedMessage, PushWanted};
pub use relations::{RelationReader, Standing};
pub use signals::{Audience, Signal, SignalKind};
pub use users::{Authenticator, UserReader, UserSummary};
