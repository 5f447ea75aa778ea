//! Moving from OpenIM: an export becomes a server whose clients find everything where it was.

use std::fs;
use std::path::Path;

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Binary, Client, SECRET, soon};

/// 2024-05-01T00:00:00Z.
const T: i64 = 1_714_521_600_000;

fn collection(folder: &Path, name: &str, documents: &[Value]) {
    let lines: Vec<_> = documents.iter().map(Value::to_string).collect();
    fs::write(folder.join(format!("{name}.json")), lines.join("\n")).expect("written");
}

fn message(from: &str, to: &str, seq: i64, text: &str) -> Value {
    json!({"msg": {"send_id": from, "recv_id": to, "group_id": "", "client_msg_id": format!("c{seq}"), "server_msg_id": format!("s{seq}"),
        "sender_platform_id": 1, "sender_nickname": from, "sender_face_url": "", "session_type": 1, "msg_from": 100, "content_type": 101,
        "content": json!({"content": text}).to_string(), "seq": seq, "send_time": T + seq, "create_time": T + seq, "status": 2,
        "is_read": false, "options": {}, "at_user_id_list": null, "attached_info": "", "ex": ""},
        "revoke": null, "del_list": [], "is_read": false})
}

/// Ann and bob: five messages, the third is missing, the second was taken back, bob does not see the first.
fn export(folder: &Path) {
    let date = |at: i64| json!({"$date": {"$numberLong": at.to_string()}});
    let user = |id: &str, name: &str| {
        json!({"_id": {"$oid": "662f00000000000000000001"}, "user_id": id, "nickname": name, "face_url": "", "ex": "",
            "app_manger_level": 1, "global_recv_msg_opt": 0, "create_time": date(T)})
    };
    collection(folder, "user", &[user("ann", "Ann"), user("bob", "Bob"), json!({"user_id": 7})]);
    let friend = |owner: &str, friend: &str| {
        json!({"owner_user_id": owner, "friend_user_id": friend, "remark": "old friend", "create_time": date(T), "add_source": 1,
            "operator_user_id": owner, "ex": "", "is_pinned": false})
    };
    collection(folder, "friend", &[friend("ann", "bob"), friend("bob", "ann")]);
    let view = |owner: &str, peer: &str| {
        json!({"owner_user_id": owner, "conversation_id": "si_ann_bob", "conversation_type": 1, "user_id": peer, "group_id": "",
            "recv_msg_opt": 0, "is_pinned": owner == "bob", "is_private_chat": false, "burn_duration": 0, "group_at_type": 0,
            "attached_info": "", "ex": "", "max_seq": 0, "min_seq": 0, "create_time": date(T), "is_msg_destruct": false,
            "msg_destruct_time": 0, "latest_msg_destruct_time": date(0)})
    };
    collection(folder, "conversation", &[view("ann", "bob"), view("bob", "ann")]);
    collection(folder, "seq", &[json!({"conversation_id": "si_ann_bob", "max_seq": 50, "min_seq": 0})]);
    let read =
        |user: &str, read: i64| json!({"user_id": user, "conversation_id": "si_ann_bob", "min_seq": 0, "max_seq": 0, "read_seq": read});
    collection(folder, "seq_user", &[read("ann", 5), read("bob", 2)]);
    let mut slots = vec![message("ann", "bob", 1, "gone for bob"), message("ann", "bob", 2, "taken back"), json!({"msg": null})];
    slots.extend([message("bob", "ann", 4, "pineapples"), message("ann", "bob", 5, "see you")]);
    slots[0]["del_list"] = json!(["bob"]);
    slots[1]["revoke"] = json!({"role": 20, "user_id": "ann", "nickname": "Ann", "time": T + 90});
    collection(folder, "msg", &[json!({"doc_id": "si_ann_bob:0", "msgs": slots})]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_find_everything_where_it_was() {
    let binary = Binary::new();
    let folder = binary.folder().join("export");
    fs::create_dir(&folder).expect("a folder");
    export(&folder);
    let stopped = binary.run(&["import", "export"], &[]).await;
    let text = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert_eq!(stopped.status.code(), Some(1), "{text}");
    assert!(text.contains("user.json, line 3 (byte ") && text.contains("user_id is a number, not a text"), "{text}");
    let done = binary.run(&["import", "export", "--resume", "--on-error", "skip", "--sample", "1"], &[]).await;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&done.stderr));
    assert!(text.contains("4 messages in 1 logs, 1 places without one; 4 were compared, 0 differ"), "{text}");
    assert!(text.contains("what could not be used is named in import-problems.jsonl"), "{text}");
    let again = binary.run(&["import", "export"], &[]).await;
    assert!(String::from_utf8_lossy(&again.stderr).contains("the database has data already (users)"));

    let secret = format!("auth.secret={SECRET}");
    let mut process = binary.serve(&["--set", &secret]).await;
    let admin = Client::new(process.address).admin().await;
    let token = |user: &str| json!({"userID": user, "platformID": 5});
    let mut people = Vec::new();
    for user in ["ann", "bob"] {
        let made = admin.call("/auth/get_user_token", token(user)).await;
        people.push(admin.with_token(made["token"].as_str().expect("a token")));
    }
    let (ann, bob) = (&people[0], &people[1]);

    let pull = json!({"userID": "bob", "seqRanges": [{"conversationID": "si_ann_bob", "begin": 1, "end": 5, "num": 10}], "order": 0});
    let pulled = bob.call("/msg/pull_msg_by_seq", pull).await;
    let messages = pulled["msgs"]["si_ann_bob"]["Msgs"].as_array().expect("messages").clone();
    let seen: Vec<_> =
        messages.iter().map(|one| (one["seq"].as_i64().expect("a seq"), one["status"].as_i64().expect("a status"))).collect();
    assert_eq!(seen.iter().map(|one| one.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5], "{pulled}");
    assert_eq!((seen[0].1, seen[2].1, seen[3].1), (4, 4, 2), "deleted for bob, a hole, a message");
    assert_eq!((&messages[1]["contentType"], &messages[3]["serverMsgID"]), (&json!(2101), &json!("s4")));
    assert_eq!(messages[4]["sendTime"], T + 5);

    let inbox = "{ viewer { conversations(first: 10) { totalUnread edges { node { id unreadCount readSeq pinned maxSeq
        peer { nickname } latestMessage { seq content { ... on TextContent { text } } } } } } friends(first: 5) { edges { node { remark } } } } }";
    let inbox = bob.graph().data(inbox, json!({})).await;
    let chat = &inbox["viewer"]["conversations"]["edges"][0]["node"];
    assert_eq!(
        *chat,
        json!({"id": "si_ann_bob", "unreadCount": 3, "readSeq": 2, "pinned": true, "maxSeq": 5, "peer": {"nickname": "Ann"},
            "latestMessage": {"seq": 5, "content": {"text": "see you"}}})
    );
    assert_eq!(inbox["viewer"]["friends"]["edges"][0]["node"]["remark"], "old friend");

    let send =
        "mutation { sendMessage(input: {recipient: {userId: \"ann\"}, clientMessageId: \"new\", content: {text: {text: \"back\"}}}) {
        message { seq } } }";
    assert_eq!(bob.graph().data(send, json!({})).await["sendMessage"]["message"]["seq"], 6, "no seq twice");
    let changes = ann.call("/conversation/get_incremental_conversations", json!({"userID": "ann", "versionID": "", "version": 0})).await;
    assert_eq!(changes["full"], true, "a client loads its list once");

    let find = "query($text: String!) { viewer { searchMessages(text: $text, first: 5) { edges { node { seq } } } } }";
    let found = eventually("the index has caught up", async || {
        let mut data = bob.graph().data(find, json!({"text": "pineapples"})).await;
        data["viewer"]["searchMessages"]["edges"].as_array_mut()?.pop()
    })
    .await;
    assert_eq!(found["node"]["seq"], 4, "{found}");
    process.signal("TERM").await;
    process.ended().await;
}

/// Ann and bob have written for so long: blocks of a hundred messages. The blocks of `unusable` have one that is none.
fn long_export(folder: &Path, blocks: i64, unusable: [i64; 2]) {
    export(folder);
    let block = |number: i64| {
        let mut slots: Vec<_> = (1..=100).map(|place| message("ann", "bob", number * 100 + place, "words")).collect();
        if unusable.contains(&number) {
            slots[0]["msg"]["send_time"] = json!("never");
        }
        json!({"doc_id": format!("si_ann_bob:{number}"), "msgs": slots})
    };
    collection(folder, "msg", &(0..blocks).map(block).collect::<Vec<_>>());
    collection(folder, "seq", &[json!({"conversation_id": "si_ann_bob", "max_seq": blocks * 100, "min_seq": 0})]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_was_killed_goes_on_and_brings_everything_once() {
    const BLOCKS: i64 = 120;
    let unusable = [25, 75];
    let binary = Binary::new();
    let folder = binary.folder().join("export");
    fs::create_dir(&folder).expect("a folder");
    long_export(&folder, BLOCKS, unusable);

    // What cannot be used is named before the batch that it is in is committed: so far has the import come then.
    let problems = binary.folder().join("import-problems.jsonl");
    let mut arguments = vec!["import", "export", "--on-error", "skip"];
    for number in unusable {
        let mut import = binary.start(&arguments);
        let named = format!("\"file\":\"msg.json\",\"line\":{},", number + 1);
        eventually("the import has come so far", async || {
            assert_eq!(import.try_wait().expect("its state"), None, "it runs");
            fs::read_to_string(&problems).ok().filter(|text| text.contains(&named))
        })
        .await;
        import.start_kill().expect("it runs");
        let status = soon("it ends", import.wait()).await.expect("its end");
        assert_eq!(status.code(), None, "it was killed");
        if arguments.last() != Some(&"--resume") {
            let text = String::from_utf8_lossy(&binary.run(&arguments, &[]).await.stderr).into_owned();
            assert!(text.contains("--resume"), "who begins anew is told of the way on: {text}");
            arguments.push("--resume");
        }
    }
    arguments.extend(["--sample", "1"]);
    let done = binary.run(&arguments, &[]).await;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&done.stderr));
    let messages = BLOCKS * 100 - 2;
    assert!(text.contains(&format!("{messages} messages in 1 logs, 2 places without one; {messages} were compared, 0 differ")), "{text}");
    let counts = |name: &str| -> Vec<i64> {
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line.split_whitespace().skip(1).filter_map(|count| count.parse().ok()).collect()
    };
    // Records, rows, missing, damaged.
    assert_eq!(counts("user"), [2, 2, 0, 1]);
    assert_eq!(counts("friend"), [2, 2, 0, 0]);
    assert_eq!(counts("msg"), [messages, messages, 0, 2]);

    let secret = format!("auth.secret={SECRET}");
    let mut process = binary.serve(&["--set", &secret]).await;
    let admin = Client::new(process.address).admin().await;
    let made = admin.call("/auth/get_user_token", json!({"userID": "bob", "platformID": 5})).await;
    let bob = admin.with_token(made["token"].as_str().expect("a token")).graph();
    let own = "{ viewer { friends(first: 5) { totalCount } conversations(first: 5) { edges { node { id maxSeq readSeq } } } } }";
    let own = bob.data(own, json!({})).await["viewer"].take();
    assert_eq!(own["friends"]["totalCount"], 1);
    assert_eq!(own["conversations"]["edges"], json!([{"node": {"id": "si_ann_bob", "maxSeq": BLOCKS * 100, "readSeq": 2}}]));
    let send =
        "mutation { sendMessage(input: {recipient: {userId: \"ann\"}, clientMessageId: \"new\", content: {text: {text: \"back\"}}}) {
        message { seq } } }";
    assert_eq!(bob.data(send, json!({})).await["sendMessage"]["message"]["seq"], BLOCKS * 100 + 1, "no seq twice");
    process.signal("TERM").await;
    process.ended().await;
}
