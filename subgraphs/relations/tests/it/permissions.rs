//! Who may do what: every operation of this subgraph, tried by everybody.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use expect_test::expect_file;
use openim_core::Ctx;
use serde_json::json;

use crate::house::{House, in_each_house};

/// Operations on ann's things: the name in the schema and what is run. Bob is ann's friend, eve a stranger.
const OPERATIONS: &[(&str, &str)] = &[
    ("Query.viewer", "{ viewer(as: \"ann\") { id } }"),
    ("Query.friendshipBetween", "{ friendshipBetween(userId: \"ann\", otherId: \"dan\") { inUsersList } }"),
    ("Query.friendRequestsBetween", "{ friendRequestsBetween(userId: \"dan\", otherId: \"ann\") { state } }"),
    ("Viewer.id", "{ viewer(as: \"ann\") { id } }"),
    ("Viewer.friends", "{ viewer(as: \"ann\") { friends { totalCount } } }"),
    ("Viewer.friendsByIds", "{ viewer(as: \"ann\") { friendsByIds(ids: [\"bob\"]) { remark } } }"),
    ("Viewer.friendIds", "{ viewer(as: \"ann\") { friendIds { ids } } }"),
    ("Viewer.friendChanges", "{ viewer(as: \"ann\") { friendChanges { full } } }"),
    ("Viewer.blacks", "{ viewer(as: \"ann\") { blacks { totalCount } } }"),
    ("Viewer.blacksByIds", "{ viewer(as: \"ann\") { blacksByIds(ids: [\"bob\"]) { ex } } }"),
    ("Viewer.blackChanges", "{ viewer(as: \"ann\") { blackChanges { full } } }"),
    ("Viewer.friendRequests", "{ viewer(as: \"ann\") { friendRequests(direction: SENT) { totalCount } } }"),
    ("Viewer.unhandledFriendRequestCount", "{ viewer(as: \"ann\") { unhandledFriendRequestCount } }"),
    ("Viewer.contacts", "{ viewer(as: \"ann\") { contacts(ids: [\"bob\"]) { friendship { remark } } } }"),
    ("User.id", "{ _entities(representations: [{__typename: \"User\", id: \"ann\"}]) { ... on User { id } } }"),
    ("User.friends", "{ _entities(representations: [{__typename: \"User\", id: \"ann\"}]) { ... on User { friends { totalCount } } } }"),
    ("User.blacks", "{ _entities(representations: [{__typename: \"User\", id: \"ann\"}]) { ... on User { blacks { totalCount } } } }"),
    (
        "User.friendship",
        "{ _entities(representations: [{__typename: \"User\", id: \"dan\"}]) { ... on User { friendship(with: \"ann\") { remark } } } }",
    ),
    (
        "User.friendship (one's own)",
        "{ _entities(representations: [{__typename: \"User\", id: \"ann\"}]) { ... on User { friendship { remark } } } }",
    ),
    ("User.blocked", "{ _entities(representations: [{__typename: \"User\", id: \"dan\"}]) { ... on User { blocked(by: \"ann\") } } }"),
    (
        "User.friendRequests",
        "{ _entities(representations: [{__typename: \"User\", id: \"dan\"}]) { ... on User { friendRequests(with: \"ann\") { state } } } }",
    ),
    ("Mutation.sendFriendRequest", "mutation { sendFriendRequest(input: {fromId: \"ann\", toId: \"dan\"}) { status } }"),
    (
        "Mutation.respondToFriendRequest",
        "mutation { respondToFriendRequest(input: {fromId: \"cid\", toId: \"ann\", answer: ACCEPT}) { status } }",
    ),
    ("Mutation.importFriends", "mutation { importFriends(input: {ownerId: \"ann\", friendIds: [\"cid\"]}) { friendships { ex } } }"),
    ("Mutation.removeFriend", "mutation { removeFriend(input: {ownerId: \"ann\", friendId: \"cid\"}) { changed } }"),
    (
        "Mutation.setFriendRemark",
        "mutation { setFriendRemark(input: {ownerId: \"ann\", friendId: \"bob\", remark: \"b\"}) { friendship { remark } } }",
    ),
    (
        "Mutation.updateFriends",
        "mutation { updateFriends(input: {ownerId: \"ann\", friendIds: [\"bob\"], pinned: true}) { friendships { ex } } }",
    ),
    ("Mutation.blockUser", "mutation { blockUser(input: {ownerId: \"ann\", blockedId: \"dan\"}) { changed } }"),
    ("Mutation.unblockUser", "mutation { unblockUser(input: {ownerId: \"ann\", blockedId: \"dan\"}) { changed } }"),
];

const ACTORS: [&str; 5] = ["anonymous", "stranger", "friend", "self", "admin"];

fn actors(house: &House<'_>) -> [Ctx; 5] {
    let world = house.world;
    [world.anonymous(), world.user("eve"), world.user("bob"), world.user("ann"), world.admin()]
}

#[tokio::test]
async fn the_table_of_permissions_is_as_committed() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        house.send("cid", "ann").await;
        let mut table = String::new();
        writeln!(table, "{:<40}{}", "operation", ACTORS.map(|actor| format!("{actor:<18}")).join("").trim_end()).unwrap();
        for (name, document) in OPERATIONS {
            let mut cells = String::new();
            for ctx in actors(house) {
                let answer = house.run(ctx, document, json!({})).await;
                write!(cells, "{:<18}", answer.code().unwrap_or("ok")).unwrap();
            }
            writeln!(table, "{name:<40}{}", cells.trim_end()).unwrap();
        }
        expect_file!["permissions.txt"].assert_eq(&table);
    })
    .await;
}

#[tokio::test]
async fn every_operation_has_a_row() {
    in_each_house(async |house| {
        let rows: BTreeSet<String> = OPERATIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut without = Vec::new();
        for definition in parse_schema(house.graph.sdl()).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let owner = definition.node.name.node.to_string();
            let TypeKind::Object(object) = definition.node.kind else { continue };
            if ["Query", "Mutation", "Viewer", "User"].contains(&owner.as_str()) {
                let fields = object.fields.iter().map(|field| format!("{owner}.{}", field.node.name.node));
                without.extend(fields.filter(|field| !rows.contains(field)));
            }
        }
        assert_eq!(without, [] as [String; 0]);
    })
    .await;
}
