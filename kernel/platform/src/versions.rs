//! Version logs: how clients keep a copy of a list (friends, groups, members, conversations) without loading it again.
//!
//! One log per (list, owner) counts the changes; each element has one entry, its last change. A client names the version
//! it has and gets the elements that changed since, or is told to load everything (sync.md, sections 1 and 2). Asking
//! costs the same in a list of ten and of 100,000: entries are found by version.

mod pruning;

use std::collections::BTreeSet;

use md5::{Digest, Md5};
use openim_core::{Ctx, Result};
use openim_entities::platform::{version_entry, version_log};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::store::db_error;

pub use pruning::{LogPlace, prune};

/// More changes than this are not told one by one (sync.md, section 2).
pub const MAX_CHANGES: usize = 200;
/// The entry of a member log that says: the group's own data changed.
const OWNER_CHANGED: &str = "";
/// The entry that says: the order of the list changed.
const SORT_CHANGED: &str = "____S_O_R_T_I_D____";
/// Rows of one statement, far below SQLite's limit of 32,766 values.
const CHUNK: usize = 500;

/// Which list a log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionedList {
    /// The friends of a user.
    Friends,
    /// The users that a user has blocked.
    Blacks,
    /// The groups a user is in.
    JoinedGroups,
    /// The members of a group.
    GroupMembers,
    /// The conversations of a user.
    Conversations,
}

impl VersionedList {
    fn number(self) -> i32 {
        match self {
            Self::Friends => 1,
            Self::JoinedGroups => 2,
            Self::GroupMembers => 3,
            Self::Conversations => 4,
            Self::Blacks => 5,
        }
    }
}

/// One change of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// An element was added.
    Inserted(&'a str),
    /// An element was removed.
    Deleted(&'a str),
    /// An element changed.
    Updated(&'a str),
    /// The order of the list changed.
    Sorted,
    /// The data of the owner itself changed.
    Owner,
}

impl<'a> Change<'a> {
    fn entry(self) -> (&'a str, i32) {
        match self {
            Self::Inserted(element) => (element, 1),
            Self::Deleted(element) => (element, 2),
            Self::Updated(element) => (element, 3),
            Self::Sorted => (SORT_CHANGED, 3),
            Self::Owner => (OWNER_CHANGED, 3),
        }
    }
}

/// Where a list stands: what a client stores and names again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    /// The log's identity, 24 hex digits.
    pub id: String,
    /// The number of changes.
    pub number: i64,
}

/// What a client is told that names a version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delta {
    /// Where the list stands now.
    pub version: Version,
    /// The client must load everything; nothing else is filled in then.
    pub full: bool,
    /// Elements that were added.
    pub inserted: Vec<String>,
    /// Elements that were removed.
    pub deleted: Vec<String>,
    /// Elements that changed.
    pub updated: Vec<String>,
    /// The version that changed the order; 0 when it did not change since.
    pub sort_version: i64,
    /// The data of the owner changed.
    pub owner_changed: bool,
}

/// Records changes of one list as one version, in the transaction of the change. An element may come once.
///
/// # Errors
/// As any statement.
pub async fn record(db: &impl ConnectionTrait, ctx: &Ctx, list: VersionedList, owner: &str, changes: &[Change<'_>]) -> Result<Version> {
    let version = advance(db, ctx, list, &[owner]).await?.pop().map(|(_, version)| version).unwrap_or_default();
    let rows = changes.iter().map(|change| row(list, owner, *change, version.number)).collect();
    write(db, rows).await?;
    Ok(version)
}

/// Records the same change in the lists of many owners: one version in each.
///
/// # Errors
/// As any statement.
pub async fn record_for_each(db: &impl ConnectionTrait, ctx: &Ctx, list: VersionedList, owners: &[&str], change: Change<'_>) -> Result<()> {
    let versions = advance(db, ctx, list, owners).await?;
    write(db, versions.iter().map(|(owner, version)| row(list, owner, change, version.number)).collect()).await
}

/// Returns where a list stands; a log that nobody wrote yet is made, so that its identity lasts.
///
/// # Errors
/// As any statement.
pub async fn current(store: &crate::store::Store, ctx: &Ctx, list: VersionedList, owner: &str) -> Result<Version> {
    if let Some(version) = find(store.read(), list, owner).await? {
        return Ok(version);
    }
    let tx = store.begin().await?;
    let empty = version_log::ActiveModel {
        list: Set(list.number()),
        owner: Set(owner.to_owned()),
        version_id: Set(fresh_id(ctx)),
        version: Set(1),
        floor: Set(0),
    };
    let key = OnConflict::columns([version_log::Column::List, version_log::Column::Owner]).do_nothing().to_owned();
    version_log::Entity::insert(empty).on_conflict(key).exec_without_returning(tx.connection()).await.map_err(db_error)?;
    let version = find(tx.connection(), list, owner).await?.unwrap_or_default();
    tx.commit().await?;
    Ok(version)
}

/// Returns what changed since the version that a client names; anything that is no version of this log is answered with
/// `full`.
///
/// # Errors
/// As any statement.
pub async fn delta(store: &crate::store::Store, ctx: &Ctx, list: VersionedList, owner: &str, known: &Version) -> Result<Delta> {
    let version = current(store, ctx, list, owner).await?;
    let mut delta = Delta { full: true, version, ..Delta::default() };
    if known.number <= 0 || known.id != delta.version.id || known.number > delta.version.number {
        return Ok(delta);
    }
    if known.number == delta.version.number {
        delta.full = false;
        return Ok(delta);
    }
    // Two special entries do not count.
    let entries = version_entry::Entity::find()
        .filter(version_entry::Column::List.eq(list.number()))
        .filter(version_entry::Column::Owner.eq(owner))
        .filter(version_entry::Column::Version.gt(known.number))
        .order_by_asc(version_entry::Column::Version)
        .limit(u64::try_from(MAX_CHANGES).unwrap_or(u64::MAX) + 3)
        .all(store.read())
        .await
        .map_err(db_error)?;
    let mut changed = Delta { version: delta.version.clone(), ..Delta::default() };
    for entry in entries {
        // A change that was committed between the two questions belongs to the next answer's version.
        changed.version.number = Ord::max(changed.version.number, entry.version);
        match (entry.element.as_str(), entry.state) {
            (OWNER_CHANGED, _) => changed.owner_changed = true,
            (SORT_CHANGED, _) => changed.sort_version = entry.version,
            (_, 1) => changed.inserted.push(entry.element),
            (_, 2) => changed.deleted.push(entry.element),
            _ => changed.updated.push(entry.element),
        }
    }
    let many = changed.inserted.len() + changed.deleted.len() + changed.updated.len() > MAX_CHANGES;
    // Asked last: what was forgotten while the entries were read is not missed.
    if many || pruning::floor(store.read(), list, owner).await? > known.number {
        return Ok(delta);
    }
    Ok(changed)
}

/// Forgets the log of a list that is gone; whoever still knows it loads everything anew.
///
/// # Errors
/// As any statement.
pub async fn forget(db: &impl ConnectionTrait, list: VersionedList, owner: &str) -> Result<()> {
    let number = list.number();
    version_entry::Entity::delete_many()
        .filter(version_entry::Column::List.eq(number))
        .filter(version_entry::Column::Owner.eq(owner))
        .exec(db)
        .await
        .map_err(db_error)?;
    version_log::Entity::delete_many()
        .filter(version_log::Column::List.eq(number))
        .filter(version_log::Column::Owner.eq(owner))
        .exec(db)
        .await
        .map_err(db_error)?;
    Ok(())
}

/// Returns OpenIM's `idHash`: the first eight bytes, big endian, of MD5 over the JSON array of the ids; 0 for none.
///
/// # Errors
/// `INTERNAL` when the ids cannot be written as JSON.
pub fn id_hash(ids: &[impl AsRef<str>]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    let text = serde_json::to_vec(&ids).map_err(openim_core::Error::internal)?;
    let digest: [u8; 16] = Md5::digest(&text).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    Ok(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

async fn find(db: &impl ConnectionTrait, list: VersionedList, owner: &str) -> Result<Option<Version>> {
    let row = version_log::Entity::find_by_id((list.number(), owner.to_owned())).one(db).await.map_err(db_error)?;
    Ok(row.map(|row| Version { id: row.version_id, number: row.version }))
}

/// Counts the logs of some owners up by one and returns where they stand, in owner order: two writers that touch the same
/// logs then wait for each other instead of deadlocking.
async fn advance<'a>(db: &impl ConnectionTrait, ctx: &Ctx, list: VersionedList, owners: &[&'a str]) -> Result<Vec<(&'a str, Version)>> {
    let owners: Vec<&str> = owners.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut versions = Vec::with_capacity(owners.len());
    for chunk in owners.chunks(CHUNK) {
        let rows = chunk.iter().map(|owner| version_log::ActiveModel {
            list: Set(list.number()),
            owner: Set((*owner).to_owned()),
            version_id: Set(fresh_id(ctx)),
            version: Set(1),
            floor: Set(0),
        });
        let counted = OnConflict::columns([version_log::Column::List, version_log::Column::Owner])
            .value(version_log::Column::Version, Expr::col((version_log::Entity, version_log::Column::Version)).add(1))
            .to_owned();
        let written = version_log::Entity::insert_many(rows).on_conflict(counted).exec_with_returning(db).await.map_err(db_error)?;
        for row in written {
            let place = chunk.binary_search(&row.owner.as_str()).ok();
            if let Some(owner) = place.and_then(|place| chunk.get(place)) {
                versions.push((*owner, Version { id: row.version_id, number: row.version }));
            }
        }
    }
    Ok(versions)
}

async fn write(db: &impl ConnectionTrait, rows: Vec<version_entry::ActiveModel>) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let key = OnConflict::columns([version_entry::Column::List, version_entry::Column::Owner, version_entry::Column::Element])
            .update_columns([version_entry::Column::State, version_entry::Column::Version])
            .to_owned();
        version_entry::Entity::insert_many(chunk.to_vec()).on_conflict(key).exec_without_returning(db).await.map_err(db_error)?;
    }
    Ok(())
}

fn row(list: VersionedList, owner: &str, change: Change<'_>, version: i64) -> version_entry::ActiveModel {
    let (element, state) = change.entry();
    version_entry::ActiveModel {
        list: Set(list.number()),
        owner: Set(owner.to_owned()),
        element: Set(element.to_owned()),
        state: Set(state),
        version: Set(version),
    }
}

/// Makes a log's identity: 24 hex digits, never all zero, as OpenIM's clients expect of an ObjectID.
fn fresh_id(ctx: &Ctx) -> String {
    let mut bytes = [0_u8; 12];
    ctx.ids().fill(&mut bytes);
    let mut id = hex::encode(bytes);
    if id.bytes().all(|digit| digit == b'0') {
        id.replace_range(..1, "1");
    }
    id
}
