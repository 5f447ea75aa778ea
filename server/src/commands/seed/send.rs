//! The talk, written through the graph: each chat in its order, several chats at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::fill::{ABREAST, as_user, each, id};
use super::graph::Graph;
use super::plan::Plan;
use super::talk::{Chat, Line, Party, Says};
use super::upload::{self, Stored};

const SEND: &str = "mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { message { conversationId seq id } }
}";
const REACT: &str = "mutation($input: ReactionInput!) { addReaction(input: $input) { __typename } }";
const EDIT: &str = "mutation($input: EditMessageInput!) { editMessage(input: $input) { __typename } }";
const PIN: &str = "mutation($input: PinMessageInput!) { pinMessage(input: $input) { __typename } }";
const REVOKE: &str = "mutation($input: RevokeMessageInput!) { revokeMessage(input: $input) { __typename } }";
const READ: &str = "mutation($input: MarkConversationReadInput!) { markConversationRead(input: $input) { __typename } }";
const SETTINGS: &str = "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { __typename } }";

/// The files that messages show, by kind and number.
#[derive(Default)]
struct Files {
    pictures: BTreeMap<u64, Stored>,
    documents: BTreeMap<u64, Stored>,
    sounds: BTreeMap<u64, Stored>,
}

/// Sends everything that is said; `told` hears how many messages are there, now and then.
pub(super) async fn talk(graph: &Graph, plan: &Plan, salt: u64, told: impl Fn(usize)) -> anyhow::Result<()> {
    let files = files(graph, plan).await.context("files cannot be stored")?;
    let (sent, step) = (AtomicUsize::new(0), (plan.messages() / 10).max(1));
    let count = || {
        let sent = sent.fetch_add(1, Ordering::Relaxed) + 1;
        if sent.is_multiple_of(step) {
            told(sent);
        }
    };
    let voice = Voice { graph, plan, files: &files, salt };
    stream::iter(&plan.chats).map(|chat| voice.chat(chat, &count)).buffer_unordered(ABREAST).try_for_each(async |()| Ok(())).await
}

/// Stores the files that are sent, each by somebody.
async fn files(graph: &Graph, plan: &Plan) -> anyhow::Result<Files> {
    let mut files = Files::default();
    for line in plan.chats.iter().flat_map(|chat| &chat.lines) {
        let (map, number, content) = match line.says {
            Says::Picture(number) if !files.pictures.contains_key(&number) => (&mut files.pictures, number, upload::picture(number)?),
            Says::File(number) if !files.documents.contains_key(&number) => (&mut files.documents, number, upload::document(number)),
            Says::Voice(number) if !files.sounds.contains_key(&number) => (&mut files.sounds, number, upload::sound(number)),
            _ => continue,
        };
        let owner = id(plan, line.sender).context("a line has no sender")?;
        map.insert(number, upload::store(&as_user(graph, owner).await?, owner, content).await?);
    }
    Ok(files)
}

struct Voice<'a> {
    graph: &'a Graph,
    plan: &'a Plan,
    files: &'a Files,
    salt: u64,
}

/// Where a line is.
struct Place {
    conversation: Value,
    seq: Value,
    id: Value,
    client_id: String,
}

impl Voice<'_> {
    async fn chat(&self, chat: &Chat, count: &impl Fn()) -> anyhow::Result<()> {
        let mut places: Vec<Place> = Vec::with_capacity(chat.lines.len());
        for (number, line) in chat.lines.iter().enumerate() {
            let before = number.checked_sub(1).and_then(|before| Some((chat.lines.get(before)?, places.get(before)?)));
            let place = self.line(chat, number, line, before).await.context("a message cannot be sent")?;
            self.additions(line, &place).await.context("a message cannot be changed")?;
            places.push(place);
            count();
        }
        self.reading(chat, &places).await
    }

    async fn line(&self, chat: &Chat, number: usize, line: &Line, before: Option<(&Line, &Place)>) -> anyhow::Result<Place> {
        let sender = self.plan.people.get(line.sender).context("a line has no sender")?;
        let recipient = match chat.party {
            Party::Pair(one, other) => json!({"userId": id(self.plan, if one == line.sender { other } else { one })}),
            Party::Group(place) => json!({"groupId": self.plan.groups.get(place).map(|group| &group.id)}),
        };
        let client_id = client_id(self.salt, &recipient.to_string(), &sender.id, number);
        let mut input = json!({"senderId": sender.id, "senderNickname": sender.nickname, "senderPlatform": line.platform,
            "recipient": recipient, "clientMessageId": client_id, "sentAt": time(line.at), "createdAt": time(line.at),
            "content": self.content(line, before)});
        if let (Says::Mention(_, whom), Some(fields)) = (&line.says, input.as_object_mut()) {
            fields.insert("atUserIds".into(), json!([id(self.plan, *whom)]));
        }
        if let (Says::Answer(_), Some((_, place)), Some(fields)) = (&line.says, before, input.as_object_mut()) {
            fields.insert("replyTo".into(), place.seq.clone());
        }
        let mut answer = self.graph.ask(SEND, json!({"input": input})).await?;
        let message = &mut answer["sendMessage"]["message"];
        let (conversation, seq, id) = (message["conversationId"].take(), message["seq"].take(), message["id"].take());
        Ok(Place { conversation, seq, id, client_id })
    }

    fn content(&self, line: &Line, before: Option<(&Line, &Place)>) -> Value {
        let text = |text: &str| json!({"text": {"text": text}});
        let file = |stored: Option<&Stored>, as_json: fn(&Stored) -> Value| stored.map_or_else(|| text("…"), as_json);
        match &line.says {
            Says::Text(words) => text(words),
            Says::Mention(words, whom) => {
                let user = self.plan.people.get(*whom);
                let (id, name) = (user.map(|person| &person.id), user.map(|person| &person.nickname));
                json!({"at": {"text": words, "userIds": [id], "users": [{"userId": id, "groupNickname": name}]}})
            }
            Says::Answer(words) => match before {
                Some((said, place)) => json!({"quote": {"text": words, "quoted": self.quoted(said, place)}}),
                None => text(words),
            },
            Says::Picture(number) => file(self.files.pictures.get(number), upload::picture_json),
            Says::File(number) => file(
                self.files.documents.get(number),
                |file| json!({"file": {"name": file.name, "type": file.kind, "size": file.size, "url": file.url, "uuid": file.name}}),
            ),
            Says::Voice(number) => file(self.files.sounds.get(number), |file| {
                let seconds = upload::SOUND_SECONDS;
                json!({"voice": {"type": file.kind, "size": file.size, "url": file.url, "uuid": file.name, "duration": seconds}})
            }),
            Says::Place => json!({"location": {"description": "Lookout, 1 h from here", "latitude": 47.5596, "longitude": 10.7498}}),
            Says::Card(whom) => match self.plan.people.get(*whom) {
                Some(person) => json!({"card": {"userId": person.id, "nickname": person.nickname, "faceUrl": "", "ex": ""}}),
                None => text("…"),
            },
        }
    }

    /// Returns the message that is answered, as OpenIM's clients keep it.
    fn quoted(&self, line: &Line, place: &Place) -> Value {
        let sender = self.plan.people.get(line.sender);
        let words = match &line.says {
            Says::Text(words) | Says::Mention(words, _) | Says::Answer(words) => words.as_str(),
            _ => "…",
        };
        json!({"clientMsgID": place.client_id, "serverMsgID": place.id, "sendID": sender.map(|person| &person.id),
            "senderNickname": sender.map(|person| &person.nickname), "contentType": 101, "textElem": {"content": words},
            "seq": place.seq, "sendTime": line.at, "createTime": line.at})
    }

    async fn additions(&self, line: &Line, place: &Place) -> anyhow::Result<()> {
        let at = |more: Value| {
            let mut input = json!({"conversationId": place.conversation, "seq": place.seq});
            if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
                input.extend(more);
            }
            json!({"input": input})
        };
        let sender = id(self.plan, line.sender);
        let reactions = line.reactions.iter().map(|(whose, emoji)| at(json!({"emoji": emoji, "as": id(self.plan, *whose)}))).collect();
        each(self.graph, &[], REACT, reactions).await?;
        if let Some(text) = &line.edited {
            self.graph.ask(EDIT, at(json!({"content": {"text": {"text": text}}, "as": sender}))).await?;
        }
        if line.pinned {
            self.graph.ask_unless(&["ARGS_ERROR"], PIN, at(json!({}))).await?;
        }
        if line.revoked {
            self.graph.ask_unless(&["MESSAGE_ALREADY_REVOKED"], REVOKE, at(json!({"as": sender}))).await?;
        }
        Ok(())
    }

    /// Lets everybody read, up to what they have not read yet; some keep the chat on top or silent.
    async fn reading(&self, chat: &Chat, places: &[Place]) -> anyhow::Result<()> {
        let Some(last) = places.last() else { return Ok(()) };
        let mut reads = Vec::new();
        let mut settings = Vec::new();
        for (number, member) in self.plan.members(chat).into_iter().enumerate() {
            let unread = chat.unread.iter().find(|(who, _)| *who == member).map_or(0, |(_, unread)| *unread);
            let owner = id(self.plan, member);
            if let Some(place) = (places.len() - 1).checked_sub(unread).and_then(|read| places.get(read)) {
                reads.push(json!({"input": {"ownerId": owner, "conversationId": last.conversation, "readSeq": place.seq}}));
            }
            let draw = client_id(self.salt, &last.conversation.to_string(), owner.unwrap_or_default(), number);
            match draw.as_bytes().first() {
                Some(b'0') => settings.push(json!({"input": {"ownerId": owner, "conversationId": last.conversation, "pinned": true}})),
                Some(b'1') => {
                    settings.push(json!({"input": {"ownerId": owner, "conversationId": last.conversation, "receiveOption": "SILENT"}}));
                }
                _ => {}
            }
        }
        each(self.graph, &[], READ, reads).await.context("nothing can be marked as read")?;
        each(self.graph, &[], SETTINGS, settings).await.context("no settings can be written")
    }
}

/// The same line has the same id in each run, so that running again sends nothing twice.
fn client_id(salt: u64, recipient: &str, sender: &str, number: usize) -> String {
    use md5::{Digest as _, Md5};
    Md5::digest(format!("{salt}/{recipient}/{sender}/{number}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn time(milliseconds: i64) -> String {
    chrono::DateTime::from_timestamp_millis(milliseconds).unwrap_or_default().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
