//! The vocabulary of the whole house: ids, time, the caller's context and the one error table.
//!
//! Nothing here does I/O or knows a transport. Everything that a test must control (time, ids) is reached through
//! [`Ctx`] or [`Runtime`], never through an ambient function.

mod clock;
mod ctx;
mod error;
mod ids;
mod random;
mod reason;

pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use ctx::{Actor, Ctx, Origin, Platform, Principal, Runtime};
pub use error::{Causes, Error, ErrorCode, Result};
pub use ids::{ClientMessageId, ConversationId, ConversationKind, GroupId, MAX_ID_BYTES, OperationId, Seq, UserId};
pub use random::{IdSource, RandomIds, SequentialIds};
pub use reason::Reason;
