//! How each kind of notification is treated: whether it also appears as a line of the chat, whether it is stored, whether
//! it is pushed to devices that are offline. The table is OpenIM's; an operator may change single switches.

mod table;

use std::collections::BTreeMap;

use openim_core::{Error, ErrorCode, Result};

use crate::model::OfflinePush;
use table::{ROWS, Text};

/// How one kind of notification is treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticePolicy {
    /// It also becomes a line of the chat.
    pub(crate) as_message: bool,
    /// It is stored in the notification stream (OpenIM's reliability level 2).
    pub(crate) stored: bool,
    /// It is pushed to devices that are offline.
    pub(crate) push: bool,
    /// It carries the sender's name and picture.
    pub(crate) shows_sender: bool,
    /// What is pushed.
    pub(crate) texts: OfflinePush,
}

/// The treatment of every kind of notification.
#[derive(Debug, Clone, Default)]
pub struct NotificationPolicies {
    changes: BTreeMap<i32, Vec<(Switch, bool)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    Message,
    Stored,
    Push,
}

impl NotificationPolicies {
    /// Reads an operator's changes: `"<content type or OpenIM's name> <switches>"` with the switches `+message`, `-message`,
    /// `+stored`, `-stored`, `+push`, `-push`, such as `"memberEnter -message +stored"`. Later ones win.
    ///
    /// # Errors
    /// `ARGS_ERROR` that quotes what cannot be read.
    pub fn parse(changes: &[String]) -> Result<Self> {
        let mut policies = Self::default();
        for change in changes {
            let refuse = |what: &str| Error::new(ErrorCode::Args, format!("{change:?}: {what}"));
            let mut words = change.split_whitespace();
            let kind = words.next().ok_or_else(|| refuse("names no kind of notification"))?;
            let known = |row: &&table::Row| row.name == kind || kind.parse() == Ok(row.content_type);
            let rows: Vec<i32> = ROWS.iter().filter(known).map(|row| row.content_type).collect();
            if rows.is_empty() {
                return Err(refuse("is no kind of notification; give OpenIM's name, such as memberEnter, or the content type"));
            }
            let mut switches = Vec::new();
            for word in words {
                let switch = match word.get(1..) {
                    Some("message") => Switch::Message,
                    Some("stored") => Switch::Stored,
                    Some("push") => Switch::Push,
                    _ => return Err(refuse("the switches are message, stored and push, each with + or - before it")),
                };
                match word.get(..1) {
                    Some("+") => switches.push((switch, true)),
                    Some("-") => switches.push((switch, false)),
                    _ => return Err(refuse("write + or - before each switch")),
                }
            }
            if switches.is_empty() {
                return Err(refuse("changes nothing; add a switch, such as +stored"));
            }
            for row in rows {
                policies.changes.entry(row).or_default().extend(&switches);
            }
        }
        Ok(policies)
    }

    /// Returns how a content type is treated. An unknown one is passed on and not kept.
    pub(crate) fn of(&self, content_type: i32) -> NoticePolicy {
        let row = ROWS.iter().find(|row| row.content_type == content_type);
        let mut policy = NoticePolicy {
            as_message: row.is_some_and(|row| row.as_message),
            stored: row.is_some_and(|row| row.stored),
            push: row.is_some_and(|row| row.push),
            shows_sender: row.is_some_and(|row| row.shows_sender),
            texts: row.map(texts).unwrap_or_default(),
        };
        for (switch, on) in self.changes.get(&content_type).into_iter().flatten() {
            match switch {
                Switch::Message => policy.as_message = *on,
                Switch::Stored => policy.stored = *on,
                Switch::Push => policy.push = *on,
            }
        }
        policy
    }
}

fn texts(row: &table::Row) -> OfflinePush {
    let (title, description, ex) = match row.text {
        Text::None => Default::default(),
        Text::Same(text) => (text.to_owned(), text.to_owned(), text.to_owned()),
        Text::Of(what) => (format!("{what} title"), format!("{what} desc"), format!("{what} ext")),
    };
    OfflinePush { title, description, ex, ..OfflinePush::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(changes: &[&str]) -> Result<NotificationPolicies> {
        NotificationPolicies::parse(&changes.iter().map(|change| (*change).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_table_has_each_content_type_once() {
        let mut types: Vec<i32> = ROWS.iter().map(|row| row.content_type).collect();
        types.dedup();
        assert_eq!(types.len(), ROWS.len(), "in ascending order");
        assert!(types.is_sorted());
    }

    #[test]
    fn an_operator_changes_single_switches_by_name_or_number() -> Result<()> {
        let policies = parse(&["memberEnter -message +stored", "1203 -push", "1203 +push +message"])?;
        let (enter, request) = (policies.of(1510), policies.of(1203));
        assert!(!enter.as_message && enter.stored && !enter.push);
        assert!(request.as_message && !request.stored && request.push);
        let (usual, unchanged) = (NotificationPolicies::default(), policies.of(1509));
        assert_eq!(unchanged, usual.of(1509));
        assert!(unchanged.as_message && !unchanged.stored);
        assert_eq!(unchanged.texts.description, "memberInvited desc");
        Ok(())
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_quoted() {
        for bad in ["", "nothing +push", "1203", "1203 push", "1203 *push", "1203 +loud", "1400 +push", "1203 ü"] {
            let refused = parse(&[bad]).map_err(|error| error.message().to_owned());
            assert!(refused.as_ref().is_err_and(|text| text.contains(bad)), "{bad}: {refused:?}");
        }
    }
}
