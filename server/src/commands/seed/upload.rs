//! Stores files by the graph's uploads: pictures, documents and sounds made up here.

use anyhow::Context as _;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::graph::Graph;
use super::pictures;

const START: &str = "mutation($name: String!, $size: Long!, $hash: String!, $type: String!, $cause: String!, $base: String!) {
  startUpload(input: {name: $name, size: $size, hash: $hash, contentType: $type, cause: $cause}) {
    file { name url(base: $base) }
    upload { id signedParts(first: -1) { parts { url(base: $base) headers { name values } } } }
  }
}";
const COMPLETE: &str = "mutation($upload: ID!, $hashes: [String!]!, $base: String!) {
  completeUpload(input: {uploadId: $upload, partHashes: $hashes}) { file { url(base: $base) } }
}";

/// A file before it is stored.
pub(super) struct Content {
    /// The name below the owner's folder.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) cause: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// A file that is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) url: String,
    pub(super) size: usize,
}

/// Stores a file of `owner`, whose token the graph has. It is one part: everything here is small.
pub(super) async fn store(graph: &Graph, owner: &str, content: Content) -> anyhow::Result<Stored> {
    let Content { name, kind, cause, bytes } = content;
    let (part, size) = (hex(&bytes), bytes.len());
    let start = json!({"name": format!("{owner}/{name}"), "size": size, "hash": hex(part.as_bytes()), "type": kind, "cause": cause,
        "base": graph.base()});
    let begun = graph.ask(START, start).await.context("an upload cannot be started")?["startUpload"].take();
    let url = match begun["file"]["url"].as_str() {
        Some(url) => url.to_owned(),
        None => {
            let signed = &begun["upload"]["signedParts"]["parts"][0];
            graph.put(signed["url"].as_str().context("an upload has no address")?, &signed["headers"], bytes).await?;
            let complete = json!({"upload": begun["upload"]["id"], "hashes": [part], "base": graph.base()});
            let done = graph.ask(COMPLETE, complete).await.context("an upload cannot be completed")?;
            done["completeUpload"]["file"]["url"].as_str().context("a file has no address")?.to_owned()
        }
    };
    Ok(Stored { name, kind, url, size })
}

fn hex(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Draws a person's picture.
pub(super) fn face(seed: u64) -> anyhow::Result<Content> {
    Ok(Content { name: "face.jpg".into(), kind: "image/jpeg", cause: "avatar", bytes: pictures::face(seed)? })
}

/// Draws one of the landscapes.
pub(super) fn picture(number: u64) -> anyhow::Result<Content> {
    let bytes = pictures::landscape(number.wrapping_mul(0x9e37_79b9).wrapping_add(11))?;
    Ok(Content { name: format!("view-{}.jpg", number + 1), kind: "image/jpeg", cause: "msg-picture", bytes })
}

const DOCUMENTS: &[(&str, &str, &str)] = &[
    ("minutes.md", "text/markdown", "# Minutes\n\n1. Release on Thursday\n2. New office: keys from Nora\n3. Next call in a week\n"),
    ("figures.csv", "text/csv", "week,new teams,messages\n41,18,120450\n42,23,131002\n43,31,140777\n"),
    (
        "proposal.txt",
        "text/plain",
        "Proposal: archive what nobody has read for a year.\n\nCosts: little. Benefit: backups take half the time.\n",
    ),
    ("checklist.md", "text/markdown", "- [x] translations\n- [x] screenshots\n- [ ] announcement\n"),
    ("预算.csv", "text/csv", "项目,金额\n服务器,12000\n差旅,8000\n"),
    ("تقرير.txt", "text/plain", "تقرير الأسبوع: كل شيء على ما يرام.\n"),
];

/// Writes one of the documents.
pub(super) fn document(number: u64) -> Content {
    let place = usize::try_from(number).unwrap_or(0) % DOCUMENTS.len();
    let (name, kind, text) = DOCUMENTS.get(place).copied().unwrap_or(("empty.txt", "text/plain", ""));
    Content { name: name.to_owned(), kind, cause: "msg-file", bytes: text.as_bytes().to_vec() }
}

/// Seconds of a sound.
pub(super) const SOUND_SECONDS: usize = 2;
const SAMPLES: u32 = 8_000;

/// Hums one of the melodies: a wave file of 8 bits.
pub(super) fn sound(number: u64) -> Content {
    let count = SOUND_SECONDS * 8_000;
    let length = u32::try_from(count).unwrap_or(0);
    let mut bytes = Vec::with_capacity(count + 44);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(36 + length).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend_from_slice(&SAMPLES.to_le_bytes());
    bytes.extend_from_slice(&SAMPLES.to_le_bytes());
    bytes.extend_from_slice(b"\x01\0\x08\0data");
    bytes.extend_from_slice(&length.to_le_bytes());
    let period = 30 + usize::try_from(number % 5).unwrap_or(0) * 6;
    bytes.extend((0..count).map(|sample| if sample % (period - sample / 4_000 * 4) < period / 2 { 0x90 } else { 0x70 }));
    Content { name: format!("voice-{}.wav", number + 1), kind: "audio/wav", cause: "msg-voice", bytes }
}

/// Returns the JSON of a picture message.
pub(super) fn picture_json(stored: &Stored) -> Value {
    let (width, height) = pictures::LANDSCAPE;
    let size = json!({"uuid": stored.name, "type": stored.kind, "size": stored.size, "width": width, "height": height, "url": stored.url});
    json!({"picture": {"source": size, "big": size, "snapshot": size}})
}
