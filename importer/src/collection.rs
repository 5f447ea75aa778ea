//! The collections of OpenIM's database that are taken over, in the order that they depend on each other.

/// One collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Collection {
    Users,
    UserCommands,
    ClientConfig,
    Friends,
    FriendRequests,
    Blacks,
    Groups,
    GroupMembers,
    GroupRequests,
    Messages,
    Conversations,
    ConversationSeqs,
    UserSeqs,
    Objects,
}

use Collection::{
    Blacks, ClientConfig, ConversationSeqs, Conversations, FriendRequests, Friends, GroupMembers, GroupRequests, Groups, Messages, Objects,
    UserCommands, UserSeqs, Users,
};

/// OpenIM's names.
const NAMES: [(Collection, &str); 14] = [
    (Users, "user"),
    (UserCommands, "userCommands"),
    (ClientConfig, "config"),
    (Friends, "friend"),
    (FriendRequests, "friend_request"),
    (Blacks, "black"),
    (Groups, "group"),
    (GroupMembers, "group_member"),
    (GroupRequests, "group_request"),
    (Messages, "msg"),
    (Conversations, "conversation"),
    (ConversationSeqs, "seq"),
    (UserSeqs, "seq_user"),
    (Objects, "s3"),
];

impl Collection {
    /// Returns the collection of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(collection, _)| *collection)
    }

    /// Returns OpenIM's name.
    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(collection, _)| *collection == self).map_or("", |(_, name)| name)
    }
}
