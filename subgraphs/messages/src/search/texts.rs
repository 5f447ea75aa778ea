//! The words in a content: what people read of it.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::model::Envelope;

/// How much of a content is looked at, in bytes.
const MOST_BYTES: usize = 16 * 1024;

/// Returns the text by which a message is found; nothing when it has none.
pub(crate) fn of(envelope: &Envelope) -> Option<String> {
    let content: Value = match envelope.content_type {
        101 | 105..=110 | 114 | 117..=120 | 1400 => serde_json::from_str(&envelope.content).ok()?,
        _ => return None,
    };
    let mut texts = Texts(String::new());
    match envelope.content_type {
        101 | 118 => texts.field(&content, &["content"]),
        105 => texts.field(&content, &["fileName"]),
        106 | 114 | 117 => texts.field(&content, &["text"]),
        107 => {
            texts.field(&content, &["title"]);
            for line in content.get("abstractList").and_then(Value::as_array).into_iter().flatten() {
                texts.add(line);
            }
        }
        108 => texts.field(&content, &["nickname"]),
        109 => texts.field(&content, &["description"]),
        1400 => {
            let detail = content.get("detail").and_then(Value::as_str)?;
            let detail: Value = serde_json::from_str(detail).ok()?;
            texts.field(&detail, &["notificationName", "text"]);
        }
        _ => texts.field(&content, &["description"]),
    }
    if texts.0.is_empty() { None } else { Some(texts.0.nfc().collect()) }
}

struct Texts(String);

impl Texts {
    fn field(&mut self, content: &Value, names: &[&str]) {
        for name in names {
            if let Some(text) = content.get(*name) {
                self.add(text);
            }
        }
    }

    fn add(&mut self, text: &Value) {
        let (Some(text), room) = (text.as_str(), MOST_BYTES.saturating_sub(self.0.len())) else { return };
        if text.is_empty() || room == 0 {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.0.push_str(text.get(..end).unwrap_or_default());
    }
}
