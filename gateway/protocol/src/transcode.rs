//! Bodies of HTTP routes whose callers speak protobuf: the same message as JSON and back.

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a body cannot be turned into the other form.
#[derive(Debug, thiserror::Error)]
pub enum TranscodeError {
    /// It is no message of this type.
    #[error("the body is no protobuf message of its type")]
    Protobuf(#[from] prost::DecodeError),
    /// It is no JSON of this type.
    #[error("the text is no JSON of its type")]
    Json(#[from] serde_json::Error),
}

/// Turns a message of one type from either form into the other.
#[derive(Debug, Clone, Copy)]
pub struct Transcoder {
    to_json: fn(&[u8]) -> Result<Vec<u8>, TranscodeError>,
    to_protobuf: fn(&[u8]) -> Result<Vec<u8>, TranscodeError>,
}

impl Transcoder {
    /// Writes a protobuf message as OpenIM's JSON without its zero values.
    ///
    /// # Errors
    /// It is no message of this type.
    pub fn to_json(self, protobuf: &[u8]) -> Result<Vec<u8>, TranscodeError> {
        (self.to_json)(protobuf)
    }

    /// Writes OpenIM's JSON as a protobuf message.
    ///
    /// # Errors
    /// It is no JSON of this type.
    pub fn to_protobuf(self, json: &[u8]) -> Result<Vec<u8>, TranscodeError> {
        (self.to_protobuf)(json)
    }

    fn of<T: Message + Default + Serialize + DeserializeOwned>() -> Self {
        Self {
            to_json: |protobuf| Ok(serde_json::to_vec(&T::decode(protobuf)?)?),
            to_protobuf: |json| Ok(serde_json::from_slice::<T>(json)?.encode_to_vec()),
        }
    }
}

/// Returns the transcoder of a message by OpenIM's name of it, such as `jssdk.GetConversationsReq`.
pub fn transcoder(name: &str) -> Option<Transcoder> {
    use crate::jssdk::{GetActiveConversationsReq, GetActiveConversationsResp, GetConversationsReq, GetConversationsResp};
    match name {
        "jssdk.GetActiveConversationsReq" => Some(Transcoder::of::<GetActiveConversationsReq>()),
        "jssdk.GetActiveConversationsResp" => Some(Transcoder::of::<GetActiveConversationsResp>()),
        "jssdk.GetConversationsReq" => Some(Transcoder::of::<GetConversationsReq>()),
        "jssdk.GetConversationsResp" => Some(Transcoder::of::<GetConversationsResp>()),
        _ => None,
    }
}
