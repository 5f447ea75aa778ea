//! The types a stream defines, and how much a value of each takes.

use super::read::{Outcome, Reader};

/// True or false.
pub(super) const BOOL: i64 = 1;
/// A signed integer.
pub(super) const INT: i64 = 2;
/// An unsigned integer.
pub(super) const UINT: i64 = 3;
/// A floating point number.
pub(super) const FLOAT: i64 = 4;
/// Bytes.
pub(super) const BYTES: i64 = 5;
/// A text.
pub(super) const STRING: i64 = 6;
/// A complex number.
pub(super) const COMPLEX: i64 = 7;

/// Smaller ids belong to gob itself.
const FIRST_DEFINED: i64 = 24;

/// The most types a stream may define, and the deepest nesting of a value.
const MOST_TYPES: usize = 32;
const DEEPEST: usize = 16;

/// The shape of a defined type.
#[derive(Debug)]
pub(super) enum Wire<'a> {
    /// Named fields with their type ids.
    Struct(Vec<(&'a str, i64)>),
    /// A count and so many values of one type.
    List(i64),
    /// A count and so many pairs.
    Map(i64, i64),
    /// A length and so many bytes that only the sender understands.
    Opaque,
}

/// The types of a stream.
#[derive(Debug, Default)]
pub(super) struct Types<'a>(Vec<(i64, Wire<'a>)>);

impl<'a> Types<'a> {
    /// Returns a type that was defined.
    pub(super) fn get(&self, id: i64) -> Option<&Wire<'a>> {
        self.0.iter().find(|(defined, _)| *defined == id).map(|(_, wire)| wire)
    }

    /// Reads a definition: a struct with one field set, which is the kind of the type.
    pub(super) fn define(&mut self, id: i64, reader: &mut Reader<'a>) -> Outcome<()> {
        if id < FIRST_DEFINED || self.get(id).is_some() || self.0.len() >= MOST_TYPES {
            return Err("a type id is not allowed");
        }
        let mut wire = None;
        reader.fields(|reader, kind| {
            let read = match kind {
                0 | 1 => read_list(reader)?,
                2 => read_struct(reader)?,
                3 => read_map(reader)?,
                4..=6 => read_opaque(reader)?,
                _ => return Err("a kind of type is unknown"),
            };
            if wire.replace(read).is_some() { Err("a type has two kinds") } else { Ok(()) }
        })?;
        self.0.push((id, wire.ok_or("a type has no kind")?));
        Ok(())
    }
}

/// Reads the name and the id that every definition begins with; both are said elsewhere.
fn common(reader: &mut Reader<'_>) -> Outcome<()> {
    reader.fields(|reader, index| match index {
        0 => reader.bytes().map(drop),
        1 => reader.int().map(drop),
        _ => Err("a definition is damaged"),
    })
}

fn read_list<'a>(reader: &mut Reader<'a>) -> Outcome<Wire<'a>> {
    let mut element = 0;
    reader.fields(|reader, index| match index {
        0 => common(reader),
        1 => reader.int().map(|id| element = id),
        2 => reader.int().map(drop), // the length of an array: its values say it again
        _ => Err("a definition is damaged"),
    })?;
    Ok(Wire::List(element))
}

fn read_map<'a>(reader: &mut Reader<'a>) -> Outcome<Wire<'a>> {
    let (mut key, mut element) = (0, 0);
    reader.fields(|reader, index| match index {
        0 => common(reader),
        1 => reader.int().map(|id| key = id),
        2 => reader.int().map(|id| element = id),
        _ => Err("a definition is damaged"),
    })?;
    Ok(Wire::Map(key, element))
}

fn read_opaque<'a>(reader: &mut Reader<'a>) -> Outcome<Wire<'a>> {
    reader.fields(|reader, index| if index == 0 { common(reader) } else { Err("a definition is damaged") })?;
    Ok(Wire::Opaque)
}

fn read_struct<'a>(reader: &mut Reader<'a>) -> Outcome<Wire<'a>> {
    let mut fields = Vec::new();
    reader.fields(|reader, index| match index {
        0 => common(reader),
        1 => {
            // Every field takes a byte at least: the count is no reason to take memory.
            for _ in 0..reader.uint()? {
                fields.push(read_field(reader)?);
            }
            Ok(())
        }
        _ => Err("a definition is damaged"),
    })?;
    Ok(Wire::Struct(fields))
}

fn read_field<'a>(reader: &mut Reader<'a>) -> Outcome<(&'a str, i64)> {
    let (mut name, mut ty) = ("", 0);
    reader.fields(|reader, index| match index {
        0 => {
            name = std::str::from_utf8(reader.bytes()?).map_err(|_| "a name is no UTF-8")?;
            Ok(())
        }
        1 => reader.int().map(|id| ty = id),
        _ => Err("a definition is damaged"),
    })?;
    Ok((name, ty))
}

/// Skips a value of this type. Every value takes a byte at least, so that the input bounds the work.
pub(super) fn skip(reader: &mut Reader<'_>, types: &Types<'_>, id: i64, depth: usize) -> Outcome<()> {
    if depth > DEEPEST {
        return Err("it is nested too deeply");
    }
    match id {
        BOOL | INT | UINT | FLOAT => reader.uint().map(drop),
        BYTES | STRING => reader.bytes().map(drop),
        COMPLEX => reader.uint().and_then(|_| reader.uint()).map(drop),
        id => match types.get(id).ok_or("a type is not defined")? {
            Wire::Struct(fields) => reader.fields(|reader, index| {
                let (_, id) = fields.get(index).ok_or("a field is not defined")?;
                skip(reader, types, *id, depth + 1)
            }),
            Wire::List(element) => {
                for _ in 0..reader.uint()? {
                    skip(reader, types, *element, depth + 1)?;
                }
                Ok(())
            }
            Wire::Map(key, element) => {
                for _ in 0..reader.uint()? {
                    skip(reader, types, *key, depth + 1)?;
                    skip(reader, types, *element, depth + 1)?;
                }
                Ok(())
            }
            Wire::Opaque => reader.bytes().map(drop),
        },
    }
}
