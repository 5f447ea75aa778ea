//! What owners set, and the limits that clearing moves.

use openim_core::{ConversationId, Result, Timestamp, UserId};
use openim_entities::conversations::user_conv::{Column, Entity};
use openim_entities::conversations::wanted_ex;
use openim_platform::store::db_error;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{conversation, of};
use crate::model::{Conversation, PreferencesChange};

/// Writes what is to be set into a row; `after` is the row as it then is.
pub(crate) async fn write(db: &impl ConnectionTrait, after: &Conversation, change: &PreferencesChange, at: Timestamp) -> Result<()> {
    let mut update = Entity::update_many().col_expr(Column::UpdatedAt, Expr::value(at.0)).filter(of(&after.owner, &[after.id.as_str()]));
    if let Some(option) = change.receive_option {
        update = update.col_expr(Column::ReceiveOption, Expr::value(option));
    }
    if let Some(pinned) = change.pinned {
        update = update.col_expr(Column::Pinned, Expr::value(pinned));
    }
    if let Some(private) = change.private_chat {
        update = update.col_expr(Column::PrivateChat, Expr::value(private));
    }
    if let Some(seconds) = change.burn_duration {
        update = update.col_expr(Column::BurnDuration, Expr::value(seconds));
    }
    if let Some(value) = change.group_at_type {
        // Older marks of the group do not count any more.
        update = update.col_expr(Column::GroupAtType, Expr::value(value)).col_expr(Column::GroupAtAt, Expr::value(at.0));
    }
    if let Some(text) = &change.attached_info {
        update = update.col_expr(Column::AttachedInfo, Expr::value(text));
    }
    if let Some(text) = &change.ex {
        update = update.col_expr(Column::Ex, Expr::value(text));
    }
    if change.destructing.is_some() || change.destruct_after.is_some() {
        update = update
            .col_expr(Column::Destructing, Expr::value(after.preferences.destructing))
            .col_expr(Column::DestructAfter, Expr::value(after.preferences.destruct_after))
            .col_expr(Column::DestructDueAt, Expr::value(after.destruct_due_at.0));
    }
    update.exec(db).await.map_err(db_error)?;
    Ok(())
}

/// Raises the first visible seq of an owner's rows, never lowers it, and returns which moved.
pub(crate) async fn raise_min(
    db: &impl ConnectionTrait,
    owner: &UserId,
    limits: &[(ConversationId, i64)],
    at: Timestamp,
) -> Result<Vec<ConversationId>> {
    let mut moved = Vec::new();
    for (id, min_seq) in limits {
        let done = Entity::update_many()
            .col_expr(Column::MinSeq, Expr::value(*min_seq))
            .col_expr(Column::UpdatedAt, Expr::value(at.0))
            .filter(of(owner, &[id.as_str()]))
            .filter(Column::MinSeq.lt(*min_seq))
            .exec(db)
            .await
            .map_err(db_error)?;
        if done.rows_affected > 0 {
            moved.push(id.clone());
        }
    }
    Ok(moved)
}

/// Notes what other people's rows of a user are to have in `ex`.
pub(crate) async fn want_ex(db: &impl ConnectionTrait, user: &UserId, ex: &str) -> Result<()> {
    let row = wanted_ex::ActiveModel { user_id: Set(user.to_string()), ex: Set(ex.to_owned()) };
    let again = OnConflict::column(wanted_ex::Column::UserId).update_column(wanted_ex::Column::Ex).to_owned();
    wanted_ex::Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Returns what other people's rows of a user are to have in `ex`, and keeps it from changing until the transaction ends.
pub(crate) async fn wanted_ex(db: &impl ConnectionTrait, user: &UserId) -> Result<Option<String>> {
    let row = wanted_ex::Entity::find_by_id(user.as_str()).lock_exclusive().one(db).await.map_err(db_error)?;
    Ok(row.map(|row| row.ex))
}

/// Returns rows that other people have of a user, in (owner, conversation) order after `after`, at most `limit`.
pub(crate) async fn with_peer(
    db: &impl ConnectionTrait,
    peer: &UserId,
    after: Option<&(UserId, ConversationId)>,
    limit: u64,
) -> Result<Vec<Conversation>> {
    let mut select = Entity::find().filter(Column::PeerId.eq(peer.as_str())).filter(Column::Deleted.eq(false));
    if let Some((owner, id)) = after {
        let later = Condition::all().add(Column::OwnerId.eq(owner.as_str())).add(Column::ConversationId.gt(id.as_str()));
        select = select.filter(Column::OwnerId.gte(owner.as_str()));
        select = select.filter(Condition::any().add(Column::OwnerId.gt(owner.as_str())).add(later));
    }
    let select = select.order_by_asc(Column::OwnerId).order_by_asc(Column::ConversationId).limit(limit);
    select.all(db).await.map_err(db_error)?.into_iter().map(conversation).collect()
}
