//! The ready operations of docs/examples about users, groups and conversations do what they say.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// Runs `docs/examples/<name>.graphql`.
async fn run(client: &Client, name: &str, variables: Value) -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples").join(format!("{name}.graphql"));
    client.data(&std::fs::read_to_string(&file).expect("an example"), variables).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_users_show_and_keep_things() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let renamed = run(&ann, "users/profile", json!({ "me": "ann", "nickname": "Anna" })).await;
    assert_eq!(renamed["updateUser"]["user"]["nickname"], "Anna", "{renamed}");

    let mut live = ann.socket().await;
    live.subscribe("live", "subscription { events { __typename } }", json!({})).await;
    live.event("Ready").await;
    eventually("who has a stream open is online", async || {
        let found = run(&ann, "users/find", json!({ "text": "nna" })).await["searchUsers"].take();
        assert_eq!((&found["totalCount"], &found["edges"][0]["node"]["id"]), (&json!(1), &json!("ann")), "{found}");
        (found["edges"][0]["node"]["presence"] == json!({ "online": true, "platforms": ["WEB"] })).then_some(())
    })
    .await;

    for value in ["a message", "another"] {
        let kept = run(&ann, "users/keep", json!({ "uuid": "one", "value": value })).await;
        assert_eq!(kept["addUserCommand"]["command"]["value"], value, "{kept}");
    }
    let kept = run(&ann, "users/kept", json!({})).await;
    assert_eq!(kept["viewer"], json!({ "commands": [{ "uuid": "one", "value": "another" }], "clientConfig": [] }));

    let period = json!({ "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z" });
    let numbers = run(&server.admin().await.graph(), "users/numbers", period).await["admin"]["registrationStatistics"].take();
    assert_eq!((&numbers["total"], &numbers["before"]), (&json!(2), &json!(0)), "{numbers}");
    // Midnight may lie between the two.
    let days = numbers["days"].as_array().expect("days");
    assert_eq!(days.iter().filter_map(|day| day["count"].as_i64()).sum::<i64>(), 2, "{numbers}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_groups_make_one_and_let_somebody_in() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob, cid) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await, server.user("cid", "Cid").await);
    let group = run(&ann, "groups/create", json!({ "name": "Club", "members": ["bob"] })).await["createGroup"]["group"].take();
    assert_eq!((&group["name"], &group["memberCount"]), (&json!("Club"), &json!(2)), "{group}");
    let id = &group["id"];
    let known = run(&bob, "groups/sync", json!({ "group": id })).await["group"]["memberChanges"].take();
    assert_eq!(known["full"], true, "{known}");

    let asked = run(&cid, "groups/join", json!({ "group": id, "message": "Let me in" })).await;
    assert_eq!(asked["joinGroup"]["status"], "REQUESTED", "{asked}");
    let waiting = run(&ann, "groups/requests", json!({})).await["viewer"].take();
    assert_eq!(waiting["unhandledGroupRequestCount"], 1, "{waiting}");
    let request = &waiting["groupRequestsReceived"]["edges"][0]["node"];
    assert_eq!((&request["message"], &request["user"]["nickname"]), (&json!("Let me in"), &json!("Cid")), "{waiting}");
    let answered = run(&ann, "groups/answer", json!({ "group": id, "user": "cid", "status": "ACCEPTED" })).await;
    assert_eq!(answered["respondToGroupRequest"], json!({ "request": { "status": "ACCEPTED" }, "member": { "role": "MEMBER" } }));

    let members = run(&cid, "groups/members", json!({ "group": id })).await["group"].take();
    let edges = members["members"]["edges"].as_array().expect("a list");
    let names: Vec<Option<&str>> = edges.iter().map(|edge| edge["node"]["nickname"].as_str()).collect();
    assert_eq!(names, [Some("Ann"), Some("Bob"), Some("Cid")]);
    assert_eq!(members["viewerMembership"]["role"], "MEMBER", "{members}");
    let delta = run(&bob, "groups/sync", json!({ "group": id, "since": known["version"] })).await["group"]["memberChanges"].take();
    assert_eq!((&delta["full"], &delta["inserted"]), (&json!(false), &json!([{ "userId": "cid" }])), "{delta}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_messages_change_them_and_answer() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let send = "mutation($key: ID!, $text: String!) { sendMessage(input: {recipient: {userId: \"bob\"}, clientMessageId: $key, content: {text: {text: $text}}}) { message { seq } } }";
    for (key, text) in [("1", "tee at four?"), ("2", "or later"), ("3", "never mind")] {
        ann.data(send, json!({ "key": key, "text": text })).await;
    }
    let place = |seq: i64| json!({ "conversation": "si_ann_bob", "seq": seq });
    let with = |seq: i64, name: &str, value: &str| {
        let mut variables = place(seq);
        variables[name] = json!(value);
        variables
    };
    let edited = run(&ann, "messages/edit", with(1, "text", "tea at four?")).await["editMessage"]["message"].take();
    assert_eq!((&edited["content"]["text"], &edited["edits"][0]["content"]["text"]), (&json!("tea at four?"), &json!("tee at four?")));
    let reacted = run(&bob, "messages/react", with(1, "emoji", "👍")).await["addReaction"]["message"]["reactions"].take();
    assert_eq!(reacted, json!([{ "emoji": "👍", "count": 1, "reactedByViewer": true, "users": [{ "nickname": "Bob" }] }]));
    let pinned = run(&bob, "messages/pin", place(1)).await["pinMessage"]["conversation"]["pinnedMessages"].take();
    assert_eq!((&pinned[0]["message"]["content"]["text"], &pinned[0]["pinnedBy"]["nickname"]), (&json!("tea at four?"), &json!("Bob")));
    let answer = json!({ "to": { "userId": "ann" }, "key": "yes", "seq": 1, "text": "yes" });
    let answered = run(&bob, "messages/answer", answer).await["sendMessage"]["message"].take();
    assert_eq!(answered, json!({ "seq": 4, "replyTo": { "seq": 1, "replyCount": 1 } }));
    let thread = run(&ann, "messages/thread", place(1)).await["message"].take();
    assert_eq!((&thread["replyCount"], &thread["replies"]["nodes"][0]["sender"]["nickname"]), (&json!(1), &json!("Bob")));
    let revoked = run(&ann, "messages/revoke", place(2)).await["revokeMessage"]["message"]["revoked"].take();
    assert_eq!((&revoked["role"], &revoked["by"]["nickname"]), (&json!("PARTICIPANT"), &json!("Ann")), "{revoked}");
    let delete = json!({ "conversation": "si_ann_bob", "seqs": [4], "for": "SELF" });
    let deleted = run(&ann, "messages/delete", delete).await["deleteMessages"].take();
    assert_eq!(deleted, json!({ "deletedSeqs": [4], "conversation": { "latestMessage": { "seq": 3 } } }));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_conversations_set_read_clear_and_delete_one() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let chat = json!("si_ann_bob");
    for text in ["one", "two"] {
        let sent =
            json!({ "input": { "recipient": { "userId": "bob" }, "clientMessageId": text, "content": { "text": { "text": text } } } });
        ann.data("mutation($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }", sent).await;
    }
    let inbox = async |client: &Client| run(client, "conversations/inbox", json!({})).await["viewer"]["conversations"].take();
    let first = eventually("the chat is in the list", async || {
        let found = inbox(&bob).await;
        (found["totalUnread"] == 2).then_some(found)
    })
    .await;
    let node = &first["edges"][0]["node"];
    assert_eq!((&node["id"], &node["peer"]["nickname"], &node["latestMessage"]["seq"]), (&chat, &json!("Ann"), &json!(2)), "{first}");
    let known = run(&bob, "conversations/sync", json!({})).await["viewer"]["conversationChanges"]["version"].take();

    let set = run(&bob, "conversations/set", json!({ "conversation": chat, "pinned": true, "receive": "SILENT" })).await;
    assert_eq!(set["updateConversation"]["changed"], true, "{set}");
    let read = run(&bob, "conversations/read", json!({ "conversation": chat, "seq": 1 })).await;
    assert_eq!(read["markConversationRead"]["conversation"], json!({ "readSeq": 1, "unreadCount": 1 }));
    let readers = run(&ann, "conversations/readers", json!({ "conversation": chat, "seq": 1 })).await["message"].take();
    assert_eq!((&readers["readCount"], &readers["readers"]["edges"][0]["node"]["nickname"]), (&json!(1), &json!("Bob")), "{readers}");
    let unread = run(&ann, "conversations/readers", json!({ "conversation": chat, "seq": 2 })).await["message"]["readCount"].take();
    assert_eq!(unread, 0, "the sender is no reader");

    let cleared = run(&bob, "conversations/clear", json!({ "conversations": [chat] })).await;
    assert_eq!(cleared["clearConversations"]["clearedIds"], json!([chat]));
    let empty = inbox(&bob).await;
    assert_eq!((&empty["totalUnread"], &empty["edges"][0]["node"]["latestMessage"]), (&json!(0), &json!(null)), "{empty}");
    let deleted = run(&bob, "conversations/delete", json!({ "conversations": [chat] })).await;
    assert_eq!(deleted["deleteConversations"]["deletedIds"], json!([chat]));
    let delta = run(&bob, "conversations/sync", json!({ "since": known })).await["viewer"]["conversationChanges"].take();
    assert_eq!((&delta["full"], &delta["deletedIds"]), (&json!(false), &json!([chat])), "{delta}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_was_cleared_for_everybody_begins_later_for_both() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let sent = json!({ "input": { "recipient": { "userId": "bob" }, "clientMessageId": "one", "content": { "text": { "text": "one" } } } });
    ann.data("mutation($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }", sent).await;
    let first = async |client: &Client| {
        let found = client.data("{ conversation(id: \"si_ann_bob\") { minSeq latestMessage { seq } } }", json!({})).await;
        found["conversation"].clone()
    };
    eventually("the chat is there", async || (first(&bob).await["latestMessage"]["seq"] == 1).then_some(())).await;
    let cleared = run(&bob, "conversations/clear", json!({ "conversations": ["si_ann_bob"], "forEverybody": true })).await;
    assert_eq!(cleared["clearConversations"]["clearedIds"], json!(["si_ann_bob"]));
    eventually("nothing is left for the other one", async || {
        (first(&ann).await == json!({ "minSeq": 2, "latestMessage": null })).then_some(())
    })
    .await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_messages_send_show_and_find() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob, cid) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await, server.user("cid", "Cid").await);
    let variables = json!({ "to": "bob", "key": "k1", "text": "See you at the 图书馆 tomorrow" });
    let sent = run(&ann, "messages/send", variables.clone()).await["sendMessage"].take();
    assert_eq!(
        (&sent["message"]["conversationId"], &sent["message"]["seq"], &sent["duplicate"]),
        (&json!("si_ann_bob"), &json!(1), &json!(false))
    );
    assert_eq!(run(&ann, "messages/send", variables).await["sendMessage"]["duplicate"], true);
    let typing = run(&bob, "messages/typing", json!({ "to": "ann", "key": "k2", "tips": "yes" })).await;
    assert_eq!(typing["sendMessage"]["message"]["seq"], 0, "{typing}");

    let history = eventually("bob has the conversation", async || {
        let history = run(&bob, "messages/history", json!({ "conversation": "si_ann_bob" })).await["conversation"].take();
        (!history.is_null()).then_some(history)
    })
    .await;
    let first = &history["messages"]["edges"][0]["node"];
    assert_eq!((&first["sender"]["nickname"], &history["messages"]["totalCount"]), (&json!("Ann"), &json!(1)), "{history}");

    for text in ["tomor", "书馆"] {
        let hit = eventually("the message is in the index", async || {
            let found = run(&bob, "messages/search", json!({ "text": text })).await["viewer"]["searchMessages"]["edges"].take();
            found.get(0).cloned()
        })
        .await;
        assert_eq!((&hit["node"]["conversationId"], &hit["node"]["sender"]["nickname"]), (&json!("si_ann_bob"), &json!("Ann")), "{hit}");
    }
    let foreign = run(&cid, "messages/search", json!({ "text": "tomorrow" })).await;
    assert_eq!(foreign["viewer"]["searchMessages"]["edges"], json!([]));
    Ok(())
}
