//! Every query of this domain. Functions take any connection, so that a use case can run them in its transaction; they
//! return model types and decide nothing.

pub(crate) mod blocks;
pub(crate) mod friends;
pub(crate) mod requests;

use std::collections::BTreeMap;

use openim_core::{Result, UserId};
use sea_orm::{ColumnTrait, Condition};

use crate::error::bad_row;
use crate::model::Pair;

/// Ids of one `IN (..)` or rows of one `INSERT`: far below the bind limits of both databases.
const CHUNK: usize = 500;
/// Keys of one select: an `OR` of pairs nests one level each, and SQLite stops at 1,000.
const PAIR_CHUNK: usize = 200;

/// Finds rows by keys of two ids, those with the same first id together.
fn any_of<C: ColumnTrait>(first: C, second: C, keys: &[Pair]) -> Condition {
    let mut grouped: BTreeMap<&UserId, Vec<&str>> = BTreeMap::new();
    for (one, other) in keys {
        grouped.entry(one).or_default().push(other.as_str());
    }
    grouped
        .into_iter()
        .fold(Condition::any(), |any, (one, others)| any.add(Condition::all().add(first.eq(one.as_str())).add(second.is_in(others))))
}

fn user(id: String) -> Result<UserId> {
    UserId::parse(id).map_err(bad_row)
}
