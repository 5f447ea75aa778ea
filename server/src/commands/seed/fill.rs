//! People, friendships and groups, written through the graph.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::graph::Graph;
use super::plan::Plan;
use super::talk::Party;
use super::upload;

/// How many operations are under way at the same time.
pub(super) const ABREAST: usize = 12;
/// Ids of one call.
const CHUNK: usize = 500;
/// How long notices of new friendships may take.
const NOTICES: Duration = Duration::from_secs(120);

const KNOWN: &str = "query($ids: [ID!]!) { users(ids: $ids) { id } }";
const REGISTER: &str = "mutation($users: [NewUserInput!]!) { registerUsers(input: {users: $users}) { users { id } } }";
const TOKEN: &str = "mutation($user: ID!) { createUserToken(input: {userId: $user, platform: WEB}) { token } }";
const FACE: &str = "mutation($id: ID!, $url: String!) { updateUser(input: {id: $id, faceUrl: $url}) { user { id } } }";
const IMPORT: &str =
    "mutation($owner: ID!, $ids: [ID!]!) { importFriends(input: {ownerId: $owner, friendIds: $ids}) { friendships { remark } } }";
const HEADS: &str = "query($as: ID!) { viewer(as: $as) { heads { conversationId maxSeq } } }";
const CLEAR: &str = "mutation($owner: ID!, $ids: [ID!]!) {
  clearConversations(input: {ownerId: $owner, conversationIds: $ids}) { __typename }
}";
const HIDE: &str = "mutation($owner: ID!, $ids: [ID!]!) {
  deleteConversations(input: {ownerId: $owner, conversationIds: $ids}) { __typename }
}";
const FRIEND: &str = "mutation($input: UpdateFriendsInput!) { updateFriends(input: $input) { __typename } }";
const ASK: &str = "mutation($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { status } }";
const BLOCK: &str = "mutation($input: BlockUserInput!) { blockUser(input: $input) { __typename } }";
const GROUP: &str = "mutation($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }";
const JOIN: &str = "mutation($input: JoinGroupInput!) { joinGroup(input: $input) { status } }";

/// Runs one operation for each of some variables, several at a time; what was done already is passed over.
pub(super) async fn each(graph: &Graph, done: &[&str], query: &str, all: Vec<Value>) -> anyhow::Result<()> {
    stream::iter(all)
        .map(|variables| graph.ask_unless(done, query, variables))
        .buffer_unordered(ABREAST)
        .try_for_each(async |_| Ok(()))
        .await
}

/// Tells which of some users are there.
pub(super) async fn known(graph: &Graph, ids: &[&str]) -> anyhow::Result<BTreeSet<String>> {
    let known = graph.ask(KNOWN, json!({"ids": ids})).await?;
    Ok(known["users"].as_array().into_iter().flatten().filter_map(|user| user["id"].as_str().map(str::to_owned)).collect())
}

/// Registers everybody who is not there and gives them their pictures. Returns the places of those who are new.
pub(super) async fn people(graph: &Graph, plan: &Plan) -> anyhow::Result<BTreeSet<usize>> {
    let mut fresh = BTreeSet::new();
    for chunk in plan.people.chunks(CHUNK) {
        let ids: Vec<&str> = chunk.iter().map(|person| person.id.as_str()).collect();
        let known = known(graph, &ids).await?;
        let missing: Vec<_> = chunk.iter().filter(|person| !known.contains(&person.id)).collect();
        let users: Vec<_> = missing
            .iter()
            .map(|person| {
                let ex = json!({"title": person.title, "city": person.city}).to_string();
                json!({"id": person.id, "nickname": person.nickname, "ex": ex})
            })
            .collect();
        if !users.is_empty() {
            graph.ask(REGISTER, json!({"users": users})).await.context("people cannot be registered")?;
        }
        fresh.extend((0..plan.people.len()).filter(|place| missing.iter().any(|one| id(plan, *place) == Some(one.id.as_str()))));
    }
    let faces = fresh.iter().filter_map(|place| plan.people.get(*place)).filter_map(|person| Some((person.id.as_str(), person.face?)));
    stream::iter(faces).map(|(id, seed)| face(graph, id, seed)).buffer_unordered(ABREAST).try_for_each(async |()| Ok(())).await?;
    Ok(fresh)
}

async fn face(graph: &Graph, id: &str, seed: u64) -> anyhow::Result<()> {
    let stored = upload::store(&as_user(graph, id).await?, id, upload::face(seed)?).await?;
    graph.ask(FACE, json!({"id": id, "url": stored.url})).await?;
    Ok(())
}

/// Returns the graph as a user sees it.
pub(super) async fn as_user(graph: &Graph, id: &str) -> anyhow::Result<Graph> {
    let answer = graph.ask(TOKEN, json!({"user": id})).await.context("there is no token for a user")?;
    Ok(graph.with_token(answer["createUserToken"]["token"].as_str().context("an answer has no token")?))
}

/// Makes friends of those who are new. The notices of that are cleared, so that the talk that follows is all that is there.
pub(super) async fn friends(graph: &Graph, plan: &Plan, fresh: &BTreeSet<usize>) -> anyhow::Result<()> {
    let new = |one: usize, other: usize| fresh.contains(&one) || fresh.contains(&other);
    let pairs: Vec<_> = plan.friends.iter().copied().filter(|pair| new(pair.0, pair.1)).collect();
    let of = |place: usize, chosen: &dyn Fn(&(usize, usize)) -> bool| {
        let mine = pairs.iter().filter(|pair| (pair.0 == place || pair.1 == place) && chosen(pair));
        let ids: Vec<_> = mine.filter_map(|pair| pair_id(plan, *pair)).collect();
        Some(json!({"owner": id(plan, place)?, "ids": ids})).filter(|_| !ids.is_empty())
    };
    let imports = (0..plan.people.len()).filter_map(|place| {
        let ids: Vec<_> = pairs.iter().filter(|pair| pair.0 == place).filter_map(|pair| id(plan, pair.1)).collect();
        Some(json!({"owner": id(plan, place)?, "ids": ids})).filter(|_| !ids.is_empty())
    });
    each(graph, &[], IMPORT, imports.collect()).await.context("friendships cannot be imported")?;
    noticed(graph, plan, &pairs).await?;
    let all = (0..plan.people.len()).filter_map(|place| of(place, &|_| true));
    each(graph, &[], CLEAR, all.collect()).await.context("the notices of friendships cannot be cleared")?;
    // Friends who do not talk: their empty chats are taken off the lists.
    let quiet = |pair: &(usize, usize)| !plan.chats.iter().any(|chat| chat.party == Party::Pair(pair.0, pair.1) && !chat.lines.is_empty());
    each(graph, &[], HIDE, (0..plan.people.len()).filter_map(|place| of(place, &quiet)).collect()).await?;

    let fond = pairs.iter().step_by(9).filter_map(|pair| {
        let (owner, friend) = (plan.people.get(pair.0)?, plan.people.get(pair.1)?);
        let remark = format!("{} ({})", friend.nickname, friend.title);
        Some(json!({"input": {"ownerId": owner.id, "friendIds": [friend.id], "remark": remark, "pinned": true}}))
    });
    each(graph, &[], FRIEND, fond.collect()).await?;
    let requests = plan
        .requests
        .iter()
        .filter(|(from, to, _)| new(*from, *to))
        .filter_map(|(from, to, words)| Some(json!({"input": {"fromId": id(plan, *from)?, "toId": id(plan, *to)?, "message": words}})));
    each(graph, &[], ASK, requests.collect()).await.context("friend requests cannot be sent")?;
    let blocks = plan
        .blocks
        .iter()
        .filter(|(owner, other)| new(*owner, *other))
        .filter_map(|(owner, other)| Some(json!({"input": {"ownerId": id(plan, *owner)?, "blockedId": id(plan, *other)?}})));
    each(graph, &[], BLOCK, blocks.collect()).await.context("the black lists cannot be written")
}

/// Waits until the notice of each new friendship is in its chat.
async fn noticed(graph: &Graph, plan: &Plan, pairs: &[(usize, usize)]) -> anyhow::Result<()> {
    let wait = async {
        for (place, person) in plan.people.iter().enumerate() {
            let wanted: Vec<_> = pairs.iter().filter(|pair| pair.0 == place).filter_map(|pair| pair_id(plan, *pair)).collect();
            loop {
                let answer = graph.ask(HEADS, json!({"as": person.id})).await?;
                let heads = answer["viewer"]["heads"].as_array().map_or(&[][..], Vec::as_slice);
                if wanted.iter().all(|wanted| heads.iter().any(|head| head["conversationId"] == wanted.as_str())) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout(NOTICES, wait).await {
        Ok(noticed) => noticed,
        Err(_) => bail!("the notices of friendships do not come: does a process with the role worker run?"),
    }
}

/// Makes the groups, and asks to be let in where somebody shall.
pub(super) async fn groups(graph: &Graph, plan: &Plan, fresh: &BTreeSet<usize>) -> anyhow::Result<()> {
    let made = plan.groups.iter().filter_map(|group| {
        let mut ids = group.members.iter().filter_map(|place| id(plan, *place));
        let owner = ids.next()?;
        let (admins, members): (Vec<_>, Vec<_>) = ids.enumerate().partition(|(number, _)| *number < group.admins);
        let list = |people: Vec<(usize, &str)>| people.into_iter().map(|(_, id)| Value::from(id)).collect::<Vec<_>>();
        Some(json!({"input": {"id": group.id, "name": group.name, "introduction": group.theme.introduction,
            "notification": group.theme.notification, "verification": group.theme.verification, "ownerId": owner,
            "adminIds": list(admins), "memberIds": list(members), "asMessage": false}}))
    });
    each(graph, &["GROUP_ID_EXISTED"], GROUP, made.collect()).await.context("groups cannot be made")?;
    let joins = plan.groups.iter().flat_map(|group| {
        group.applicants.iter().filter(|place| fresh.contains(place)).filter_map(|place| {
            let message = "I would like to join, please";
            Some(json!({"input": {"groupId": group.id, "userId": id(plan, *place)?, "source": "SEARCH", "message": message}}))
        })
    });
    each(graph, &[], JOIN, joins.collect()).await.context("nobody can ask to join")
}

/// Returns a person's id.
pub(super) fn id(plan: &Plan, place: usize) -> Option<&str> {
    plan.people.get(place).map(|person| person.id.as_str())
}

/// Returns the id of two people's chat.
pub(super) fn pair_id(plan: &Plan, (one, other): (usize, usize)) -> Option<String> {
    let (one, other) = (id(plan, one)?, id(plan, other)?);
    Some(if one < other { format!("si_{one}_{other}") } else { format!("si_{other}_{one}") })
}
