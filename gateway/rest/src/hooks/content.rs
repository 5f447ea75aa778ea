//! What a message's content needs, by content type (rest.json, `/msg/send_msg`).
//!
//! Values are read loosely, as OpenIM does: a number may be written as text and the other way round. What is stored is the
//! content as it was given.

use async_graphql::{Name, Value};

/// The content type of notices from a system account.
pub(super) const NOTICE: i64 = 1400;

/// What one field must be.
#[derive(Debug, Clone, Copy)]
enum Need {
    /// Text that is not empty.
    Text,
    /// A number that is not zero.
    Number,
    /// A list with at least one entry and at most so many.
    List(usize),
    /// A number in a range; absent is zero.
    Range(i64, i64),
}

use Need::{List, Number, Range, Text};

const PICTURE: &[(&str, Need)] = &[
    ("sourcePicture.type", Text),
    ("sourcePicture.width", Number),
    ("sourcePicture.height", Number),
    ("sourcePicture.url", Text),
    ("bigPicture.type", Text),
    ("bigPicture.width", Number),
    ("bigPicture.height", Number),
    ("bigPicture.url", Text),
    ("snapshotPicture.type", Text),
    ("snapshotPicture.width", Number),
    ("snapshotPicture.height", Number),
    ("snapshotPicture.url", Text),
];
const VIDEO: &[(&str, Need)] = &[
    ("videoUrl", Text),
    ("videoType", Text),
    ("videoSize", Number),
    ("duration", Number),
    ("snapshotUrl", Text),
    ("snapshotWidth", Number),
    ("snapshotHeight", Number),
];

/// The content types that this route sends, with their needed fields.
const CONTENTS: &[(i64, &[(&str, Need)])] = &[
    (101, &[("content", Text)]),
    (102, PICTURE),
    (103, &[("sourceUrl", Text), ("duration", Number)]),
    (104, VIDEO),
    (105, &[("sourceUrl", Text), ("fileName", Text), ("fileSize", Number)]),
    (106, &[("atUserList", List(1000))]),
    (110, &[("data", Text)]),
    (114, &[]),
    (118, &[("content", Text)]),
    (NOTICE, &[("notificationName", Text), ("notificationType", Number), ("text", Text), ("mixType", Range(0, 5))]),
];

/// Checks a content.
///
/// # Errors
/// A sentence that names the content type or the field.
pub(super) fn check(content_type: i64, content: &Value) -> Result<(), String> {
    let needs = CONTENTS.iter().find(|(number, _)| *number == content_type);
    let (_, needs) = needs.ok_or_else(|| format!("contentType {content_type} cannot be sent here"))?;
    for (path, need) in *needs {
        let mut value = content;
        for key in path.split('.') {
            value = match value {
                Value::Object(fields) => fields.get(&Name::new(key)).unwrap_or(&Value::Null),
                _ => &Value::Null,
            };
        }
        if !need.met(value) {
            return Err(format!("content.{path} is missing or not usable"));
        }
    }
    Ok(())
}

impl Need {
    fn met(self, value: &Value) -> bool {
        match self {
            Self::Text => match value {
                Value::String(text) => !text.is_empty(),
                Value::Number(_) | Value::Boolean(_) => true,
                _ => false,
            },
            Self::Number => number(value).is_some_and(|number| number != 0.0),
            Self::List(most) => matches!(value, Value::List(items) if !items.is_empty() && items.len() <= most),
            Self::Range(from, to) => match value {
                Value::Null => true,
                value => number(value).is_some_and(|number| number >= from as f64 && number <= to as f64),
            },
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.is_empty() => Some(0.0),
        Value::String(text) => text.parse::<i64>().ok().map(|number| number as f64),
        Value::Boolean(value) => Some(f64::from(u8::from(*value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(content_type: i64, content: serde_json::Value) -> Result<(), String> {
        check(content_type, &Value::from_json(content).expect("a value"))
    }

    #[test]
    fn each_content_type_asks_for_its_fields() {
        let picture = json!({"type": "png", "width": 1, "height": "2", "url": "u"});
        let good = [
            (101, json!({"content": "hi"})),
            (101, json!({"content": 5})),
            (102, json!({"sourcePicture": picture, "bigPicture": picture, "snapshotPicture": picture})),
            (103, json!({"sourceUrl": "u", "duration": "3"})),
            (105, json!({"sourceUrl": "u", "fileName": "f", "fileSize": 1})),
            (106, json!({"atUserList": ["a"]})),
            (110, json!({"data": "x"})),
            (114, json!({})),
            (1400, json!({"notificationName": "n", "notificationType": 1, "text": "t", "mixType": 5})),
        ];
        for (content_type, content) in good {
            assert_eq!(run(content_type, content.clone()), Ok(()), "{content_type} {content}");
        }
        let bad = [
            (101, json!({})),
            (101, json!({"content": ""})),
            (101, json!({"content": {}})),
            (102, json!({"sourcePicture": picture, "bigPicture": picture})),
            (103, json!({"sourceUrl": "u", "duration": 0})),
            (104, json!({"videoUrl": "u"})),
            (106, json!({"atUserList": []})),
            (107, json!({"content": "x"})),
            (2101, json!({})),
            (1400, json!({"notificationName": "n", "notificationType": 1, "text": "t", "mixType": 6})),
        ];
        for (content_type, content) in bad {
            assert!(run(content_type, content.clone()).is_err(), "{content_type} {content}");
        }
    }
}
