//! Exports as mongodump and mongoexport write them, of a small installation with a bit of everything.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2024-05-01T00:00:00Z.
pub(crate) const T: i64 = 1_714_521_600_000;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Bson,
    BsonGz,
    JsonLines,
    JsonArray,
    CanonicalPretty,
}

/// A folder with an export.
pub(crate) struct Folder {
    folder: TempDir,
}

impl Folder {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("openim_v3")).expect("a folder");
        Self { folder }
    }

    /// Writes the whole small installation.
    pub(crate) fn of(style: Style) -> Self {
        let folder = Self::empty();
        for (name, documents) in installation() {
            folder.write(name, &documents, style);
        }
        fs::write(folder.database().join("user.metadata.json"), b"{}").expect("written");
        folder.write("conversation_version", &[doc! {"d_id": "ann", "version": 3}], style);
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn problems(&self) -> PathBuf {
        self.folder.path().join("problems.jsonl")
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("openim_v3")
    }

    /// Writes a file as it is.
    pub(crate) fn raw(&self, name: &str, bytes: &[u8]) {
        fs::write(self.database().join(name), bytes).expect("written");
    }

    pub(crate) fn write(&self, name: &str, documents: &[Document], style: Style) {
        let json = |document: &Document, canonical: bool| extended(&Bson::Document(document.clone()), canonical);
        match style {
            Style::Bson => self.raw(&format!("{name}.bson"), &bytes(documents)),
            Style::BsonGz => {
                let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
                gz.write_all(&bytes(documents)).expect("written");
                self.raw(&format!("{name}.bson.gz"), &gz.finish().expect("written"));
            }
            Style::JsonLines => {
                let lines: Vec<_> = documents.iter().map(|document| json(document, false).to_string()).collect();
                self.raw(&format!("{name}.json"), (lines.join("\n") + "\n").as_bytes());
            }
            Style::JsonArray => {
                let lines: Vec<_> = documents.iter().map(|document| json(document, false).to_string()).collect();
                self.raw(&format!("{name}.json"), format!("[{}]\n", lines.join(",\n")).as_bytes());
            }
            Style::CanonicalPretty => {
                let texts: Vec<_> = documents.iter().map(|document| format!("{:#}", json(document, true))).collect();
                self.raw(&format!("{name}.json"), format!("[{}]\n", texts.join(",\n")).as_bytes());
            }
        }
    }
}

/// Writes a value as mongoexport does.
fn extended(value: &Bson, canonical: bool) -> Value {
    let inner = |value: &Bson| extended(value, canonical);
    match value {
        Bson::Document(document) => Value::Object(document.iter().map(|(name, value)| (name.to_string(), inner(value))).collect()),
        Bson::Array(list) => Value::Array(list.iter().map(inner).collect()),
        Bson::String(text) => json!(text),
        Bson::Boolean(truth) => json!(truth),
        Bson::Null => Value::Null,
        Bson::Int32(number) if canonical => json!({"$numberInt": number.to_string()}),
        Bson::Int64(number) if canonical => json!({"$numberLong": number.to_string()}),
        Bson::Int32(number) => json!(number),
        Bson::Int64(number) => json!(number),
        Bson::ObjectId(id) => json!({"$oid": id.to_hex()}),
        Bson::DateTime(time) if canonical || time.timestamp_millis() < 0 => {
            json!({"$date": {"$numberLong": time.timestamp_millis().to_string()}})
        }
        Bson::DateTime(time) => json!({"$date": time.try_to_rfc3339_string().expect("a time")}),
        other => panic!("no fixture has {other:?}"),
    }
}

/// Writes documents one after the other, as mongodump does.
pub(crate) fn bytes(documents: &[Document]) -> Vec<u8> {
    documents.iter().flat_map(|document| document.to_vec().expect("BSON")).collect()
}

fn time(at: i64) -> DateTime {
    DateTime::from_millis(at)
}

pub(crate) fn user(id: &str, nickname: &str) -> Document {
    doc! {"_id": ObjectId::new(), "user_id": id, "nickname": nickname, "face_url": "", "ex": "", "app_manger_level": 1_i32,
    "global_recv_msg_opt": 0_i32, "create_time": time(T), "a_field_of_the_future": {"x": [1, 2]}}
}

fn friend(owner: &str, friend: &str, pinned: bool) -> Document {
    doc! {"_id": ObjectId::new(), "owner_user_id": owner, "friend_user_id": friend, "remark": "my friend", "create_time": time(T + 5),
    "add_source": 2_i32, "operator_user_id": owner, "ex": "", "is_pinned": pinned}
}

fn member(user: &str, role: i32, nickname: &str) -> Document {
    doc! {"_id": ObjectId::new(), "group_id": "3100", "user_id": user, "nickname": nickname, "face_url": "", "role_level": role,
    "join_time": time(T + 10), "join_source": 2_i32, "inviter_user_id": "ann", "operator_user_id": "ann",
    "mute_end_time": time(0), "ex": ""}
}

/// Makes a message as a block keeps it.
pub(crate) fn message(from: &str, to: (&str, &str), seq: i64, text: &str) -> Document {
    let (receiver, group) = to;
    doc! {"send_id": from, "recv_id": receiver, "group_id": group, "client_msg_id": format!("client-{from}-{receiver}{group}-{seq}"),
    "server_msg_id": format!("server-{receiver}{group}-{seq}"), "sender_platform_id": 5_i32, "sender_nickname": from,
    "sender_face_url": "", "session_type": if group.is_empty() { 1_i32 } else { 3 }, "msg_from": 100_i32, "content_type": 101_i32,
    "content": format!("{{\"content\":\"{text}\"}}"), "seq": seq, "send_time": T + seq * 1_000, "create_time": T + seq * 1_000 - 5,
    "status": 2_i32, "is_read": false, "options": {}, "offline_push": {"title": "", "desc": "", "ex": "", "ios_push_sound": "",
    "ios_badge_count": false}, "at_user_id_list": [], "attached_info": "", "ex": ""}
}

pub(crate) fn slot(message: Document) -> Bson {
    Bson::Document(doc! {"msg": message, "revoke": Bson::Null, "del_list": Bson::Array(Vec::new()), "is_read": false})
}

/// An empty place, as OpenIM fills up its blocks.
fn nothing() -> Bson {
    Bson::Document(doc! {"msg": Bson::Null, "revoke": Bson::Null, "del_list": Bson::Null, "is_read": false})
}

/// Fills a block of a hundred places.
pub(crate) fn block(id: &str, number: i64, mut slots: Vec<Bson>) -> Document {
    slots.resize(100, nothing());
    doc! {"_id": ObjectId::new(), "doc_id": format!("{id}:{number}"), "msgs": slots}
}

fn conversation(owner: &str, id: &str, kind: i32, peer: &str, group: &str) -> Document {
    doc! {"owner_user_id": owner, "conversation_id": id, "conversation_type": kind, "user_id": peer, "group_id": group,
    "recv_msg_opt": 0_i32, "is_pinned": owner == "ann", "is_private_chat": false, "burn_duration": 30_i32, "group_at_type": 0_i32,
    "attached_info": "", "ex": "", "max_seq": 0_i64, "min_seq": 0_i64, "create_time": time(T + 20), "is_msg_destruct": false,
    "msg_destruct_time": 604_800_i64, "latest_msg_destruct_time": time(0)}
}

fn position(user: &str, id: &str, read: i64) -> Document {
    doc! {"_id": ObjectId::new(), "user_id": user, "conversation_id": id, "min_seq": 0_i64, "max_seq": 0_i64, "read_seq": read}
}

/// The collections of the small installation: ann and bob have talked (203 messages, one hole at 7, one revoked, one hidden from
/// bob), bob has deleted the chat from his list; a group of three; cem has left nothing but a request.
fn installation() -> Vec<(&'static str, Vec<Document>)> {
    let chat = "si_ann_bob";
    let mut blocks = Vec::new();
    for number in 0..3 {
        let seqs = number * 100 + 1..=(number * 100 + 100).min(203);
        let slots = seqs.map(|seq| {
            let from = if seq % 2 == 0 { "bob" } else { "ann" };
            let said = message(from, (if from == "ann" { "bob" } else { "ann" }, ""), seq, &format!("line {seq}"));
            let mut slot = doc! {"msg": said, "revoke": Bson::Null, "del_list": Bson::Array(Vec::new()), "is_read": true};
            match seq {
                7 => return nothing(),
                8 => {
                    slot.insert("revoke", doc! {"role": 20_i32, "user_id": "bob", "nickname": "Bob", "time": T + 90_000});
                }
                9 => {
                    slot.insert("del_list", vec!["bob"]);
                }
                _ => {}
            }
            Bson::Document(slot)
        });
        blocks.push(block(chat, number, slots.collect()));
    }
    let talk: Vec<_> = (1..=3).map(|seq| slot(message("ann", ("", "3100"), seq, "to all"))).collect();
    blocks.push(block("sg_3100", 0, talk));
    let mut told = message("ann", ("bob", ""), 1, "told");
    told.insert("content_type", 2101_i32);
    told.insert("options", doc! {"isNotNotification": false, "unreadCount": false});
    blocks.push(block("n_ann_bob", 0, vec![slot(told)]));
    vec![
        ("user", vec![user("ann", "Ann"), user("bob", "Bób 🌻"), user("cem", "CEM")]),
        ("friend", vec![friend("ann", "bob", true), friend("bob", "ann", false)]),
        (
            "friend_request",
            vec![doc! {"from_user_id": "cem", "to_user_id": "ann", "handle_result": 0_i32, "req_msg": "hi", "create_time": time(T + 7),
            "handler_user_id": "", "handle_msg": "", "handle_time": time(-62_135_596_800_000), "ex": ""}],
        ),
        (
            "black",
            vec![doc! {"owner_user_id": "bob", "block_user_id": "cem", "create_time": time(T + 8), "add_source": 0_i32,
            "operator_user_id": "bob", "ex": ""}],
        ),
        (
            "group",
            vec![doc! {"group_id": "3100", "group_name": "Wanderer", "notification": "", "introduction": "", "face_url": "",
            "create_time": time(T + 9), "ex": "", "status": 0_i32, "creator_user_id": "ann", "group_type": 2_i32, "need_verification": 0_i32,
            "look_member_info": 0_i32, "apply_member_friend": 0_i32, "notification_update_time": time(0), "notification_user_id": ""}],
        ),
        ("group_member", vec![member("ann", 100, ""), member("bob", 60, "Bobby"), member("cem", 20, "")]),
        ("conversation", vec![conversation("ann", chat, 1, "bob", ""), conversation("ann", "sg_3100", 3, "", "3100")]),
        (
            "seq",
            vec![
                doc! {"conversation_id": chat, "max_seq": 250_i64, "min_seq": 1_i64},
                doc! {"conversation_id": "sg_3100", "max_seq": 100_i64, "min_seq": 0_i64},
                doc! {"conversation_id": "si_bob_cem", "max_seq": 50_i64, "min_seq": 0_i64},
            ],
        ),
        (
            "seq_user",
            vec![position("ann", chat, 203), position("bob", chat, 150), position("ann", "sg_3100", 3), position("bob", "sg_3100", 4)],
        ),
        (
            "s3",
            vec![doc! {"name": "ann/a.png", "user_id": "", "hash": "", "engine": "minio", "key": "openim/data/hash/abc", "size": 12_i64,
            "content_type": "image/png", "group": "", "create_time": time(T)}],
        ),
        ("msg", blocks),
    ]
}
