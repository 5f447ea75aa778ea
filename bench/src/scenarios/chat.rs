//! `chat`: pairs of users write to each other, flat out or at a rate, and every message is followed to both readers.
//!
//! A message that is acknowledged and not delivered to both sides, delivered twice or out of seq order fails the run.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::client::{Caller, Socket};
use crate::report::{Goal, Report, histogram};
use crate::scenarios::unique;
use crate::server::Server;

/// Through which door messages are sent; they are always read over graphql-transport-ws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// `sendMessage` by HTTP POST.
    Graphql,
    /// `/msg/send_msg` by an administrator.
    Rest,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::Graphql => "GraphQL",
            Self::Rest => "REST",
        }
    }
}

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The number of pairs; twice as many users and sockets.
    pub(crate) pairs: usize,
    /// How long to send.
    pub(crate) duration: Duration,
    /// Messages a second over all pairs; `None` sends flat out.
    pub(crate) rate: Option<f64>,
    /// Sends in flight for each user.
    pub(crate) in_flight: usize,
    /// The door.
    pub(crate) door: Door,
}

/// What a run found.
pub(crate) struct Outcome {
    /// Acknowledged messages a second.
    pub(crate) rate: f64,
    /// Request to acknowledgement, microseconds.
    pub(crate) ack: Histogram<u64>,
    /// Request to the reader's event, microseconds.
    pub(crate) delivery: Histogram<u64>,
    /// The server's CPU time for each message stored and delivered, microseconds.
    pub(crate) cpu_micros: Option<f64>,
}

const EVENTS: &str = "subscription { events { __typename ... on MessageAdded { message { seq clientMessageId } } } }";
const SEND: &str = "mutation($to: ID!, $key: ID!, $text: String!) { sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: $text}}}) { message { seq } } }";

/// Runs flat out, then at half of that rate, and reports both.
pub(crate) async fn run(server: &Server, report: &mut Report, seconds: u64, pairs: usize) -> anyhow::Result<()> {
    let duration = Duration::from_secs(seconds);
    for door in [Door::Graphql, Door::Rest] {
        let flat = chat(server, report, Plan { pairs, duration, rate: None, in_flight: 4, door }).await?;
        report.figure("chat", format!("{} flat out, acknowledged", door.name()), flat.rate, "msg/s");
        if let Some(cpu) = flat.cpu_micros {
            report.figure("chat", format!("{} server CPU a message", door.name()), cpu, "µs");
        }
        let half = chat(server, report, Plan { pairs, duration, rate: Some(flat.rate / 2.0), in_flight: 4, door }).await?;
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a latency")]
        let p99 = half.ack.value_at_quantile(0.99) as f64 / 1000.0;
        report.goal("chat", format!("{} acknowledgement p99 at half rate", door.name()), p99, "ms", Goal::AtMost(25.0));
        report.latency("chat", &format!("{} delivery at half rate", door.name()), &half.delivery);
    }
    Ok(())
}

/// Runs one plan.
pub(crate) async fn chat(server: &Server, report: &mut Report, plan: Plan) -> anyhow::Result<Outcome> {
    let admin = Caller::admin(server).await?;
    let ids: Vec<String> = (0..plan.pairs * 2).map(|_| unique("chat")).collect();
    let tokens = admin.users(&ids).await?;
    let sent: Sent = Arc::default();
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for token in &tokens {
        let mut socket = Socket::connect(server, token).await?;
        socket.start("events", EVENTS, json!({})).await?;
        readers.spawn(read(socket, sent.clone(), stop.clone()));
    }
    let cpu_before = server.cpu();
    let started = Instant::now();
    let mut senders = JoinSet::new();
    let workers = ids.len() * plan.in_flight;
    for (index, id) in ids.iter().enumerate() {
        for lane in 0..plan.in_flight {
            let caller = if plan.door == Door::Rest { admin.clone() } else { admin.with_token(&tokens[index]) };
            let sender = Sender { caller, door: plan.door, from: id.clone(), to: ids[index ^ 1].clone(), sent: sent.clone() };
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let pace = plan.rate.map(|rate| Duration::from_secs_f64(workers as f64 / rate));
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let offset = pace.map(|pace| pace.mul_f64((index * plan.in_flight + lane) as f64 / workers as f64));
            senders.spawn(sender.run(started + plan.duration, pace, offset));
        }
    }
    let mut ack = histogram()?;
    while let Some(done) = senders.join_next().await {
        ack.add(done??)?;
    }
    let elapsed = started.elapsed();
    let acknowledged = ack.len();
    settle(&sent).await;
    stop.store(true, Ordering::Relaxed);
    let cpu = server.cpu().zip(cpu_before).map(|(after, before)| after.saturating_sub(before));
    let mut delivery = histogram()?;
    while let Some(done) = readers.join_next().await {
        let seen = done??;
        delivery.add(seen.latency)?;
        for problem in seen.problems {
            report.failure(format!("chat: {problem}"));
        }
    }
    let open = sent.lock().await;
    let lost = open.values().filter(|message| message.deliveries < 2).count();
    if lost > 0 {
        report.failure(format!("chat: {lost} of {acknowledged} acknowledged messages did not reach both sides"));
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    let count = acknowledged as f64;
    Ok(Outcome { rate: count / elapsed.as_secs_f64(), ack, delivery, cpu_micros: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / count) })
}

/// Everything sent: when, and how often it was delivered.
type Sent = Arc<Mutex<HashMap<String, Tracked>>>;

struct Tracked {
    at: Instant,
    deliveries: u8,
}

struct Sender {
    caller: Caller,
    door: Door,
    from: String,
    to: String,
    sent: Sent,
}

impl Sender {
    async fn run(self, until: Instant, pace: Option<Duration>, offset: Option<Duration>) -> anyhow::Result<Histogram<u64>> {
        let mut ack = histogram()?;
        let mut next = Instant::now() + offset.unwrap_or_default();
        while Instant::now() < until {
            if let Some(pace) = pace {
                tokio::time::sleep_until(next.into()).await;
                next += pace;
            }
            let at = Instant::now();
            self.send(at).await?;
            ack.record(micros(at))?;
        }
        Ok(ack)
    }

    async fn send(&self, at: Instant) -> anyhow::Result<()> {
        let key = unique("m");
        match self.door {
            Door::Graphql => {
                self.sent.lock().await.insert(key.clone(), Tracked { at, deliveries: 0 });
                self.caller.graphql(SEND, json!({"to": self.to, "key": key, "text": "how are you today?"})).await?;
            }
            Door::Rest => {
                let body = json!({"sendID": self.from, "recvID": self.to, "content": {"content": "how are you today?"}, "contentType": 101, "sessionType": 1});
                let answer = self.caller.rest("/msg/send_msg", &body).await?;
                let key = answer["clientMsgID"].as_str().context("clientMsgID")?.to_owned();
                // The server makes the key: the reader may have seen the message before we know its name.
                self.sent.lock().await.entry(key).and_modify(|tracked| tracked.at = at).or_insert(Tracked { at, deliveries: 0 });
            }
        }
        Ok(())
    }
}

struct Seen {
    latency: Histogram<u64>,
    problems: Vec<String>,
}

/// Reads one user's events: each user talks to one peer, so all messages are of one conversation.
async fn read(mut socket: Socket, sent: Sent, stop: Arc<AtomicBool>) -> anyhow::Result<Seen> {
    let mut seen = Seen { latency: histogram()?, problems: Vec::new() };
    let mut last_seq = 0;
    while !stop.load(Ordering::Relaxed) {
        let Ok(frame) = tokio::time::timeout(Duration::from_millis(200), socket.next()).await else { continue };
        let frame = frame?;
        if frame["type"] == "error" || frame["payload"].get("errors").is_some() {
            seen.problems.push(format!("a subscription failed: {frame}"));
            break;
        }
        let message = &frame["payload"]["data"]["events"]["message"];
        let (Some(seq), Some(key)) = (message["seq"].as_i64(), message["clientMessageId"].as_str()) else { continue };
        if seq != last_seq + 1 && seen.problems.len() < 5 {
            seen.problems.push(format!("seq {seq} came after {last_seq}"));
        }
        last_seq = seq;
        let mut sent = sent.lock().await;
        let tracked = sent.entry(key.to_owned()).or_insert_with(|| Tracked { at: Instant::now(), deliveries: 0 });
        tracked.deliveries += 1;
        seen.latency.record(micros(tracked.at))?;
    }
    Ok(seen)
}

/// Waits, at most ten seconds, until everything sent was delivered to both sides.
async fn settle(sent: &Sent) {
    for _ in 0..200 {
        if sent.lock().await.values().all(|tracked| tracked.deliveries >= 2) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX).clamp(1, 60_000_000)
}
