//! An act's arguments as they may be kept: secrets masked, everything bounded.

use async_graphql::Value;
use serde_json::{Map, Value as Json};

/// The most bytes of an act's arguments.
const MOST_BYTES: usize = 8 * 1024;
/// How deep is looked.
const DEPTH: usize = 16;
/// What stands for a secret.
const MASK: &str = "***";
/// What stands for what was left out.
const CUT: &str = "…";

/// A field whose name has one of these is a secret.
const SECRETS: [&str; 8] = ["secret", "password", "passwd", "token", "credential", "privatekey", "accesskey", "apikey"];

/// Characters of a text and entries of a list that are kept; the next ones are tried when the whole is too large.
const SIZES: [(usize, usize); 4] = [(500, 100), (120, 40), (40, 10), (16, 3)];

/// Returns the arguments as JSON text.
pub(super) fn text(arguments: &Value) -> String {
    let json = arguments.clone().into_json().unwrap_or_default();
    for (characters, entries) in SIZES {
        let text = Keeper { characters, entries }.keep(&json, DEPTH).to_string();
        if text.len() <= MOST_BYTES {
            return text;
        }
    }
    format!("{{\"{CUT}\":\"too large\"}}")
}

struct Keeper {
    characters: usize,
    entries: usize,
}

impl Keeper {
    fn keep(&self, value: &Json, depth: usize) -> Json {
        let Some(depth) = depth.checked_sub(1) else { return Json::from(CUT) };
        match value {
            Json::Object(object) => Json::Object(self.object(object, depth)),
            Json::Array(list) => {
                let mut kept: Vec<_> = list.iter().take(self.entries).map(|entry| self.keep(entry, depth)).collect();
                if list.len() > self.entries {
                    kept.push(Json::from(format!("{CUT} {} more", list.len() - self.entries)));
                }
                Json::Array(kept)
            }
            Json::String(text) => Json::from(self.text(text, depth)),
            other => other.clone(),
        }
    }

    fn object(&self, object: &Map<String, Json>, depth: usize) -> Map<String, Json> {
        // A setting is a pair: what it is called decides about its value.
        let pair_is_secret = object.get("key").and_then(Json::as_str).is_some_and(|name| is_secret(name) || name.ends_with("_key"));
        let hide = |name: &str, value: &Json| !value.is_null() && (is_secret(name) || (pair_is_secret && name == "value"));
        let mut kept: Map<_, _> = object
            .iter()
            .take(self.entries)
            .map(|(name, value)| {
                let value = if hide(name, value) { Json::from(MASK) } else { self.keep(value, depth) };
                (self.cut(name), value)
            })
            .collect();
        if object.len() > self.entries {
            kept.insert(CUT.to_owned(), Json::from(format!("{} more", object.len() - self.entries)));
        }
        kept
    }

    fn text(&self, text: &str, depth: usize) -> String {
        // JSON inside of JSON: a secret in it is one as well.
        if text.starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str::<Json>(text)
        {
            return self.cut(&self.keep(&inner, depth).to_string());
        }
        self.cut(&without_login(text))
    }

    fn cut(&self, text: &str) -> String {
        match text.char_indices().nth(self.characters) {
            Some((end, _)) => format!("{}{CUT}", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        }
    }
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-' | '.')).flat_map(char::to_lowercase).collect();
    SECRETS.iter().any(|word| plain.contains(word))
}

/// Masks user and password of addresses.
fn without_login(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace()).unwrap_or(after.len());
        let (authority, behind) = after.split_at(end);
        kept.push_str(before);
        kept.push_str("://");
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                kept.push_str(MASK);
                kept.push('@');
                kept.push_str(host);
            }
            None => kept.push_str(authority),
        }
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(arguments: Json) -> Json {
        serde_json::from_str(&text(&Value::from_json(arguments).expect("a value"))).expect("JSON")
    }

    #[test]
    fn secrets_are_masked_wherever_they_hide() {
        let input = json!({"input": {
            "secret": "s3cret", "userId": "ann", "Access_Key": "a", "nothingToken": null,
            "changes": [{"key": "auth.secret", "value": "s3cret"}, {"key": "log.level", "value": "info"}],
            "data": "{\"Password\":\"s3cret\",\"port\":1}",
            "url": "postgres://me:s3cret@host/db and redis://host"
        }});
        let kept = kept(input);
        assert!(!kept.to_string().contains("s3cret"), "{kept}");
        let input = &kept["input"];
        assert_eq!((&input["userId"], &input["Access_Key"], &input["nothingToken"]), (&json!("ann"), &json!("***"), &Json::Null));
        assert_eq!(input["changes"][1]["value"], "info");
        assert_eq!(input["data"], "{\"Password\":\"***\",\"port\":1}");
        assert_eq!(input["url"], "postgres://***@host/db and redis://host");
    }

    #[test]
    fn whatever_is_sent_fits() {
        let long = "张".repeat(10_000);
        assert_eq!(kept(json!({"text": long}))["text"].as_str().expect("text").chars().count(), 501);
        let many: Vec<_> = (0..5_000).map(|number| format!("{long}{number}")).collect();
        let mut deep = json!(1);
        for _ in 0..60 {
            deep = json!([deep]);
        }
        for large in [json!({"ids": many}), json!({"input": {"a": many, "b": many, "c": {"d": many}}}), json!({"deep": deep})] {
            let text = text(&Value::from_json(large).expect("a value"));
            assert!(text.len() <= MOST_BYTES && serde_json::from_str::<Json>(&text).is_ok(), "{}", text.len());
        }
        assert_eq!(kept(json!({"ids": (0..150).collect::<Vec<_>>()}))["ids"][100], "… 50 more");
    }
}
