//! Who holds a stream or a session open is online, and everybody who watches hears of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::{Request, Response};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_contracts::{Audience, SignalKind};
use openim_core::{Actor, Ctx, Error, OperationId, Platform, Principal, Result, Runtime, UserId};
use openim_platform::fanout::{Fanout, MemoryFanout, Received};
use openim_platform::nodes::Figures;
use openim_platform::presence::{Connection, MemoryPresence, Overdue, Presence, PresenceChange, PresenceListener};
use openim_realtime::{Attendance, AttendancePorts, Pace, Settings};
use openim_testing::{PATIENCE, eventually};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::support::{DOCUMENT, Node, user};

/// Long enough to reconnect, short enough to wait for.
const QUICK: Pace = Pace { grace: Duration::from_millis(300), look: Duration::from_millis(50) };

/// A presence that can be away, and to which dead nodes can leave users.
#[derive(Default)]
struct Board {
    inner: MemoryPresence,
    away: AtomicBool,
    orphans: Mutex<Vec<PresenceChange>>,
}

impl Board {
    fn check(&self) -> Result<()> {
        if self.away.load(Ordering::SeqCst) { Err(Error::unavailable("away")) } else { Ok(()) }
    }

    async fn becomes(&self, expected: &[i32]) {
        eventually("the right presence", async || {
            let open = self.inner.connections(&[user("ann")]).await.unwrap().remove(0);
            let platforms: Vec<_> = open.iter().map(|connection| connection.platform.number()).collect();
            (platforms == expected).then_some(())
        })
        .await;
    }
}

#[async_trait]
impl Presence for Board {
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<Option<PresenceChange>> {
        self.check()?;
        self.inner.connect(user, platform, connection).await
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        self.check()?;
        self.inner.disconnect(user, connection).await
    }

    async fn settle(&self, users: &[UserId]) -> Result<Vec<PresenceChange>> {
        self.inner.settle(users).await
    }

    async fn settle_overdue(&self) -> Result<Overdue> {
        let mut orphans = self.orphans.lock();
        Ok(Overdue { changes: orphans.pop().into_iter().collect(), more: !orphans.is_empty() })
    }

    async fn everybody(&self, most: usize) -> Result<Vec<UserId>> {
        self.inner.everybody(most).await
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        self.inner.connections(users).await
    }
}

/// A listener that fails at first.
#[derive(Default)]
struct Ear {
    deaf: AtomicBool,
    heard: Mutex<Vec<String>>,
}

#[async_trait]
impl PresenceListener for Ear {
    async fn changed(&self, _ctx: &Ctx, changes: &[PresenceChange]) -> Result<()> {
        if self.deaf.load(Ordering::SeqCst) {
            return Err(Error::unavailable("deaf"));
        }
        self.heard.lock().extend(changes.iter().map(|change| format!("{} {}", change.user_id, numbers(&change.platforms))));
        Ok(())
    }
}

fn numbers(platforms: &[Platform]) -> String {
    platforms.iter().map(|platform| platform.number().to_string()).collect::<Vec<_>>().join(",")
}

struct House {
    node: Node,
    board: Arc<Board>,
    ear: Arc<Ear>,
    told: BoxStream<'static, Received>,
    stop: CancellationToken,
}

impl House {
    fn new() -> Self {
        let (board, ear, fanout) = (Arc::new(Board::default()), Arc::new(Ear::default()), Arc::new(MemoryFanout::new()));
        let told = fanout.subscribe();
        let ports = AttendancePorts { presence: board.clone(), fanout, listener: ear.clone(), figures: Figures::new() };
        let (attendance, arrivals) = Attendance::new(ports, Runtime::system(), QUICK);
        let (node, stop) = (Node::noting(Settings::default(), arrivals), CancellationToken::new());
        tokio::spawn(attendance.run(stop.clone()));
        Self { node, board, ear, told, stop }
    }

    fn principal(platform: i32) -> Principal {
        Principal::new(user("ann"), Platform::parse(platform).unwrap(), false)
    }

    fn open(&self, platform: i32) -> BoxStream<'static, Response> {
        self.node.subgraph.subscribe(self.node.ctx(Actor::User(Self::principal(platform))), Request::new(DOCUMENT))
    }

    /// Returns what is told to watchers next: who and which platforms.
    async fn told(&mut self) -> String {
        let next = tokio::time::timeout(PATIENCE, self.told.next()).await.unwrap().unwrap();
        let Received::Signals(signals) = next else { panic!("lost") };
        let told = signals.iter().map(|signal| match &signal.kind {
            SignalKind::PresenceChanged { user_id, platforms, .. } => {
                assert_eq!(signal.audience, Audience::Watchers(user_id.clone()));
                format!("{user_id} {}", numbers(platforms))
            }
            other => panic!("{other:?}"),
        });
        told.collect::<Vec<_>>().join(" + ")
    }
}

#[tokio::test]
async fn a_user_is_online_on_the_platforms_of_the_open_streams() {
    let house = House::new();
    let (web, phone, second) = (house.open(5), house.open(1), house.open(5));
    house.board.becomes(&[1, 5, 5]).await;
    drop(web);
    house.board.becomes(&[1, 5]).await;
    drop(phone);
    drop(second);
    house.board.becomes(&[]).await;
    house.stop.cancel();
}

#[tokio::test]
async fn a_stream_that_ends_by_itself_is_gone_although_somebody_still_holds_it() {
    let house = House::new();
    let mut open = house.open(5);
    open.next().await.unwrap();
    house.board.becomes(&[5]).await;
    house.node.stop.cancel();
    while open.next().await.is_some() {}
    house.board.becomes(&[]).await;
    drop(open);
}

#[tokio::test]
async fn who_has_no_token_is_nowhere() {
    let house = House::new();
    let mut refused = house.node.subgraph.subscribe(house.node.ctx(Actor::Anonymous), Request::new(DOCUMENT));
    assert!(refused.next().await.unwrap().is_err());
    let open = house.open(5);
    house.board.becomes(&[5]).await;
    drop(open);
}

#[tokio::test]
async fn what_presence_did_not_take_is_told_again() {
    let house = House::new();
    let staying = house.open(5);
    let leaving = house.open(1);
    house.board.becomes(&[1, 5]).await;
    house.board.away.store(true, Ordering::SeqCst);
    drop(leaving);
    let coming = house.open(9);
    tokio::task::yield_now().await;
    house.board.away.store(false, Ordering::SeqCst);
    house.board.becomes(&[5, 9]).await;
    drop((staying, coming));
}

#[tokio::test]
async fn watchers_hear_of_each_change_once_and_nothing_of_a_reconnect() {
    let mut house = House::new();
    let first = house.open(5);
    assert_eq!(house.told().await, "ann 5");
    let second = house.open(5);
    let session = house.node.hub.attach(Arc::new(House::principal(1)), OperationId::parse("op").unwrap()).unwrap();
    assert_eq!(house.told().await, "ann 1,5");
    drop((first, second));
    let _third = house.open(5);
    drop(session);
    let mut told = house.told().await;
    while told != "ann 5" {
        // Nobody who watches sees the web flicker; only the phone stays away.
        assert_eq!(told, "ann 1,5");
        told = house.told().await;
    }
}

#[tokio::test]
async fn what_dead_nodes_left_is_told_by_whoever_finds_it() {
    let mut house = House::new();
    let orphan = |id: &str| PresenceChange { user_id: user(id), before: vec![Platform::WEB], platforms: Vec::new(), version: 1 };
    house.board.orphans.lock().extend([orphan("cid"), orphan("bob")]);
    assert_eq!([house.told().await, house.told().await], ["bob ", "cid "]);
}

#[tokio::test]
async fn a_listener_that_fails_hears_it_again() {
    let mut house = House::new();
    house.ear.deaf.store(true, Ordering::SeqCst);
    let _open = house.open(5);
    assert_eq!(house.told().await, "ann 5");
    house.ear.deaf.store(false, Ordering::SeqCst);
    eventually("the listener hears it", async || (*house.ear.heard.lock() == ["ann 5"]).then_some(())).await;
}
