//! The `state` column: JSON with short keys, null for what was never changed.

use std::sync::Arc;

use openim_core::{Error, ErrorCode, Result, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::model::{Edited, Revocation, State};

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    revoked: Option<StoredRevocation>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    edited: Option<StoredEdit>,
}

#[derive(Serialize, Deserialize)]
struct StoredRevocation {
    #[serde(rename = "u")]
    by: UserId,
    #[serde(rename = "r")]
    role: i32,
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    app_admin: bool,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    nickname: String,
    #[serde(rename = "t")]
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredEdit {
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "n")]
    times: i64,
}

/// Reads the column; whether a message was emptied stands elsewhere.
pub(super) fn read(column: Option<Vec<u8>>) -> Result<State> {
    let Some(column) = column else { return Ok(State::default()) };
    let stored: Stored = serde_json::from_slice(&column)
        .map_err(|error| Error::new(ErrorCode::Data, "a message's state cannot be read").with_source(error))?;
    let revoked = |one: StoredRevocation| {
        let StoredRevocation { by, role, app_admin, nickname, at } = one;
        Revocation { by, role, app_admin, nickname, at: Timestamp(at) }
    };
    Ok(State {
        emptied: false,
        revoked: stored.revoked.map(revoked).map(Arc::new),
        edited: stored.edited.map(|edit| Edited { at: Timestamp(edit.at), times: edit.times }),
    })
}

/// Writes the column.
pub(crate) fn write(state: &State) -> Result<Vec<u8>> {
    let revoked = |one: &Arc<Revocation>| {
        let Revocation { by, role, app_admin, nickname, at } = (**one).clone();
        StoredRevocation { by, role, app_admin, nickname, at: at.0 }
    };
    let stored = Stored {
        revoked: state.revoked.as_ref().map(revoked),
        edited: state.edited.map(|edit| StoredEdit { at: edit.at.0, times: edit.times }),
    };
    serde_json::to_vec(&stored).map_err(Error::internal)
}
