//! Every query of the domain. Functions take any connection, so that a use case can run them in its transaction; they
//! return model types and decide nothing.

pub(crate) mod groups;
pub(crate) mod joined;
pub(crate) mod members;
pub(crate) mod requests;

use openim_core::{Error, ErrorCode, GroupId, Result, UserId};
use sea_orm::sea_query::LikeExpr;

/// Ids of one `IN (..)` or rows of one `INSERT`: far below the bind limits of both databases.
const CHUNK: usize = 500;

/// Makes the error of a row that does not fit the model.
fn bad_row(cause: Error) -> Error {
    Error::new(ErrorCode::Data, "a stored row of a group cannot be read").with_source(cause)
}

fn user_id(text: String) -> Result<UserId> {
    UserId::parse(text).map_err(bad_row)
}

fn group_id(text: String) -> Result<GroupId> {
    GroupId::parse(text).map_err(bad_row)
}

/// Reads a user who may be nobody.
fn somebody(text: String) -> Result<Option<UserId>> {
    if text.is_empty() { Ok(None) } else { user_id(text).map(Some) }
}

fn name_of(user: Option<&UserId>) -> String {
    user.map_or_else(String::new, ToString::to_string)
}

/// Folds case character by character: what a character becomes must not depend on its neighbours, which differ in a
/// search text.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Makes the pattern that finds the text itself, whatever characters it has.
fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for character in fold(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}
