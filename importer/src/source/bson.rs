//! BSON as mongodump writes it: documents one after the other, each with its length in front. The length is looked at before
//! anything is read, so that a damaged one takes no memory.

use std::io::{self, Read};

use bson::raw::{RawArray, RawBsonRef, RawDocument};

use super::{Damage, Place, Reader, Step};
use crate::value::{MAX_DEPTH, Map, Value, Wrong};

/// MongoDB's own limit is 16 MiB and a little.
const LARGEST: u64 = 16 * 1024 * 1024 + 16 * 1024;
/// Above this a length is no length any more: what follows cannot be found again.
const PLAUSIBLE: u64 = 256 * 1024 * 1024;
/// The length itself and the end mark.
const SMALLEST: u64 = 5;

/// Reads documents.
pub(super) struct BsonReader<R> {
    input: R,
    place: Place,
}

impl<R: Read> BsonReader<R> {
    /// Begins behind `place`, where the input stands already.
    pub(super) fn new(input: R, place: Place) -> Self {
        Self { input, place }
    }

    fn step(&mut self) -> io::Result<Step> {
        let at = self.place;
        let mut prefix = [0_u8; 4];
        let length = match fill(&mut self.input, &mut prefix)? {
            0 => return Ok(Step::End),
            4 => i64::from(i32::from_le_bytes(prefix)),
            _ => return Ok(Step::Lost(Damage::new(at, "the file ends in the middle of a record"))),
        };
        let length = u64::try_from(length).unwrap_or(0);
        if !(SMALLEST..=PLAUSIBLE).contains(&length) {
            let text = format!("the record says that it is {} bytes long: what follows cannot be read", i32::from_le_bytes(prefix));
            return Ok(Step::Lost(Damage::new(at, text)));
        }
        if length > LARGEST {
            let skipped = io::copy(&mut self.input.by_ref().take(length - 4), &mut io::sink())?;
            self.place = at.behind(4 + skipped, 1);
            let text = format!("the record is {length} bytes long, more than MongoDB allows");
            return Ok(if skipped == length - 4 { Step::Damaged(Damage::new(at, text)) } else { Step::Lost(Damage::new(at, text)) });
        }
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&prefix);
        self.input.by_ref().take(length - 4).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(0) < length {
            return Ok(Step::Lost(Damage::new(at, "the file ends in the middle of a record")));
        }
        self.place = at.behind(length, 1);
        Ok(match RawDocument::from_bytes(&bytes).map_err(|error| Wrong::new(error.to_string())).and_then(|document| map(document, 0)) {
            Ok(map) => Step::Record(map, usize::try_from(length).unwrap_or(usize::MAX)),
            Err(wrong) => Step::Damaged(Damage::new(at, wrong.0)),
        })
    }
}

impl<R: Read + Send> Reader for BsonReader<R> {
    fn next(&mut self) -> io::Result<Step> {
        self.step()
    }

    fn place(&self) -> Place {
        self.place
    }
}

/// Reads until the buffer is full or the input ends, and returns how much there was.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn map(document: &RawDocument, depth: usize) -> Result<Map, Wrong> {
    if depth > MAX_DEPTH {
        return Err(Wrong::new("it nests too deep"));
    }
    let mut map = Map::default();
    for element in document {
        let (name, element) = element.map_err(|error| Wrong::new(error.to_string()))?;
        map.insert(name.as_str(), value(element, depth)?)?;
    }
    Ok(map)
}

fn list(array: &RawArray, depth: usize) -> Result<Vec<Value>, Wrong> {
    if depth > MAX_DEPTH {
        return Err(Wrong::new("it nests too deep"));
    }
    let element = |element: bson::error::Result<RawBsonRef<'_>>| value(element.map_err(|error| Wrong::new(error.to_string()))?, depth);
    array.into_iter().map(element).collect()
}

fn value(value: RawBsonRef<'_>, depth: usize) -> Result<Value, Wrong> {
    Ok(match value {
        RawBsonRef::Null | RawBsonRef::Undefined => Value::Null,
        RawBsonRef::Boolean(truth) => Value::Bool(truth),
        RawBsonRef::Int32(number) => Value::Int(number.into()),
        RawBsonRef::Int64(number) => Value::Int(number),
        RawBsonRef::Double(number) => Value::Float(number),
        RawBsonRef::String(text) => Value::Text(text.to_owned()),
        RawBsonRef::DateTime(time) => Value::Time(time.timestamp_millis()),
        RawBsonRef::ObjectId(id) => Value::Id(id.to_hex()),
        RawBsonRef::Document(document) => Value::Map(map(document, depth + 1)?),
        RawBsonRef::Array(array) => Value::List(list(array, depth + 1)?),
        RawBsonRef::Binary(_) => Value::Other("binary data"),
        RawBsonRef::Decimal128(_) => Value::Other("a decimal"),
        _ => Value::Other("of a strange kind"),
    })
}
