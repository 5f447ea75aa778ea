//! Logs and their ends.

use std::collections::HashMap;

use openim_core::ConversationId;
use openim_entities::messages::{conv_seq, conversation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _,
    QueryFilter,
};

use crate::Error;
use crate::map::messages::Parties;

/// Returns the logs that exist among some conversations.
pub(super) async fn find(db: &impl ConnectionTrait, ids: Vec<String>) -> Result<HashMap<String, conversation::Model>, Error> {
    let rows = conversation::Entity::find().filter(conversation::Column::ConversationId.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.conversation_id.clone(), row)).collect())
}

/// Makes logs that are not there.
pub(super) async fn make(db: &impl ConnectionTrait, logs: &[(&ConversationId, &Parties)], at: i64) -> Result<(), Error> {
    let rows = logs.iter().map(|(id, parties)| {
        let (user_a, user_b, group_id) = match parties {
            Parties::Pair(a, b) => (Some(a.to_string()), Some(b.to_string()), None),
            Parties::Group(group) => (None, None, Some(group.to_string())),
        };
        conversation::ActiveModel {
            conv_no: NotSet,
            conversation_id: Set(id.to_string()),
            kind: Set(i64::from(id.kind().session_type())),
            user_a: Set(user_a),
            user_b: Set(user_b),
            group_id: Set(group_id),
            created_at: Set(at),
        }
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        let kept = OnConflict::column(conversation::Column::ConversationId).do_nothing().to_owned();
        conversation::Entity::insert_many(rows).on_conflict(kept).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Returns the ends of logs by their numbers; one that has none is empty.
pub(super) async fn ends(db: &impl ConnectionTrait, numbers: Vec<i64>) -> Result<HashMap<i64, conv_seq::Model>, Error> {
    let mut ends: HashMap<_, _> = numbers.iter().map(|number| (*number, empty(*number))).collect();
    let rows = conv_seq::Entity::find().filter(conv_seq::Column::ConvNo.is_in(numbers)).all(db).await?;
    ends.extend(rows.into_iter().map(|row| (row.conv_no, row)));
    Ok(ends)
}

fn empty(conv_no: i64) -> conv_seq::Model {
    conv_seq::Model { conv_no, max_seq: 0, min_seq: 1, last_stored_at: 0, last_sent_at: 0, last_sender: None }
}

/// Writes the ends of logs.
pub(super) async fn write_ends(db: &impl ConnectionTrait, ends: Vec<conv_seq::Model>) -> Result<(), Error> {
    use conv_seq::Column::{ConvNo, LastSender, LastSentAt, LastStoredAt, MaxSeq, MinSeq};
    if ends.is_empty() {
        return Ok(());
    }
    let again = OnConflict::column(ConvNo).update_columns([MaxSeq, MinSeq, LastStoredAt, LastSentAt, LastSender]).to_owned();
    let rows = ends.into_iter().map(|end| end.into_active_model().reset_all());
    conv_seq::Entity::insert_many(rows).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}
