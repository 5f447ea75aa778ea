//! One member writes, all others are online: what each of them costs.

use std::time::{Duration, Instant};

use anyhow::Context;
use openim_protocol::client::ClientError;
use serde_json::json;
use tokio::task::JoinSet;

use super::seat::{Faults, Seat, told};
use crate::client::Caller;
use crate::server::Server;

const FEW: usize = 10;
const MOST: usize = 1000;
const MESSAGES: u64 = 200;
const SUPERGROUP: i32 = 3;
/// After so long without a push everything has arrived.
const QUIET: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(20);

/// What was found.
pub(super) struct Fanout {
    /// The size of the larger group.
    pub(super) members: usize,
    /// The server's CPU time for each message and each member more.
    pub(super) each_micros: Option<f64>,
    /// What must not have happened.
    pub(super) faults: Faults,
}

/// Sends the same number of messages to a group of few and to one of many, and compares.
pub(super) async fn run(server: &Server, admin: &Caller, seats: &mut Vec<Seat>) -> anyhow::Result<Fanout> {
    let members = MOST.min(seats.len().saturating_sub(1));
    let mut faults = Faults::default();
    let mut costs = Vec::new();
    for size in [FEW, members] {
        let mut others = seats.split_off(seats.len() - size);
        let group = make(admin, &seats[0], &others).await?;
        // Whoever has just entered may hear twice what is said around his entry, so that he misses nothing of it.
        others = messages(&mut seats[0], others, &group, Phase::Entry, &mut faults).await?;
        let before = server.cpu();
        others = messages(&mut seats[0], others, &group, Phase::Measured, &mut faults).await?;
        costs.push(server.cpu().zip(before).map(|(after, before)| after.saturating_sub(before)));
        seats.append(&mut others);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of deliveries")]
    let more = (MESSAGES as f64) * (members - FEW) as f64;
    let each_micros = match costs[..] {
        [Some(few), Some(many)] => Some(many.saturating_sub(few).as_secs_f64() * 1e6 / more),
        _ => None,
    };
    Ok(Fanout { members, each_micros, faults })
}

async fn make(admin: &Caller, owner: &Seat, members: &[Seat]) -> anyhow::Result<String> {
    let ids: Vec<&str> = members.iter().map(|seat| seat.id.as_str()).collect();
    let body = json!({"ownerUserID": owner.id, "memberUserIDs": ids, "adminUserIDs": [],
        "groupInfo": {"groupName": "bench", "groupType": 2}});
    let answer = admin.rest("/group/create_group", &body).await?;
    Ok(answer["groupInfo"]["groupID"].as_str().context("groupID")?.to_owned())
}

/// What is expected of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// They enter; nothing is expected but that it becomes quiet.
    Entry,
    /// They see every message once and in order.
    Measured,
}

/// Sends messages one after the other and waits until every member has seen all of them.
async fn messages(owner: &mut Seat, members: Vec<Seat>, group: &str, phase: Phase, faults: &mut Faults) -> anyhow::Result<Vec<Seat>> {
    let conversation = format!("sg_{group}");
    let mut readers = JoinSet::new();
    for seat in members {
        let conversation = conversation.clone();
        readers.spawn(async move {
            match phase {
                Phase::Entry => settle(seat).await,
                Phase::Measured => read(seat, conversation).await,
            }
        });
    }
    let epoch = Instant::now();
    for _ in 0..if phase == Phase::Entry { 5 } else { MESSAGES } {
        let request = owner.text(group, SUPERGROUP, epoch);
        owner.client.send(&request).await?;
        let answer = owner.client.answer_to(&request.msg_incr).await?;
        anyhow::ensure!(answer.err_code == 0, "a message was refused: {} {}", answer.err_code, answer.err_msg);
    }
    let mut members = Vec::new();
    while let Some(done) = readers.join_next().await {
        let (seat, found) = done??;
        faults.add(found);
        members.push(seat);
    }
    Ok(members)
}

/// Reads whatever comes until nothing comes any more.
async fn settle(mut seat: Seat) -> anyhow::Result<(Seat, Faults)> {
    seat.client.set_patience(QUIET);
    loop {
        match seat.client.next_push().await {
            Err(ClientError::Silence) => break,
            push => drop(push?),
        }
    }
    seat.client.set_patience(PATIENCE);
    Ok((seat, Faults::default()))
}

/// Reads until every message was seen, or nothing comes any more.
async fn read(mut seat: Seat, conversation: String) -> anyhow::Result<(Seat, Faults)> {
    let epoch = Instant::now();
    let mut faults = Faults { lost: MESSAGES, ..Faults::default() };
    let mut last = None;
    while faults.lost > 0 {
        let push = match seat.client.next_push().await {
            Err(ClientError::Silence) => break,
            push => push?,
        };
        let Some(told) = told(&push, epoch)?.filter(|told| told.conversation == conversation) else { continue };
        if faults.follow(last, told.seq) {
            last = Some(told.seq);
            faults.lost -= u64::from(told.micros.is_some());
        }
    }
    Ok((seat, faults))
}
