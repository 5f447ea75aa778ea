//! Who holds a place among the streams of a node, and how many may.
//!
//! Callers without a token may hold only a share of the places, and those of one address only a share of that, so that
//! strangers cannot keep users out. A WebSocket says who it is in its first message. Until then it holds no place but waits
//! beside them, where the oldest make room for those that come: who speaks at once gets in, however many are silent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use futures_util::task::AtomicWaker;
use openim_core::{Error, ErrorCode, Platform, Result, Timestamp, UserId};
use openim_platform::limits::address_key;

use super::End;
use crate::caller::Caller;

/// One address may hold one in so many of the places for callers without a token: it takes many addresses to hold them all.
const ADDRESSES: usize = 10;
/// How many WebSockets may wait where places are few: many handshakes may come between one and its first message.
const LEAST_WAITING: usize = 100;

/// How many streams there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    all: usize,
    anonymous: usize,
    of_address: usize,
    waiting: usize,
}

impl Bounds {
    /// Makes the bounds of so many streams, of which callers without a token may hold one in `share`.
    pub(crate) fn new(all: usize, share: usize) -> Self {
        let anonymous = (all / share.max(1)).max(1);
        Self { all, anonymous, of_address: (anonymous / ADDRESSES).max(1), waiting: anonymous.max(LEAST_WAITING) }
    }
}

/// One stream.
pub(super) struct Entry {
    number: u64,
    pub(super) caller: Arc<Caller>,
    pub(super) end: OnceLock<End>,
    pub(super) waker: AtomicWaker,
}

impl Entry {
    pub(super) fn end(&self, end: End) {
        if self.end.set(end).is_ok() {
            self.waker.wake();
        }
    }
}

/// All streams, by all that is asked about them.
pub(super) struct Table {
    bounds: Bounds,
    next: u64,
    open: HashMap<u64, Arc<Entry>>,
    by_user: HashMap<UserId, Vec<u64>>,
    by_expiry: BTreeSet<(Timestamp, u64)>,
    /// How many of the open ones are anonymous, together and by address.
    anonymous: usize,
    by_address: HashMap<String, usize>,
    /// By age.
    waiting: BTreeMap<u64, Arc<Entry>>,
}

impl Table {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            next: 0,
            open: HashMap::new(),
            by_user: HashMap::new(),
            by_expiry: BTreeSet::new(),
            anonymous: 0,
            by_address: HashMap::new(),
            waiting: BTreeMap::new(),
        }
    }

    /// Lets a WebSocket wait until it says who it is.
    pub(super) fn wait(&mut self, caller: Arc<Caller>) -> Arc<Entry> {
        if self.waiting.len() >= self.bounds.waiting
            && let Some((_, oldest)) = self.waiting.pop_first()
        {
            oldest.end(End::Crowded);
        }
        let entry = self.entry(caller);
        self.waiting.insert(entry.number, entry.clone());
        entry
    }

    /// Gives a stream a place.
    pub(super) fn open(&mut self, caller: Arc<Caller>) -> Result<Arc<Entry>> {
        if self.open.len() >= self.bounds.all {
            return Err(Error::new(ErrorCode::ConnectionLimit, "too many streams are open on this server"));
        }
        if caller.principal().is_none() {
            self.take_anonymous(address_key(caller.origin()))?;
        }
        let entry = self.entry(caller);
        if let Some(principal) = entry.caller.principal() {
            self.by_user.entry(principal.user_id.clone()).or_default().push(entry.number);
        }
        if let Some(at) = entry.caller.expires_at() {
            self.by_expiry.insert((at, entry.number));
        }
        self.open.insert(entry.number, entry.clone());
        Ok(entry)
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        self.waiting.remove(&entry.number);
        if self.open.remove(&entry.number).is_none() {
            return;
        }
        if let Some(at) = entry.caller.expires_at() {
            self.by_expiry.remove(&(at, entry.number));
        }
        match entry.caller.principal() {
            Some(principal) => {
                if let Some(numbers) = self.by_user.get_mut(&principal.user_id) {
                    numbers.retain(|number| *number != entry.number);
                    if numbers.is_empty() {
                        self.by_user.remove(&principal.user_id);
                    }
                }
            }
            None => self.leave_anonymous(&address_key(entry.caller.origin())),
        }
    }

    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        self.open.values().chain(self.waiting.values()).cloned().collect()
    }

    pub(super) fn with_token(&self) -> Vec<Arc<Entry>> {
        self.open.values().filter(|entry| entry.caller.token().is_some()).cloned().collect()
    }

    pub(super) fn of_user(&self, user: &UserId, platform: Platform) -> Vec<Arc<Entry>> {
        let numbers = self.by_user.get(user).map(Vec::as_slice).unwrap_or_default();
        let entries = numbers.iter().filter_map(|number| self.open.get(number));
        entries.filter(|entry| entry.caller.principal().is_some_and(|principal| principal.platform == platform)).cloned().collect()
    }

    pub(super) fn expired(&self, now: Timestamp) -> Vec<Arc<Entry>> {
        let due = self.by_expiry.iter().take_while(|(at, _)| *at <= now);
        due.filter_map(|(_, number)| self.open.get(number).cloned()).collect()
    }

    fn entry(&mut self, caller: Arc<Caller>) -> Arc<Entry> {
        self.next += 1;
        Arc::new(Entry { number: self.next, caller, end: OnceLock::new(), waker: AtomicWaker::new() })
    }

    fn take_anonymous(&mut self, address: String) -> Result<()> {
        let here = self.by_address.get(&address).copied().unwrap_or(0);
        if self.anonymous >= self.bounds.anonymous || here >= self.bounds.of_address {
            return Err(Error::new(ErrorCode::ConnectionLimit, "too many streams without a token are open on this server"));
        }
        self.anonymous += 1;
        self.by_address.insert(address, here + 1);
        Ok(())
    }

    fn leave_anonymous(&mut self, address: &str) {
        self.anonymous -= 1;
        if let Some(here) = self.by_address.get_mut(address) {
            *here -= 1;
            if *here == 0 {
                self.by_address.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn stranger(address: [u8; 4]) -> Arc<Caller> {
        Arc::new(Caller::anonymous(Some(IpAddr::from(address))))
    }

    #[test]
    fn strangers_hold_only_a_share_and_each_address_a_share_of_that() {
        let mut table = Table::new(Bounds::new(1000, 10));
        let mut held = Vec::new();
        for address in 0..10 {
            for _ in 0..10 {
                held.push(table.open(stranger([10, 0, 0, address])).unwrap());
            }
            assert_eq!(table.open(stranger([10, 0, 0, address])).err().unwrap().code(), ErrorCode::ConnectionLimit);
        }
        let late = stranger([10, 0, 1, 0]);
        assert_eq!(table.open(late.clone()).err().unwrap().code(), ErrorCode::ConnectionLimit);
        table.remove(&held[0]);
        table.remove(&held[0]);
        let entry = table.open(late.clone()).unwrap();
        assert!(table.open(late).is_err());
        held.iter().chain([&entry]).for_each(|entry| table.remove(entry));
        assert_eq!((table.anonymous, table.by_address.len(), table.open.len()), (0, 0, 0));
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let mut table = Table::new(Bounds::new(100, 10));
        let of = |address: &str| Arc::new(Caller::anonymous(Some(address.parse().unwrap())));
        assert!(table.open(of("2001:db8::1")).is_ok());
        assert!(table.open(of("2001:db8::2")).is_err());
        assert!(table.open(of("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn one_place_is_for_strangers_however_few_there_are() {
        let mut table = Table::new(Bounds::new(1, 10));
        assert!(table.open(stranger([10, 0, 0, 1])).is_ok());
        assert!(table.open(stranger([10, 0, 0, 2])).is_err());
    }

    #[test]
    fn those_that_wait_for_longest_make_room() {
        let mut table = Table::new(Bounds::new(1, 10));
        let waiting: Vec<_> = (0..LEAST_WAITING).map(|_| table.wait(stranger([10, 0, 0, 1]))).collect();
        table.remove(&waiting[0]);
        let one = table.wait(stranger([10, 0, 0, 2]));
        assert_eq!(waiting[1].end.get(), None);
        let more = table.wait(stranger([10, 0, 0, 2]));
        assert_eq!(waiting[1].end.get(), Some(&End::Crowded));
        assert_eq!((one.end.get(), more.end.get(), table.all().len()), (None, None, LEAST_WAITING));
        table.remove(&waiting[1]);
        assert_eq!(table.all().len(), LEAST_WAITING);
    }
}
