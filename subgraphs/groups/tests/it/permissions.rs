//! Who may do what: every operation of this subgraph, tried by everybody.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use expect_test::expect_file;
use serde_json::json;

use crate::house::{House, in_each_house};

/// Operations on the group of owner, admin and member; `other` is a member who is acted on, `asking` has asked to enter.
const READING: &[(&str, &str)] = &[
    ("Query.viewer", "{ viewer(as: \"member\") { id } }"),
    ("Query.admin", "{ admin { __typename } }"),
    ("Query.group", "{ group(id: \"g\") { name } }"),
    ("Query.groups", "{ groups(ids: [\"g\"]) { name } }"),
    ("Query.searchGroups", "{ searchGroups(name: \"g\") { totalCount } }"),
    ("Query.groupAbstracts", "{ groupAbstracts(ids: [\"g\"]) { memberHash } }"),
    ("Viewer.id", "{ viewer(as: \"member\") { id } }"),
    ("Viewer.groups", "{ viewer(as: \"member\") { groups { totalCount } } }"),
    ("Viewer.joinedGroupIds", "{ viewer(as: \"member\") { joinedGroupIds { ids } } }"),
    ("Viewer.joinedGroupChanges", "{ viewer(as: \"member\") { joinedGroupChanges { full } } }"),
    ("Viewer.memberChangesBatch", "{ viewer { memberChangesBatch(requests: [{groupId: \"g\"}]) { groupId } } }"),
    ("Viewer.groupRequestsReceived", "{ viewer { groupRequestsReceived(groupIds: [\"g\"]) { totalCount } } }"),
    ("Viewer.groupRequestsSent", "{ viewer(as: \"member\") { groupRequestsSent { totalCount } } }"),
    ("Viewer.unhandledGroupRequestCount", "{ viewer(as: \"member\") { unhandledGroupRequestCount } }"),
    ("Admin.groups", "{ admin { groups { totalCount } } }"),
    (
        "Admin.groupCreationStatistics",
        "{ admin { groupCreationStatistics(from: \"2026-01-01T00:00:00Z\", until: \"2026-01-02T00:00:00Z\") { total } } }",
    ),
    ("Group.viewerMembership", "{ group(id: \"g\") { viewerMembership { role } } }"),
    ("Group.members", "{ group(id: \"g\") { members { totalCount } } }"),
    ("Group.membersByIds", "{ group(id: \"g\") { membersByIds(ids: [\"member\"]) { role } } }"),
    ("Group.memberIds", "{ group(id: \"g\") { memberIds { ids } } }"),
    ("Group.memberChanges", "{ group(id: \"g\") { memberChanges { full } } }"),
    ("Group.requests", "{ group(id: \"g\") { requests { totalCount } } }"),
    ("Group.requestsByUsers", "{ group(id: \"g\") { requestsByUsers(userIds: [\"asking\"]) { totalCount } } }"),
    ("User.groups", "{ _entities(representations: [{__typename: \"User\", id: \"member\"}]) { ... on User { groups { totalCount } } } }"),
];

/// Each is tried in a group of its own, because it changes it.
const CHANGING: &[(&str, &str)] = &[
    ("Mutation.createGroup", "createGroup(input: {name: \"n\"}) { __typename }"),
    ("Mutation.createGroup (another's)", "createGroup(input: {name: \"n\", ownerId: \"member\"}) { __typename }"),
    ("Mutation.updateGroup", "updateGroup(input: {groupId: $id, name: \"n\"}) { __typename }"),
    ("Mutation.dismissGroup", "dismissGroup(input: {groupId: $id}) { __typename }"),
    ("Mutation.transferGroup", "transferGroup(input: {groupId: $id, fromId: \"owner\", toId: \"other\"}) { __typename }"),
    ("Mutation.muteGroup", "muteGroup(input: {groupId: $id}) { __typename }"),
    ("Mutation.unmuteGroup", "unmuteGroup(input: {groupId: $id}) { __typename }"),
    ("Mutation.inviteToGroup", "inviteToGroup(input: {groupId: $id, userIds: [\"new\"]}) { __typename }"),
    ("Mutation.joinGroup", "joinGroup(input: {groupId: $id, source: SEARCH}) { __typename }"),
    ("Mutation.joinGroup (another)", "joinGroup(input: {groupId: $id, userId: \"new\", source: SEARCH}) { __typename }"),
    ("Mutation.respondToGroupRequest", "respondToGroupRequest(input: {groupId: $id, userId: \"asking\", status: ACCEPTED}) { __typename }"),
    ("Mutation.leaveGroup", "leaveGroup(input: {groupId: $id}) { __typename }"),
    ("Mutation.leaveGroup (another)", "leaveGroup(input: {groupId: $id, userId: \"other\"}) { __typename }"),
    ("Mutation.removeGroupMembers", "removeGroupMembers(input: {groupId: $id, userIds: [\"other\"]}) { __typename }"),
    ("Mutation.muteGroupMember", "muteGroupMember(input: {groupId: $id, userId: \"other\", seconds: 9}) { __typename }"),
    ("Mutation.unmuteGroupMember", "unmuteGroupMember(input: {groupId: $id, userId: \"other\"}) { __typename }"),
    (
        "Mutation.updateGroupMembers",
        "updateGroupMembers(input: {members: [{groupId: $id, userId: \"other\", role: ADMIN}]}) { __typename }",
    ),
];

const ACTORS: [&str; 6] = ["anonymous", "stranger", "member", "admin of it", "owner", "app admin"];

fn actor(name: &str) -> &str {
    match name {
        "admin of it" => "manager",
        "app admin" => "admin",
        other => other,
    }
}

async fn prepare(house: &House<'_>, id: &str) {
    house.group(id, "owner", &["manager"], &["member", "other"]).await;
    house.does("asking", "joinGroup", json!({"groupId": id, "source": "SEARCH"})).await;
    house.world.take_events().await;
}

#[tokio::test]
async fn the_table_of_permissions_is_as_committed() {
    in_each_house(async |house: &House<'_>| {
        prepare(house, "g").await;
        let mut table = String::new();
        writeln!(table, "{:<40}{}", "operation", ACTORS.map(|actor| format!("{actor:<18}")).join("").trim_end()).unwrap();
        for (name, document) in READING {
            let mut cells = String::new();
            for who in ACTORS {
                let answer = house.run(house.as_(actor(who)), document, json!({})).await;
                write!(cells, "{:<18}", answer.code().unwrap_or("ok")).unwrap();
            }
            writeln!(table, "{name:<40}{}", cells.trim_end()).unwrap();
        }
        for (number, (name, mutation)) in CHANGING.iter().enumerate() {
            let mut cells = String::new();
            for (column, who) in ACTORS.into_iter().enumerate() {
                let id = format!("g{number}x{column}");
                prepare(house, &id).await;
                let document = match mutation.contains("$id") {
                    true => format!("mutation($id: ID!) {{ {mutation} }}"),
                    false => format!("mutation {{ {mutation} }}"),
                };
                let answer = house.run(house.as_(actor(who)), &document, json!({"id": id})).await;
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
    in_each_house(async |house: &House<'_>| {
        let rows: BTreeSet<&str> = READING.iter().chain(CHANGING).map(|(name, _)| *name).collect();
        let mut without = Vec::new();
        for definition in parse_schema(house.graph.sdl()).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let owner = definition.node.name.node.to_string();
            let TypeKind::Object(object) = definition.node.kind else { continue };
            let whole = ["Query", "Mutation", "Viewer", "Admin"].contains(&owner.as_str());
            for field in object.fields.iter().map(|field| &field.node) {
                let name = format!("{owner}.{}", field.name.node);
                if (whole || !field.arguments.is_empty()) && !rows.contains(name.as_str()) {
                    without.push(name);
                }
            }
        }
        assert_eq!(without, [] as [String; 0]);
    })
    .await;
}
