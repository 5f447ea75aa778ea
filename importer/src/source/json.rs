//! Extended JSON as mongoexport writes it: a record a line, or one array of them, each on a line or spread over several. Old
//! and new forms of times, numbers and ids are understood.

use std::fmt;
use std::io::{self, BufRead, Read as _};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Damage, Place, Reader, Step};
use crate::value::{MAX_DEPTH, Map, Value, Wrong};

/// The longest record: BSON of 16 MiB may take several times that as text.
const LARGEST: usize = 64 * 1024 * 1024;

/// Reads records.
pub(super) struct JsonReader<R> {
    input: R,
    place: Place,
    /// A line that was read but belongs to the next record.
    waiting: Option<Vec<u8>>,
    done: bool,
}

impl<R: BufRead> JsonReader<R> {
    /// Begins behind `place`, where the input stands already.
    pub(super) fn new(input: R, place: Place) -> Self {
        Self { input, place, waiting: None, done: false }
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.waiting.take() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let most = u64::try_from(LARGEST).unwrap_or(u64::MAX) + 1;
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut line)?;
        Ok((read > 0).then_some(line))
    }

    fn step(&mut self) -> io::Result<Step> {
        loop {
            let at = self.place;
            if self.done {
                return Ok(Step::End);
            }
            let Some(first) = self.line()? else { return Ok(Step::End) };
            let core = trimmed(&first);
            if core.is_empty() || core == b"\xef\xbb\xbf" {
                self.place = at.behind(length(&first), 1);
                continue;
            }
            if first.len() > LARGEST {
                self.done = true;
                return Ok(Step::Lost(Damage::new(at, "the line is too long: what follows cannot be read")));
            }
            return self.record(at, first);
        }
    }

    /// Collects the lines of a record: one, or all up to the brace that closes at the margin.
    fn record(&mut self, at: Place, first: Vec<u8>) -> io::Result<Step> {
        let mut text = first;
        let mut lines = 1;
        loop {
            let bytes = length(&text);
            let whole = trimmed(&text);
            if !whole.starts_with(b"{") {
                self.place = at.behind(bytes, lines);
                return Ok(Step::Damaged(Damage::new(at, "this is no JSON object")));
            }
            if whole.ends_with(b"}") {
                match parsed(whole) {
                    Ok(map) => {
                        self.place = at.behind(bytes, lines);
                        return Ok(Step::Record(map, text.len()));
                    }
                    Err((wrong, false)) => {
                        self.place = at.behind(bytes, lines);
                        return Ok(Step::Damaged(Damage::new(at, wrong.0)));
                    }
                    Err(_) => {}
                }
            }
            let Some(next) = self.closing(&mut text, &mut lines)? else {
                self.place = at.behind(length(&text), lines);
                return Ok(Step::Damaged(Damage::new(at, "the record has no end")));
            };
            text.extend_from_slice(&next);
            lines += 1;
            if text.len() > LARGEST {
                self.place = at.behind(length(&text), lines);
                return Ok(Step::Damaged(Damage::new(at, "the record is too long")));
            }
        }
    }

    /// Reads on to the next line that may close the record; `None` when another record begins before, or the file ends.
    fn closing(&mut self, text: &mut Vec<u8>, lines: &mut u64) -> io::Result<Option<Vec<u8>>> {
        while let Some(line) = self.line()? {
            if trimmed(&line).starts_with(b"{") && !line.starts_with(b" ") && !line.starts_with(b"\t") {
                self.waiting = Some(line);
                return Ok(None);
            }
            if line.starts_with(b"}") || text.len() + line.len() > LARGEST {
                return Ok(Some(line));
            }
            text.extend_from_slice(&line);
            *lines += 1;
        }
        Ok(None)
    }
}

impl<R: BufRead + Send> Reader for JsonReader<R> {
    fn next(&mut self) -> io::Result<Step> {
        self.step()
    }

    fn place(&self) -> Place {
        self.place
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Takes away what stands around a record in an array.
fn trimmed(line: &[u8]) -> &[u8] {
    let blank = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    let start = line.iter().position(|byte| !blank(*byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !blank(*byte)).map_or(start, |end| end + 1);
    line.get(start..end).unwrap_or_default()
}

/// Reads one object; the error tells whether more text could mend it.
fn parsed(text: &[u8]) -> Result<Map, (Wrong, bool)> {
    match serde_json::from_slice::<Json>(text) {
        Ok(Json(Value::Map(map))) => Ok(map),
        Ok(_) => Err((Wrong::new("this is no JSON object"), false)),
        Err(error) => Err((Wrong::new(error.to_string()), error.is_eof())),
    }
}

/// A value of extended JSON.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde_json refuses what nests deeper than 128; the limit of values is checked where they are made.
        deserializer.deserialize_any(JsonVisitor).map(Json)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::Int).map_err(|_| E::custom("a number is too big"))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Json(value)) = access.next_element()? {
            list.push(value);
        }
        checked(Value::List(list)).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::default();
        while let Some(name) = access.next_key::<String>()? {
            let Json(value) = access.next_value()?;
            map.insert(&name, value).map_err(A::Error::custom)?;
        }
        let value = extended(map).map_err(A::Error::custom)?;
        checked(value).map_err(A::Error::custom)
    }
}

fn checked(value: Value) -> Result<Value, Wrong> {
    if depth(&value) > MAX_DEPTH { Err(Wrong::new("it nests too deep")) } else { Ok(value) }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Map(map) => 1 + map.entries().iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Reads the forms that stand for kinds which JSON has not.
fn extended(map: Map) -> Result<Value, Wrong> {
    let [(name, inner)] = map.entries() else { return Ok(Value::Map(map)) };
    let number = |text: &str| text.parse::<i64>().map_err(|_| Wrong::new(format!("{text:?} is no number")));
    Ok(match (name.as_str(), inner) {
        ("$oid", Value::Text(id)) => Value::Id(id.clone()),
        ("$numberInt" | "$numberLong", Value::Text(text)) => Value::Int(number(text)?),
        ("$numberInt" | "$numberLong", Value::Int(number)) => Value::Int(*number),
        ("$numberDouble", Value::Text(text)) => Value::Float(text.parse().map_err(|_| Wrong::new(format!("{text:?} is no number")))?),
        ("$date", Value::Int(time)) => Value::Time(*time),
        ("$date", Value::Text(text)) => Value::Time(
            chrono::DateTime::parse_from_rfc3339(text)
                .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
                .map_err(|_| Wrong::new(format!("{text:?} is no time")))?
                .timestamp_millis(),
        ),
        ("$undefined", _) => Value::Null,
        ("$binary" | "$numberDecimal" | "$timestamp" | "$regularExpression", _) => Value::Other("of a strange kind"),
        _ => Value::Map(map),
    })
}
