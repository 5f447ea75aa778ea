//! The notice of a system account: JSON text inside JSON.

use openim_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Element, element};

element! {
    /// A notice of a system account (contentType 1400).
    SystemNoticeContent / "SystemNoticeContentInput" {
        /// Who tells.
        name: String = "notificationName",
        /// The application's kind of notice.
        notice_type: i32 = "notificationType",
        /// The text.
        text: String = "text",
    }
    optional {
        /// The address of the picture of who tells.
        face_url: String = "notificationFaceURL",
        /// Where it leads.
        url: String = "url",
        /// What else it has: 0 only text, 1 a picture, 2 a video, 3 a file, 4 and 5 as the application defines.
        mix_type: i32 = "mixType",
        /// A picture, as in a picture content.
        picture: Value = "pictureElem",
        /// A voice recording, as in a voice content.
        voice: Value = "soundElem",
        /// A video, as in a video content.
        video: Value = "videoElem",
        /// A file, as in a file content.
        file: Value = "fileElem",
        /// The application's data.
        ex: String = "ex",
    }
}

/// How every notification is wrapped.
#[derive(Serialize, Deserialize)]
struct Wrapped {
    detail: String,
}

impl Element for SystemNoticeContent {
    fn decode(text: &str) -> Option<Self> {
        let wrapped: Wrapped = serde_json::from_str(text).ok()?;
        serde_json::from_str(&wrapped.detail).ok()
    }

    fn encode(&self) -> Result<String> {
        let detail = serde_json::to_string(self).map_err(Error::internal)?;
        serde_json::to_string(&Wrapped { detail }).map_err(Error::internal)
    }
}
