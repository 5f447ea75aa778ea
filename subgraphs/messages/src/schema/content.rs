//! Message contents in typed form. The server stores the text of a JSON object and looks at none of it; these types show
//! it to clients and take it from them. What they do not know stays in the text.

mod media;
mod notice;
mod texts;

use async_graphql::{InputObject, OneofObject, SimpleObject, Union};
use openim_core::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error;
use media::{FaceContent, FileContent, LocationContent, PictureContent, VideoContent, VoiceContent};
use notice::SystemNoticeContent;
use texts::{
    AdvancedTextContent, AtContent, CardContent, CustomContent, MarkdownContent, MergerContent, QuoteContent, TextContent, TypingContent,
};

/// A content whose type is not known here, or which does not fit its type.
#[derive(Debug, Clone, PartialEq, SimpleObject)]
pub(super) struct RawContent {
    /// OpenIM's content type number.
    content_type: i32,
    /// The content.
    json: Value,
}

/// Any content: give `json`, or `text` when the text must be kept to the byte.
#[derive(InputObject)]
pub(super) struct RawContentInput {
    /// OpenIM's content type number.
    content_type: i32,
    /// The content, an object.
    json: Option<Value>,
    /// The text of the content, which must be a JSON object.
    text: Option<String>,
}

/// Ties each content type to its number, its typed form and its input. The table is the whole knowledge of this file.
macro_rules! contents {
    ($($(#[$doc:meta])* $number:literal $variant:ident($type:ty);)*) => {
        /// The content of a message in typed form.
        #[derive(Debug, Clone, PartialEq, Union)]
        pub(super) enum MessageContent {
            $($(#[$doc])* $variant($type),)*
            /// Anything else.
            Raw(RawContent),
        }

        /// A content: exactly one of its forms.
        #[derive(OneofObject)]
        pub(super) enum MessageContentInput {
            $($(#[$doc])* $variant($type),)*
            /// Anything else, with its content type.
            Raw(RawContentInput),
        }

        /// Shows a stored content. Never fails: what does not fit is shown raw.
        pub(super) fn read(content_type: i32, text: &str) -> MessageContent {
            let typed = match content_type {
                $($number => <$type as Element>::decode(text).map(MessageContent::$variant),)*
                _ => None,
            };
            typed.unwrap_or_else(|| MessageContent::Raw(RawContent { content_type, json: raw(text) }))
        }

        impl MessageContentInput {
            /// Returns the content type and the text to store.
            pub(super) fn encode(self) -> Result<(i32, String)> {
                match self {
                    $(Self::$variant(content) => Ok(($number, content.encode()?)),)*
                    Self::Raw(raw) => raw.encode(),
                }
            }
        }
    };
}

contents! {
    /// Text.
    101 Text(TextContent);
    /// A picture in up to three sizes.
    102 Picture(PictureContent);
    /// A voice recording.
    103 Voice(VoiceContent);
    /// A video with a still picture.
    104 Video(VideoContent);
    /// A file.
    105 File(FileContent);
    /// Text that mentions members of a group.
    106 At(AtContent);
    /// Several messages forwarded as one.
    107 Merger(MergerContent);
    /// A user's card.
    108 Card(CardContent);
    /// A place on the map.
    109 Location(LocationContent);
    /// Whatever the application defines.
    110 Custom(CustomContent);
    /// "Is typing"; never stored.
    113 Typing(TypingContent);
    /// Text that answers another message.
    114 Quote(QuoteContent);
    /// A sticker.
    115 Face(FaceContent);
    /// Text with formatted parts.
    117 AdvancedText(AdvancedTextContent);
    /// Text in Markdown.
    118 Markdown(MarkdownContent);
    /// A notice of a system account.
    1400 SystemNotice(SystemNoticeContent);
}

/// Returns a stored content as JSON.
pub(super) fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// Between a typed form and the stored text.
trait Element: Sized {
    fn decode(text: &str) -> Option<Self>;
    fn encode(&self) -> Result<String>;
}

/// Typed forms that are the JSON object itself.
trait Plain: Serialize + DeserializeOwned {}

impl<T: Plain> Element for T {
    fn decode(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn encode(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

impl RawContentInput {
    fn encode(self) -> Result<(i32, String)> {
        let text = match (self.json, self.text) {
            (Some(json), None) => serde_json::to_string(&json).map_err(Error::internal)?,
            (None, Some(text)) => text,
            _ => return Err(error::args("give either json or text of the raw content")),
        };
        Ok((self.content_type, text))
    }
}

/// Makes a typed form that serves as output, as input, and as the stored JSON. Optional fields are left out of the JSON
/// when they are not given, as OpenIM's clients do.
macro_rules! element {
    (
        $(#[$doc:meta])* $name:ident / $input:literal { $($(#[$rdoc:meta])* $rfield:ident: $rtype:ty = $rkey:literal,)* }
        optional { $($(#[$odoc:meta])* $ofield:ident: $otype:ty = $okey:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, async_graphql::SimpleObject, async_graphql::InputObject, serde::Serialize, serde::Deserialize)]
        #[graphql(input_name = $input)]
        pub(in crate::schema) struct $name {
            $($(#[$rdoc])* #[serde(rename = $rkey)] pub(super) $rfield: $rtype,)*
            $($(#[$odoc])* #[serde(rename = $okey, skip_serializing_if = "Option::is_none")] pub(super) $ofield: Option<$otype>,)*
        }
    };
}
use element;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_content_is_typed_and_written_back_as_it_was() -> Result<()> {
        let text = r#"{"content":"hi"}"#;
        let MessageContent::Text(content) = read(101, text) else { panic!("not typed") };
        assert_eq!(MessageContentInput::Text(content).encode()?, (101, text.to_owned()));
        Ok(())
    }

    #[test]
    fn a_content_that_does_not_fit_is_shown_raw() {
        for (content_type, text) in [(101, r#"{"content":5}"#), (101, "{}"), (1400, r#"{"detail":"no json"}"#), (777, r#"{"a":1}"#)] {
            assert!(matches!(read(content_type, text), MessageContent::Raw(RawContent { .. })), "{content_type} {text}");
        }
    }

    #[test]
    fn a_system_notice_lies_as_text_inside_detail() -> Result<()> {
        let text = r#"{"detail":"{\"notificationName\":\"ops\",\"notificationType\":1,\"text\":\"hello\",\"mixType\":0}"}"#;
        let MessageContent::SystemNotice(notice) = read(1400, text) else { panic!("not typed") };
        assert_eq!(notice.text, "hello");
        assert_eq!(MessageContentInput::SystemNotice(notice).encode()?, (1400, text.to_owned()));
        Ok(())
    }
}
