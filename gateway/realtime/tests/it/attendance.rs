//! Who holds a stream open is online.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::{Request, Response};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_core::{Actor, Error, Platform, Principal, Result, UserId};
use openim_graphql::Subgraph;
use openim_platform::presence::{Connection, MemoryPresence, Presence};
use openim_realtime::Attendance;
use openim_testing::eventually;
use tokio_util::sync::CancellationToken;

use crate::support::{DOCUMENT, Node, user};

/// A presence that can be away.
#[derive(Default)]
struct Board {
    inner: MemoryPresence,
    away: AtomicBool,
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
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<()> {
        self.check()?;
        self.inner.connect(user, platform, connection).await
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        self.check()?;
        self.inner.disconnect(user, connection).await
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        self.inner.connections(users).await
    }
}

struct House {
    node: Node,
    board: Arc<Board>,
    streams: Arc<dyn Subgraph>,
    stop: CancellationToken,
}

impl House {
    fn new() -> Self {
        let (node, board, stop) = (Node::new(), Arc::new(Board::default()), CancellationToken::new());
        let (streams, attendance) = Attendance::of(node.subgraph.clone(), board.clone());
        tokio::spawn(attendance.run(stop.clone()));
        Self { node, board, streams, stop }
    }

    fn open(&self, platform: i32) -> BoxStream<'static, Response> {
        let platform = Platform::parse(platform).unwrap();
        let actor = Actor::User(Principal::new(user("ann"), platform, false));
        self.streams.subscribe(self.node.ctx(actor), Request::new(DOCUMENT))
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
    let mut refused = house.streams.subscribe(house.node.ctx(Actor::Anonymous), Request::new(DOCUMENT));
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
