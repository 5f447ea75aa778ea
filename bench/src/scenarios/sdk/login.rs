//! The first login of a user on a new device: every request that official clients then make, in their order.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use openim_protocol::client::{Options, SdkClient};
use openim_protocol::identifier;
use openim_protocol::msg::{GetConversationsHasReadAndMaxSeqReq, GetConversationsHasReadAndMaxSeqResp};
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp, PullMessageBySeqsReq, PullMessageBySeqsResp, SeqRange};
use serde_json::{Value, json};

use crate::client::Caller;
use crate::scenarios::unique;
use crate::server::Server;

const CONVERSATIONS: usize = 1000;
const ROUNDS: u32 = 5;
/// Ranges of one pull, conversations of one page: what the clients ask for at once.
const RANGES: usize = 100;
const PAGE: usize = 300;

/// What a login takes.
pub(super) struct Login {
    /// The server's CPU time.
    pub(super) cpu_millis: Option<f64>,
    /// From the connection to the last answer.
    pub(super) elapsed_millis: f64,
}

/// Lets a thousand users write to one, who then logs in several times.
pub(super) async fn run(server: &Server, admin: &Caller) -> anyhow::Result<Login> {
    let user = unique("login");
    let token = admin.users(std::slice::from_ref(&user)).await?.pop().context("a token")?;
    let peers: Vec<String> = (0..CONVERSATIONS).map(|_| unique("peer")).collect();
    admin.register(&peers).await?;
    stream::iter(&peers)
        .map(|peer| {
            let body = json!({"sendID": peer, "recvID": user, "content": {"content": "hello"}, "contentType": 101, "sessionType": 1});
            async move { admin.rest("/msg/send_msg", &body).await }
        })
        .buffer_unordered(32)
        .try_collect::<Vec<_>>()
        .await?;
    let caller = admin.with_token(&token);
    // The rows of the conversations follow the messages by events.
    let patience = Instant::now() + Duration::from_secs(60);
    while conversation_ids(&caller, &user).await? < CONVERSATIONS {
        anyhow::ensure!(Instant::now() < patience, "not all conversations have a row after a minute");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    login(server, &caller, &user, &token).await?;
    let before = server.cpu();
    let started = Instant::now();
    for _ in 0..ROUNDS {
        login(server, &caller, &user, &token).await?;
    }
    let each = |spent: Duration| spent.as_secs_f64() * 1000.0 / f64::from(ROUNDS);
    let cpu = server.cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
    Ok(Login { cpu_millis: cpu.map(each), elapsed_millis: each(started.elapsed()) })
}

async fn conversation_ids(caller: &Caller, user: &str) -> anyhow::Result<usize> {
    let answer = caller.rest("/conversation/get_full_conversation_ids", &json!({"userID": user, "idHash": 0})).await?;
    Ok(answer["conversationIDs"].as_array().map_or(0, Vec::len))
}

async fn login(server: &Server, caller: &Caller, user: &str, token: &str) -> anyhow::Result<()> {
    let mut client = SdkClient::connect(&Options::wasm(&server.sdk, user, token)).await?;
    let newest: GetMaxSeqResp = client.ask(identifier::NEWEST_SEQS, &GetMaxSeqReq { user_id: user.to_owned() }).await?;
    tokio::try_join!(groups(caller, user), friends(caller, user))?;
    conversations(caller, user).await?;
    let request = GetConversationsHasReadAndMaxSeqReq { user_id: user.to_owned(), ..Default::default() };
    let positions: GetConversationsHasReadAndMaxSeqResp = client.ask(identifier::READ_POSITIONS, &request).await?;
    anyhow::ensure!(positions.seqs.len() >= CONVERSATIONS, "{} read positions", positions.seqs.len());
    let own = json!({"userIDs": [user]});
    let black = json!({"userID": user, "pagination": {"pageNumber": 1, "showNumber": 200}});
    tokio::try_join!(caller.rest("/user/get_users_info", &own), caller.rest("/friend/get_black_list", &black))?;
    pull(&mut client, user, &newest).await?;
    // The server may notice the end when it likes.
    let _ = client.close().await;
    Ok(())
}

async fn pull(client: &mut SdkClient, user: &str, newest: &GetMaxSeqResp) -> anyhow::Result<()> {
    let ranges: Vec<SeqRange> = newest
        .max_seqs
        .iter()
        .filter(|(id, _)| !id.starts_with("n_"))
        .map(|(id, end)| SeqRange { conversation_id: id.clone(), begin: 0, end: *end, num: 1 })
        .collect();
    let mut messages = 0;
    for chunk in ranges.chunks(RANGES) {
        let request = PullMessageBySeqsReq { user_id: user.to_owned(), seq_ranges: chunk.to_vec(), order: 0 };
        let answer: PullMessageBySeqsResp = client.ask(identifier::PULL_RANGES, &request).await?;
        messages += answer.msgs.values().map(|log| log.msgs.len()).sum::<usize>();
    }
    anyhow::ensure!(messages == CONVERSATIONS, "{messages} messages were pulled");
    Ok(())
}

async fn groups(caller: &Caller, user: &str) -> anyhow::Result<()> {
    caller.rest("/group/get_incremental_join_groups", &fresh(user)).await?;
    caller.rest("/group/get_joined_group_list", &json!({"fromUserID": user, "pagination": page(1, 100)})).await?;
    caller.rest("/group/get_full_join_group_ids", &json!({"userID": user, "idHash": 0})).await?;
    Ok(())
}

async fn friends(caller: &Caller, user: &str) -> anyhow::Result<()> {
    caller.rest("/friend/get_incremental_friends", &fresh(user)).await?;
    caller.rest("/friend/get_friend_list", &json!({"userID": user, "pagination": page(1, 100)})).await?;
    caller.rest("/friend/get_full_friend_user_ids", &json!({"userID": user, "idHash": 0})).await?;
    Ok(())
}

async fn conversations(caller: &Caller, user: &str) -> anyhow::Result<()> {
    caller.rest("/conversation/get_incremental_conversations", &fresh(user)).await?;
    let mut found = 0;
    for number in 1.. {
        let body = json!({"userID": user, "pagination": page(number, PAGE)});
        let mut answer = caller.rest("/conversation/get_owner_conversation", &body).await?;
        let rows = match answer["conversations"].take() {
            Value::Array(rows) => rows,
            _ => Vec::new(),
        };
        found += rows.len();
        // Names of those who are no friends
        let peers: Vec<&Value> = rows.iter().map(|row| &row["userID"]).collect();
        if !peers.is_empty() {
            caller.rest("/user/get_users_info", &json!({"userIDs": peers})).await?;
        }
        if rows.len() < PAGE {
            break;
        }
    }
    anyhow::ensure!(found == CONVERSATIONS, "{found} conversations");
    caller.rest("/conversation/get_full_conversation_ids", &json!({"userID": user, "idHash": 0})).await?;
    Ok(())
}

fn fresh(user: &str) -> Value {
    json!({"userID": user, "versionID": "", "version": 0})
}

fn page(number: usize, size: usize) -> Value {
    json!({"pageNumber": number, "showNumber": size})
}
