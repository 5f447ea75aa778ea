//! What an owner sets in the own view of a conversation.

/// The settings of a row. The default is what a new row has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// OpenIM `recvMsgOpt`, 0 to 2.
    pub(crate) receive_option: i32,
    pub(crate) pinned: bool,
    pub(crate) private_chat: bool,
    /// Seconds.
    pub(crate) burn_duration: i32,
    /// OpenIM `groupAtType`, 0 to 4.
    pub(crate) group_at_type: i32,
    pub(crate) attached_info: String,
    pub(crate) ex: String,
    pub(crate) destructing: bool,
    /// Seconds.
    pub(crate) destruct_after: i64,
}

/// What is to be set; nothing stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PreferencesChange {
    pub(crate) receive_option: Option<i32>,
    pub(crate) pinned: Option<bool>,
    pub(crate) private_chat: Option<bool>,
    pub(crate) burn_duration: Option<i32>,
    pub(crate) group_at_type: Option<i32>,
    pub(crate) attached_info: Option<String>,
    pub(crate) ex: Option<String>,
    pub(crate) destructing: Option<bool>,
    pub(crate) destruct_after: Option<i64>,
}

impl PreferencesChange {
    /// Returns the settings afterwards.
    pub(crate) fn apply(&self, before: &Preferences) -> Preferences {
        Preferences {
            receive_option: self.receive_option.unwrap_or(before.receive_option),
            pinned: self.pinned.unwrap_or(before.pinned),
            private_chat: self.private_chat.unwrap_or(before.private_chat),
            burn_duration: self.burn_duration.unwrap_or(before.burn_duration),
            group_at_type: self.group_at_type.unwrap_or(before.group_at_type),
            attached_info: self.attached_info.clone().unwrap_or_else(|| before.attached_info.clone()),
            ex: self.ex.clone().unwrap_or_else(|| before.ex.clone()),
            destructing: self.destructing.unwrap_or(before.destructing),
            destruct_after: self.destruct_after.unwrap_or(before.destruct_after),
        }
    }
}

impl Preferences {
    /// Tells whether old messages vanish from the view.
    pub(crate) fn destructs(&self) -> bool {
        self.destructing && self.destruct_after > 0
    }
}
