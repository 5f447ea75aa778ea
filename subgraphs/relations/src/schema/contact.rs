//! What is known between users.

use async_graphql::SimpleObject;

use super::block::BlockEntry;
use super::friendship::Friendship;
use super::user::User;
use crate::model;

/// Everything that the viewer has about one registered user.
#[derive(SimpleObject)]
pub(crate) struct Contact {
    /// The user.
    user: Option<User>,
    /// The entry in the viewer's list of friends; null for strangers.
    friendship: Option<Friendship>,
    /// The entry in the viewer's black list; null for everybody else.
    block: Option<BlockEntry>,
}

impl From<model::Contact> for Contact {
    fn from(contact: model::Contact) -> Self {
        Self { user: Some(User(contact.user)), friendship: contact.friendship.map(Friendship), block: contact.block.map(BlockEntry) }
    }
}

/// Whether two users have each other in their lists of friends. Each direction stands for itself.
#[derive(SimpleObject)]
pub(crate) struct Mutuality {
    /// The other one is in the user's list.
    in_users_list: bool,
    /// The user is in the other one's list.
    in_others_list: bool,
}

impl From<model::Mutuality> for Mutuality {
    fn from(mutuality: model::Mutuality) -> Self {
        Self { in_users_list: mutuality.in_first, in_others_list: mutuality.in_second }
    }
}
