//! The protobuf messages, generated from `proto/`. A module is a package of OpenIM's.

macro_rules! packages {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])*
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), "/openim.", stringify!($name), ".rs"));
        })*
    };
}

packages! {
    /// Views of conversations.
    conversation
    /// What the plain JavaScript SDK asks by HTTP.
    jssdk
    /// Requests about messages and read positions.
    msg
    /// Offline push tokens.
    push
    /// Friends.
    relation
    /// Messages, ends of logs, presence.
    sdkws
}
