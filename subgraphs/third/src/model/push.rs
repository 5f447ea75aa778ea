//! Offline push: providers, devices, what is shown, deliveries.

use openim_contracts::{MessageData, OfflinePush, PlacedMessage};
use openim_core::{OperationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The most receivers that the application's server names at a time.
pub(crate) const MOST_RECEIVERS: usize = 10_000;

/// Who brings pushes to devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Provider {
    /// Firebase Cloud Messaging.
    Fcm,
    /// Apple's service, without anybody between.
    Apns,
    /// Getui.
    Getui,
    /// JPush.
    Jpush,
    /// The server's own log.
    Log,
}

impl Provider {
    pub(crate) const ALL: [Self; 5] = [Self::Fcm, Self::Apns, Self::Getui, Self::Jpush, Self::Log];

    /// Returns the name that settings and stored rows have.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fcm => "fcm",
            Self::Apns => "apns",
            Self::Getui => "getui",
            Self::Jpush => "jpush",
            Self::Log => "log",
        }
    }

    /// Returns the provider of a name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.name() == name)
    }

    /// Tells whether it knows devices by tokens; others know users by their ids.
    pub(crate) fn has_tokens(self) -> bool {
        matches!(self, Self::Fcm | Self::Apns)
    }
}

/// A device class of a user, as a provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushToken {
    pub(crate) user: UserId,
    /// OpenIM's number.
    pub(crate) platform: i32,
    pub(crate) provider: Provider,
    pub(crate) token: String,
    pub(crate) updated_at: Timestamp,
    /// `None` for ever.
    pub(crate) expires_at: Option<Timestamp>,
}

/// A wish to be reached.
#[derive(Debug, Clone)]
pub(crate) struct RegisterToken {
    /// Whose device, for administrators; one's own when absent.
    pub(crate) user: Option<UserId>,
    pub(crate) platform: i32,
    pub(crate) provider: Provider,
    pub(crate) token: String,
    /// 0 for ever.
    pub(crate) expires_in_seconds: i64,
}

/// What a device shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) ex: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sound: String,
    pub(crate) count_badge: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) client_message_id: String,
}

/// Where a push goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) user: UserId,
    /// OpenIM's number of the device class; 0 where the provider knows users.
    pub(crate) platform: i32,
}

/// A message that is pushed to devices.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Push {
    pub(crate) operation_id: OperationId,
    /// Empty for a test.
    pub(crate) conversation_id: String,
    /// 0 for a message that is not stored.
    pub(crate) seq: i64,
    pub(crate) notice: Notice,
    pub(crate) devices: Vec<Device>,
}

/// The message that a step is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Subject {
    /// One with a place in its log.
    Stored(PlacedMessage),
    /// One that is not stored.
    Passing(Box<MessageData>),
}

/// One step of deciding who is told of a message: it has many receivers, or the application's server is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PushStep {
    pub(crate) subject: Subject,
    /// The members up to here were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<UserId>,
    /// Whom the application's server named instead of the members, and how many of them were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receivers: Option<Vec<UserId>>,
}

impl PushStep {
    /// Begins with a message.
    pub(crate) fn of(subject: Subject) -> Self {
        Self { subject, after: None, receivers: None }
    }

    /// Tells whether nobody was looked at yet.
    pub(crate) fn is_first(&self) -> bool {
        self.after.is_none() && self.receivers.is_none()
    }
}

/// What a step came to.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Decided {
    pub(crate) pushes: Vec<Push>,
    /// What is left to be decided.
    pub(crate) steps: Vec<PushStep>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PushState {
    Pending,
    Delivered,
    Failed,
}

impl PushState {
    /// Returns the stored number.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Pending => 0,
            Self::Delivered => 1,
            Self::Failed => 2,
        }
    }

    /// Returns the state of a stored number.
    pub(crate) fn of(number: i32) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Delivered,
            _ => Self::Failed,
        }
    }
}

/// One push to one device, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushDelivery {
    /// Its place in the log.
    pub(crate) position: i64,
    pub(crate) id: String,
    /// `None` for one that this version does not know.
    pub(crate) provider: Option<Provider>,
    pub(crate) device: Device,
    pub(crate) conversation_id: String,
    pub(crate) seq: i64,
    pub(crate) notice: Notice,
    /// The number on the icon.
    pub(crate) badge: Option<u32>,
    pub(crate) operation_id: String,
    pub(crate) state: PushState,
    pub(crate) attempts: i32,
    /// How often it failed since it was queued.
    pub(crate) failures: i32,
    /// Only while it waits.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) attempted_at: Option<Timestamp>,
    pub(crate) reference: String,
    pub(crate) error: String,
}

/// Which deliveries are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PushFilter {
    pub(crate) user: Option<UserId>,
    pub(crate) provider: Option<Provider>,
    pub(crate) state: Option<PushState>,
}

/// Part of the list of deliveries.
#[derive(Debug, Clone)]
pub(crate) struct PushPage {
    /// Newest first.
    pub(crate) deliveries: Vec<PushDelivery>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// How a provider does.
#[derive(Debug, Clone)]
pub(crate) struct ProviderReport {
    pub(crate) provider: Provider,
    pub(crate) enabled: bool,
    pub(crate) configured: bool,
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) last_success_at: Option<Timestamp>,
    pub(crate) last_failure: Option<(Timestamp, String)>,
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub(crate) struct PushAttempt {
    pub(crate) state: PushState,
    pub(crate) ended_at: Timestamp,
    pub(crate) due_at: Timestamp,
    pub(crate) reference: String,
    /// Empty when it went well.
    pub(crate) error: String,
    /// The token that the provider refused for good.
    pub(crate) dead_token: Option<String>,
}

/// The titles of messages that bring none (OpenIM's).
fn default_title(content_type: i32) -> &'static str {
    match content_type {
        101 => "[TEXT]",
        102 => "[PICTURE]",
        103 => "[VOICE]",
        104 => "[VIDEO]",
        105 => "[File]",
        // A text that mentions somebody stays without a title.
        106 => "",
        1601 => "[SIGNALINVITE]",
        _ => "[NEWMSG]",
    }
}

impl Notice {
    /// Makes what is shown of a message.
    pub(crate) fn of(content_type: i32, info: Option<&OfflinePush>, client_message_id: &str) -> Self {
        let info = info.cloned().unwrap_or_default();
        let title = if info.title.is_empty() { default_title(content_type).to_owned() } else { info.title };
        let body = if info.description.is_empty() { title.clone() } else { info.description };
        let client_message_id = client_message_id.to_owned();
        Self { title, body, ex: info.ex, sound: info.ios_sound, count_badge: info.ios_badge_count, client_message_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_title_follows_from_the_content_and_a_missing_text_is_the_title() {
        let shown = |content_type, title: &str, text: &str| {
            let info = OfflinePush { title: title.into(), description: text.into(), ..OfflinePush::default() };
            let notice = Notice::of(content_type, Some(&info), "m");
            (notice.title, notice.body)
        };
        let pair = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(shown(101, "", ""), pair("[TEXT]", "[TEXT]"));
        assert_eq!(shown(101, "Ann", ""), pair("Ann", "Ann"));
        assert_eq!(shown(101, "Ann", "tea?"), pair("Ann", "tea?"));
        assert_eq!(shown(101, "", "tea?"), pair("[TEXT]", "tea?"));
        assert_eq!(shown(102, "", "").0, "[PICTURE]");
        assert_eq!(shown(103, "", "").0, "[VOICE]");
        assert_eq!(shown(104, "", "").0, "[VIDEO]");
        assert_eq!(shown(105, "", "").0, "[File]");
        assert_eq!(shown(106, "", ""), pair("", ""));
        assert_eq!(shown(1601, "", "").0, "[SIGNALINVITE]");
        assert_eq!(shown(114, "", "").0, "[NEWMSG]");
        assert_eq!(Notice::of(101, None, "m").title, "[TEXT]");
    }

    #[test]
    fn what_else_a_message_brings_goes_along() {
        let info = OfflinePush { ex: "e".into(), ios_sound: "s".into(), ios_badge_count: true, ..OfflinePush::default() };
        let notice = Notice::of(101, Some(&info), "m");
        assert_eq!(
            (notice.ex.as_str(), notice.sound.as_str(), notice.count_badge, notice.client_message_id.as_str()),
            ("e", "s", true, "m")
        );
    }
}
