//! Contents that say something: texts, answers, forwarded messages, cards, the application's own.

use serde_json::Value;

use super::{Plain, element};

element! {
    /// Text.
    TextContent / "TextContentInput" {
        /// The text.
        text: String = "content",
    }
    optional {}
}

element! {
    /// Text in Markdown.
    MarkdownContent / "MarkdownContentInput" {
        /// The text.
        text: String = "content",
    }
    optional {}
}

element! {
    /// A formatted part of a text.
    TextEntity / "TextEntityInput" {}
    optional {
        /// What it is, as the clients agree.
        r#type: String = "type",
        /// Where it starts.
        offset: i32 = "offset",
        /// How long it is.
        length: i32 = "length",
        /// Where it leads.
        url: String = "url",
        /// The application's data.
        ex: String = "ex",
    }
}

element! {
    /// Text with formatted parts.
    AdvancedTextContent / "AdvancedTextContentInput" {
        /// The text.
        text: String = "text",
    }
    optional {
        /// The formatted parts.
        entities: Vec<TextEntity> = "messageEntityList",
    }
}

element! {
    /// A mentioned member.
    AtUser / "AtUserInput" {}
    optional {
        /// The user's id.
        user_id: String = "atUserID",
        /// The name in the group.
        group_nickname: String = "groupNickname",
    }
}

element! {
    /// Text that mentions members of a group.
    AtContent / "AtContentInput" {}
    optional {
        /// The text.
        text: String = "text",
        /// The ids of who is mentioned; `AtAllTag` stands for everybody.
        user_ids: Vec<String> = "atUserList",
        /// Their names in the group.
        users: Vec<AtUser> = "atUsersInfo",
        /// The answered message, as the client keeps it.
        quoted: Value = "quoteMessage",
        /// Whether the reader is mentioned; filled by clients.
        is_at_self: bool = "isAtSelf",
    }
}

element! {
    /// Text that answers another message.
    QuoteContent / "QuoteContentInput" {}
    optional {
        /// The text.
        text: String = "text",
        /// The answered message, as the client keeps it.
        quoted: Value = "quoteMessage",
        /// The formatted parts.
        entities: Vec<TextEntity> = "messageEntityList",
    }
}

element! {
    /// Several messages forwarded as one.
    MergerContent / "MergerContentInput" {}
    optional {
        /// The headline.
        title: String = "title",
        /// The lines to show before it is opened.
        abstracts: Vec<String> = "abstractList",
        /// The messages, as the client keeps them.
        messages: Vec<Value> = "multiMessage",
        /// The formatted parts.
        entities: Vec<TextEntity> = "messageEntityList",
    }
}

element! {
    /// A user's card.
    CardContent / "CardContentInput" {
        /// The user's id.
        user_id: String = "userID",
    }
    optional {
        /// The name.
        nickname: String = "nickname",
        /// The address of the picture.
        face_url: String = "faceURL",
        /// The application's data.
        ex: String = "ex",
    }
}

element! {
    /// "Is typing": passed on to who is online, never stored.
    TypingContent / "TypingContentInput" {}
    optional {
        /// `yes` while typing, `no` when it stopped.
        tips: String = "msgTips",
    }
}

element! {
    /// Whatever the application defines.
    CustomContent / "CustomContentInput" {}
    optional {
        /// The data.
        data: String = "data",
        /// What it is.
        description: String = "description",
        /// More data.
        extension: String = "extension",
    }
}

impl Plain for TextContent {}
impl Plain for MarkdownContent {}
impl Plain for AdvancedTextContent {}
impl Plain for AtContent {}
impl Plain for QuoteContent {}
impl Plain for MergerContent {}
impl Plain for CardContent {}
impl Plain for TypingContent {}
impl Plain for CustomContent {}
