//! Whether an answer is what the contract's types promise: these fields in this order and no others, each of its kind, and
//! absence written as Go writes it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::table::{Contract, Field, Label, Reply};

/// Lists, maps and messages that no call of the story can fill. What is in an empty one is not seen, so that every other
/// one must have been filled at least once.
const NEVER_FILLED: &[(&str, &str)] = &[
    // As in OpenIM.
    ("sdkws.GetMaxSeqResp", "minSeqs"),
    ("user.getSubscribeUsersStatusResp", "statusList"),
    ("user.subscribeOrCancelUsersStatusResp", "statusList"),
    ("third.AuthSignParts", "query"),
    ("third.AuthSignParts", "header"),
    ("third.AuthSignResp", "query"),
    ("third.AuthSignResp", "header"),
    ("third.SignPart", "query"),
    ("third.SignPart", "header"),
    ("third.InitiateFormDataResp", "header"),
    // Nothing in these lists ever changes: it comes and goes.
    ("group.getIncrementalJoinGroupResp", "update"),
    ("relation.getIncrementalBlacksResp", "update"),
    // Tokens are never told.
    ("msggateway.SinglePlatformToken", "token"),
    // Only an application's server changes messages.
    ("rest.BatchSendMsgResult", "modify"),
    ("rest.MsgSendBusinessNotificationResp", "modify"),
    ("rest.MsgSendMsgResp", "modify"),
    ("rest.MsgSendSimpleMsgResp", "modify"),
];

/// Checks answers and remembers what it has seen filled.
#[derive(Default)]
pub(super) struct Shapes {
    filled: BTreeMap<(String, String), bool>,
}

impl Shapes {
    /// Checks the whole text of a good answer and returns its data.
    ///
    /// # Errors
    /// Where it differs from the contract.
    pub(super) fn check(&mut self, contract: &Contract, reply: &Reply, text: &str) -> Result<Value, String> {
        let mut answer: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
        if let Reply::Bare(item) = reply {
            self.items(contract, item, answer.as_array().ok_or("no list")?, "")?;
            return Ok(answer);
        }
        let envelope = answer.as_object().ok_or("no envelope")?;
        let expected: &[&str] =
            if *reply == Reply::Nothing { &["errCode", "errMsg", "errDlt"] } else { &["errCode", "errMsg", "errDlt", "data"] };
        if !envelope.keys().eq(expected) {
            return Err(format!("the envelope has {:?}", envelope.keys().collect::<Vec<_>>()));
        }
        if envelope["errCode"] != 0 || envelope["errMsg"] != "" || envelope["errDlt"] != "" {
            return Err("it is an error".to_owned());
        }
        let Some(data) = envelope.get("data") else { return Ok(Value::Null) };
        match reply {
            Reply::Object(name) => self.message(contract, name, data, "data")?,
            Reply::Array(item) => self.list(contract, item, data, "data").map(|_| ())?,
            _ if data.is_string() => {}
            _ => return Err("data is no text".to_owned()),
        }
        Ok(answer["data"].take())
    }

    /// Returns what should have been filled by now and was not, or was and should not, or is not even there.
    pub(super) fn gaps(&self) -> Vec<String> {
        let never = |of: &str, name: &str| NEVER_FILLED.contains(&(of, name));
        let wrong = self.filled.iter().filter(|((of, name), filled)| **filled == never(of, name)).map(|((of, name), _)| (&**of, &**name));
        let unseen = NEVER_FILLED.iter().copied().filter(|(of, name)| !self.filled.contains_key(&((*of).to_owned(), (*name).to_owned())));
        wrong.chain(unseen).map(|(of, name)| format!("{of}.{name}")).collect()
    }

    fn message(&mut self, contract: &Contract, name: &str, value: &Value, at: &str) -> Result<(), String> {
        let fields = contract.fields(name).ok_or_else(|| format!("{at}: there is no type {name}"))?;
        let object = value.as_object().ok_or_else(|| format!("{at} is no object"))?;
        order(fields, object, at)?;
        for field in fields {
            let at = format!("{at}.{}", field.name);
            let filled = match (field.label, object.get(&field.name)) {
                (Label::Map, None) => false,
                (_, None) => return Err(format!("{at} is missing")),
                (Label::Map, Some(map)) => self.map(contract, &field.kind, map, &at)?,
                (Label::List, Some(list)) => self.list(contract, &field.kind, list, &at)?,
                (Label::Optional, Some(Value::Null)) => false,
                (_, Some(Value::Null)) if contract.fields(&field.kind).is_some() => false,
                (_, Some(value)) => self.one(contract, &field.kind, value, &at).map(|()| true)?,
            };
            if matches!(field.label, Label::List | Label::Map) || contract.fields(&field.kind).is_some() {
                *self.filled.entry((name.to_owned(), field.name.clone())).or_default() |= filled;
            }
        }
        Ok(())
    }

    /// A list without entries is null.
    fn list(&mut self, contract: &Contract, kind: &str, value: &Value, at: &str) -> Result<bool, String> {
        match value {
            Value::Null => Ok(false),
            Value::Array(items) if items.is_empty() => Err(format!("{at} is an empty list and no null")),
            Value::Array(items) => self.items(contract, kind, items, at).map(|()| true),
            _ => Err(format!("{at} is no list")),
        }
    }

    /// A map without entries is left out.
    fn map(&mut self, contract: &Contract, kind: &str, value: &Value, at: &str) -> Result<bool, String> {
        let entries = value.as_object().filter(|entries| !entries.is_empty()).ok_or_else(|| format!("{at} is no map with entries"))?;
        if !entries.keys().is_sorted() {
            return Err(format!("{at} is not sorted"));
        }
        entries.iter().try_for_each(|(key, item)| self.one(contract, kind, item, &format!("{at}.{key}")))?;
        Ok(true)
    }

    fn items(&mut self, contract: &Contract, kind: &str, items: &[Value], at: &str) -> Result<(), String> {
        items.iter().enumerate().try_for_each(|(place, item)| self.one(contract, kind, item, &format!("{at}[{place}]")))
    }

    fn one(&mut self, contract: &Contract, kind: &str, value: &Value, at: &str) -> Result<(), String> {
        let fits = match kind {
            "string" => value.is_string(),
            "bool" => value.is_boolean(),
            "bytes" => value.is_null() || value.as_str().is_some_and(|text| text.len() % 4 == 0),
            "int32" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            "uint32" => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
            "int64" => value.is_i64(),
            "uint64" => value.is_u64(),
            "object" => value.is_object(),
            "json" => true,
            message => return self.message(contract, message, value, at),
        };
        if fits { Ok(()) } else { Err(format!("{at} is no {kind}: {value}")) }
    }
}

/// Fields come in the type's order, and there are no others.
fn order(fields: &[Field], object: &Map<String, Value>, at: &str) -> Result<(), String> {
    let mut expected = fields.iter();
    for key in object.keys() {
        if !expected.any(|field| field.name == *key) {
            return Err(format!("{at}.{key} is not of the type, or not at its place"));
        }
    }
    Ok(())
}
