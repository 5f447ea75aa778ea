//! The application's server is asked before rows are made, and told of rows and of what was read, with OpenIM's keys.

use openim_contracts::ConversationStarted;
use openim_conversations::Settings;
use openim_core::{ConversationId, ConversationKind};
use openim_platform::webhooks::{Command, Webhooks, commands};
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use serde_json::{Value, json};

use crate::support::{House, user};

const ALL: [&Command; 6] = [
    &commands::BEFORE_CREATE_SINGLE_CHAT_CONVERSATIONS,
    &commands::AFTER_CREATE_SINGLE_CHAT_CONVERSATIONS,
    &commands::BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS,
    &commands::AFTER_CREATE_GROUP_CHAT_CONVERSATIONS,
    &commands::AFTER_SINGLE_MSG_READ,
    &commands::AFTER_GROUP_MSG_READ,
];

fn open<'w>(world: &'w TestWorld, receiver: &WebhookReceiver) -> (House<'w>, Webhooks) {
    let webhooks = receiver.webhooks(world, &ALL);
    (House::hooked(world, Settings::default(), webhooks.clone()), webhooks)
}

async fn told(receiver: &WebhookReceiver, webhooks: &Webhooks) -> Vec<Value> {
    webhooks.deliver_due().await.unwrap();
    receiver.take().into_iter().map(|(_, body)| body).collect()
}

async fn list(house: &House<'_>, name: &str) -> Value {
    let document = "{ viewer { allConversations { id pinned receiveOption ex } } }";
    house.data(house.world.user(name), document, json!({})).await["viewer"]["allConversations"].clone()
}

fn single(command: &str, owner: &str, peer: &str, pinned: bool) -> Value {
    json!({"callbackCommand": command, "ownerUserId": owner, "conversationId": "si_ann_bob", "conversationType": 1, "userId": peer,
        "recvMsgOpt": 0, "isPinned": pinned, "isPrivateChat": false, "burnDuration": 0, "groupAtType": 0, "attachedInfo": "", "ex": ""})
}

#[tokio::test]
async fn each_row_of_a_chat_is_asked_about_and_begins_as_the_answer_says() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, body| match (command, body["ownerUserId"].as_str()) {
            ("callbackBeforeCreateSingleChatConversationsCommand", Some("bob")) => json!({"isPinned": true}),
            ("callbackBeforeCreateSingleChatConversationsCommand", _) => json!({"recvMsgOpt": 7}),
            _ => json!({}),
        })
        .await;
        let (house, webhooks) = open(world, &receiver);
        house.chat("ann", "bob", 1).await;
        let mut told = told(&receiver, &webhooks).await;
        told[2..].sort_by_key(|body| body["ownerUserId"].to_string());
        let (before, after) = ("callbackBeforeCreateSingleChatConversationsCommand", "callbackAfterCreateSingleChatConversationsCommand");
        let expected = [
            single(before, "ann", "bob", false),
            single(before, "bob", "ann", false),
            single(after, "ann", "bob", false),
            single(after, "bob", "ann", true),
        ];
        assert_eq!(told, expected);
        assert_eq!(list(&house, "bob").await[0]["pinned"], json!(true));
        assert_eq!(list(&house, "ann").await[0]["receiveOption"], json!("RECEIVE"), "what cannot be stored is passed over");
        // Nobody is asked about a row that is there.
        house.chat("ann", "bob", 2).await;
        assert_eq!(self::told(&receiver, &webhooks).await, [] as [Value; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_refused_row_is_not_made_by_any_message_and_may_still_be_set() {
    for_each_database(async |world| {
        let refuse = json!({"actionCode": 0, "nextCode": 1, "errCode": 4001, "errMsg": "no"});
        let receiver = WebhookReceiver::answering(move |command, body| match body["ownerUserId"].as_str() {
            Some("bob" | "") if command.starts_with("callbackBefore") => refuse.clone(),
            _ => json!({}),
        })
        .await;
        let (house, webhooks) = open(world, &receiver);
        let id = house.chat("ann", "bob", 1).await;
        assert_eq!(list(&house, "bob").await, json!([]));
        assert_eq!(list(&house, "ann").await[0]["id"], json!("si_ann_bob"));
        house.log(&id, 5, "bob", &["ann", "bob"]);
        house.read_advanced(&[("bob", &id, 5)]).await;
        house.chat("ann", "bob", 6).await;
        assert_eq!(list(&house, "bob").await, json!([]), "and nobody asks again");
        let told = told(&receiver, &webhooks).await;
        assert_eq!(told.iter().filter(|body| body["ownerUserId"] == "bob").count(), 1, "{told:?}");

        let document = "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { unreadCount } } }";
        house.data(world.user("bob"), document, json!({"input": {"conversationId": "si_ann_bob"}})).await;
        assert_eq!(list(&house, "bob").await[0]["id"], json!("si_ann_bob"));

        // Who enters a group has no row either, but limits are kept.
        house.groups.add("g", &["cid"]);
        let group = house.joined("g", &["cid"], 3).await;
        assert_eq!(list(&house, "cid").await, json!([]));
        let reader = openim_conversations::reader(world.store().clone());
        assert_eq!(reader.reader_states(&user("cid"), &[group]).await.unwrap()[0].unwrap().min_seq, 3);
    })
    .await;
}

#[tokio::test]
async fn without_a_usable_answer_the_row_waits_and_comes_later() {
    for_each_database(async |world| {
        let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let state = broken.clone();
        let receiver = WebhookReceiver::answering(move |_, _| match state.load(std::sync::atomic::Ordering::SeqCst) {
            true => json!("nonsense"),
            false => json!({}),
        })
        .await;
        let (house, webhooks) = open(world, &receiver);
        let id = ConversationId::single(&user("ann"), &user("bob"));
        house.log(&id, 1, "ann", &["ann", "bob"]);
        let owners = vec![user("ann"), user("bob")];
        let started = ConversationStarted {
            conversation_id: id.clone(),
            kind: ConversationKind::Single,
            participants: owners.clone(),
            owners,
            at: world.now(),
        };
        let tx = world.store().begin().await.unwrap();
        tx.append(&world.system(), &started).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.try_drain_events().await.failed.len(), 1);
        // The position of who wrote does not make the row behind the answer's back.
        house.read_advanced(&[("ann", &id, 1)]).await;
        assert_eq!(list(&house, "ann").await, json!([]));
        broken.store(false, std::sync::atomic::Ordering::SeqCst);
        world.advance(std::time::Duration::from_secs(60));
        world.drain_events().await;
        assert_eq!(list(&house, "ann").await[0]["id"], json!("si_ann_bob"));
        webhooks.deliver_due().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_enters_a_group_is_asked_about_once_a_call_and_reading_is_told() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, _| match command {
            "callbackBeforeCreateGroupChatConversationsCommand" => json!({"ex": "from the app"}),
            _ => json!({}),
        })
        .await;
        let (house, webhooks) = open(world, &receiver);
        let group = house.joined("g", &["ann", "bob"], 0).await;
        let body = |command: &str, ex: &str| {
            json!({"callbackCommand": command, "ownerUserId": "", "conversationId": "sg_g", "conversationType": 3, "groupId": "g",
                "recvMsgOpt": 0, "isPinned": false, "isPrivateChat": false, "burnDuration": 0, "groupAtType": 0, "attachedInfo": "", "ex": ex})
        };
        let before = body("callbackBeforeCreateGroupChatConversationsCommand", "");
        let after = body("callbackAfterCreateGroupChatConversationsCommand", "from the app");
        assert_eq!(told(&receiver, &webhooks).await, [before, after]);
        assert_eq!(list(&house, "bob").await[0]["ex"], json!("from the app"));

        house.log(&group, 5, "ann", &[]);
        house.mark("bob", &group, 4).await;
        let read = json!({"callbackCommand": "callbackAfterGroupMsgReadCommand", "sendID": "bob", "receiveID": "bob", "unreadMsgNum": 4,
            "contentType": 3});
        assert_eq!(told(&receiver, &webhooks).await, [read]);
        let chat = house.chat("ann", "bob", 3).await;
        told(&receiver, &webhooks).await;
        let input = json!({"input": {"conversationId": chat.as_str(), "readSeq": 2, "seqs": [2]}});
        house.data(world.user("bob"), crate::support::MARK, input).await;
        let read = |seqs: Value| json!({"callbackCommand": "callbackAfterSingleMsgReadCommand", "conversationID": "si_ann_bob", "userID": "bob",
            "Seqs": seqs, "contentType": 1});
        assert_eq!(told(&receiver, &webhooks).await, [read(json!([2]))]);
        house.mark("bob", &chat, 3).await;
        assert_eq!(told(&receiver, &webhooks).await, [read(json!(null))]);
    })
    .await;
}
