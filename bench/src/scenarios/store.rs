//! `store`: messages committed by the log against the database's own batched insert of the same rows, in turn in one run,
//! and the time to the acknowledgement at half of the rate found.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use hdrhistogram::Histogram;
use openim_contracts::{
    ConversationReader, GroupMembership, GroupReader, GroupSummary, ReaderState, RelationReader, Standing, UserReader, UserSummary,
};
use openim_core::{Actor, ClientMessageId, ConversationId, Ctx, GroupId, OperationId, Result, Runtime, UserId};
use openim_messages::measure::{Measure, PlainRow};
use openim_messages::{Messages, MessagesPorts, MessagesSettings};
use openim_platform::cache::MemoryCache;
use openim_platform::fanout::MemoryFanout;
use openim_platform::nodes::Figures;
use openim_platform::store::{DatabaseSettings, Store};
use openim_platform::webhooks::Webhooks;
use sea_orm::{ConnectionTrait as _, Database};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::report::{Goal, Report, histogram};
use crate::scenarios::rest::median;
use crate::scenarios::unique;

/// Pairs of users that write at the same time, and sends in flight in all.
const PAIRS: usize = 500;
const IN_FLIGHT: usize = 2_000;
/// Rows of a statement of the plain insert, as many as the log puts into a commit.
const BATCH: usize = 500;
const ROUNDS: usize = 3;

/// Measures SQLite, and PostgreSQL when there is one.
pub(crate) async fn run(report: &mut Report, postgres: Option<&str>, messages: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = |number: usize| format!("sqlite:{}", folder.path().join(format!("{number}.db")).display());
    measure(report, "SQLite", 1, messages, async |number| Ok(file(number))).await?;
    if let Some(server) = postgres {
        measure(report, "PostgreSQL", 4, messages, async |_| fresh_database(server).await).await?;
    }
    Ok(())
}

async fn measure(
    report: &mut Report,
    database: &str,
    writers: usize,
    messages: usize,
    url: impl AsyncFn(usize) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let (mut ratios, mut plain_rates, mut log_rates) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let bed = Bed::open(&url(round * 2).await?).await?;
        bed.plain(writers, 0, messages).await?; // both are measured on a table that has grown, by a process that is warm
        let plain = bed.plain(writers, messages, messages).await?;
        bed.close().await;
        let bed = Bed::open(&url(round * 2 + 1).await?).await?;
        bed.sends(messages, None).await?;
        let (log, _) = bed.sends(messages, None).await?;
        bed.close().await;
        ratios.push(log / plain);
        plain_rates.push(plain);
        log_rates.push(log);
    }
    let rate = median(&mut log_rates);
    report.figure("store", format!("{database}: plain batched insert"), median(&mut plain_rates), "rows/s");
    report.figure("store", format!("{database}: messages committed"), rate, "msg/s");
    report.goal("store", format!("{database}: log ÷ plain insert"), median(&mut ratios), "x", Goal::AtLeast(0.5));
    let bed = Bed::open(&url(ROUNDS * 2).await?).await?;
    bed.sends(messages, None).await?;
    let (_, acks) = bed.sends(messages, Some(rate / 2.0)).await?;
    bed.close().await;
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a latency")]
    let p99 = acks.value_at_quantile(0.99) as f64 / 1000.0;
    report.goal("store", format!("{database}: acknowledgement p99 at half rate"), p99, "ms", Goal::AtMost(25.0));
    Ok(())
}

/// A fresh database with the messages domain over it.
struct Bed {
    store: Store,
    messages: Messages,
    log: Arc<Measure>,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

impl Bed {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let store = Store::connect(&DatabaseSettings::new(url), Arc::new(MemoryFanout::new())).await?;
        store.migrate().await?;
        let nobody = Arc::new(Nobody);
        let ports = MessagesPorts {
            store: store.clone(),
            users: nobody.clone(),
            conversations: nobody.clone(),
            groups: nobody.clone(),
            relations: nobody,
            webhooks: Webhooks::disabled(),
            cache: Arc::new(MemoryCache::new(Runtime::system().clock)),
            figures: Figures::new(),
        };
        let messages = Messages::new(MessagesSettings::default(), ports, Runtime::system());
        let (tracker, cancel) = (TaskTracker::new(), CancellationToken::new());
        messages.start_workers(&tracker, &cancel);
        let log = Arc::new(messages.measure());
        Ok(Self { store, messages, log, tracker, cancel })
    }

    async fn close(self) {
        self.cancel.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        drop(self.messages);
        self.store.close().await;
    }

    /// Inserts rows by the database alone, from a place on, and returns rows a second.
    async fn plain(&self, writers: usize, start: usize, messages: usize) -> anyhow::Result<f64> {
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for writer in 0..writers {
            let log = self.log.clone();
            tasks.spawn(async move {
                let pairs = (0..PAIRS).map(pair).collect::<Result<Vec<_>>>()?;
                for batch in 0..messages / writers / BATCH {
                    let row = |number: usize| {
                        // The same rows as the log has: neighbours in a commit belong to different conversations and senders.
                        let place = start / writers + batch * BATCH + number;
                        let (log, seq) = (place % PAIRS * writers + writer, place / PAIRS + 1);
                        let (from, to) = pairs.get(place % PAIRS).context("a pair")?;
                        anyhow::Ok(PlainRow {
                            from,
                            to,
                            log: i64::try_from(log)?,
                            seq: i64::try_from(seq)?,
                            key: ClientMessageId::parse(unique("plain"))?,
                        })
                    };
                    let rows = (0..BATCH).map(row).collect::<anyhow::Result<_>>()?;
                    log.insert_plain(&ctx()?, rows).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(rate(messages, started))
    }

    /// Sends through the log, flat out or at a rate, and returns messages a second and the times to the acknowledgement.
    async fn sends(&self, messages: usize, pace: Option<f64>) -> anyhow::Result<(f64, Histogram<u64>)> {
        let each = messages / IN_FLIGHT;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let pause = pace.map(|rate| Duration::from_secs_f64(IN_FLIGHT as f64 / rate));
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for lane in 0..IN_FLIGHT {
            let log = self.log.clone();
            tasks.spawn(async move {
                let (from, to) = pair(lane % PAIRS)?;
                // Plain numbers: a histogram for each lane would cost more than what is measured.
                let mut acks = Vec::with_capacity(each);
                #[expect(clippy::cast_precision_loss, reason = "small counts")]
                let mut next = started + pause.unwrap_or_default().mul_f64(lane as f64 / IN_FLIGHT as f64);
                for _ in 0..each {
                    if let Some(pause) = pause {
                        tokio::time::sleep_until(next.into()).await;
                        next += pause;
                    }
                    let at = Instant::now();
                    log.append(&ctx()?, &from, &to, ClientMessageId::parse(unique("log"))?).await?;
                    acks.push(u64::try_from(at.elapsed().as_micros())?.clamp(1, 60_000_000));
                }
                anyhow::Ok(acks)
            });
        }
        let lanes = tasks.join_all().await;
        let rate = rate(each * IN_FLIGHT, started);
        let mut acks = histogram()?;
        for lane in lanes {
            for ack in lane? {
                acks.record(ack)?;
            }
        }
        Ok((rate, acks))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn rate(count: usize, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}

fn pair(number: usize) -> Result<(UserId, UserId)> {
    Ok((UserId::parse(format!("a{number}"))?, UserId::parse(format!("b{number}"))?))
}

fn ctx() -> Result<Ctx> {
    let runtime = Runtime::system();
    let deadline = runtime.clock.now().plus(Duration::from_secs(30));
    Ok(Ctx::new(runtime, Actor::System, OperationId::parse("bench")?, deadline))
}

/// Makes a database beside the one that the URL names; the throw-away server is deleted with it.
pub(crate) async fn fresh_database(server: &str) -> anyhow::Result<String> {
    let name = unique("bench");
    let admin = Database::connect(server).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    admin.close().await?;
    let (base, _) = server.rsplit_once('/').context("the URL names no database")?;
    Ok(format!("{base}/{name}"))
}

/// Readers that are never asked: the log alone is measured.
struct Nobody;

#[async_trait]
impl UserReader for Nobody {
    async fn users(&self, _ids: &[UserId]) -> Result<Vec<UserSummary>> {
        Ok(Vec::new())
    }

    async fn page(&self, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserSummary>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl ConversationReader for Nobody {
    async fn reader_states(&self, _owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>> {
        Ok(vec![None; conversations.len()])
    }
}

#[async_trait]
impl GroupReader for Nobody {
    async fn groups(&self, _ids: &[GroupId]) -> Result<Vec<GroupSummary>> {
        Ok(Vec::new())
    }

    async fn members(&self, _group: &GroupId, _users: &[UserId]) -> Result<Vec<GroupMembership>> {
        Ok(Vec::new())
    }

    async fn member_page(&self, _group: &GroupId, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }

    async fn managers(&self, _group: &GroupId) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }

    async fn joined(&self, _user: &UserId, _limit: u64) -> Result<Vec<GroupId>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl RelationReader for Nobody {
    async fn standing(&self, _receiver: &UserId, _sender: &UserId) -> Result<Standing> {
        Ok(Standing::default())
    }

    async fn friend_of(&self, _user: &UserId, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }
}
