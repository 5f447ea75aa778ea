//! What a client sends for one operation, whichever way it comes.

use async_graphql::{Extensions, Value, Variables};
use openim_core::{Error, ErrorCode, Reason, Result};
use serde::Deserialize;

use crate::documents::Reference;

/// One operation as it was sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Incoming {
    #[serde(default)]
    pub(crate) query: Option<String>,
    #[serde(default)]
    pub(crate) operation_name: Option<String>,
    #[serde(default)]
    pub(crate) variables: Variables,
    #[serde(default)]
    pub(crate) extensions: Extensions,
    #[serde(default)]
    pub(crate) document_id: Option<String>,
}

/// One operation, or several in one request.
pub(crate) enum Body {
    Single(Incoming),
    Batch(Vec<Incoming>),
}

impl Incoming {
    /// Reads one operation from JSON.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self> {
        serde_json::from_slice(json).map_err(|error| refuse(&error))
    }

    /// Takes out which persisted document is meant.
    pub(crate) fn reference(&mut self) -> Result<Reference> {
        let hash = match self.extensions.remove("persistedQuery") {
            None | Some(Value::Null) => None,
            Some(Value::Object(members)) => match (members.get("version"), members.get("sha256Hash")) {
                (Some(Value::Number(version)), Some(Value::String(hash))) if version.as_i64() == Some(1) => Some(hash.clone()),
                _ => return Err(Error::new(ErrorCode::Args, "extensions.persistedQuery must have version 1 and a sha256Hash")),
            },
            Some(_) => return Err(Error::new(ErrorCode::Args, "extensions.persistedQuery must be an object")),
        };
        let id = self.document_id.take();
        Ok(match hash {
            Some(hash) => Reference { id: Some(hash), automatic: true },
            None => Reference { id, automatic: false },
        })
    }

    /// Takes out why the operation is done. A socket has no header for each operation, and a batch only one for all.
    pub(crate) fn reason(&mut self) -> Result<Option<Reason>> {
        match self.extensions.remove(Reason::EXTENSION) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Reason::parse(&text),
            Some(_) => Err(Error::new(ErrorCode::Args, "extensions.auditReason must be a text")),
        }
    }
}

impl Body {
    /// Reads a body of JSON.
    pub(crate) fn from_json(json: &[u8], batch_limit: usize) -> Result<Self> {
        if json.trim_ascii_start().first() != Some(&b'[') {
            return Incoming::from_json(json).map(Self::Single);
        }
        let batch: Vec<Incoming> = serde_json::from_slice(json).map_err(|error| refuse(&error))?;
        if batch.is_empty() {
            return Err(Error::new(ErrorCode::Args, "a batch needs at least one operation"));
        }
        if batch.len() > batch_limit {
            return Err(Error::new(ErrorCode::LimitExceeded, format!("a batch may have at most {batch_limit} operations")));
        }
        Ok(Self::Batch(batch))
    }
}

/// Says what is wrong with JSON. serde's text quotes only the client's own words.
fn refuse(error: &serde_json::Error) -> Error {
    let what = if error.is_data() { "the body is no GraphQL request" } else { "the body is not JSON" };
    Error::new(ErrorCode::Args, format!("{what}: {error}"))
}
