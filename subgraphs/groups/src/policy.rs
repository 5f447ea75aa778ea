//! Who may do what with a group, and what its texts may hold: pure functions over the model.

use std::collections::HashSet;
use std::hash::Hash;

use openim_contracts::GroupRole;
use openim_core::{Actor, Ctx, Error, ErrorCode, GroupId, Result, UserId};

use crate::error::{GroupError, MAX_IDS};
use crate::model::{Member, MemberChange, NewGroup, UpdateGroup};

const MAX_NAME_BYTES: usize = 255;
const MAX_TEXT_BYTES: usize = 16 * 1024;
const MAX_FACE_URL_BYTES: usize = 2 * 1024;
const MAX_EX_BYTES: usize = 64 * 1024;
const MAX_MESSAGE_BYTES: usize = 4 * 1024;

/// How a caller stands to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The caller.
    pub(crate) user: UserId,
    /// Whether the caller is an app administrator.
    pub(crate) app_admin: bool,
    /// The caller's membership.
    pub(crate) member: Option<Member>,
}

impl Standing {
    /// Returns the caller's role, `None` for who is not a member.
    pub(crate) fn role(&self) -> Option<GroupRole> {
        self.member.as_ref().map(|member| member.role)
    }

    /// Tells whether the caller manages the group.
    pub(crate) fn manages(&self) -> bool {
        self.app_admin || self.role() >= Some(GroupRole::Admin)
    }

    /// Passes members and app administrators.
    pub(crate) fn as_member(&self) -> Result<(), GroupError> {
        if self.app_admin || self.member.is_some() { Ok(()) } else { Err(GroupError::MembersOnly) }
    }

    /// Passes owner, administrators and app administrators; the contract says 1002 for everybody else.
    pub(crate) fn as_manager(&self) -> Result<(), GroupError> {
        if self.manages() { Ok(()) } else { Err(GroupError::ManagersOnly) }
    }

    /// Passes owner, administrators and app administrators; the contract says 1004 for who is not a member.
    pub(crate) fn as_present_manager(&self) -> Result<(), GroupError> {
        if !self.app_admin && self.member.is_none() { Err(GroupError::NoMemberRow) } else { self.as_manager() }
    }

    /// Passes the owner and app administrators.
    pub(crate) fn as_owner(&self) -> Result<(), GroupError> {
        if self.app_admin || self.role() == Some(GroupRole::Owner) { Ok(()) } else { Err(GroupError::OwnerOnly) }
    }

    /// Passes who may remove these members: the owner is never among them.
    pub(crate) fn may_remove(&self, targets: &[Member]) -> Result<(), GroupError> {
        if self.app_admin || self.role() == Some(GroupRole::Owner) {
            return Ok(());
        }
        match self.role() {
            None => Err(GroupError::MembersOnly),
            Some(GroupRole::Admin) if targets.iter().all(|target| target.role == GroupRole::Member) => Ok(()),
            Some(GroupRole::Admin) => Err(GroupError::RoleTooHigh),
            Some(_) => Err(GroupError::ManagersOnly),
        }
    }

    /// Passes who may mute and unmute a member.
    pub(crate) fn may_mute(&self, target: &Member) -> Result<(), GroupError> {
        if self.app_admin {
            return Ok(());
        }
        let role = self.role().ok_or(GroupError::NoMemberRow)?;
        let allowed = match target.role {
            GroupRole::Owner => false,
            GroupRole::Admin => role == GroupRole::Owner,
            GroupRole::Member => role >= GroupRole::Admin,
        };
        if allowed { Ok(()) } else { Err(GroupError::RoleTooHigh) }
    }

    /// Passes who may make a change of a member.
    pub(crate) fn may_change(&self, target: &Member, change: &MemberChange) -> Result<(), GroupError> {
        let own = target.user == self.user;
        let allowed = match self.role() {
            _ if self.app_admin => true,
            None => return Err(GroupError::MembersOnly),
            Some(GroupRole::Owner) => true,
            Some(GroupRole::Admin) => own || target.role == GroupRole::Member,
            Some(GroupRole::Member) => own && change.role.is_none_or(|role| role == GroupRole::Member),
        };
        match allowed {
            // A group without an owner could be managed by nobody.
            true if target.role == GroupRole::Owner && change.role.is_some() => {
                Err(GroupError::BadValue("the owner's role changes by a transfer only"))
            }
            true => Ok(()),
            false => Err(GroupError::RoleTooHigh),
        }
    }
}

/// Passes everybody with a token.
///
/// # Errors
/// `UNAUTHENTICATED` without one.
pub(crate) fn signed_in(ctx: &Ctx) -> Result<()> {
    match ctx.actor() {
        Actor::Anonymous => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
        Actor::User(_) | Actor::System => Ok(()),
    }
}

/// Passes a list of 1 to [`MAX_IDS`] items.
pub(crate) fn check_batch(length: usize) -> Result<(), GroupError> {
    match length {
        0 => Err(GroupError::EmptyList),
        1..=MAX_IDS => Ok(()),
        _ => Err(GroupError::TooMany),
    }
}

/// Passes a list of at most [`MAX_IDS`] items.
pub(crate) fn check_at_most(length: usize) -> Result<(), GroupError> {
    if length > MAX_IDS { Err(GroupError::TooMany) } else { Ok(()) }
}

/// Passes a list in which nothing comes twice.
pub(crate) fn check_unique<T: Eq + Hash>(items: impl IntoIterator<Item = T>) -> Result<(), GroupError> {
    let mut seen = HashSet::new();
    if items.into_iter().all(|item| seen.insert(item)) { Ok(()) } else { Err(GroupError::Repeated) }
}

/// Reads a list of users.
///
/// # Errors
/// `ARGS_ERROR` for an id that nobody can have.
pub(crate) fn user_ids(ids: &[String]) -> Result<Vec<UserId>> {
    ids.iter().map(|id| UserId::parse(id.as_str())).collect()
}

/// Passes the id of a new group. Without `_` it cannot be mistaken for the two ids in the name of a chat's notification
/// stream.
pub(crate) fn check_new_id(id: &GroupId) -> Result<(), GroupError> {
    if id.as_str().contains('_') { Err(GroupError::AmbiguousId) } else { Ok(()) }
}

/// Passes the texts of a new group. The contract knows groups without a name.
pub(crate) fn check_new_group(group: &NewGroup) -> Result<(), GroupError> {
    check_text("name", &group.name, MAX_NAME_BYTES)?;
    check_text("notification", &group.notification, MAX_TEXT_BYTES)?;
    check_text("introduction", &group.introduction, MAX_TEXT_BYTES)?;
    check_text("faceUrl", &group.face_url, MAX_FACE_URL_BYTES)?;
    check_text("ex", &group.ex, MAX_EX_BYTES)
}

/// Passes the texts of a change of a group.
pub(crate) fn check_update(update: &UpdateGroup) -> Result<(), GroupError> {
    let texts = [
        ("name", &update.name, MAX_NAME_BYTES),
        ("notification", &update.notification, MAX_TEXT_BYTES),
        ("introduction", &update.introduction, MAX_TEXT_BYTES),
        ("faceUrl", &update.face_url, MAX_FACE_URL_BYTES),
        ("ex", &update.ex, MAX_EX_BYTES),
    ];
    for (field, text, most) in texts {
        check_text(field, text.as_deref().unwrap_or_default(), most)?;
    }
    if update.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(GroupError::NameRequired);
    }
    Ok(())
}

/// Passes what can be asked of a member: values, not rights. No role but administrator and ordinary member can be given.
pub(crate) fn check_member_change(change: &MemberChange) -> Result<(), GroupError> {
    if change.role == Some(GroupRole::Owner) {
        return Err(GroupError::OwnerOnly);
    }
    check_text("nickname", change.nickname.as_deref().unwrap_or_default(), MAX_NAME_BYTES)?;
    check_text("faceUrl", change.face_url.as_deref().unwrap_or_default(), MAX_FACE_URL_BYTES)?;
    check_text("ex", change.ex.as_deref().unwrap_or_default(), MAX_EX_BYTES)
}

/// Passes what somebody says with a request or its answer.
pub(crate) fn check_message(text: &str) -> Result<(), GroupError> {
    check_text("message", text, MAX_MESSAGE_BYTES)
}

/// Passes the application's own text.
pub(crate) fn check_ex(text: &str) -> Result<(), GroupError> {
    check_text("ex", text, MAX_EX_BYTES)
}

/// Passes a text to search for.
pub(crate) fn check_search(text: Option<&str>) -> Result<(), GroupError> {
    check_text("search", text.unwrap_or_default(), MAX_NAME_BYTES)
}

/// PostgreSQL's text holds no NUL.
fn check_text(field: &'static str, text: &str, most: usize) -> Result<(), GroupError> {
    if text.len() > most || text.contains('\0') { Err(GroupError::BadText(field)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use openim_core::Timestamp;

    use super::*;

    fn member(user: &str, role: GroupRole) -> Member {
        let mut member = Member::new(GroupId::parse("g").unwrap(), UserId::parse(user).unwrap(), Timestamp(0));
        member.role = role;
        member
    }

    fn standing(role: Option<GroupRole>, app_admin: bool) -> Standing {
        let member = role.map(|role| member("me", role));
        Standing { user: UserId::parse("me").unwrap(), app_admin, member }
    }

    const ROLES: [GroupRole; 3] = [GroupRole::Member, GroupRole::Admin, GroupRole::Owner];

    #[test]
    fn nobody_mutes_the_owner_but_app_administrators() {
        let owner = member("you", GroupRole::Owner);
        assert!(ROLES.iter().all(|role| standing(Some(*role), false).may_mute(&owner).is_err()));
        assert_eq!(standing(None, true).may_mute(&owner), Ok(()));
        assert_eq!(standing(None, false).may_mute(&owner), Err(GroupError::NoMemberRow));
    }

    #[test]
    fn administrators_rank_below_the_owner_and_above_members() {
        let (admin, ordinary) = (member("you", GroupRole::Admin), member("you", GroupRole::Member));
        let allowed = |role, target| standing(Some(role), false).may_mute(target).is_ok();
        assert_eq!(ROLES.map(|role| allowed(role, &admin)), [false, false, true]);
        assert_eq!(ROLES.map(|role| allowed(role, &ordinary)), [false, true, true]);
        let removes = |role, target: &Member| standing(Some(role), false).may_remove(std::slice::from_ref(target)).is_ok();
        assert_eq!(ROLES.map(|role| removes(role, &admin)), [false, false, true]);
        assert_eq!(ROLES.map(|role| removes(role, &ordinary)), [false, true, true]);
    }

    #[test]
    fn one_changes_oneself_but_not_upwards() {
        let rename = MemberChange { nickname: Some("n".into()), ..MemberChange::default() };
        let promote = MemberChange { role: Some(GroupRole::Admin), ..MemberChange::default() };
        let demote = MemberChange { role: Some(GroupRole::Member), ..MemberChange::default() };
        let me = standing(Some(GroupRole::Member), false);
        assert_eq!(me.may_change(&member("me", GroupRole::Member), &rename), Ok(()));
        assert_eq!(me.may_change(&member("me", GroupRole::Member), &promote), Err(GroupError::RoleTooHigh));
        assert_eq!(me.may_change(&member("you", GroupRole::Member), &rename), Err(GroupError::RoleTooHigh));
        let admin = standing(Some(GroupRole::Admin), false);
        assert_eq!(admin.may_change(&member("me", GroupRole::Admin), &demote), Ok(()));
        assert_eq!(admin.may_change(&member("you", GroupRole::Member), &promote), Ok(()));
        assert_eq!(admin.may_change(&member("you", GroupRole::Admin), &rename), Err(GroupError::RoleTooHigh));
        for caller in [standing(Some(GroupRole::Owner), false), standing(None, true)] {
            assert!(caller.may_change(&member("me", GroupRole::Owner), &demote).is_err(), "a group keeps its owner");
            assert_eq!(caller.may_change(&member("you", GroupRole::Admin), &demote), Ok(()));
        }
    }
}
