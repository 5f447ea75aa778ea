//! Pairs write to each other, each socket one request at a time as the SDKs do.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use openim_protocol::client::Received;
use openim_protocol::identifier;
use tokio::task::JoinSet;

use super::seat::{Faults, Seat, told};
use crate::report::histogram;
use crate::server::Server;

/// How long the last messages may take.
const GRACE: Duration = Duration::from_secs(20);

/// How a phase sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// For how long.
    pub(super) duration: Duration,
    /// Messages a second over all sockets; `None` is flat out.
    pub(super) rate: Option<f64>,
}

/// What a phase found.
pub(super) struct Outcome {
    /// Messages stored and delivered a second.
    pub(super) rate: f64,
    /// Request to acknowledgement, microseconds.
    pub(super) ack: Histogram<u64>,
    /// Request to the peer's push, microseconds.
    pub(super) delivery: Histogram<u64>,
    /// The server's CPU time for each message, microseconds.
    pub(super) cpu_micros: Option<f64>,
    /// What must not have happened.
    pub(super) faults: Faults,
}

/// Lets every seat write to its peer, and follows every message to both.
pub(super) async fn run(server: &Server, seats: Vec<Seat>, plan: Plan) -> anyhow::Result<(Vec<Seat>, Outcome)> {
    let count = seats.len();
    let before = server.cpu();
    let epoch = Instant::now();
    #[expect(clippy::cast_precision_loss, reason = "counts of sockets")]
    let pace = plan.rate.map(|rate| Duration::from_secs_f64(count as f64 / rate));
    let mut talks = JoinSet::new();
    for (at, seat) in seats.into_iter().enumerate() {
        seat.pair.stopped.store(0, Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "counts of sockets")]
        let first = epoch + pace.map_or(Duration::ZERO, |pace| pace.mul_f64(at as f64 / count as f64));
        talks.spawn(Talk { seat, epoch, until: epoch + plan.duration, pace, next: first, waiting: None, seen: Seen::default() }.run());
    }
    let mut seats = Vec::with_capacity(count);
    let mut outcome = Outcome { rate: 0.0, ack: histogram()?, delivery: histogram()?, cpu_micros: None, faults: Faults::default() };
    while let Some(talk) = talks.join_next().await {
        let (seat, seen) = talk??;
        for micros in &seen.acks {
            outcome.ack.record(u64::from(*micros).clamp(1, 60_000_000))?;
        }
        for micros in &seen.deliveries {
            outcome.delivery.record(u64::from(*micros).clamp(1, 60_000_000))?;
        }
        outcome.faults.add(seen.faults);
        outcome.faults.lost += seat.pair.stored.load(Ordering::Relaxed).saturating_sub(seat.last);
        seats.push(seat);
    }
    seats.sort_by(|a, b| a.id.cmp(&b.id));
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    let messages = outcome.ack.len() as f64;
    outcome.rate = messages / plan.duration.as_secs_f64();
    outcome.cpu_micros =
        server.cpu().zip(before).map(|(after, before)| after.saturating_sub(before).as_secs_f64() * 1e6 / messages.max(1.0));
    Ok((seats, outcome))
}

#[derive(Default)]
struct Seen {
    // Thousands of sockets: a histogram each would take a gigabyte.
    acks: Vec<u32>,
    deliveries: Vec<u32>,
    faults: Faults,
}

/// One seat in one phase.
struct Talk {
    seat: Seat,
    epoch: Instant,
    until: Instant,
    pace: Option<Duration>,
    next: Instant,
    /// The increment of the request whose answer is out, and when it was sent.
    waiting: Option<(String, Instant)>,
    seen: Seen,
}

impl Talk {
    async fn run(mut self) -> anyhow::Result<(Seat, Seen)> {
        let mut stopped = false;
        loop {
            let now = Instant::now();
            let mut wake = now + Duration::from_millis(100);
            if self.waiting.is_none() && now < self.until {
                if now >= self.next {
                    self.send(now).await?;
                    continue;
                }
                wake = self.next.min(self.until);
            } else if self.waiting.is_none() && !stopped {
                stopped = true;
                self.seat.pair.stopped.fetch_add(1, Ordering::AcqRel);
            }
            if let Some((incr, sent)) = &self.waiting {
                anyhow::ensure!(sent.elapsed() < GRACE, "request {incr} was not answered");
            }
            let pair = &self.seat.pair;
            let complete = pair.stopped.load(Ordering::Acquire) == 2 && self.seat.last >= pair.stored.load(Ordering::Acquire);
            if stopped && (complete || now > self.until + GRACE) {
                return Ok((self.seat, self.seen));
            }
            tokio::select! {
                received = self.seat.client.receive() => match received? {
                    Received::Response(response) if response.req_identifier == identifier::SEND => self.acknowledge(&response)?,
                    Received::Response(push) => self.see(&push)?,
                    _ => {}
                },
                () = tokio::time::sleep_until(wake.into()) => {}
            }
        }
    }

    async fn send(&mut self, now: Instant) -> anyhow::Result<()> {
        let peer = self.seat.peer.clone();
        let request = self.seat.text(&peer, 1, self.epoch);
        self.seat.client.send(&request).await?;
        self.waiting = Some((request.msg_incr, now));
        self.next += self.pace.unwrap_or_default();
        Ok(())
    }

    fn acknowledge(&mut self, answer: &openim_protocol::Response) -> anyhow::Result<()> {
        anyhow::ensure!(answer.err_code == 0, "a message was refused: {} {}", answer.err_code, answer.err_msg);
        let Some((_, sent)) = self.waiting.take_if(|(incr, _)| *incr == answer.msg_incr) else { anyhow::bail!("a strange answer") };
        self.seen.acks.push(u32::try_from(sent.elapsed().as_micros())?);
        self.seat.pair.stored.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    fn see(&mut self, push: &openim_protocol::Response) -> anyhow::Result<()> {
        let Some(told) = told(push, self.epoch)?.filter(|told| told.conversation.starts_with("si_")) else { return Ok(()) };
        if !self.seen.faults.follow(Some(self.seat.last), told.seq) {
            return Ok(());
        }
        self.seat.last = told.seq;
        if told.sender != self.seat.id {
            self.seen.deliveries.extend(told.micros);
        }
        Ok(())
    }
}
