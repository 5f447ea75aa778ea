//! Inviting, joining, and answering those who ask.

use openim_contracts::{DomainEvent, GroupMembersJoined, SignalKind};
use openim_core::ErrorCode::{Args, GroupRequestHandled, NoPermission, NotFound};
use openim_groups::Settings;
use serde_json::json;

use crate::house::{House, in_each_house, in_each_house_with, receiver, user};

async fn waiting_group(house: &House<'_>, id: &str, verification: &str) {
    let input = json!({"id": id, "name": id, "adminIds": ["bob"], "memberIds": ["cid"], "verification": verification});
    house.does("ann", "createGroup", input).await;
    house.world.take_events().await;
    house.world.take_signals();
}

#[tokio::test]
async fn invited_users_are_in_and_present_ones_are_reported() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        let invited = house.does("bob", "inviteToGroup", json!({"groupId": "g1", "userIds": ["cid", "ann", "dan"]})).await;
        assert_eq!(
            invited,
            json!({"group": {"id": "g1", "memberCount": 4}, "joinedIds": ["cid", "dan"], "alreadyMemberIds": ["ann"], "requestedIds": []})
        );
        let (notifications, others) = house.told().await;
        assert_eq!(notifications.len(), 1);
        let detail = &notifications[0].detail;
        assert_eq!((notifications[0].content_type, receiver(&notifications[0])), (1509, "group g1".to_owned()));
        let named: Vec<_> = detail["invitedUserList"].as_array().unwrap().iter().map(|one| one["userID"].as_str().unwrap()).collect();
        assert_eq!(named, ["cid", "dan"]);
        assert_eq!((&detail["inviterUser"]["userID"], &detail["opUser"]["roleLevel"]), (&json!("bob"), &json!(20)));
        assert_eq!((&detail["operationTime"], &detail["group"]["memberCount"]), (&json!(0), &json!(4)));
        assert_eq!(others.iter().map(|event| event.topic.as_str()).collect::<Vec<_>>(), [GroupMembersJoined::TOPIC]);

        let nobody_new = house.does("bob", "inviteToGroup", json!({"groupId": "g1", "userIds": ["cid"]})).await;
        assert_eq!(nobody_new["alreadyMemberIds"], json!(["cid"]));
        assert!(house.world.take_events().await.is_empty(), "nothing happened");
    })
    .await;
}

#[tokio::test]
async fn many_invited_users_are_told_by_fifty_with_a_version_each() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        let ids: Vec<String> = (0..120).map(|number| format!("u{number}")).collect();
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ids})).await;
        let (notifications, _) = house.told().await;
        let told: Vec<_> = notifications
            .iter()
            .map(|one| (one.detail["invitedUserList"].as_array().unwrap().len(), one.detail["groupMemberVersion"].as_i64().unwrap()))
            .collect();
        assert_eq!(told, [(50, 2), (50, 3), (20, 4)]);
    })
    .await;
}

#[tokio::test]
async fn where_everybody_waits_an_invitation_of_an_ordinary_member_is_a_request() {
    in_each_house(async |house: &House<'_>| {
        waiting_group(house, "g1", "EVERYBODY").await;
        let invited = house.does("cid", "inviteToGroup", json!({"groupId": "g1", "userIds": ["dan", "bob"], "reason": "nice"})).await;
        assert_eq!((&invited["requestedIds"], &invited["alreadyMemberIds"]), (&json!(["dan"]), &json!(["bob"])));
        let (notifications, others) = house.told().await;
        assert!(others.is_empty());
        let told: Vec<_> = notifications.iter().map(|one| (one.content_type, receiver(one))).collect();
        assert_eq!(told, [(1503, "ann".to_owned()), (1503, "bob".to_owned()), (1503, "cid".to_owned())]);
        let detail = &notifications[0].detail;
        assert_eq!((&detail["applicant"]["userID"], &detail["reqMsg"]), (&json!("cid"), &json!("nice")));
        let request = &detail["request"];
        assert_eq!(
            (&request["userInfo"]["userID"], &request["inviterUserID"], &request["joinSource"], &request["handleResult"]),
            (&json!("dan"), &json!("cid"), &json!(2), &json!(0))
        );

        // The owner need not ask.
        let direct = house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["eve"]})).await;
        assert_eq!(direct["joinedIds"], json!(["eve"]));
        house.world.take_events().await;

        let accepted = json!({"groupId": "g1", "userId": "dan", "status": "ACCEPTED"});
        let answered = house.does("bob", "respondToGroupRequest", accepted).await;
        assert_eq!(
            answered["member"],
            json!({"userId": "dan", "role": "MEMBER", "joinSource": "INVITATION", "inviterId": "cid", "operatorId": "bob"})
        );
        let (notifications, _) = house.told().await;
        let last = notifications.last().unwrap();
        assert_eq!((last.content_type, &last.detail["inviterUser"]["userID"]), (1509, &json!("cid")));
    })
    .await;
}

#[tokio::test]
async fn an_open_group_is_entered_at_once() {
    in_each_house(async |house: &House<'_>| {
        waiting_group(house, "g1", "NOBODY").await;
        let joined = house.does("dan", "joinGroup", json!({"groupId": "g1", "source": "QR_CODE"})).await;
        assert_eq!(joined, json!({"status": "JOINED", "group": {"id": "g1", "memberCount": 4}, "request": null}));
        let (notifications, others) = house.told().await;
        assert_eq!((notifications.len(), notifications[0].content_type), (1, 1510));
        let entrant = &notifications[0].detail["entrantUser"];
        assert_eq!((&entrant["joinSource"], &entrant["inviterUserID"], &entrant["operatorUserID"]), (&json!(4), &json!(""), &json!("")));
        assert_eq!(notifications[0].detail["operationTime"], house.world.now().0);
        assert_eq!(others.len(), 1);
        house.refused("dan", "joinGroup", json!({"groupId": "g1", "source": "SEARCH"}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_enters_another_one_but_administrators() {
    in_each_house(async |house: &House<'_>| {
        waiting_group(house, "g1", "NOBODY").await;
        house.refused("eve", "joinGroup", json!({"groupId": "g1", "userId": "dan", "source": "SEARCH"}), NoPermission).await;
        let joined = house.does("admin", "joinGroup", json!({"groupId": "g1", "userId": "dan", "source": "SEARCH"})).await;
        assert_eq!(joined["status"], "JOINED");
        house.refused("admin", "joinGroup", json!({"groupId": "g1", "userId": "nobody", "source": "SEARCH"}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn a_request_waits_and_its_answer_is_told_to_managers_and_the_applicant() {
    in_each_house(async |house: &House<'_>| {
        waiting_group(house, "g1", "APPLICANTS").await;
        let asked = house.does("dan", "joinGroup", json!({"groupId": "g1", "source": "SEARCH", "message": "please"})).await;
        assert_eq!((&asked["status"], &asked["request"]["message"]), (&json!("REQUESTED"), &json!("please")));
        let (notifications, _) = house.told().await;
        let told: Vec<_> = notifications.iter().map(|one| (one.content_type, receiver(one))).collect();
        assert_eq!(told, [(1503, "ann".to_owned()), (1503, "bob".to_owned()), (1503, "dan".to_owned())]);
        let keys: Vec<_> = notifications[0].detail.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["group", "applicant", "reqMsg", "uuid", "request"]);
        let signalled = house.world.take_signals();
        assert!(matches!(&signalled[0].kind, SignalKind::GroupRequestChanged { user_id, .. } if *user_id == user("dan")));

        let refuse = json!({"groupId": "g1", "userId": "dan", "status": "REFUSED", "answer": "no"});
        for (who, code) in [("eve", NotFound), ("dan", NotFound), ("cid", NoPermission)] {
            house.refused(who, "respondToGroupRequest", refuse.clone(), code).await;
        }
        house.refused("ann", "respondToGroupRequest", json!({"groupId": "g1", "userId": "dan", "status": "OPEN"}), Args).await;
        house.refused("ann", "respondToGroupRequest", json!({"groupId": "g1", "userId": "eve", "status": "REFUSED"}), NotFound).await;
        let answered = house.does("bob", "respondToGroupRequest", refuse.clone()).await;
        assert_eq!(
            answered,
            json!({"request": {"userId": "dan", "status": "REFUSED", "answer": "no", "handledById": "bob",
                "handledAt": "2026-01-01T00:00:00.000Z"}, "member": null})
        );
        let (notifications, _) = house.told().await;
        let told: Vec<_> =
            notifications.iter().map(|one| (one.content_type, receiver(one), one.detail["receiverAs"].as_i64().unwrap())).collect();
        assert_eq!(told, [(1506, "dan".to_owned(), 0), (1506, "ann".to_owned(), 1), (1506, "bob".to_owned(), 1)]);
        house.refused("ann", "respondToGroupRequest", refuse, GroupRequestHandled).await;

        // A new request replaces the old one.
        house.does("dan", "joinGroup", json!({"groupId": "g1", "source": "SEARCH"})).await;
        house.world.take_events().await;
        house.does("ann", "respondToGroupRequest", json!({"groupId": "g1", "userId": "dan", "status": "ACCEPTED"})).await;
        let (notifications, _) = house.told().await;
        let told: Vec<_> = notifications.iter().map(|one| one.content_type).collect();
        assert_eq!(told, [1505, 1505, 1505, 1510]);
        assert_eq!(house.member_ids("g1").await, ["ann", "bob", "cid", "dan"]);
    })
    .await;
}

#[tokio::test]
async fn accepting_who_is_in_already_only_answers() {
    in_each_house(async |house: &House<'_>| {
        waiting_group(house, "g1", "APPLICANTS").await;
        house.does("dan", "joinGroup", json!({"groupId": "g1", "source": "SEARCH"})).await;
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["dan"]})).await;
        house.world.take_events().await;
        let answered = house.does("ann", "respondToGroupRequest", json!({"groupId": "g1", "userId": "dan", "status": "ACCEPTED"})).await;
        assert_eq!(answered["member"]["userId"], "dan");
        let (notifications, others) = house.told().await;
        assert!(notifications.iter().all(|one| one.content_type == 1505) && others.is_empty());
        assert_eq!(house.read("ann", "g1", "memberCount").await["memberCount"], 4);
    })
    .await;
}

#[tokio::test]
async fn new_members_see_the_past_only_where_that_is_switched_on() {
    let visible_from = async |settings| {
        let seen = parking_lot::Mutex::new(Vec::new());
        in_each_house_with(settings, async |house: &House<'_>| {
            house.group("g1", "ann", &[], &[]).await;
            house.logs.set("g1", 7);
            house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["bob"]})).await;
            let (_, others) = house.told().await;
            seen.lock().push(others[0].decode::<GroupMembersJoined>().unwrap().visible_from);
        })
        .await;
        seen.into_inner()[0]
    };
    assert_eq!(visible_from(Settings::default()).await, 0);
    assert_eq!(visible_from(Settings { history_for_new_members: false, ..Settings::default() }).await, 8);
}
