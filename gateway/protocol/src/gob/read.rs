//! Reading a stream: numbers, messages, the one struct at its end.

use super::types::{self, BYTES, INT, STRING, Types, Wire};
use crate::encoding::FrameError;

/// What can be wrong, in words.
pub(super) type Outcome<T> = Result<T, &'static str>;

/// The most fields a struct may have.
const MOST_FIELDS: usize = 64;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// An integer of any width.
    Int(i64),
    /// A text.
    String(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Something of another type, which was skipped.
    Other,
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Outcome<u8> {
        let (&first, rest) = self.0.split_first().ok_or("it is cut off")?;
        self.0 = rest;
        Ok(first)
    }

    fn take(&mut self, length: u64) -> Outcome<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| "it is cut off")?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or("it is cut off")?;
        self.0 = rest;
        Ok(taken)
    }

    /// Reads an unsigned number: itself below 128, else the count of its bytes (negated) and the bytes, highest first.
    pub(super) fn uint(&mut self) -> Outcome<u64> {
        let first = self.byte()?;
        if first < 128 {
            return Ok(first.into());
        }
        let length = first.wrapping_neg();
        if length > 8 {
            return Err("a number is too long");
        }
        Ok(self.take(length.into())?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// Reads a signed number: the sign is the lowest bit.
    pub(super) fn int(&mut self) -> Outcome<i64> {
        let number = self.uint()?;
        let half = (number >> 1).cast_signed();
        Ok(if number & 1 == 0 { half } else { !half })
    }

    /// Reads bytes behind their length.
    pub(super) fn bytes(&mut self) -> Outcome<&'a [u8]> {
        let length = self.uint()?;
        self.take(length)
    }

    /// Goes through the fields of a struct until its end.
    pub(super) fn fields(&mut self, mut each: impl FnMut(&mut Self, usize) -> Outcome<()>) -> Outcome<()> {
        let mut next = 0_usize;
        loop {
            let delta = usize::try_from(self.uint()?).unwrap_or(usize::MAX);
            if delta == 0 {
                return Ok(());
            }
            next = next.saturating_add(delta);
            if next > MOST_FIELDS {
                return Err("there are too many fields");
            }
            each(self, next - 1)?;
        }
    }

    fn end(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err("something follows its end") }
    }
}

/// Reads the stream of a frame and gives every field of its value that is not zero.
pub(super) fn value<'a>(frame: &'a [u8], mut each: impl FnMut(&str, Value<'a>) -> Outcome<()>) -> Result<(), FrameError> {
    stream(frame, &mut each).map_err(FrameError::Gob)
}

fn stream<'a>(frame: &'a [u8], each: &mut impl FnMut(&str, Value<'a>) -> Outcome<()>) -> Outcome<()> {
    let mut reader = Reader(frame);
    let mut types = Types::default();
    loop {
        let mut message = Reader(reader.bytes()?);
        let id = message.int()?;
        if id < 0 {
            types.define(id.checked_neg().ok_or("a type id is too large")?, &mut message)?;
            message.end()?;
            continue;
        }
        let Some(Wire::Struct(fields)) = types.get(id) else { return Err("its value is no struct") };
        message.fields(|message, index| {
            let (name, id) = *fields.get(index).ok_or("a field is not defined")?;
            each(name, field(message, &types, id)?)
        })?;
        message.end()?;
        return reader.end();
    }
}

fn field<'a>(reader: &mut Reader<'a>, types: &Types<'_>, id: i64) -> Outcome<Value<'a>> {
    match id {
        INT => reader.int().map(Value::Int),
        STRING => reader.bytes().map(Value::String),
        BYTES => reader.bytes().map(Value::Bytes),
        id => types::skip(reader, types, id, 0).map(|()| Value::Other),
    }
}
