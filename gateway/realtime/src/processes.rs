//! The processes of the deployment, as this node heard of them, and the streams that tell administrators.
//!
//! A stream has no queue: it tells what is newer than what it told, and of a process that said several things meanwhile only
//! the last. So a slow reader costs nothing, and whoever comes late hears of all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openim_contracts::Node;
use openim_core::{Clock, Ctx, Error, ErrorCode, Result, Timestamp};
use openim_platform::nodes::{REMEMBERED, is_healthy};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::hub::Hub;

/// How often a stream looks who has fallen silent.
const LOOK: Duration = Duration::from_secs(1);

/// The most processes that are remembered; beyond, the one that was silent for longest is forgotten.
const MOST: usize = 1_000;

/// What is known of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// As it described itself last.
    pub(crate) node: Arc<Node>,
    /// Whether it lives, as far as is known.
    pub(crate) healthy: bool,
    /// Whether it said goodbye.
    pub(crate) ended: bool,
}

#[derive(Debug, Default)]
struct Known {
    /// Each with the number of its last news.
    nodes: BTreeMap<String, (u64, Report)>,
    news: u64,
}

/// The processes that this node heard of.
#[derive(Debug)]
pub(crate) struct Processes {
    known: Mutex<Known>,
    changed: watch::Sender<()>,
}

impl Default for Processes {
    fn default() -> Self {
        Self { known: Mutex::default(), changed: watch::Sender::new(()) }
    }
}

impl Known {
    fn note(&mut self, report: Report) {
        self.news += 1;
        self.nodes.insert(report.node.id.clone(), (self.news, report));
    }
}

impl Processes {
    /// Takes in a sign of life.
    pub(crate) fn hear(&self, node: &Arc<Node>, ended: bool, now: Timestamp) {
        {
            let mut known = self.known.lock();
            known.note(Report { node: node.clone(), healthy: !ended && is_healthy(node, now), ended });
            if known.nodes.len() > MOST {
                let oldest = known.nodes.values().map(|(_, report)| &report.node).min_by_key(|node| node.seen_at);
                if let Some(id) = oldest.map(|node| node.id.clone()) {
                    known.nodes.remove(&id);
                }
            }
        }
        self.wake();
    }

    /// Wakes all streams.
    pub(crate) fn wake(&self) {
        self.changed.send_replace(());
    }

    /// Notes who has fallen silent, and forgets who was for long.
    fn look(&self, now: Timestamp) {
        let mut known = self.known.lock();
        known.nodes.retain(|_, (_, report)| now <= report.node.seen_at.plus(REMEMBERED));
        let silent = known.nodes.values().filter(|(_, report)| report.healthy && !is_healthy(&report.node, now));
        let silent: Vec<Report> = silent.map(|(_, report)| Report { healthy: false, ..report.clone() }).collect();
        silent.into_iter().for_each(|report| known.note(report));
    }

    /// Returns the first news after some number, and of nobody that ended before `live`.
    fn after(&self, told: u64, live: u64) -> Option<(u64, Report)> {
        let known = self.known.lock();
        let newer = known.nodes.values().filter(|(number, report)| *number > told && (*number > live || !report.ended));
        newer.min_by_key(|(number, _)| *number).cloned()
    }
}

/// One stream of reports.
pub(crate) struct Watching {
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    /// The number of the last news that was told.
    told: u64,
    /// The number of the last news when the stream began.
    live: u64,
    /// Whoever was seen last until then is told only when there is news.
    after: Option<Timestamp>,
    changed: watch::Receiver<()>,
    ended: bool,
}

impl Hub {
    /// Opens a stream of the processes: first what is known of each that was seen after some moment, then what they say.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `NO_PERMISSION`.
    pub(crate) fn watch_processes(self: &Arc<Self>, ctx: &Ctx, after: Option<Timestamp>) -> Result<Watching> {
        ctx.require_admin()?;
        let changed = self.processes.changed.subscribe();
        let live = self.processes.known.lock().news;
        let clock = ctx.runtime().clock.clone();
        Ok(Watching { hub: self.clone(), clock, told: 0, live, after, changed, ended: false })
    }
}

impl Watching {
    /// Returns the next report; an error is the last item.
    pub(crate) async fn next(&mut self) -> Option<Result<Report>> {
        while !self.ended {
            if self.hub.is_stopped() {
                self.ended = true;
                return Some(Err(Error::new(ErrorCode::Unavailable, "this node stops; subscribe again")));
            }
            // Seen before the news is looked at: what comes in between wakes the wait below.
            self.changed.borrow_and_update();
            self.hub.processes.look(self.clock.now());
            match self.hub.processes.after(self.told, self.live) {
                Some((number, report)) => {
                    self.told = number;
                    let old = number <= self.live && self.after.is_some_and(|after| report.node.seen_at <= after);
                    if !old {
                        return Some(Ok(report));
                    }
                }
                None => {
                    let news = tokio::time::timeout(LOOK, self.changed.changed()).await;
                    self.ended = matches!(news, Ok(Err(_)));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use openim_contracts::NodeFigures;

    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn node(id: &str, seen_at: Timestamp) -> Arc<Node> {
        Arc::new(Node {
            id: id.to_owned(),
            roles: vec!["gateway".to_owned()],
            version: "1".to_owned(),
            host: "here".to_owned(),
            pid: 1,
            address: "127.0.0.1:1".to_owned(),
            metrics_address: None,
            started_at: NOW,
            seen_at,
            stopping: false,
            figures: NodeFigures::default(),
        })
    }

    #[test]
    fn of_a_process_only_the_last_news_is_told() {
        let processes = Processes::default();
        processes.hear(&node("a", NOW), false, NOW);
        processes.hear(&node("b", NOW), false, NOW);
        processes.hear(&node("a", NOW.plus(LOOK)), false, NOW.plus(LOOK));
        let (first, report) = processes.after(0, 0).unwrap();
        assert_eq!(report.node.id, "b");
        let (second, report) = processes.after(first, 0).unwrap();
        assert_eq!((report.node.seen_at, report.healthy), (NOW.plus(LOOK), true));
        assert_eq!(processes.after(second, 0), None);
    }

    #[test]
    fn silence_is_news_once_and_then_forgotten() {
        let processes = Processes::default();
        processes.hear(&node("a", NOW), false, NOW);
        let (told, _) = processes.after(0, 0).unwrap();
        let later = NOW.plus(Duration::from_secs(11));
        processes.look(later);
        let (again, report) = processes.after(told, 0).unwrap();
        assert!(!report.healthy && !report.ended);
        processes.look(later);
        assert_eq!(processes.after(again, 0), None);
        processes.look(NOW.plus(REMEMBERED + LOOK));
        assert_eq!(processes.after(0, 0), None);
    }

    #[test]
    fn who_said_goodbye_before_is_not_told_to_whoever_comes_later() {
        let processes = Processes::default();
        processes.hear(&node("a", NOW), true, NOW);
        assert!(processes.after(0, 0).is_some_and(|(_, report)| report.ended && !report.healthy));
        assert_eq!(processes.after(0, 1), None);
    }

    #[test]
    fn so_many_processes_are_remembered_and_no_more() {
        let processes = Processes::default();
        for number in 0..=MOST {
            let seen = NOW.plus(Duration::from_millis(number as u64));
            processes.hear(&node(&number.to_string(), seen), false, seen);
        }
        let known = processes.known.lock();
        assert_eq!((known.nodes.len(), known.nodes.contains_key("0")), (MOST, false));
    }
}
