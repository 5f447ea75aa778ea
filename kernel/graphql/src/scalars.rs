//! The scalars of the graph: `Long`, `ULong` and `DateTime`.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, TimeZone};
use openim_core::Timestamp;
use serde::{Deserialize, Serialize};

/// A 64-bit signed integer as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Long(pub i64);

/// A 64-bit signed integer, sent as a JSON number. Clients in JavaScript keep full precision up to 2^53.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or_else(|| InputValueError::custom("must be an integer of 64 bits")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

impl From<i64> for Long {
    fn from(value: i64) -> Self {
        Self(value)
    }
}

/// A 64-bit unsigned integer as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ULong(pub u64);

/// A 64-bit unsigned integer, sent as a JSON number: hashes of lists. Clients in JavaScript keep full precision up to 2^53.
#[Scalar(name = "ULong")]
impl ScalarType for ULong {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_u64().map(Self).ok_or_else(|| InputValueError::custom("must be an integer of 64 bits")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// A moment, RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub Timestamp);

/// A moment as RFC 3339 text in UTC with milliseconds, `2026-11-21T10:20:30.123Z`. Any offset is accepted as input.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => chrono::DateTime::parse_from_rfc3339(text)
                .map(|time| Self(Timestamp(time.timestamp_millis())))
                .map_err(|_| InputValueError::custom("must be RFC 3339 text")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        match chrono::Utc.timestamp_millis_opt(self.0.0).single() {
            Some(time) => Value::String(time.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => Value::Null,
        }
    }
}

impl From<Timestamp> for DateTime {
    fn from(value: Timestamp) -> Self {
        Self(value)
    }
}
