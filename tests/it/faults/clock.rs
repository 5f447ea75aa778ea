//! The machine's clock jumps, as it does when somebody sets it or a virtual machine wakes up.

use std::sync::Arc;

use openim_core::Runtime;
use openim_protocol::client::{Options, SdkClient};
use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Server, WrongClock};

const SEND: &str = "mutation($key: ID!) { sendMessage(input: {recipient: {userId: \"bob\"}, clientMessageId: $key, content: {text: {text: \"tick\"}}}) { message { seq } } }";
const EVENTS: &str = "subscription($after: EventCursor) { events(after: $after) { __typename cursor ... on MessageAdded { message { seq clientMessageId } } ... on Reset { reason } } }";
const READ: &str = "mutation($seq: Long!) { markConversationRead(input: {conversationId: \"si_ann_bob\", readSeq: $seq}) { conversation { unreadCount } } }";
const LOG: &str = "{ conversation(id: \"si_ann_bob\") { unreadCount messages(last: 20) { edges { node { seq clientMessageId } } } } }";
const ONLINE: &str = "{ presences(userIds: [\"bob\"]) { platforms } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_by_an_hour_loses_nothing_and_sends_nobody_away() -> anyhow::Result<()> {
    let clock = Arc::new(WrongClock::default());
    let server = Server::start_on(Runtime { clock: clock.clone(), ..Runtime::system() }, &[]).await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut stream = bob.socket().await;
    stream.subscribe("events", EVENTS, json!({})).await;
    let mut cursor = stream.event("Ready").await["cursor"].clone();
    let phone = server.admin().await.call("/auth/get_user_token", json!({ "userID": "bob", "platformID": 1 })).await;
    let phone = Options::native(format!("ws://{}", server.sdk()), "bob", phone["token"].as_str().expect("a token"), 1);
    let mut phone = SdkClient::connect(&phone).await?;

    let mut furthest = 0;
    for (step, hours) in [0, 1, 0, -1, 0, 1, -1].into_iter().enumerate() {
        clock.set(hours);
        let (seq, key) = (i64::try_from(step)? + 1, format!("tick-{step}"));
        let sent = ann.data(SEND, json!({ "key": key })).await;
        assert_eq!(sent["sendMessage"]["message"]["seq"], seq, "{hours} h");
        // The open stream and the open socket go on.
        let heard = stream.event("MessageAdded").await;
        assert_eq!(heard["message"], json!({ "seq": seq, "clientMessageId": key }), "{hours} h");
        let pushed = loop {
            let (conversation, pushed) = phone.next_message().await?;
            // Notifications about what was read come in between.
            if conversation == "si_ann_bob" {
                break pushed;
            }
        };
        assert_eq!((pushed.seq, &pushed.client_msg_id), (seq, &key), "{hours} h");
        // A stream that was away since the clock was different misses nothing: it is told what came, or, with a cursor of a
        // time that is yet to come, to load everything anew.
        let mut resumed = bob.socket().await;
        resumed.subscribe("events", EVENTS, json!({ "after": cursor })).await;
        loop {
            let event = resumed.next().await["events"].take();
            if event["__typename"] == "Reset" {
                assert!(hours < furthest, "{hours} h after {furthest} h: {event}");
                break;
            }
            if event["message"]["seq"] == seq {
                assert_eq!(event["message"]["clientMessageId"], json!(key), "{hours} h");
                break;
            }
        }
        furthest = furthest.max(hours);
        cursor = heard["cursor"].clone();
        // What was read stays read, whoever comes can come, and who is there is seen.
        let read = bob.data(READ, json!({ "seq": seq })).await;
        assert_eq!(read["markConversationRead"]["conversation"]["unreadCount"], 0, "{hours} h");
        let newcomer = server.user(&format!("late{step}"), "Late").await;
        eventually("bob is seen online", async || {
            let seen = newcomer.data(ONLINE, json!({})).await;
            seen["presences"][0]["platforms"].as_array().is_some_and(|platforms| platforms.contains(&json!("IOS"))).then_some(())
        })
        .await;
    }
    let log = bob.data(LOG, json!({})).await;
    let edges = log["conversation"]["messages"]["edges"].as_array().expect("messages");
    let kept: Vec<(Value, Value)> =
        edges.iter().map(|edge| (edge["node"]["seq"].clone(), edge["node"]["clientMessageId"].clone())).collect();
    let expected: Vec<(Value, Value)> = (0..7).map(|step| (json!(step + 1), json!(format!("tick-{step}")))).collect();
    assert_eq!((kept, &log["conversation"]["unreadCount"]), (expected, &json!(0)));
    Ok(())
}
