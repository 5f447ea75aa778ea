//! Finding messages by their words, in one's own conversations or, for administrators, in all. The index says where to look;
//! what is found is read as any message is, with the limits of its reader, and looked at again.

use std::sync::Arc;

use openim_core::{ConversationId, ConversationKind, Error, ErrorCode, Result};
use rustc_hash::FxHashMap;

use super::Service;
use crate::error;
use crate::model::{Log, Message, Parties, Slot};
use crate::policy::Reader;
use crate::repository::logs;
use crate::repository::search::{self as index, Candidate, Expression, Filter};
use crate::search::{self, Excerpt, Query, Term};

/// The longest question, in bytes.
const LONGEST_TEXT: usize = 1_024;
/// The most conversations, senders and content types that may be named.
const MOST_NAMED: usize = 100;
/// The most groups of a user that are searched when no conversation is named.
const MOST_GROUPS: u64 = 1_000;
/// How many messages are looked at in one go, and how often, before a page ends early.
const PORTION: i64 = 128;
const PORTIONS: usize = 16;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// The words.
    pub(crate) text: String,
    /// In these conversations; in all of one's own when empty.
    pub(crate) conversations: Vec<ConversationId>,
    /// What else must hold.
    pub(crate) filter: Filter,
    /// Behind this place of the list.
    pub(crate) after: Option<i64>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// A found message.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// Its place in the list.
    pub(crate) cursor: i64,
    /// The message.
    pub(crate) message: Arc<Message>,
    /// Where it says what was looked for.
    pub(crate) excerpt: Vec<Excerpt>,
}

/// A page of found messages, the newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hits {
    /// The messages.
    pub(crate) hits: Vec<Hit>,
    /// Where to go on when there may be more.
    pub(crate) next: Option<i64>,
}

impl Service {
    /// Finds messages.
    ///
    /// # Errors
    /// `ARGS_ERROR` for a text without words and for lists that are too long, `UNAVAILABLE` while search is switched off.
    pub(crate) async fn search(&self, reader: &Reader, search: Search) -> Result<Hits> {
        let query = self.check(&search)?;
        let words: Vec<(String, bool)> = query.terms().into_iter().map(flat).collect();
        let Some(scopes) = self.scopes(reader, &search.conversations).await? else { return Ok(Hits::default()) };
        let expression = Expression::new(self.store.read(), &words, &scopes);
        let mut page = Hits::default();
        let mut before = search.after.unwrap_or(i64::MAX);
        for _ in 0..PORTIONS {
            let found = index::find(self.store.read(), &expression, &search.filter, before, PORTION).await?;
            let more = i64::try_from(found.len()).is_ok_and(|found| found == PORTION);
            for hit in self.look(reader, &query, &search, &found).await? {
                if page.hits.len() == search.limit {
                    page.next = page.hits.last().map(|hit| hit.cursor);
                    return Ok(page);
                }
                page.hits.push(hit);
            }
            match found.last() {
                Some(last) if more => before = last.id,
                _ => return Ok(page),
            }
        }
        page.next = Some(before);
        Ok(page)
    }

    fn check(&self, search: &Search) -> Result<Query> {
        if !self.settings.get().search {
            return Err(Error::new(ErrorCode::Unavailable, "search is switched off"));
        }
        if search.text.len() > LONGEST_TEXT {
            return Err(error::args(format!("text must not be longer than {LONGEST_TEXT} bytes")));
        }
        let Filter { senders, content_types, .. } = &search.filter;
        if search.conversations.len().max(senders.len()).max(content_types.len()) > MOST_NAMED {
            return Err(error::args(format!("at most {MOST_NAMED} conversations, senders and content types can be named")));
        }
        Query::parse(&search.text).ok_or_else(|| error::args("text has neither letters nor digits"))
    }

    /// Returns the terms of which a message must have one: those of the conversations in which it may be. `None` when it
    /// can be in none.
    async fn scopes(&self, reader: &Reader, conversations: &[ConversationId]) -> Result<Option<Vec<String>>> {
        if !conversations.is_empty() {
            let scopes = self.logs_of(conversations).await?;
            return Ok(if scopes.is_empty() { None } else { Some(scopes) });
        }
        let Reader::User(user) = reader else { return Ok(Some(Vec::new())) };
        let mut scopes = vec![search::of_person(user)?];
        let groups = self.groups.joined(user, MOST_GROUPS).await?;
        let groups: Vec<ConversationId> = groups.iter().map(ConversationId::group).collect();
        scopes.extend(self.logs_of(&groups).await?);
        Ok(Some(scopes))
    }

    async fn logs_of(&self, conversations: &[ConversationId]) -> Result<Vec<String>> {
        let logs = logs::find(self.store.read(), conversations).await?;
        Ok(logs.iter().filter(|log| log.key.kind != ConversationKind::Notification).map(|log| search::of_log(log.no)).collect())
    }

    /// Reads what was found and keeps what the reader may see and what says it.
    async fn look(&self, reader: &Reader, query: &Query, search: &Search, found: &[Candidate]) -> Result<Vec<Hit>> {
        let mut numbers: Vec<i64> = found.iter().map(|candidate| candidate.log).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let logs: FxHashMap<i64, Arc<Log>> =
            logs::by_number(self.store.read(), &numbers).await?.into_iter().map(|log| (log.no, log)).collect();
        let mine = |log: &Log| match (reader, &log.key.parties) {
            // Whoever made the same term is not the same person.
            (Reader::User(user), Parties::Pair(..)) => log.key.parties.people().contains(user),
            _ => true,
        };
        let place = |candidate: &Candidate| {
            let log = logs.get(&candidate.log).filter(|log| mine(log))?;
            Some((log.key.id.clone(), candidate.seq))
        };
        let places: Vec<_> = found.iter().filter_map(place).collect();
        let slots = self.messages(reader, &places).await?;
        let hit = |candidate: &Candidate| {
            let Slot::Message(message) = slots.get(&place(candidate)?)? else { return None };
            let envelope = &message.envelope;
            let filter = &search.filter;
            let asked = (filter.senders.is_empty() || filter.senders.contains(&envelope.sender))
                && (filter.content_types.is_empty() || filter.content_types.contains(&envelope.content_type));
            let excerpt = if asked { query.excerpt(&search::text(envelope)?)? } else { return None };
            Some(Hit { cursor: candidate.id, message: message.clone(), excerpt })
        };
        Ok(found.iter().filter_map(hit).collect())
    }
}

fn flat(term: Term) -> (String, bool) {
    match term {
        Term::Exact(text) => (text, false),
        Term::Prefix(text) => (text, true),
    }
}
