//! The profiles of those whom an operation names: loaded once, before its transaction.

use std::collections::HashMap;

use openim_contracts::{UserReader, UserSummary};
use openim_core::{Result, UserId};

use crate::model::{Member, MemberView};
use crate::notifications::PublicUserShape;

/// Profiles by user.
#[derive(Debug, Default)]
pub(crate) struct People(HashMap<UserId, UserSummary>);

impl People {
    /// Loads the profiles of those who are registered among `ids`.
    pub(crate) async fn load(users: &dyn UserReader, ids: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let mut ids: Vec<UserId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let found = users.users(&ids).await?;
        Ok(Self(found.into_iter().map(|user| (user.user_id.clone(), user)).collect()))
    }

    /// Knows one profile.
    pub(crate) fn of(user: UserSummary) -> Self {
        Self(HashMap::from([(user.user_id.clone(), user)]))
    }

    /// Tells whether a user is registered.
    pub(crate) fn knows(&self, id: &UserId) -> bool {
        self.0.contains_key(id)
    }

    /// Returns a user as everybody sees it.
    pub(crate) fn public(&self, id: &UserId) -> PublicUserShape {
        PublicUserShape::new(id, self.0.get(id))
    }

    /// Returns the name that a member shows.
    pub(crate) fn shown_name(&self, member: &Member) -> String {
        if !member.nickname.is_empty() {
            return member.nickname.clone();
        }
        self.0.get(&member.user).map(|user| user.nickname.clone()).unwrap_or_default()
    }

    /// Returns a member as others see it: what it has not of its own is the profile's.
    pub(crate) fn view(&self, member: Member) -> MemberView {
        let nickname = self.shown_name(&member);
        let face_url = match self.0.get(&member.user) {
            Some(user) if member.face_url.is_empty() => user.face_url.clone(),
            _ => member.face_url.clone(),
        };
        MemberView { member, nickname, face_url }
    }
}
