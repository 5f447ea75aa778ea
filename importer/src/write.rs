//! Writes what records came to. A row that is there already stays as it is, so that a batch may come twice.

mod logs;
pub(crate) mod messages;
pub(crate) mod readers;

use openim_entities::conversations::user_conv;
use openim_entities::groups::{group_info, group_member, group_request};
use openim_entities::relations::{block_entry, friend_request, friendship};
use openim_entities::third::file;
use openim_entities::users::{client_config, user_account, user_command};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, Iterable as _, PrimaryKeyToColumn as _, QueryFilter};

use crate::Error;
use crate::collection::Collection;
use crate::map;
use crate::map::conversations::{Reader, Reserved};
use crate::map::messages::Block;
use crate::source::{Damage, Place};
use crate::value::{Map, Wrong};

/// Values of one statement, far below SQLite's limit of 32,766.
const VALUES: usize = 20_000;

/// Rows of a batch.
pub(crate) enum Rows {
    Accounts(Vec<user_account::ActiveModel>),
    Commands(Vec<user_command::ActiveModel>),
    ClientConfig(Vec<client_config::ActiveModel>),
    Friendships(Vec<friendship::ActiveModel>),
    FriendRequests(Vec<friend_request::ActiveModel>),
    Blocks(Vec<block_entry::ActiveModel>),
    Groups(Vec<group_info::ActiveModel>),
    Members(Vec<group_member::ActiveModel>),
    GroupRequests(Vec<group_request::ActiveModel>),
    Messages(Vec<(Place, Block)>),
    Views(Vec<user_conv::ActiveModel>),
    Ends(Vec<Reserved>),
    Readers(Vec<Reader>),
    Files(Vec<file::ActiveModel>),
}

/// What the records of a batch came to.
pub(crate) struct Mapped {
    pub(crate) rows: Rows,
    /// How many can be used.
    pub(crate) good: usize,
    pub(crate) damaged: Vec<Damage>,
}

/// What writing came to.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Rows that were not there.
    pub(crate) written: u64,
    /// Records that the database has no place for.
    pub(crate) refused: Vec<Damage>,
}

/// Writes batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer {
    /// Everything counts as stored then.
    at: i64,
}

impl Writer {
    pub(crate) fn new(at: i64) -> Self {
        Self { at }
    }

    /// Makes rows of records; needs no database.
    pub(crate) fn map(self, collection: Collection, records: Vec<(Place, Map)>) -> Mapped {
        let mut damaged = Vec::new();
        let mut good = 0;
        let mut take = Take { records, damaged: &mut damaged, good: &mut good };
        let rows = match collection {
            Collection::Users => Rows::Accounts(take.all(map::users::account)),
            Collection::UserCommands => Rows::Commands(take.all(map::users::command)),
            Collection::ClientConfig => Rows::ClientConfig(take.all(map::users::client_config)),
            Collection::Friends => Rows::Friendships(take.all(map::relations::friendship)),
            Collection::FriendRequests => Rows::FriendRequests(take.all(map::relations::request)),
            Collection::Blacks => Rows::Blocks(take.all(map::relations::block)),
            Collection::Groups => Rows::Groups(take.all(map::groups::info)),
            Collection::GroupMembers => Rows::Members(take.all(map::groups::member)),
            Collection::GroupRequests => Rows::GroupRequests(take.all(map::groups::request)),
            Collection::Messages => Rows::Messages(take.blocks()),
            Collection::Conversations => Rows::Views(take.all(|record| map::conversations::view(record, self.at))),
            Collection::ConversationSeqs => Rows::Ends(take.all(map::conversations::reserved)),
            Collection::UserSeqs => Rows::Readers(take.all(map::conversations::reader)),
            Collection::Objects => Rows::Files(take.all(map::users::object)),
        };
        Mapped { rows, good, damaged }
    }

    /// Writes rows and tells how many were not there.
    pub(crate) async fn write(self, db: &impl ConnectionTrait, rows: Rows) -> Result<Outcome, Error> {
        let written = match rows {
            Rows::Accounts(rows) => insert(db, rows).await?,
            Rows::Commands(rows) => insert(db, rows).await?,
            Rows::ClientConfig(rows) => insert(db, rows).await?,
            Rows::Friendships(rows) => insert(db, rows).await?,
            Rows::FriendRequests(rows) => insert(db, rows).await?,
            Rows::Blocks(rows) => insert(db, rows).await?,
            Rows::Groups(rows) => insert(db, rows).await?,
            Rows::Members(rows) => insert(db, named(db, rows).await?).await?,
            Rows::GroupRequests(rows) => insert(db, rows).await?,
            Rows::Views(rows) => insert(db, rows).await?,
            Rows::Files(rows) => insert(db, rows).await?,
            Rows::Messages(blocks) => return messages::write(db, blocks, self.at).await,
            Rows::Ends(ends) => return readers::ends(db, ends, self.at).await,
            Rows::Readers(all) => return readers::positions(db, all, self.at).await,
        };
        Ok(Outcome { written, refused: Vec::new() })
    }
}

struct Take<'a> {
    records: Vec<(Place, Map)>,
    damaged: &'a mut Vec<Damage>,
    good: &'a mut usize,
}

impl Take<'_> {
    fn all<T>(&mut self, map: impl Fn(&Map) -> Result<T, Wrong>) -> Vec<T> {
        self.placed(map).into_iter().map(|(_, row)| row).collect()
    }

    fn placed<T>(&mut self, map: impl Fn(&Map) -> Result<T, Wrong>) -> Vec<(Place, T)> {
        let mut rows = Vec::with_capacity(self.records.len());
        for (place, record) in std::mem::take(&mut self.records) {
            match map(&record) {
                Ok(row) => rows.push((place, row)),
                Err(wrong) => self.damaged.push(Damage { place, reason: wrong.0 }),
            }
        }
        *self.good += rows.len();
        rows
    }

    /// Reads blocks of messages: what is damaged inside of one does not touch the others in it.
    fn blocks(&mut self) -> Vec<(Place, Block)> {
        let mut blocks = self.placed(map::messages::block);
        for (place, block) in &mut blocks {
            let damaged = block.damaged.drain(..).map(|reason| Damage { place: *place, reason });
            self.damaged.extend(damaged);
        }
        // A record is a block, but what is counted are messages.
        *self.good = blocks.iter().map(|(_, block)| block.messages.len()).sum();
        blocks
    }
}

/// Inserts rows; one whose key is there already stays as it was.
pub(crate) async fn insert<A>(db: &impl ConnectionTrait, rows: Vec<A>) -> Result<u64, Error>
where
    A: ActiveModelTrait + Send,
{
    let keys: Vec<_> = <A::Entity as EntityTrait>::PrimaryKey::iter().map(|key| key.into_column()).collect();
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut written = 0;
    for chunk in rows.chunks(VALUES / columns) {
        let kept = OnConflict::columns(keys.clone()).do_nothing().to_owned();
        written += <A::Entity as EntityTrait>::insert_many(chunk.to_vec()).on_conflict(kept).exec_without_returning(db).await?;
    }
    Ok(written)
}

/// Gives members without a name of their own the name of their profile, as the search of members wants it.
async fn named(db: &impl ConnectionTrait, mut rows: Vec<group_member::ActiveModel>) -> Result<Vec<group_member::ActiveModel>, Error> {
    let text = |value: &sea_orm::ActiveValue<String>| value.try_as_ref().cloned().unwrap_or_default();
    let ids: Vec<String> = rows.iter().filter(|row| text(&row.nickname).is_empty()).map(|row| text(&row.user_id)).collect();
    let people = user_account::Entity::find().filter(user_account::Column::UserId.is_in(ids)).all(db).await?;
    let names: std::collections::HashMap<_, _> = people.into_iter().map(|person| (person.user_id, person.nickname_folded)).collect();
    for row in &mut rows {
        if text(&row.nickname).is_empty()
            && let Some(name) = names.get(&text(&row.user_id))
        {
            row.name_folded = sea_orm::ActiveValue::Set(name.clone());
        }
    }
    Ok(rows)
}
