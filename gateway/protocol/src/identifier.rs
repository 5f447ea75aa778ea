//! What a frame is about: `ReqIdentifier`.

/// Asks for the ends of all logs.
pub const NEWEST_SEQS: i32 = 1001;
/// Asks for messages by ranges of seqs.
pub const PULL_RANGES: i32 = 1002;
/// Sends a message.
pub const SEND: i32 = 1003;
/// Signalling of OpenIM's commercial edition: answered with an error.
pub const SIGNAL: i32 = 1004;
/// Asks for messages by lists of seqs.
pub const PULL_SEQS: i32 = 1005;
/// Asks how far conversations go and were read.
pub const READ_POSITIONS: i32 = 1006;
/// Asks for the last message of conversations.
pub const LAST_MESSAGES: i32 = 1007;
/// Brings a message to a client.
pub const PUSH: i32 = 2001;
/// Tells a client that it was logged out; the connection ends.
pub const KICK: i32 = 2002;
/// Says that the app logs out.
pub const LOGOUT: i32 = 2003;
/// Says that the app went to the background or came back.
pub const BACKGROUND: i32 = 2004;
/// Follows the online status of users, and tells its changes.
pub const ONLINE_STATUS: i32 = 2005;
