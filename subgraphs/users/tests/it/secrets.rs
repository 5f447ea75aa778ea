//! The secret that the server keeps itself, exchanged while it is used.

use openim_core::RandomIds;
use openim_platform::config::{SigningSecrets, kept_secret};
use openim_testing::for_each_database;
use openim_users::UsersSettings;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{House, in_each_house, settings};

const ROTATE: &str = "mutation($end: Boolean!) { rotateSecret(input: {endSessions: $end}) { secret keptIn endedSessions } }";
const LOG_IN: &str = "mutation($secret: String!) { createAdminToken(input: {secret: $secret, userId: \"imAdmin\"}) { token } }";
const INFO: &str = "query($token: String!) { tokenInfo(token: $token) { userId } }";

fn kept(folder: &TempDir) -> UsersSettings {
    UsersSettings { secrets: SigningSecrets::kept(folder.path().join("secret"), None).unwrap(), ..settings() }
}

async fn log_in(house: &House<'_>, secret: &str) -> Option<String> {
    let answer = house.run(house.world.anonymous(), LOG_IN, json!({"secret": secret})).await;
    Some(answer.0["data"]["createAdminToken"]["token"].as_str()?.to_owned())
}

#[tokio::test]
async fn every_process_on_the_folder_follows_and_old_tokens_last_as_asked() {
    for_each_database(async |world| {
        let folder = TempDir::new().unwrap();
        let old = kept_secret(&folder.path().join("secret"), &RandomIds).unwrap().secret;
        let (one, two) =
            (House::open(world, kept(&folder), world.cache().clone()), House::open(world, kept(&folder), world.cache().clone()));
        one.users.ensure_admins().await.unwrap();
        let token = log_in(&one, old.expose()).await.unwrap();

        let rotated = one.ok(world.admin(), ROTATE, json!({"end": false})).await["rotateSecret"].clone();
        let new = rotated["secret"].as_str().unwrap();
        assert_eq!(rotated["endedSessions"], 0);
        for house in [&one, &two] {
            assert_eq!(log_in(house, old.expose()).await, None, "the old secret opens nothing");
            house.ok(world.anonymous(), INFO, json!({"token": token})).await;
        }
        let fresh = log_in(&two, new).await.unwrap();
        one.ok(world.anonymous(), INFO, json!({"token": fresh})).await;

        one.ok(world.admin(), ROTATE, json!({"end": true})).await;
        for gone in [&token, &fresh] {
            for house in [&one, &two] {
                let refused = house.run(world.anonymous(), INFO, json!({"token": gone})).await.refused();
                assert!(["TOKEN_KICKED", "TOKEN_UNKNOWN"].contains(&refused.0.as_str()), "{refused:?}");
            }
        }
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn only_administrators_see_or_exchange_it_and_a_configured_one_stays() {
    in_each_house(settings(), async |house: &House<'_>| {
        let place = "{ admin { administrators { userId configured } access { secretKept secretOrigin secretRotatable goodTokens } } }";
        for (ctx, code) in [(house.world.user("ann"), "NO_PERMISSION"), (house.world.anonymous(), "UNAUTHENTICATED")] {
            assert_eq!(house.run(ctx.clone(), ROTATE, json!({"end": true})).await.refused().0, code);
            assert_eq!(house.run(ctx, place, Value::Null).await.refused().0, code);
        }
        let seen = house.ok(house.world.admin(), place, Value::Null).await["admin"].clone();
        assert_eq!(seen["administrators"], json!([{"userId": "imAdmin", "configured": true}]));
        assert_eq!(seen["access"], json!({"secretKept": false, "secretOrigin": "a test", "secretRotatable": false, "goodTokens": 0}));
        let refused = house.run(house.world.admin(), ROTATE, json!({"end": false})).await.refused();
        assert!(refused.0 == "ARGS_ERROR" && refused.1.contains("auth.secret is set by a test"), "{refused:?}");
    })
    .await;
}
