//! What the domain is about: logs, messages in them, and the commands that add and read messages.

mod changes;
mod commands;
mod listing;
mod log;
mod message;
pub(crate) mod numbers;
mod sending;

pub(crate) use changes::{
    DeleteFor, DeleteMessages, Edit, EditMessage, Edited, Pin, PurgeOlder, Purged, Reaction, Revocation, State, Target,
};
pub(crate) use commands::{
    BatchOutcome, BatchReceivers, BatchSend, Pull, PullOrder, PulledRange, Recipient, SendFailure, SendMessage, SeqRange,
};
pub(crate) use listing::{Counted, MessageFilter, Stretch, Totals};
pub(crate) use log::{Head, Log, LogKey, Parties, Window};
pub(crate) use message::{Announced, Message, Slot, Stored, StoredRange};
pub(crate) use openim_contracts::{Envelope, OfflinePush};

pub(crate) use log::audience;
pub(crate) use message::Draft;
pub(crate) use sending::{Change, SendStatus, Sent, Way, switched};
