//! Who may do what: every operation of this subgraph, as nobody, as a stranger, as the user and as an app administrator.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use openim_core::{Ctx, ErrorCode};
use serde_json::json;

use crate::house::{House, in_each_house, settings};

use Outcome::{Allowed, Anonymous, Denied, Impossible};

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is done.
    Allowed,
    /// `UNAUTHENTICATED`.
    Anonymous,
    /// `NO_PERMISSION`.
    Denied,
    /// It is permitted, and cannot be done here: any other error.
    Impossible,
}

/// Everybody.
const ALL: [Outcome; 4] = [Allowed, Allowed, Allowed, Allowed];
/// Everybody with a token.
const TOKEN: [Outcome; 4] = [Anonymous, Allowed, Allowed, Allowed];
/// The user and administrators.
const OWN: [Outcome; 4] = [Anonymous, Denied, Allowed, Allowed];
/// Administrators.
const ADMIN: [Outcome; 4] = [Anonymous, Denied, Denied, Allowed];

/// Field, document about the user `bob`, outcome for nobody, the stranger `eve`, `bob` and `imAdmin`. `{n}` is a fresh number.
#[rustfmt::skip]
const TABLE: &[(&str, &str, [Outcome; 4])] = &[
    ("Query.viewer", "{ viewer(as: \"bob\") { id } }", OWN),
    ("Query.admin", "{ admin { __typename } }", ADMIN),
    ("Query.user", "{ user(id: \"bob\") { id nickname faceUrl ex createdAt level globalReceiveOption } }", TOKEN),
    ("User.presence", "{ user(id: \"bob\") { presence { online platforms } } }", TOKEN),
    ("Query.users", "{ users(ids: [\"bob\"]) { id } }", TOKEN),
    ("Query.searchUsers", "{ searchUsers { totalCount } }", TOKEN),
    ("Query.userIds", "{ userIds { ids } }", TOKEN),
    ("Query.presences", "{ presences(userIds: [\"bob\"]) { online } }", TOKEN),
    ("Presence.connections", "{ presences(userIds: [\"bob\"]) { connections { id } } }", ADMIN),
    ("Presence.connectionCounts", "{ presences(userIds: [\"bob\"]) { connectionCounts { count } } }", ADMIN),
    ("Query.clientConfig", "{ clientConfig { key } }", TOKEN),
    ("Query.clientConfig(userId:)", "{ clientConfig(userId: \"bob\") { key } }", OWN),
    ("Query.tokenInfo", "{ tokenInfo(token: \"{token}\") { userId } }", ALL),
    ("Viewer.id", "{ viewer(as: \"bob\") { id } }", OWN),
    ("Viewer.user", "{ viewer(as: \"bob\") { user { id } } }", OWN),
    ("Viewer.commands", "{ viewer(as: \"bob\") { commands { uuid } } }", OWN),
    ("Viewer.clientConfig", "{ viewer(as: \"bob\") { clientConfig { key } } }", OWN),
    ("Admin.users", "{ admin { users { totalCount } } }", ADMIN),
    ("Admin.onlineUsers", "{ admin { onlineUsers { totalCount } } }", ADMIN),
    ("Admin.administrators", "{ admin { administrators { userId } } }", ADMIN),
    ("Admin.access", "{ admin { access { secretOrigin } } }", ADMIN),
    ("Admin.accountCheck", "{ admin { accountCheck(ids: [\"bob\"]) { registered } } }", ADMIN),
    ("Admin.notificationAccounts", "{ admin { notificationAccounts { totalCount } } }", ADMIN),
    ("Admin.clientConfig", "{ admin { clientConfig { totalCount } } }", ADMIN),
    ("Admin.registrationStatistics", "{ admin { registrationStatistics(from: \"2026-01-01T00:00:00Z\", to: \"2026-01-02T00:00:00Z\") { total } } }", ADMIN),
    ("Mutation.registerUsers", "mutation { registerUsers(input: {users: [{id: \"new{n}\", nickname: \"n\"}]}) { users { id } } }", ADMIN),
    ("Mutation.updateUser", "mutation { updateUser(input: {id: \"bob\", nickname: \"b{n}\", globalReceiveOption: SILENT}) { user { id } } }", OWN),
    ("Mutation.createAdminToken", "mutation { createAdminToken(input: {secret: \"test-secret\", userId: \"imAdmin\"}) { expiresAt } }", ALL),
    ("Mutation.createUserToken", "mutation { createUserToken(input: {userId: \"bob\", platform: IOS}) { expiresAt } }", ADMIN),
    // The secret of these tests is configured, so that it cannot be exchanged.
    ("Mutation.rotateSecret", "mutation { rotateSecret(input: {}) { keptIn } }", [Anonymous, Denied, Denied, Impossible]),
    ("Mutation.revokeSessions", "mutation { revokeSessions(input: {userId: \"bob\", platform: IOS}) { revoked } }", ADMIN),
    ("Mutation.addUserCommand", "mutation { addUserCommand(input: {userId: \"bob\", type: 1, uuid: \"{n}\"}) { command { uuid } } }", OWN),
    ("Mutation.updateUserCommand", "mutation { updateUserCommand(input: {userId: \"bob\", type: 1, uuid: \"kept\", value: \"{n}\"}) { command { uuid } } }", OWN),
    ("Mutation.removeUserCommand", "mutation { removeUserCommand(input: {userId: \"bob\", type: 2, uuid: \"{who}\"}) { command { uuid } } }", OWN),
    ("Mutation.setClientConfig", "mutation { setClientConfig(input: {userId: \"bob\", entries: [{key: \"k{n}\", value: \"\"}]}) { entries { key } } }", ADMIN),
    ("Mutation.removeClientConfig", "mutation { removeClientConfig(input: {userId: \"bob\", keys: [\"k\"]}) { removed } }", ADMIN),
    ("Mutation.addNotificationAccount", "mutation { addNotificationAccount(input: {nickname: \"Bell\"}) { user { id } } }", ADMIN),
    ("Mutation.updateNotificationAccount", "mutation { updateNotificationAccount(input: {id: \"bell\", nickname: \"B{n}\"}) { user { id } } }", ADMIN),
];

const CALLERS: [&str; 4] = ["anonymous", "eve", "bob", "imAdmin"];

fn caller(house: &House<'_>, who: &str) -> Ctx {
    match who {
        "anonymous" => house.world.anonymous(),
        "imAdmin" => house.world.admin(),
        user => house.world.user(user),
    }
}

#[tokio::test]
async fn every_operation_answers_each_caller_as_the_table_says() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob", "eve"]).await;
        let prepared = "mutation { a: addUserCommand(input: {type: 1, uuid: \"kept\"}) { command { uuid } }
            b: addUserCommand(input: {type: 2, uuid: \"bob\"}) { command { uuid } }
            c: addUserCommand(input: {type: 2, uuid: \"imAdmin\"}) { command { uuid } } }";
        house.ok(house.world.user("bob"), prepared, json!({})).await;
        let bell = "mutation { addNotificationAccount(input: {id: \"bell\", nickname: \"Bell\"}) { user { id } } }";
        house.ok(house.world.admin(), bell, json!({})).await;
        let token = house.log_in("bob", "WEB").await;
        let mut fresh = 0;
        for (field, document, expected) in TABLE {
            for (who, expected) in CALLERS.iter().zip(expected) {
                fresh += 1;
                let document = document.replace("{n}", &fresh.to_string()).replace("{token}", &token).replace("{who}", who);
                let answer = house.run(caller(house, who), &document, json!({})).await;
                let outcome = match answer.code() {
                    None => Allowed,
                    Some(code) if code == ErrorCode::Unauthenticated.word() => Anonymous,
                    Some(code) if code == ErrorCode::NoPermission.word() => Denied,
                    Some(_) => Impossible,
                };
                assert_eq!(outcome, *expected, "{field} as {who}: {answer:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_operation_is_without_a_row() {
    let world = openim_testing::TestWorld::sqlite().await;
    let sdl = House::open(&world, settings(), world.cache().clone()).graph.sdl();
    let mut fields = BTreeSet::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let TypeKind::Object(object) = definition.node.kind else { continue };
        let marked = |directives: &[async_graphql::Positioned<async_graphql::parser::types::ConstDirective>]| {
            directives.iter().any(|directive| directive.node.name.node == "adminOnly")
        };
        for field in object.fields {
            let whole = ["Query", "Mutation", "Viewer", "Admin"].contains(&name.as_str());
            if (whole || marked(&field.node.directives)) && !field.node.name.node.starts_with('_') {
                fields.insert(format!("{name}.{}", field.node.name.node));
            }
        }
    }
    let rows: BTreeSet<String> = TABLE.iter().map(|(field, ..)| (*field).to_owned()).collect();
    let missing: Vec<_> = fields.difference(&rows).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
