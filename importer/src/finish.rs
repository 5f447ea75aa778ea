//! What can only be known when everything is there: who owns groups and how many are in them, views that members and partners
//! must have, and that the search has something to catch up. Everything may be done again.

use std::collections::HashMap;

use openim_entities::conversations::user_conv;
use openim_entities::groups::{group_info, group_member};
use openim_entities::messages::{conv_seq, conversation};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect as _,
    Statement,
};

use crate::write::insert;
use crate::write::readers::deleted;
use crate::{Error, Importer};

/// Rows of one step.
const STEP: u64 = 300;
/// OpenIM's status of a dismissed group.
const DISMISSED: i32 = 2;
/// The rank of an owner.
const OWNER: i32 = 0;

impl Importer<'_> {
    /// Puts everything in order.
    pub(crate) async fn finish(&self, at: i64) -> Result<(), Error> {
        self.count_members().await?;
        self.show_chats(at).await?;
        self.show_groups(at).await?;
        self.owe_search(at).await
    }

    fn go_on(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    async fn count_members(&self) -> Result<(), Error> {
        use group_member::Column::{GroupId, JoinedAt, Rank, UserId};
        let mut after = String::new();
        loop {
            self.go_on()?;
            let page = group_info::Entity::find().filter(group_info::Column::GroupId.gt(after)).order_by_asc(group_info::Column::GroupId);
            let groups = page.limit(STEP).all(self.store()?.read()).await?;
            let Some(last) = groups.last() else { return Ok(()) };
            after = last.group_id.clone();
            let ids: Vec<String> = groups.iter().map(|group| group.group_id.clone()).collect();
            let db = self.store()?.read();
            let counts = group_member::Entity::find().select_only().column(GroupId).column_as(Expr::cust("COUNT(*)"), "members");
            let counts = counts.filter(GroupId.is_in(ids.clone())).group_by(GroupId).into_tuple::<(String, i64)>().all(db).await?;
            let counts: HashMap<_, _> = counts.into_iter().collect();
            let owners = group_member::Entity::find().select_only().column(GroupId).column(UserId);
            let owners = owners.filter(GroupId.is_in(ids)).filter(Rank.eq(OWNER)).order_by_desc(JoinedAt).order_by_desc(UserId);
            // Of several the first one stays: the others are written over.
            let owners: HashMap<String, String> = owners.into_tuple::<(String, String)>().all(db).await?.into_iter().collect();
            let tx = self.store()?.begin().await?;
            for group in groups {
                let count = counts.get(&group.group_id).copied().unwrap_or(0);
                let owner = owners.get(&group.group_id).unwrap_or(&group.owner_id).clone();
                if (count, &owner) != (group.member_count, &group.owner_id) {
                    let mut row = group_info::ActiveModel::from(group);
                    row.member_count = Set(count);
                    row.owner_id = Set(owner);
                    row.update(tx.connection()).await?;
                }
            }
            tx.commit().await?;
        }
    }

    /// Both people of a chat have a view: who has none has deleted it, and sees it again with the next message.
    async fn show_chats(&self, at: i64) -> Result<(), Error> {
        let mut after = 0;
        loop {
            self.go_on()?;
            let logs = self.logs_behind(after).await?;
            let Some(last) = logs.last() else { return Ok(()) };
            after = last.0.conv_no;
            let ours =
                logs.iter().filter(|(log, end)| matches!(log.kind, 1 | 4) && end.as_ref().is_some_and(|end| end.last_stored_at == at));
            let mut views = Vec::new();
            for (log, end) in ours {
                let (Some(a), Some(b)) = (&log.user_a, &log.user_b) else { continue };
                let max_seq = end.as_ref().map_or(0, |end| end.max_seq);
                views.push(deleted(a, log, b, "", max_seq, at));
                if a != b {
                    views.push(deleted(b, log, a, "", max_seq, at));
                }
            }
            let tx = self.store()?.begin().await?;
            insert(tx.connection(), views).await?;
            tx.commit().await?;
        }
    }

    async fn logs_behind(&self, after: i64) -> Result<Vec<(conversation::Model, Option<conv_seq::Model>)>, Error> {
        let page = conversation::Entity::find().filter(conversation::Column::ConvNo.gt(after)).order_by_asc(conversation::Column::ConvNo);
        let logs = page.limit(STEP).all(self.store()?.read()).await?;
        let numbers: Vec<i64> = logs.iter().map(|log| log.conv_no).collect();
        let ends = conv_seq::Entity::find().filter(conv_seq::Column::ConvNo.is_in(numbers)).all(self.store()?.read()).await?;
        let mut ends: HashMap<_, _> = ends.into_iter().map(|end| (end.conv_no, end)).collect();
        Ok(logs.into_iter().map(|log| (ends.remove(&log.conv_no), log)).map(|(end, log)| (log, end)).collect())
    }

    /// Members see their group: who has no view of one in which something was said has deleted it.
    async fn show_groups(&self, at: i64) -> Result<(), Error> {
        use group_member::Column::{GroupId, UserId};
        let (mut group, mut user) = (String::new(), String::new());
        loop {
            self.go_on()?;
            let behind = Expr::tuple([Expr::col(GroupId), Expr::col(UserId)]);
            let place = Expr::tuple([Expr::value(group.as_str()), Expr::value(user.as_str())]);
            let page = group_member::Entity::find().filter(sea_orm::sea_query::ExprTrait::gt(behind, place));
            let members = page.order_by_asc(GroupId).order_by_asc(UserId).limit(STEP).all(self.store()?.read()).await?;
            let Some(last) = members.last() else { return Ok(()) };
            (group, user) = (last.group_id.clone(), last.user_id.clone());
            let views = self.member_views(&members, at).await?;
            let tx = self.store()?.begin().await?;
            insert(tx.connection(), views).await?;
            tx.commit().await?;
        }
    }

    async fn member_views(&self, members: &[group_member::Model], at: i64) -> Result<Vec<user_conv::ActiveModel>, Error> {
        let db = self.store()?.read();
        let groups: std::collections::BTreeSet<&str> = members.iter().map(|member| member.group_id.as_str()).collect();
        let dismissed = group_info::Entity::find()
            .filter(group_info::Column::GroupId.is_in(groups.iter().copied()))
            .filter(group_info::Column::Status.eq(DISMISSED));
        let dismissed: Vec<String> = dismissed.all(db).await?.into_iter().map(|group| group.group_id).collect();
        let logs = newest(db, groups.iter().copied()).await?;
        let view = |member: &group_member::Model| {
            if dismissed.contains(&member.group_id) {
                return None;
            }
            let id = format!("sg_{}", member.group_id);
            let max_seq = logs.get(&id).copied().unwrap_or(0);
            let log = conversation::Model {
                conv_no: 0,
                conversation_id: id,
                kind: 3,
                user_a: None,
                user_b: None,
                group_id: Some(member.group_id.clone()),
                created_at: at,
            };
            let row = deleted(&member.user_id, &log, "", &member.group_id, max_seq, at);
            Some(user_conv::ActiveModel { deleted: Set(max_seq > 0), created_at: Set(member.joined_at), ..row })
        };
        Ok(members.iter().filter_map(view).collect())
    }

    /// Notes for the worker of the search that everything that was imported is to be put into its index.
    async fn owe_search(&self, at: i64) -> Result<(), Error> {
        let tx = self.store()?.begin().await?;
        let db = tx.connection();
        let sql = "INSERT INTO search_progress (process, indexed_until, seen_at, position) VALUES ('import', $1, 0, 0) \
                   ON CONFLICT (process) DO UPDATE SET indexed_until = excluded.indexed_until, seen_at = 0, position = 0";
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [at.into()])).await?;
        Ok(tx.commit().await?)
    }
}

/// Returns the newest seqs of the logs of some groups, by conversation.
async fn newest(db: &impl ConnectionTrait, groups: impl Iterator<Item = &str>) -> Result<HashMap<String, i64>, Error> {
    let ids: Vec<String> = groups.map(|group| format!("sg_{group}")).collect();
    let logs = conversation::Entity::find().filter(conversation::Column::ConversationId.is_in(ids)).all(db).await?;
    let numbers: Vec<i64> = logs.iter().map(|log| log.conv_no).collect();
    let ends = conv_seq::Entity::find().filter(conv_seq::Column::ConvNo.is_in(numbers)).all(db).await?;
    let ends: HashMap<i64, i64> = ends.into_iter().map(|end| (end.conv_no, end.max_seq)).collect();
    Ok(logs.into_iter().map(|log| (log.conversation_id, ends.get(&log.conv_no).copied().unwrap_or(0))).collect())
}
