//! What an import keeps.

use openim_entities::conversations::user_conv;
use openim_entities::groups::{group_info, group_member};
use openim_entities::messages::{conv_seq, conversation, message, message_hidden};
use openim_entities::relations::{block_entry, friend_request, friendship};
use openim_entities::third::file;
use openim_entities::users::user_account;
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{ColumnTrait as _, EntityTrait, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::{Folder, Style, T, block, message as said, slot};
use crate::import;

async fn log(world: &TestWorld, id: &str) -> (conversation::Model, conv_seq::Model) {
    let log = conversation::Entity::find().filter(conversation::Column::ConversationId.eq(id)).one(world.store().read()).await;
    let log = log.unwrap().unwrap_or_else(|| panic!("there is no log {id}"));
    let end = conv_seq::Entity::find_by_id(log.conv_no).one(world.store().read()).await.unwrap().unwrap();
    (log, end)
}

async fn view(world: &TestWorld, owner: &str, id: &str) -> user_conv::Model {
    user_conv::Entity::find_by_id((owner.to_owned(), id.to_owned())).one(world.store().read()).await.unwrap().unwrap()
}

async fn count<E: EntityTrait>(world: &TestWorld) -> u64
where
    E::Model: Sync,
{
    E::find().count(world.store().read()).await.unwrap()
}

#[tokio::test]
async fn everything_is_kept_whatever_it_was_exported_as() {
    for style in [Style::Bson, Style::BsonGz, Style::JsonLines, Style::JsonArray, Style::CanonicalPretty] {
        for_each_database(async |world| {
            let report = import(world, &Folder::of(style)).await.unwrap_or_else(|error| panic!("{style:?}: {error:?}"));
            assert!(report.complete() && report.damaged() == 0, "{style:?}\n{report}");
            let logs = report.logs.unwrap();
            assert_eq!((logs.logs, logs.messages, logs.holes, logs.compared, logs.different), (4, 206, 2, 206, 0), "{style:?}");
            assert!(report.left_out.iter().any(|file| file.contains("conversation_version")));
            people(world).await;
            talk(world).await;
            views(world).await;
        })
        .await;
    }
}

async fn people(world: &TestWorld) {
    let db = world.store().read();
    let bob = user_account::Entity::find_by_id("bob").one(db).await.unwrap().unwrap();
    assert_eq!((bob.nickname.as_str(), bob.nickname_folded.as_str(), bob.level, bob.created_at), ("Bób 🌻", "bób 🌻", 1, T));
    let friend = friendship::Entity::find_by_id(("ann".to_owned(), "bob".to_owned())).one(db).await.unwrap().unwrap();
    assert_eq!((friend.part, friend.created_at, friend.remark.as_str(), friend.source), (0, T + 5, "my friend", 2));
    let request = friend_request::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((request.from_id.as_str(), request.state, request.handled_at), ("cem", 0, 0), "Go's zero time is none");
    assert_eq!(count::<block_entry::Entity>(world).await, 1);
    let group = group_info::Entity::find_by_id("3100").one(db).await.unwrap().unwrap();
    assert_eq!((group.owner_id.as_str(), group.member_count, group.created_at), ("ann", 3, T + 9));
    let members = group_member::Entity::find().all(db).await.unwrap();
    let member = |id: &str| members.iter().find(|member| member.user_id == id).map(|one| (one.rank, one.name_folded.clone())).unwrap();
    assert_eq!((member("ann"), member("bob"), member("cem")), ((0, "ann".into()), (1, "bobby".into()), (2, "cem".into())));
    let file = file::Entity::find_by_id("ann/a.png").one(db).await.unwrap().unwrap();
    assert_eq!((file.owner_id.as_str(), file.object_key.as_str()), ("ann", "openim/data/hash/abc"));
}

async fn talk(world: &TestWorld) {
    let db = world.store().read();
    let (chat, end) = log(world, "si_ann_bob").await;
    assert_eq!((chat.user_a.as_deref(), chat.user_b.as_deref(), chat.kind), (Some("ann"), Some("bob"), 1));
    assert_eq!((end.max_seq, end.min_seq, end.last_sender.as_deref(), end.last_sent_at), (203, 1, Some("ann"), T + 203_000));
    let rows = message::Entity::find().filter(message::Column::ConvNo.eq(chat.conv_no)).all(db).await.unwrap();
    assert_eq!(rows.len(), 202, "the hole at 7 stays one");
    let at = |seq: i64| rows.iter().find(|row| row.seq == seq).unwrap();
    assert_eq!((at(1).server_msg_id.as_str(), at(1).client_msg_id.as_str()), ("server-bob-1", "client-ann-bob-1"));
    assert_eq!((at(1).send_time, at(1).create_time), (T + 1_000, T + 995));
    let body: Value = serde_json::from_slice(&at(1).body).unwrap();
    assert_eq!((&body["c"], &body["r"], &body["p"]), (&json!("{\"content\":\"line 1\"}"), &json!("bob"), &json!(5)));
    let state: Value = serde_json::from_slice(at(8).state.as_ref().unwrap()).unwrap();
    assert_eq!(state, json!({"r": {"u": "bob", "r": 20, "n": "Bob", "t": T + 90_000}}));
    assert_eq!(at(9).state, None);
    let hidden = message_hidden::Entity::find().all(db).await.unwrap();
    assert_eq!(hidden.iter().map(|row| (row.user_id.as_str(), row.seq)).collect::<Vec<_>>(), [("bob", 9)]);
    let (stream, _) = log(world, "n_ann_bob").await;
    assert_eq!((stream.kind, stream.user_a.as_deref(), stream.user_b.as_deref()), (0, Some("ann"), Some("bob")));
    let (_, end) = log(world, "si_bob_cem").await;
    assert_eq!((end.max_seq, end.min_seq), (50, 51), "a log without messages hands out no seq again");
    let (_, end) = log(world, "sg_3100").await;
    assert_eq!(end.max_seq, 4, "what bob has read was there");
}

async fn views(world: &TestWorld) {
    let ann = view(world, "ann", "si_ann_bob").await;
    assert_eq!((ann.read_seq, ann.pinned, ann.burn_duration, ann.deleted, ann.created_at), (203, true, 30, false, T + 20));
    let bob = view(world, "bob", "si_ann_bob").await;
    assert_eq!((bob.read_seq, bob.deleted, bob.deleted_seq, bob.peer_id.as_str()), (150, true, 203, "ann"), "deleted, and knows it");
    let (bob, cem) = (view(world, "bob", "si_bob_cem").await, view(world, "cem", "si_bob_cem").await);
    assert!(bob.deleted && cem.deleted);
    let cem = view(world, "cem", "sg_3100").await;
    assert_eq!((cem.group_id.as_str(), cem.deleted, cem.deleted_seq), ("3100", true, 4));
    // News of before the import are late; without a time the limits would count as unknown.
    for member in ["ann", "bob", "cem"] {
        assert!(view(world, member, "sg_3100").await.membership_at > T, "{member}");
    }
    assert_eq!(ann.membership_at, 0, "there is no membership in a chat");
}

#[tokio::test]
async fn what_was_sent_twice_under_one_id_keeps_both_places() {
    for_each_database(async |world| {
        let folder = Folder::empty();
        let mut again = said("ann", ("bob", ""), 2, "again");
        again.insert("client_msg_id", "client-ann-bob-1");
        let slots = vec![slot(said("ann", ("bob", ""), 1, "once")), slot(again), slot(said("ann", ("bob", ""), 3, "then"))];
        folder.write("msg", &[block("si_ann_bob", 0, slots)], Style::Bson);
        let report = import(world, &folder).await.unwrap();
        assert!(report.complete(), "{report}");
        let mut rows = message::Entity::find().all(world.store().read()).await.unwrap();
        rows.sort_by_key(|row| row.seq);
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((rows[0].client_msg_id.as_str(), rows[1].client_msg_id.starts_with("client-ann-bob-1~")), ("client-ann-bob-1", true));
    })
    .await;
}

#[tokio::test]
async fn whose_log_it_is_is_told_by_its_messages_when_the_id_can_be_read_in_two_ways() {
    for_each_database(async |world| {
        let folder = Folder::empty();
        let talk = vec![slot(said("a_b", ("c", ""), 1, "hello"))];
        folder.write("msg", &[block("si_a_b_c", 0, talk)], Style::Bson);
        let report = import(world, &folder).await.unwrap();
        assert!(report.complete(), "{report}");
        let (log, _) = log(world, "si_a_b_c").await;
        assert_eq!((log.user_a.as_deref(), log.user_b.as_deref()), (Some("a_b"), Some("c")));
    })
    .await;
}
