//! One member writes, all others are online: what each of them costs.

use std::time::Instant;

use openim_protocol::client::ClientError;
use serde_json::json;
use tokio::task::JoinSet;

use super::seat::{Seat, text_of};
use crate::client::Caller;
use crate::scenarios::unique;
use crate::server::Server;

const FEW: usize = 10;
const MOST: usize = 1000;
const MESSAGES: u64 = 200;
const SUPERGROUP: i32 = 3;

/// What was found.
pub(super) struct Fanout {
    /// The size of the larger group.
    pub(super) members: usize,
    /// The server's CPU time for each message and each member more.
    pub(super) each_micros: Option<f64>,
    /// Messages that were missing, repeated or misordered.
    pub(super) problems: Vec<String>,
}

/// Sends the same number of messages to a group of few and to one of many, and compares.
pub(super) async fn run(server: &Server, admin: &Caller, seats: &mut Vec<Seat>) -> anyhow::Result<Fanout> {
    let members = MOST.min(seats.len().saturating_sub(1));
    let mut problems = Vec::new();
    let mut costs = Vec::new();
    for size in [FEW, members] {
        let mut others = seats.split_off(seats.len() - size);
        let group = make(admin, &seats[0], &others).await?;
        // The first ones fill the caches and bring the notifications of the beginning out of the way.
        others = messages(&mut seats[0], others, &group, 5, &mut problems).await?;
        let before = server.cpu();
        others = messages(&mut seats[0], others, &group, MESSAGES, &mut problems).await?;
        costs.push(server.cpu().zip(before).map(|(after, before)| after.saturating_sub(before)));
        seats.append(&mut others);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of deliveries")]
    let more = (MESSAGES as f64) * (members - FEW) as f64;
    let each_micros = match costs[..] {
        [Some(few), Some(many)] => Some(many.saturating_sub(few).as_secs_f64() * 1e6 / more),
        _ => None,
    };
    Ok(Fanout { members, each_micros, problems })
}

async fn make(admin: &Caller, owner: &Seat, members: &[Seat]) -> anyhow::Result<String> {
    let ids: Vec<&str> = members.iter().map(|seat| seat.id.as_str()).collect();
    let group = unique("g");
    let info = json!({"groupID": group, "groupName": "bench", "groupType": 2});
    admin
        .rest("/group/create_group", &json!({"ownerUserID": owner.id, "memberUserIDs": ids, "adminUserIDs": [], "groupInfo": info}))
        .await?;
    Ok(group)
}

/// Sends messages one after the other and waits until every member has seen all of them, in order.
async fn messages(owner: &mut Seat, members: Vec<Seat>, group: &str, count: u64, problems: &mut Vec<String>) -> anyhow::Result<Vec<Seat>> {
    let conversation = format!("sg_{group}");
    let mut readers = JoinSet::new();
    for seat in members {
        readers.spawn(read(seat, conversation.clone(), count));
    }
    let epoch = Instant::now();
    for _ in 0..count {
        let request = owner.text(group, SUPERGROUP, epoch);
        owner.client.send(&request).await?;
        let answer = owner.client.answer_to(&request.msg_incr).await?;
        anyhow::ensure!(answer.err_code == 0, "a message was refused: {} {}", answer.err_code, answer.err_msg);
    }
    let mut members = Vec::new();
    while let Some(done) = readers.join_next().await {
        let (seat, problem) = done??;
        problems.extend(problem);
        members.push(seat);
    }
    Ok(members)
}

async fn read(mut seat: Seat, conversation: String, count: u64) -> anyhow::Result<(Seat, Option<String>)> {
    let epoch = Instant::now();
    let (mut seen, mut last) = (0, None);
    while seen < count {
        let push = match seat.client.next_push().await {
            Err(ClientError::Silence) => return Ok((seat, Some(format!("a member saw {seen} of {count} messages")))),
            push => push?,
        };
        let Some(text) = text_of(&push, epoch)?.filter(|text| text.conversation == conversation) else { continue };
        if last.is_some_and(|last| text.seq != last + 1) {
            return Ok((seat, Some(format!("seq {} came after {last:?}", text.seq))));
        }
        last = Some(text.seq);
        seen += 1;
    }
    Ok((seat, None))
}
