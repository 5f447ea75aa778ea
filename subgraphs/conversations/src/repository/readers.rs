//! Who has read a message: whoever's position has reached it. Counted and listed from an index over positions; there is no
//! row per member and message.

use openim_core::{ConversationId, Result, UserId};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

/// Messages of one statement.
const CHUNK: usize = 100;

/// A message: its place, and who wrote it and is no reader.
pub(crate) type Written = (i64, Option<UserId>);

/// Returns for each message of one conversation how many have read it, in the order asked: one walk over the positions for
/// all of them.
pub(crate) async fn count(db: &impl ConnectionTrait, id: &ConversationId, messages: &[Written]) -> Result<Vec<i64>> {
    let mut counts = Vec::with_capacity(messages.len());
    for chunk in messages.chunks(CHUNK) {
        let first = chunk.iter().map(|(seq, _)| *seq).min().unwrap_or(0);
        let mut select = reached(id, first).select_only();
        for (place, (seq, sender)) in chunk.iter().enumerate() {
            let mut read = Expr::col(Column::ReadSeq).gte(*seq).and(Expr::col(Column::MinSeq).lte(*seq));
            if let Some(sender) = sender {
                read = read.and(Expr::col(Column::OwnerId).ne(sender.as_str()));
            }
            // What is null is not counted.
            let one: Expr = Expr::case(read, 1_i32).into();
            select = select.expr_as(Func::count(one), format!("c{place}"));
        }
        let row = db.query_one_raw(select.build(db.get_database_backend())).await.map_err(db_error)?;
        for place in 0..chunk.len() {
            let count = row.as_ref().map(|row| row.try_get("", &format!("c{place}"))).transpose().map_err(db_error)?;
            counts.push(count.unwrap_or(0));
        }
    }
    Ok(counts)
}

fn reached(id: &ConversationId, seq: i64) -> Select<Entity> {
    Entity::find().filter(Column::ConversationId.eq(id.as_str())).filter(Column::ReadSeq.gte(seq))
}

/// Returns who has read a message, in id order after `after`, at most `limit`.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    id: &ConversationId,
    (seq, sender): &Written,
    after: Option<&UserId>,
    limit: u64,
) -> Result<Vec<UserId>> {
    let mut select = reached(id, *seq).filter(Column::MinSeq.lte(*seq));
    if let Some(sender) = sender {
        select = select.filter(Column::OwnerId.ne(sender.as_str()));
    }
    if let Some(after) = after {
        select = select.filter(Column::OwnerId.gt(after.as_str()));
    }
    let select = select.select_only().column(Column::OwnerId).order_by_asc(Column::OwnerId).limit(limit);
    let owners: Vec<String> = select.into_tuple().all(db).await.map_err(db_error)?;
    owners.into_iter().map(UserId::parse).collect()
}
