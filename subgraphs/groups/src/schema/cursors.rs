//! Places in lists as opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openim_core::{Error, ErrorCode, GroupId, Result, Timestamp, UserId};
use openim_graphql::{Page, Place};

use crate::model::{self, Group, JoinRequest, JoinedPlace, Member, MemberPlace, RequestPlace, Slice};

/// The longest cursor that is looked at, in characters: a name of 255 bytes, escaped, and an id.
const MAX_TEXT: usize = 2_400;

/// Reads the arguments of a connection, its cursor by `read`.
pub(super) fn slice<P>(page: Page, read: fn(&str) -> Result<P>) -> Result<Slice<P>> {
    let after = page.after.as_deref().map(read).transpose()?;
    Ok(Slice { after, offset: page.offset, limit: page.limit })
}

/// Returns a group's place in the list of all groups.
pub(super) fn of_group(group: &Group) -> String {
    Place { at: group.created_at, id: group.id.to_string() }.text()
}

/// Reads a place in the list of all groups.
pub(super) fn group(text: &str) -> Result<(Timestamp, GroupId)> {
    let Place { at, id } = Place::parse(text)?;
    Ok((at, GroupId::parse(id)?))
}

/// Returns a group's place in a user's list.
pub(super) fn of_joined(group: &Group) -> String {
    let JoinedPlace { name, created_at, id } = JoinedPlace::of(group);
    // A list of two texts and a number is always JSON.
    let plain = serde_json::to_vec(&(name, created_at.0, id.as_str())).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(plain)
}

/// Reads a place in a user's list.
pub(super) fn joined(text: &str) -> Result<JoinedPlace> {
    let read = || {
        let plain = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (name, created_at, id): (String, i64, String) = serde_json::from_slice(&plain).ok()?;
        Some(JoinedPlace { name, created_at: Timestamp(created_at), id: GroupId::parse(id).ok()? })
    };
    let place = if text.len() > MAX_TEXT { None } else { read() };
    place.ok_or_else(foreign)
}

/// Returns a member's place.
pub(super) fn of_member(member: &Member) -> String {
    let MemberPlace { role, joined_at, user } = MemberPlace::of(member);
    Place { at: joined_at, id: format!("{}:{user}", model::rank(role)) }.text()
}

/// Reads a member's place.
pub(super) fn member(text: &str) -> Result<MemberPlace> {
    let Place { at, id } = Place::parse(text)?;
    let (rank, user) = id.split_once(':').ok_or_else(foreign)?;
    let rank = rank.parse().map_err(|_| foreign())?;
    Ok(MemberPlace { role: model::role_of(rank), joined_at: at, user: UserId::parse(user)? })
}

/// Returns a request's place.
pub(super) fn of_request(request: &JoinRequest) -> String {
    let RequestPlace { requested_at, group, user } = RequestPlace::of(request);
    Place { at: requested_at, id: format!("{group}:{user}") }.text()
}

/// Reads a request's place.
pub(super) fn request(text: &str) -> Result<RequestPlace> {
    let Place { at, id } = Place::parse(text)?;
    let (group, user) = id.split_once(':').ok_or_else(foreign)?;
    Ok(RequestPlace { requested_at: at, group: GroupId::parse(group)?, user: UserId::parse(user)? })
}

fn foreign() -> Error {
    Error::new(ErrorCode::Args, "after is no cursor of this list")
}

#[cfg(test)]
mod tests {
    use openim_contracts::GroupRole;

    use super::*;

    #[test]
    fn cursors_read_back_and_foreign_text_is_refused() -> Result<()> {
        let mut one = Member::new(GroupId::parse("g")?, UserId::parse("ann")?, Timestamp(7));
        one.role = GroupRole::Admin;
        assert_eq!(member(&of_member(&one))?, MemberPlace::of(&one));
        for bad in ["", "z", "&&", &of_member(&one)[..5]] {
            assert_eq!(member(bad).map_err(|error| error.code()), Err(ErrorCode::Args), "{bad}");
            assert_eq!(joined(bad).map_err(|error| error.code()), Err(ErrorCode::Args), "{bad}");
            assert_eq!(request(bad).map_err(|error| error.code()), Err(ErrorCode::Args), "{bad}");
        }
        Ok(())
    }
}
