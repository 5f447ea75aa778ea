//! The index of words. A row says where a message is and what it may be filtered by; the words lie in an FTS5 table beside
//! it on SQLite and in a `tsvector` of the row on PostgreSQL. The number of a row begins with the moment at which the
//! message was stored, so that the newest are found first however they got in.

use openim_core::{Result, Timestamp, UserId};
use rustc_hash::{FxHashMap, FxHashSet};
use sea_orm::{ConnectionTrait, DbBackend};

use super::rows;
use super::sql::{Column, Sql, chunk_rows};

/// How many messages of one millisecond have numbers of their own.
const MOMENT: i64 = 1 << 20;
/// How many pages of FTS5's trees are merged in one step: about ten milliseconds, and more than keeps pace with portions.
const MERGED_PAGES: i64 = 16;
/// One process writes at a time on PostgreSQL, so that numbers are given once; any constant will do.
const LOCK: i64 = 0x6f70_656e_7365_6172;

/// What is kept of one message.
pub(crate) struct Entry {
    pub(crate) log: i64,
    pub(crate) seq: i64,
    pub(crate) stored_at: Timestamp,
    pub(crate) sent_at: Timestamp,
    pub(crate) sender: String,
    pub(crate) content_type: i64,
    /// The terms, with a space between them.
    pub(crate) words: String,
}

/// A message that the index has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) id: i64,
    pub(crate) log: i64,
    pub(crate) seq: i64,
}

/// What a message must have to be found, beside the words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) senders: Vec<UserId>,
    pub(crate) content_types: Vec<i32>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

/// A condition on the words, in the form of the database.
pub(crate) struct Expression(String);

impl Expression {
    /// Makes a condition: all of `words` (a term, and whether it is only the beginning of one) and one of `scopes`.
    pub(crate) fn new(db: &impl ConnectionTrait, words: &[(String, bool)], scopes: &[String]) -> Self {
        // Terms hold letters and digits only, so that nothing needs to be escaped.
        let (quote, and, or, prefix) = match db.get_database_backend() {
            DbBackend::Postgres => ('\'', " & ", " | ", ":*"),
            _ => ('"', " AND ", " OR ", "*"),
        };
        let term = |(text, beginning): &(String, bool)| format!("{quote}{text}{quote}{}", if *beginning { prefix } else { "" });
        let mut all: Vec<String> = words.iter().map(term).collect();
        if !scopes.is_empty() {
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("{quote}{scope}{quote}")).collect();
            all.push(format!("({})", scopes.join(or)));
        }
        Self(all.join(and))
    }
}

/// Makes this transaction the only one that writes the index.
pub(crate) async fn lock(db: &impl ConnectionTrait) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        Sql::new(db, "SELECT pg_advisory_xact_lock(").bind(LOCK).text(")").all(db).await?;
    }
    Ok(())
}

/// Adds messages that are not in the index yet. The caller holds the [`lock`].
pub(crate) async fn insert(db: &impl ConnectionTrait, mut entries: Vec<Entry>) -> Result<()> {
    // Numbers grow along the list: FTS5 writes out all that it holds in memory at each number below the one before.
    entries.sort_by_key(|entry| entry.stored_at);
    for chunk in entries.chunks(chunk_rows(db, 7)) {
        let known = known(db, chunk).await?;
        let fresh: Vec<&Entry> = chunk.iter().filter(|entry| !known.contains(&(entry.log, entry.seq))).collect();
        if fresh.is_empty() {
            continue;
        }
        let ids = ids(db, &fresh).await?;
        let postgres = db.get_database_backend() == DbBackend::Postgres;
        let mut columns = vec![
            ("id", Column::Int(ids.clone())),
            ("conv_no", Column::Int(fresh.iter().map(|entry| entry.log).collect())),
            ("seq", Column::Int(fresh.iter().map(|entry| entry.seq).collect())),
            ("sender_id", Column::Text(fresh.iter().map(|entry| entry.sender.clone()).collect())),
            ("content_type", Column::Int(fresh.iter().map(|entry| entry.content_type).collect())),
            ("sent_at", Column::Int(fresh.iter().map(|entry| entry.sent_at.0).collect())),
        ];
        let words = Column::Text(fresh.iter().map(|entry| entry.words.clone()).collect());
        if postgres {
            columns.push(("words", words));
            Sql::new(db, "INSERT INTO message_text (id, conv_no, seq, sender_id, content_type, sent_at, words) SELECT ")
                .text("d.id, d.conv_no, d.seq, d.sender_id, d.content_type, d.sent_at, ")
                .text("array_to_tsvector(string_to_array(d.words, ' ')) FROM ")
                .rows(columns)
                .run(db)
                .await?;
        } else {
            Sql::new(db, "INSERT INTO message_text (id, conv_no, seq, sender_id, content_type, sent_at) SELECT ")
                .text("d.id, d.conv_no, d.seq, d.sender_id, d.content_type, d.sent_at FROM ")
                .rows(columns)
                .run(db)
                .await?;
            let columns = vec![("id", Column::Int(ids)), ("words", words)];
            Sql::new(db, "INSERT INTO message_words (rowid, words) SELECT d.id, d.words FROM ").rows(columns).run(db).await?;
        }
    }
    Ok(())
}

/// Does a small part of what keeps the index in order; PostgreSQL needs none. To be called once per portion.
pub(crate) async fn tidy(db: &impl ConnectionTrait) -> Result<()> {
    if db.get_database_backend() != DbBackend::Postgres {
        let sql = Sql::new(db, "INSERT INTO message_words (message_words, rank) VALUES ('merge', ").bind(MERGED_PAGES);
        sql.text(")").run(db).await?;
    }
    Ok(())
}

async fn known(db: &impl ConnectionTrait, entries: &[Entry]) -> Result<FxHashSet<(i64, i64)>> {
    let places: Vec<(i64, i64)> = entries.iter().map(|entry| (entry.log, entry.seq)).collect();
    let rows = numbers(db, &places).await?;
    Ok(rows.into_iter().map(|(_, log, seq)| (log, seq)).collect())
}

/// Returns number, log and seq of those messages that are in the index.
async fn numbers(db: &impl ConnectionTrait, places: &[(i64, i64)]) -> Result<Vec<(i64, i64, i64)>> {
    let mut found = Vec::new();
    for chunk in places.chunks(chunk_rows(db, 2)) {
        let columns = vec![
            ("conv_no", Column::Int(chunk.iter().map(|place| place.0).collect())),
            ("seq", Column::Int(chunk.iter().map(|place| place.1).collect())),
        ];
        let sql = Sql::new(db, "SELECT t.id, t.conv_no, t.seq FROM ").rows(columns);
        for row in sql.look_up("message_text", "t", "t.conv_no = d.conv_no AND t.seq = d.seq").all(db).await? {
            found.push(rows::triple(&row)?);
        }
    }
    Ok(found)
}

/// Gives each its number: behind those of the same moment.
async fn ids(db: &impl ConnectionTrait, entries: &[&Entry]) -> Result<Vec<i64>> {
    let mut moments: Vec<i64> = entries.iter().map(|entry| entry.stored_at.0 * MOMENT).collect();
    moments.sort_unstable();
    moments.dedup();
    let sql = Sql::new(db, "SELECT d.lowest, (SELECT MAX(t.id) FROM message_text t WHERE t.id >= d.lowest AND t.id < d.lowest + ");
    let sql = sql.text(&MOMENT.to_string()).text(") AS newest FROM ").rows(vec![("lowest", Column::Int(moments))]);
    let mut next: FxHashMap<i64, i64> = FxHashMap::default();
    for row in sql.all(db).await? {
        let (lowest, newest): (i64, Option<i64>) = (rows::get(&row, "lowest")?, rows::get(&row, "newest")?);
        next.insert(lowest, newest.map_or(lowest, |newest| newest + 1));
    }
    let give = |entry: &&Entry| {
        let next = next.entry(entry.stored_at.0 * MOMENT).or_insert(entry.stored_at.0 * MOMENT);
        let id = *next;
        *next += 1;
        id
    };
    Ok(entries.iter().map(give).collect())
}

/// Takes messages out.
pub(crate) async fn delete(db: &impl ConnectionTrait, log: i64, seqs: &[i64]) -> Result<()> {
    let places: Vec<(i64, i64)> = seqs.iter().map(|seq| (log, *seq)).collect();
    let ids: Vec<i64> = numbers(db, &places).await?.into_iter().map(|(id, ..)| id).collect();
    for chunk in ids.chunks(chunk_rows(db, 1)) {
        if db.get_database_backend() != DbBackend::Postgres {
            Sql::new(db, "DELETE FROM message_words WHERE ").among("rowid", chunk.to_vec()).run(db).await?;
        }
        Sql::new(db, "DELETE FROM message_text WHERE ").among("id", chunk.to_vec()).run(db).await?;
    }
    Ok(())
}

/// Returns the newest messages with a number below `before` that have the words, newest first.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    words: &Expression,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<Candidate>> {
    let sql = match db.get_database_backend() {
        // The words first, whatever the planner thinks of the order.
        DbBackend::Postgres => Sql::new(db, "WITH t AS MATERIALIZED (SELECT id, conv_no, seq, sender_id, content_type, sent_at ")
            .text("FROM message_text WHERE words @@ ")
            .bind(words.0.as_str())
            .text("::tsquery) SELECT t.id, t.conv_no, t.seq FROM t WHERE t.id < ")
            .bind(before),
        _ => Sql::new(db, "SELECT t.id, t.conv_no, t.seq FROM message_words JOIN message_text t ON t.id = message_words.rowid ")
            .text("WHERE message_words MATCH ")
            .bind(words.0.as_str())
            .text(" AND message_words.rowid < ")
            .bind(before),
    };
    let mut sql = sql;
    if !filter.senders.is_empty() {
        let senders = Column::Text(filter.senders.iter().map(ToString::to_string).collect());
        sql = sql.text(" AND t.sender_id IN (SELECT d.sender FROM ").rows(vec![("sender", senders)]).text(")");
    }
    if !filter.content_types.is_empty() {
        sql = sql.text(" AND ").among("t.content_type", filter.content_types.iter().map(|number| i64::from(*number)).collect());
    }
    if let Some(since) = filter.since {
        sql = sql.text(" AND t.sent_at >= ").bind(since.0);
    }
    if let Some(until) = filter.until {
        sql = sql.text(" AND t.sent_at < ").bind(until.0);
    }
    let order = match db.get_database_backend() {
        DbBackend::Postgres => " ORDER BY t.id DESC LIMIT ",
        _ => " ORDER BY message_words.rowid DESC LIMIT ",
    };
    let rows = sql.text(order).bind(limit).all(db).await?;
    rows.iter().map(|row| rows::triple(row).map(|(id, log, seq)| Candidate { id, log, seq })).collect()
}
