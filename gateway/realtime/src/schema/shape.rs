//! What a stream keeps of its document: names only. async-graphql keeps the whole parsed document, its variables and a
//! resolver per open stream, 15 KB and more; thousands of idle streams should not cost that. Documents with anything
//! unusual in them (directives, unknown names) are left to async-graphql, which answers the same.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet};
use async_graphql::resolver_utils::enum_value;
use async_graphql::{Name, ScalarType, Value, Variables, indexmap::IndexMap};
use openim_contracts::MessageData;
use openim_core::{ConversationId, GroupId, UserId};
use openim_graphql::{DateTime, Long};

use super::news::tips;
use super::passing::{content, named};
use crate::event::{Event, Happened, Notification};

/// Names that are not objects, in any event or entity.
const LEAVES: &[&str] = &[
    "__typename",
    "cursor",
    "missed",
    "readerId",
    "readSeq",
    "reason",
    "conversationId",
    "seq",
    "ownerId",
    "id",
    "fromId",
    "toId",
    "userId",
    "userIds",
    "groupId",
    "contentType",
    "senderId",
    "receiverId",
    "content",
    "sentAt",
    "lists",
    "contentTypes",
    "online",
    "platforms",
    "clientMessageId",
    "ex",
];
/// Names that are.
const OBJECTS: &[&str] = &["message", "conversation", "reader", "user", "from", "to", "users", "group", "groups", "sender"];
/// How deep fragments may nest.
const MAX_DEPTH: usize = 8;

/// What a client wants of each event.
#[derive(Debug, PartialEq)]
pub(crate) struct Shape {
    key: Name,
    fields: Box<[Wanted]>,
    /// The cursor to begin after.
    pub(crate) after: Option<String>,
    /// Whose presence to tell.
    pub(crate) presence_of: Vec<String>,
}

#[derive(Debug, PartialEq)]
struct Wanted {
    key: Name,
    name: Name,
    /// The one type of event it is wanted of.
    of: Option<Name>,
    fields: Box<[Wanted]>,
}

/// An object with the name of its type and its fields, before anybody has chosen.
struct Told(&'static str, Vec<(&'static str, Part)>);

enum Part {
    Leaf(Value),
    Object(Told),
    Objects(Vec<Told>),
}

impl Shape {
    /// Reads a document; `None` leaves it to async-graphql.
    pub(crate) fn of(document: &ExecutableDocument, variables: &Variables) -> Option<Self> {
        let DocumentOperations::Single(operation) = &document.operations else { return None };
        let operation = &operation.node;
        if operation.ty != OperationType::Subscription || !operation.directives.is_empty() {
            return None;
        }
        let [item] = operation.selection_set.node.items.as_slice() else { return None };
        let Selection::Field(root) = &item.node else { return None };
        let root = &root.node;
        if root.name.node != "events" || !root.directives.is_empty() {
            return None;
        }
        let (mut after, mut presence_of) = (None, Vec::new());
        for (name, value) in &root.arguments {
            let given = |name: Name| {
                let definition = operation.variable_definitions.iter().find(|definition| definition.node.name.node == name).ok_or(())?;
                let default = definition.node.default_value.as_ref().map(|value| value.node.clone());
                Ok::<_, ()>(variables.get(&name).cloned().or(default).unwrap_or_default())
            };
            match (name.node.as_str(), value.node.clone().into_const_with(given).ok()?) {
                ("after" | "presenceOf", Value::Null) => {}
                ("after", Value::String(text)) if text.len() <= crate::cursor::MAX_TEXT => after = Some(text),
                ("presenceOf", Value::List(list)) => presence_of = list.into_iter().map(id).collect::<Option<_>>()?,
                _ => return None,
            }
        }
        let mut fields = Vec::new();
        collect(document, &root.selection_set.node, None, 0, &mut fields)?;
        Some(Self { key: key(root), fields: fields.into(), after, presence_of })
    }

    /// Answers with one event.
    pub(crate) fn answer(&self, event: Event, viewer: &UserId) -> Value {
        let event = choose(&self.fields, &told(event, viewer));
        Value::Object(IndexMap::from_iter([(self.key.clone(), event)]))
    }
}

fn id(value: Value) -> Option<String> {
    match value {
        Value::String(id) => Some(id),
        _ => None,
    }
}

fn collect(document: &ExecutableDocument, set: &SelectionSet, of: Option<&Name>, depth: usize, wanted: &mut Vec<Wanted>) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    for item in &set.items {
        let (inner, on, directives) = match &item.node {
            Selection::Field(field) => {
                let one = one(document, &field.node, of, depth)?;
                match wanted.iter().find(|other| other.key == one.key && (other.of == one.of || other.of.is_none() || one.of.is_none())) {
                    Some(same) if *same == one => {}
                    // Two selections of one object would have to be merged.
                    Some(_) => return None,
                    None => wanted.push(one),
                }
                continue;
            }
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                (&fragment.selection_set.node, fragment.type_condition.as_ref().map(|on| &on.node.on.node), &fragment.directives)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = &document.fragments.get(&spread.node.fragment_name.node)?.node;
                (&fragment.selection_set.node, Some(&fragment.type_condition.node.on.node), &spread.node.directives)
            }
        };
        if !directives.is_empty() {
            return None;
        }
        let narrowed = match (of, on.filter(|on| *on != "Event")) {
            (Some(of), Some(on)) if of != on => continue,
            (of, on) => on.or(of),
        };
        collect(document, inner, narrowed, depth + 1, wanted)?;
    }
    Some(())
}

fn one(document: &ExecutableDocument, field: &Field, of: Option<&Name>, depth: usize) -> Option<Wanted> {
    let name = &field.name.node;
    let leaf = LEAVES.contains(&name.as_str());
    let known = leaf || OBJECTS.contains(&name.as_str());
    if !known || !field.directives.is_empty() || !field.arguments.is_empty() || leaf != field.selection_set.node.items.is_empty() {
        return None;
    }
    let mut fields = Vec::new();
    collect(document, &field.selection_set.node, None, depth + 1, &mut fields)?;
    Some(Wanted { key: key(field), name: name.clone(), of: of.cloned(), fields: fields.into() })
}

fn key(field: &Field) -> Name {
    field.alias.as_ref().map_or(&field.name.node, |alias| &alias.node).clone()
}

fn choose(wanted: &[Wanted], Told(type_name, parts): &Told) -> Value {
    let mut chosen = IndexMap::with_capacity(wanted.len());
    for one in wanted.iter().filter(|one| one.of.as_ref().is_none_or(|of| of == type_name)) {
        if one.name == "__typename" {
            chosen.insert(one.key.clone(), Value::String((*type_name).to_owned()));
        } else if let Some((_, part)) = parts.iter().find(|(name, _)| one.name == *name) {
            let value = match part {
                Part::Leaf(value) => value.clone(),
                Part::Object(told) => choose(&one.fields, told),
                Part::Objects(list) => Value::List(list.iter().map(|told| choose(&one.fields, told)).collect()),
            };
            chosen.insert(one.key.clone(), value);
        }
    }
    Value::Object(chosen)
}

fn told(event: Event, viewer: &UserId) -> Told {
    let view =
        |id: &ConversationId| Part::Object(Told("Conversation", vec![("ownerId", text(viewer.as_str())), ("id", text(id.as_str()))]));
    let (name, mut parts) = match &event.what {
        Happened::Ready { missed } => ("Ready", vec![("missed", long(*missed))]),
        Happened::MessageAdded { conversation_id, seq } => {
            ("MessageAdded", vec![("message", message(conversation_id, *seq)), ("conversation", view(conversation_id))])
        }
        Happened::ConversationRead { conversation_id, reader, read_seq } => {
            let parts = vec![
                ("conversation", view(conversation_id)),
                ("readerId", text(reader.as_str())),
                ("reader", user(reader)),
                ("readSeq", long(*read_seq)),
            ];
            ("ConversationRead", parts)
        }
        Happened::ConversationChanged { conversation_id } => ("ConversationChanged", vec![("conversation", view(conversation_id))]),
        Happened::UserChanged { user_id } => ("UserChanged", vec![("user", user(user_id))]),
        Happened::Reset { reason } => ("Reset", vec![("reason", Part::Leaf(enum_value(*reason)))]),
        Happened::FriendRequestChanged { from, to } => {
            let parts = vec![("fromId", text(from.as_str())), ("from", user(from)), ("toId", text(to.as_str())), ("to", user(to))];
            ("FriendRequestChanged", parts)
        }
        Happened::FriendsChanged { user_ids } => ("FriendsChanged", users(user_ids).into()),
        Happened::BlacklistChanged { user_id } => ("BlacklistChanged", vec![("userId", text(user_id.as_str())), ("user", user(user_id))]),
        Happened::GroupRequestChanged { group_id, user_id } => {
            let [id, entity] = group(group_id);
            ("GroupRequestChanged", vec![id, entity, ("userId", text(user_id.as_str())), ("user", user(user_id))])
        }
        Happened::GroupChanged { group_id } => ("GroupChanged", group(group_id).into()),
        Happened::GroupMembersChanged { group_id, user_ids } => {
            ("GroupMembersChanged", group(group_id).into_iter().chain(users(user_ids)).collect())
        }
        Happened::JoinedGroupsChanged { group_id } => ("JoinedGroupsChanged", group(group_id).into()),
        Happened::NotificationReceived { notification } => ("NotificationReceived", notified(notification)),
        Happened::PresenceChanged { user_id, platforms } => {
            let words = Value::List(named(platforms).map(enum_value).collect());
            let online = Part::Leaf(Value::Boolean(!platforms.is_empty()));
            let parts =
                vec![("userId", text(user_id.as_str())), ("user", user(user_id)), ("online", online), ("platforms", Part::Leaf(words))];
            ("PresenceChanged", parts)
        }
        Happened::MessageChanged { conversation_id, seq } => {
            ("MessageChanged", vec![("message", message(conversation_id, *seq)), ("conversation", view(conversation_id))])
        }
        Happened::TransientMessageReceived { message } => {
            ("TransientMessageReceived", passed_on(message).into_iter().chain([("conversation", view(&message.conversation_id))]).collect())
        }
        Happened::ListsChanged { missed } => {
            let lists = Value::List(missed.lists.iter().map(|list| enum_value(*list)).collect());
            let types = Value::List(missed.content_types.iter().map(|number| Value::from(*number)).collect());
            let groups = missed.groups.iter().map(|id| Told("Group", vec![("id", text(id.as_str()))])).collect();
            ("ListsChanged", vec![("lists", Part::Leaf(lists)), ("contentTypes", Part::Leaf(types)), ("groups", Part::Objects(groups))])
        }
    };
    parts.push(("cursor", Part::Leaf(Value::String(event.cursor))));
    Told(name, parts)
}

fn text(text: &str) -> Part {
    Part::Leaf(Value::String(text.to_owned()))
}

fn long(number: i64) -> Part {
    Part::Leaf(Long(number).to_value())
}

fn message(conversation_id: &ConversationId, seq: i64) -> Part {
    Part::Object(Told("Message", vec![("conversationId", text(conversation_id.as_str())), ("seq", long(seq))]))
}

fn user(id: &UserId) -> Part {
    Part::Object(Told("User", vec![("id", text(id.as_str()))]))
}

fn users(ids: &[UserId]) -> [(&'static str, Part); 2] {
    let leaves = Value::List(ids.iter().map(|id| Value::String(id.to_string())).collect());
    let users = ids.iter().map(|id| Told("User", vec![("id", text(id.as_str()))])).collect();
    [("userIds", Part::Leaf(leaves)), ("users", Part::Objects(users))]
}

fn group(id: &GroupId) -> [(&'static str, Part); 2] {
    [("groupId", text(id.as_str())), ("group", Part::Object(Told("Group", vec![("id", text(id.as_str()))])))]
}

fn notified(notification: &Notification) -> Vec<(&'static str, Part)> {
    let Notification { conversation_id, sender, receiver, seq, .. } = notification;
    let null = || Part::Leaf(Value::Null);
    let [group_id, group] = notification.group.as_ref().map_or_else(|| [("groupId", null()), ("group", null())], group);
    let content = Value::from_json(tips(&notification.content)).unwrap_or_default();
    vec![
        ("contentType", Part::Leaf(Value::from(notification.content_type))),
        ("senderId", text(sender.as_str())),
        ("sender", user(sender)),
        ("receiverId", receiver.as_ref().map_or_else(null, |id| text(id.as_str()))),
        group_id,
        group,
        ("conversationId", text(conversation_id.as_str())),
        ("seq", long(*seq)),
        ("message", if *seq > 0 { message(conversation_id, *seq) } else { null() }),
        ("content", Part::Leaf(content)),
        ("sentAt", Part::Leaf(DateTime(notification.sent_at).to_value())),
    ]
}

fn passed_on(message: &MessageData) -> Vec<(&'static str, Part)> {
    let envelope = &*message.envelope;
    let null = || Part::Leaf(Value::Null);
    let [group_id, group] = envelope.group.as_ref().map_or_else(|| [("groupId", null()), ("group", null())], group);
    vec![
        ("conversationId", text(message.conversation_id.as_str())),
        ("senderId", text(envelope.sender.as_str())),
        ("sender", user(&envelope.sender)),
        ("receiverId", envelope.receiver.as_ref().map_or_else(null, |id| text(id.as_str()))),
        group_id,
        group,
        ("clientMessageId", text(envelope.client_id.as_str())),
        ("contentType", Part::Leaf(Value::from(envelope.content_type))),
        ("content", Part::Leaf(Value::from_json(content(message)).unwrap_or_default())),
        ("ex", text(&envelope.ex)),
        ("sentAt", Part::Leaf(DateTime(envelope.sent_at).to_value())),
    ]
}
