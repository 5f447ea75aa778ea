//! What callers ask for. Ids are texts as they came; the use cases check them.

use openim_contracts::GroupRole;

use super::{JoinSource, MemberAccess, RequestStatus, Verification};

/// Makes a group with its first members.
#[derive(Debug, Clone)]
pub(crate) struct CreateGroup {
    /// The group's data.
    pub(crate) group: NewGroup,
    /// Who owns it; the caller when absent.
    pub(crate) owner: Option<String>,
    /// Who administrates it.
    pub(crate) admins: Vec<String>,
    /// Who else is in it.
    pub(crate) members: Vec<String>,
    /// Whether the news also appear as a line of the chat; absent for what the configuration says.
    pub(crate) as_message: Option<bool>,
}

/// The data of a new group.
#[derive(Debug, Clone)]
pub(crate) struct NewGroup {
    /// The wanted id; a random one when absent.
    pub(crate) id: Option<String>,
    /// Whether it is a working group, the only kind there is.
    pub(crate) working: bool,
    /// Who made it, for app administrators; the caller when absent.
    pub(crate) creator: Option<String>,
    pub(crate) name: String,
    pub(crate) notification: String,
    pub(crate) introduction: String,
    pub(crate) face_url: String,
    pub(crate) ex: String,
    pub(crate) verification: Verification,
    pub(crate) look_member_info: MemberAccess,
    pub(crate) apply_member_friend: MemberAccess,
}

/// Changes a group's data. `None` keeps what is stored, an empty text clears it.
#[derive(Debug, Clone, Default)]
pub(crate) struct UpdateGroup {
    pub(crate) group: String,
    pub(crate) name: Option<String>,
    pub(crate) notification: Option<String>,
    pub(crate) introduction: Option<String>,
    pub(crate) face_url: Option<String>,
    pub(crate) ex: Option<String>,
    pub(crate) verification: Option<Verification>,
    pub(crate) look_member_info: Option<MemberAccess>,
    pub(crate) apply_member_friend: Option<MemberAccess>,
    /// Whether empty texts keep what is stored, too, as in OpenIM's older call.
    pub(crate) empty_keeps: bool,
}

impl UpdateGroup {
    /// Drops the empty texts that keep what is stored, and the white space around an announcement.
    pub(crate) fn tidy(mut self) -> Self {
        if self.empty_keeps {
            for text in [&mut self.name, &mut self.notification, &mut self.introduction, &mut self.face_url] {
                if text.as_ref().is_some_and(String::is_empty) {
                    *text = None;
                }
            }
        }
        self.notification = self.notification.map(|text| text.trim().to_owned());
        self
    }
}

/// Brings users into a group, or asks for them.
#[derive(Debug, Clone)]
pub(crate) struct Invite {
    pub(crate) group: String,
    pub(crate) users: Vec<String>,
    pub(crate) reason: String,
    pub(crate) as_message: Option<bool>,
}

/// Enters a group, or asks to.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) group: String,
    /// Who enters; the caller when absent.
    pub(crate) user: Option<String>,
    pub(crate) message: String,
    pub(crate) source: JoinSource,
    pub(crate) ex: String,
}

/// Answers a request to enter.
#[derive(Debug, Clone)]
pub(crate) struct AnswerRequest {
    pub(crate) group: String,
    pub(crate) user: String,
    pub(crate) status: RequestStatus,
    pub(crate) answer: String,
}

/// Leaves a group.
#[derive(Debug, Clone)]
pub(crate) struct Leave {
    pub(crate) group: String,
    /// Who leaves; the caller when absent.
    pub(crate) user: Option<String>,
}

/// Removes members.
#[derive(Debug, Clone)]
pub(crate) struct RemoveMembers {
    pub(crate) group: String,
    pub(crate) users: Vec<String>,
    pub(crate) reason: String,
    pub(crate) as_message: Option<bool>,
}

/// Ends a group.
#[derive(Debug, Clone)]
pub(crate) struct Dismiss {
    pub(crate) group: String,
    /// Whether the members are cleared at once and without a word.
    pub(crate) silently: bool,
    pub(crate) as_message: Option<bool>,
}

/// Gives a group to another member.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) group: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// Keeps a member from writing for a time.
#[derive(Debug, Clone)]
pub(crate) struct MuteMember {
    pub(crate) group: String,
    pub(crate) user: String,
    /// For how long; absent lets the member write again.
    pub(crate) seconds: Option<u32>,
}

/// Changes a member. `None` keeps what is stored, an empty text clears it.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemberChange {
    pub(crate) group: String,
    pub(crate) user: String,
    pub(crate) nickname: Option<String>,
    pub(crate) face_url: Option<String>,
    pub(crate) role: Option<GroupRole>,
    pub(crate) ex: Option<String>,
}

impl MemberChange {
    /// Tells whether it says how the member looks.
    pub(crate) fn changes_looks(&self) -> bool {
        self.nickname.is_some() || self.face_url.is_some() || self.ex.is_some()
    }
}
