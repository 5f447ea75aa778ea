//! From OpenIM's records to rows, one module a domain. Ids, times and texts stay as they are; what cannot be a row here is an
//! error that says why.

pub(crate) mod conversations;
pub(crate) mod groups;
pub(crate) mod messages;
pub(crate) mod relations;
pub(crate) mod users;

use openim_core::{GroupId, UserId};

use crate::value::{Map, Wrong};

/// Characters of names.
const NAME: usize = 255;

/// Folds as the domains do it that search these texts: character by character.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn user(record: &Map, field: &str) -> Result<String, Wrong> {
    let id = record.text(field)?;
    UserId::parse(id.as_str()).map_err(|error| Wrong::new(format!("{field}: {error}")))?;
    Ok(id)
}

/// Reads a user who may be missing. A strange one is no reason to lose the record.
fn somebody(record: &Map, field: &str) -> Result<String, Wrong> {
    let id = record.text(field)?;
    Ok(if UserId::parse(id.as_str()).is_ok() { id } else { String::new() })
}

fn group(record: &Map, field: &str) -> Result<String, Wrong> {
    let id = record.text(field)?;
    GroupId::parse(id.as_str()).map_err(|error| Wrong::new(format!("{field}: {error}")))?;
    Ok(id)
}
