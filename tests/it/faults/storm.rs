//! Every socket of a node is torn at once, and all clients come back together.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use openim_protocol::client::{ClientError, Options, SdkClient, pushed};
use openim_protocol::identifier;
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp, PullMessageBySeqsReq, PullMessageBySeqsResp, SeqRange};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::asked;
use crate::harness::{Binary, Client, Rest, SECRET, free_address};

const PAUSE: Duration = Duration::from_millis(50);
/// Everything that must come right after a storm does so within this time, on a slow machine too.
const RECOVERY: Duration = Duration::from_secs(300);
/// How often the group hears something.
const RHYTHM: Duration = Duration::from_millis(300);
/// Members of one call, logins at the same time.
const CHUNK: usize = 500;
const LOGINS: usize = 32;
/// More than the server needs for this many sockets and what waits for them.
const MEMORY: u64 = 1 << 30;

/// What all clients look at.
struct Sight {
    group: String,
    /// The last seq that everybody must have in the end; zero while more comes.
    last: watch::Receiver<i64>,
    connected: AtomicUsize,
}

/// The long form: `OPENIM_FAULT_SOCKETS=5000` after `ulimit -n 20000`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_all_return_at_once_miss_nothing() -> anyhow::Result<()> {
    let count = asked("OPENIM_FAULT_SOCKETS", 200);
    let binary = Binary::new();
    // The same address after the restart, as behind a load balancer.
    let sdk = free_address();
    let listen = sdk.to_string();
    let environment = [("OPENIM__AUTH__SECRET", SECRET), ("OPENIM__SDK__LISTEN", listen.as_str())];
    let mut process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
    let admin = Client::new(process.address).admin().await;
    let ids: Vec<String> = (0..count).map(|number| format!("storm{number}")).collect();
    let tokens = people(&admin, &ids).await?;
    let group = meeting(&admin, &ids).await;

    let (known, last) = watch::channel(0);
    let sight = Arc::new(Sight { group: group.clone(), last, connected: AtomicUsize::new(0) });
    let mut clients = JoinSet::new();
    for (id, token) in ids.iter().zip(tokens) {
        let options = Options::native(format!("ws://{sdk}"), id, token, 1);
        clients.spawn(client(options, sight.clone()));
    }
    let mut said = 0;
    for _ in 0..2 {
        everybody_is_there(&sight, count).await;
        for _ in 0..5 {
            say(&process.address, &ids[0], &group, &mut said).await;
        }
        process.signal("KILL").await;
        process.ended().await;
        sight.connected.store(0, Ordering::SeqCst);
        process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
        // The group goes on talking while they come back.
        for _ in 0..5 {
            say(&process.address, &ids[0], &group, &mut said).await;
        }
    }
    everybody_is_there(&sight, count).await;
    let end = say(&process.address, &ids[0], &group, &mut said).await;
    known.send_replace(end);
    let all_done = async {
        while let Some(ended) = clients.join_next().await {
            let seqs = ended.expect("a client panicked");
            assert_eq!(seqs, (1..=end).collect::<BTreeSet<i64>>(), "a client misses something");
        }
    };
    tokio::time::timeout(RECOVERY, all_done).await.expect("every client has everything");
    assert!(process.memory() < MEMORY, "{} bytes", process.memory());
    Ok(())
}

/// Registers users and returns their tokens, for platform 1.
async fn people(admin: &Rest, ids: &[String]) -> anyhow::Result<Vec<String>> {
    for chunk in ids.chunks(CHUNK) {
        let users: Vec<Value> = chunk.iter().map(|id| json!({ "userID": id, "nickname": id, "faceURL": "" })).collect();
        admin.call("/user/user_register", json!({ "users": users })).await;
    }
    let token = |id: &String| {
        let body = json!({ "userID": id, "platformID": 1 });
        async move { anyhow::Ok(admin.call("/auth/get_user_token", body).await["token"].as_str().expect("a token").to_owned()) }
    };
    stream::iter(ids).map(token).buffered(LOGINS).try_collect().await
}

/// Makes a group of all.
async fn meeting(admin: &Rest, ids: &[String]) -> String {
    let info = json!({ "groupName": "Storm", "groupType": 2, "ownerUserID": ids[0] });
    let first = &ids[1..ids.len().min(CHUNK)];
    let made = admin.call("/group/create_group", json!({ "ownerUserID": ids[0], "memberUserIDs": first, "groupInfo": info })).await;
    let group = made["groupInfo"]["groupID"].as_str().expect("an id").to_owned();
    for chunk in ids.chunks(CHUNK).skip(1) {
        admin.call("/group/invite_user_to_group", json!({ "groupID": group, "invitedUserIDs": chunk, "reason": "" })).await;
    }
    group
}

async fn everybody_is_there(sight: &Sight, count: usize) {
    let wait = async {
        while sight.connected.load(Ordering::SeqCst) < count {
            tokio::time::sleep(PAUSE).await;
        }
    };
    let arrived = || sight.connected.load(Ordering::SeqCst);
    assert!(tokio::time::timeout(RECOVERY, wait).await.is_ok(), "only {} of {count} are back", arrived());
}

/// Says something to the group and returns its seq.
async fn say(address: &SocketAddr, from: &str, group: &str, said: &mut usize) -> i64 {
    *said += 1;
    let admin = Client::new(*address).admin().await;
    let query = "mutation($from: ID!, $group: ID!, $key: ID!) { sendMessage(input: {senderId: $from, recipient: {groupId: $group}, clientMessageId: $key, content: {text: {text: \"still here\"}}}) { message { seq } } }";
    let answer = admin.graph().data(query, json!({ "from": from, "group": group, "key": format!("storm-{said}") })).await;
    tokio::time::sleep(RHYTHM).await;
    answer["sendMessage"]["message"]["seq"].as_i64().expect("a seq")
}

/// A client as official ones are: it comes back whenever its connection ends, pulls what it missed, and takes what is pushed.
async fn client(options: Options, sight: Arc<Sight>) -> BTreeSet<i64> {
    let conversation = format!("sg_{}", sight.group);
    let mut seen = BTreeSet::new();
    while !complete(&seen, &sight) {
        if let Ok(mut socket) = SdkClient::connect(&options).await {
            // The end of the connection is noticed by reading from it, and not otherwise.
            let _ = attend(&mut socket, &options.user_id, &conversation, &mut seen, &sight).await;
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
    seen
}

fn complete(seen: &BTreeSet<i64>, sight: &Sight) -> bool {
    let last = *sight.last.borrow();
    last > 0 && seen.contains(&last)
}

async fn attend(
    socket: &mut SdkClient,
    user: &str,
    conversation: &str,
    seen: &mut BTreeSet<i64>,
    sight: &Sight,
) -> Result<(), ClientError> {
    socket.set_patience(RECOVERY);
    let newest: GetMaxSeqResp = socket.ask(identifier::NEWEST_SEQS, &GetMaxSeqReq { user_id: user.to_owned() }).await?;
    let end = newest.max_seqs.get(conversation).copied().unwrap_or(0);
    let begin = (1..).find(|seq| !seen.contains(seq)).unwrap_or(1);
    if begin <= end {
        let range = SeqRange { conversation_id: conversation.to_owned(), begin, end, num: end - begin + 1 };
        let request = PullMessageBySeqsReq { user_id: user.to_owned(), seq_ranges: vec![range], order: 0 };
        let pulled: PullMessageBySeqsResp = socket.ask(identifier::PULL_RANGES, &request).await?;
        seen.extend(pulled.msgs.values().flat_map(|log| &log.msgs).map(|message| message.seq));
    }
    sight.connected.fetch_add(1, Ordering::SeqCst);
    // What was pushed while the answers were awaited is kept by the client, in order.
    let mut last = sight.last.clone();
    while !complete(seen, sight) {
        tokio::select! {
            push = socket.next_push() => {
                let push = push?;
                if push.req_identifier == identifier::PUSH && let Some((id, message)) = pushed(&push)? && id == conversation {
                    seen.insert(message.seq);
                }
            }
            _ = last.changed() => {}
        }
    }
    Ok(())
}
