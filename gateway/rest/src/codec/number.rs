//! Which JSON numbers fit which field.

use serde_json::Number;

use crate::contract::Kind;

/// Returns the number when a field of this kind takes it: integers must be written as such and lie in range.
pub(super) fn fit(number: &Number, kind: Kind) -> Option<Number> {
    let fits = match kind {
        Kind::Int32 => number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        Kind::Int64 => number.is_i64(),
        Kind::Uint32 => number.as_u64().is_some_and(|n| u32::try_from(n).is_ok()),
        Kind::Uint64 => number.is_u64(),
        Kind::Float => true,
        _ => false,
    };
    fits.then(|| number.clone())
}

/// Says what a field of this kind takes.
pub(super) fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Int32 => "an integer of 32 bits",
        Kind::Int64 => "an integer of 64 bits",
        Kind::Uint32 => "an unsigned integer of 32 bits",
        Kind::Uint64 => "an unsigned integer of 64 bits",
        Kind::Float => "a number",
        Kind::Bool => "a boolean",
        Kind::String => "a string",
        Kind::Bytes => "base64 text",
        Kind::Json => "JSON",
        Kind::JsonObject | Kind::Message(_) => "an object",
    }
}
