//! Logging in and out: who may, which logins exclude each other, what is announced.

use futures_util::future::join_all;
use openim_contracts::{Audience, DomainEvent, SessionsRevoked, SignalKind};
use openim_core::ErrorCode::{Args, NoPermission, NotFound, TokenKicked, Unauthenticated};
use openim_core::{Platform, UserId};
use openim_users::UsersSettings;
use serde_json::json;

use crate::house::{House, LOG_IN, LOG_IN_ADMIN, REGISTER, REVOKE, in_each_house, settings};

#[tokio::test]
async fn an_administrator_logs_in_with_the_secret_in_openims_order_of_checks() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let try_in = async |secret: &str, id: &str, code| {
            house.fails(house.world.anonymous(), LOG_IN_ADMIN, json!({"input": {"secret": secret, "userId": id}}), code).await;
        };
        try_in("test-secret", "", Args).await;
        try_in("wrong", "imAdmin", NoPermission).await;
        try_in("", "imAdmin", NoPermission).await;
        try_in("wrong", "bob", NoPermission).await;
        try_in("test-secret", "bob", Args).await;
        try_in("test-secret", "no:id", Args).await;
        let principal = house.whose(&house.log_in_admin().await).await.unwrap();
        assert_eq!((principal.user_id.as_str(), principal.platform, principal.app_admin), ("imAdmin", Platform::ADMIN, true));
    })
    .await;
}

#[tokio::test]
async fn a_configured_administrator_without_a_record_is_not_found() {
    let ghost = UsersSettings { admin_ids: vec!["imAdmin".into()], ..settings() };
    openim_testing::for_each_database(async |world| {
        let house = House::open(world, ghost.clone(), world.cache().clone());
        house.fails(world.anonymous(), LOG_IN_ADMIN, json!({"input": {"secret": "test-secret", "userId": "imAdmin"}}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn only_administrators_log_users_in_and_only_those_who_may() {
    in_each_house(settings(), async |house: &House<'_>| {
        let users = json!([{"id": "bob", "nickname": "B"}, {"id": "system", "nickname": "S", "level": "ADMIN"},
            {"id": "bell", "nickname": "N", "level": "NOTIFICATION"}, {"id": "robot", "nickname": "R", "level": "ROBOT"}]);
        house.ok(house.world.admin(), REGISTER, json!({"input": {"users": users}})).await;
        let input = |id: &str, platform: &str| json!({"input": {"userId": id, "platform": platform}});
        house.fails(house.world.anonymous(), LOG_IN, input("bob", "IOS"), Unauthenticated).await;
        house.fails(house.world.user("bob"), LOG_IN, input("bob", "IOS"), NoPermission).await;
        house.fails(house.world.admin(), LOG_IN, input("bob", "ADMIN"), NoPermission).await;
        house.fails(house.world.admin(), LOG_IN, input("imAdmin", "IOS"), NoPermission).await;
        house.fails(house.world.admin(), LOG_IN, input("nobody", "IOS"), NotFound).await;
        house.fails(house.world.admin(), LOG_IN, input("bell", "IOS"), Args).await;
        house.fails(house.world.admin(), LOG_IN, input("robot", "IOS"), Args).await;
        house.fails(house.world.admin(), LOG_IN, input("bob", "FRIDGE"), openim_core::ErrorCode::GraphqlInvalid).await;
        for id in ["bob", "system"] {
            let principal = house.whose(&house.log_in(id, "HARMONY_OS").await).await.unwrap();
            assert_eq!((principal.user_id.as_str(), principal.platform.number(), principal.app_admin), (id, 11, false));
        }
    })
    .await;
}

#[tokio::test]
async fn each_login_policy_ends_what_openim_ends() {
    // policy, logins in turn, the numbers (from 0) of those that are still good at the end
    let cases: &[(i32, &[&str], &[usize])] = &[
        (0, &["IOS", "IOS", "IOS", "WEB", "WEB"], &[1, 2, 3, 4]),
        (1, &["IOS", "ANDROID", "WEB", "IOS"], &[1, 2, 3]),
        (1, &["WEB", "WEB"], &[1]),
        (4, &["IOS", "WINDOWS", "IPAD", "WEB", "HARMONY_OS", "ANDROID"], &[1, 2, 3, 4, 5]),
        (4, &["WINDOWS", "IOS", "LINUX"], &[1, 2]),
        (5, &["WINDOWS", "MACOS", "WEB", "IOS"], &[0, 1, 3]),
        (5, &["WINDOWS", "ANDROID", "LINUX"], &[0, 1, 2]),
        (5, &["ANDROID", "IOS", "WINDOWS"], &[1, 2]),
    ];
    for (policy, logins, good) in cases {
        let settings = UsersSettings { login_policy: *policy, max_per_platform: 2, ..settings() };
        in_each_house(settings, async |house: &House<'_>| {
            house.register(&["bob"]).await;
            let mut tokens = Vec::new();
            for platform in *logins {
                tokens.push(house.log_in("bob", platform).await);
            }
            let mut left = Vec::new();
            for (number, token) in tokens.iter().enumerate() {
                if house.whose(token).await.is_ok() {
                    left.push(number);
                }
            }
            assert_eq!(left, *good, "policy {policy} after {logins:?}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_logins_on_one_platform_one_stays() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let tokens = join_all((0..10).map(|_| house.log_in("bob", "IOS"))).await;
        let checked = join_all(tokens.iter().map(|token| house.whose(token))).await;
        assert_eq!(checked.iter().filter(|token| token.is_ok()).count(), 1, "{checked:?}");
    })
    .await;
}

#[tokio::test]
async fn a_forced_logout_ends_the_platforms_tokens_at_once() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let (ios, web) = (house.log_in("bob", "IOS").await, house.log_in("bob", "WEB").await);
        assert!(house.whose(&ios).await.is_ok(), "now it lies in the cache");
        let input = |id: &str, platform: &str| json!({"input": {"userId": id, "platform": platform}});
        house.fails(house.world.anonymous(), REVOKE, input("bob", "IOS"), Unauthenticated).await;
        house.fails(house.world.user("bob"), REVOKE, input("bob", "IOS"), NoPermission).await;
        house.fails(house.world.admin(), REVOKE, input("b:b", "IOS"), Args).await;
        let revoked =
            async |id, platform| house.ok(house.world.admin(), REVOKE, input(id, platform)).await["revokeSessions"]["revoked"].clone();
        assert_eq!(revoked("nobody", "IOS").await, 0);
        assert_eq!(revoked("bob", "IOS").await, 1);
        assert_eq!(house.whose(&ios).await, Err(TokenKicked));
        assert!(house.whose(&web).await.is_ok());
        assert_eq!(revoked("bob", "IOS").await, 0);
    })
    .await;
}

#[tokio::test]
async fn ended_logins_are_announced_by_platform() {
    let settings = UsersSettings { login_policy: 5, ..settings() };
    in_each_house(settings, async |house: &House<'_>| {
        house.register(&["bob"]).await;
        house.log_in("bob", "ANDROID").await;
        house.world.take_events().await;
        assert_eq!(house.world.take_signals(), []);
        house.log_in("bob", "IOS").await;
        let bob = UserId::parse("bob").unwrap();
        let events = house.world.take_events().await;
        assert_eq!(events.iter().map(|event| event.topic.as_str()).collect::<Vec<_>>(), [SessionsRevoked::TOPIC]);
        let SessionsRevoked { user_id, platform, token_hashes } = events[0].decode().unwrap();
        assert_eq!((&user_id, platform.number(), token_hashes.len(), token_hashes[0].len()), (&bob, 2, 1, 64));
        let signals = house.world.take_signals();
        assert_eq!(signals.len(), 1);
        assert_eq!(signals[0].audience, Audience::Users(vec![bob]));
        assert_eq!(signals[0].kind, SignalKind::SessionsRevoked { user_id, platform, token_hashes });
    })
    .await;
}
