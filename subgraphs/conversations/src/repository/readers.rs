//! Who has read a message: whoever's position has reached it. Counted and listed from an index over positions; there is no
//! row per member and message.

use openim_core::{ConversationId, Result, UserId};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

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

/// Returns who has read a message with their positions, in order of position and id after `after`, at most `limit`. A position
/// that moves meanwhile moves on in this order: who has read it is never left out, only told twice.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    id: &ConversationId,
    (seq, sender): &Written,
    after: Option<&(i64, UserId)>,
    limit: u64,
) -> Result<Vec<(i64, UserId)>> {
    let first = after.map_or(*seq, |(position, _)| Ord::max(*position, *seq));
    let mut select = reached(id, first).filter(Column::MinSeq.lte(*seq));
    if let Some(sender) = sender {
        select = select.filter(Column::OwnerId.ne(sender.as_str()));
    }
    if let Some((position, owner)) = after {
        let same = Condition::all().add(Column::ReadSeq.eq(*position)).add(Column::OwnerId.gt(owner.as_str()));
        select = select.filter(Condition::any().add(Column::ReadSeq.gt(*position)).add(same));
    }
    let select = select.select_only().column(Column::ReadSeq).column(Column::OwnerId);
    let select = select.order_by_asc(Column::ReadSeq).order_by_asc(Column::OwnerId).limit(limit);
    let readers: Vec<(i64, String)> = select.into_tuple().all(db).await.map_err(db_error)?;
    readers.into_iter().map(|(position, owner)| Ok((position, UserId::parse(owner)?))).collect()
}
