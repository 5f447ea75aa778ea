//! Contents pass through without loss, typed where they are known.

use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::stage::Stage;

const READ: &str = "query($id: ID!, $seq: Long!) { message(conversationId: $id, seq: $seq) { contentType raw rawText content { __typename
    ... on TextContent { text } ... on PictureContent { source { url width size } } ... on VoiceContent { url duration } ... on VideoContent { url snapshotUrl }
    ... on FileContent { name size } ... on AtContent { at: text userIds users { userId groupNickname } } ... on MergerContent { title abstracts messages }
    ... on CardContent { userId nickname } ... on LocationContent { longitude latitude } ... on CustomContent { data extension }
    ... on QuoteContent { quoteText: text quoted } ... on FaceContent { index } ... on AdvancedTextContent { advanced: text entities { type offset } }
    ... on MarkdownContent { markdown: text } ... on SystemNoticeContent { name notice: text mixType } ... on RawContent { contentType json } } } }";

#[tokio::test]
async fn every_typed_content_comes_back_as_it_was_sent() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let cases = [
            (101, "text", json!({"text": "hi 👋 \u{0} \"q\""}), json!({"text": "hi 👋 \u{0} \"q\""})),
            (
                102,
                "picture",
                json!({"source": {"url": "u", "width": 3, "size": 4_000_000_000_i64}}),
                json!({"source": {"url": "u", "width": 3, "size": 4_000_000_000_i64}}),
            ),
            (103, "voice", json!({"url": "u", "duration": 3}), json!({"url": "u", "duration": 3})),
            (104, "video", json!({"url": "u", "snapshotUrl": "s"}), json!({"url": "u", "snapshotUrl": "s"})),
            (105, "file", json!({"name": "n", "size": 9}), json!({"name": "n", "size": 9})),
            (
                106,
                "at",
                json!({"text": "@b", "userIds": ["b"], "users": [{"userId": "b", "groupNickname": "B"}]}),
                json!({"at": "@b", "userIds": ["b"], "users": [{"userId": "b", "groupNickname": "B"}]}),
            ),
            (
                107,
                "merger",
                json!({"title": "t", "abstracts": ["x"], "messages": [{"seq": 1}]}),
                json!({"title": "t", "abstracts": ["x"], "messages": [{"seq": 1}]}),
            ),
            (108, "card", json!({"userId": "b", "nickname": "B"}), json!({"userId": "b", "nickname": "B"})),
            (109, "location", json!({"longitude": 1.5, "latitude": -2.25}), json!({"longitude": 1.5, "latitude": -2.25})),
            (110, "custom", json!({"data": "{}", "extension": "e"}), json!({"data": "{}", "extension": "e"})),
            (
                114,
                "quote",
                json!({"text": "yes", "quoted": {"seq": 1, "deep": {"a": [null]}}}),
                json!({"quoteText": "yes", "quoted": {"seq": 1, "deep": {"a": [null]}}}),
            ),
            (115, "face", json!({"index": 7}), json!({"index": 7})),
            (
                117,
                "advancedText",
                json!({"text": "t", "entities": [{"type": "bold", "offset": 1}]}),
                json!({"advanced": "t", "entities": [{"type": "bold", "offset": 1}]}),
            ),
            (118, "markdown", json!({"text": "# t"}), json!({"markdown": "# t"})),
        ];
        for (place, (content_type, form, given, expected)) in cases.into_iter().enumerate() {
            let input = json!({"recipient": {"userId": "b"}, "clientMessageId": format!("m{place}"), "content": {form: given}});
            stage.send(world.user("a"), input).await;
            let read = read(&stage, world.user("b"), "si_a_b", place + 1).await;
            assert_eq!(read["contentType"], json!(content_type), "{form}");
            let mut content = read["content"].clone();
            content.as_object_mut().expect("an object").remove("__typename");
            assert_eq!(content, expected, "{form}");
        }
        let at = stage.ask(world.user("a"), "{ message(conversationId: \"si_a_b\", seq: 6) { atUserIds } }", json!({})).await;
        assert_eq!(at["message"]["atUserIds"], json!(["b"]), "mentions are taken from the content");
        stage
            .send(
                world.user("desk"),
                json!({"recipient": {"userId": "a"}, "clientMessageId": "n",
            "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello", "mixType": 1, "picture": {"x": 1}}}}),
            )
            .await;
        let read = read(&stage, world.user("a"), "sn_a_desk", 1).await;
        assert_eq!(read["content"], json!({"__typename": "SystemNoticeContent", "name": "ops", "notice": "hello", "mixType": 1}));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

async fn read(stage: &Stage, ctx: openim_core::Ctx, id: &str, seq: usize) -> Value {
    stage.ask(ctx, READ, json!({"id": id, "seq": seq})).await["message"].clone()
}

#[tokio::test]
async fn the_text_of_a_content_is_kept_to_the_byte() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        // Odd spacing, unknown keys, escapes, a number that no float can hold.
        let odd = "{ \"content\" : \"h\\u0069\",\n\t\"unknown\":[1.0, 12345678901234567890123], \"content2\": null }";
        let cases = [
            (101, odd, "TextContent"),
            (101, "{\"content\":5}", "RawContent"),
            (777, odd, "RawContent"),
            (1400, "{\"detail\":\"x\"}", "RawContent"),
        ];
        for (place, (content_type, text, form)) in cases.into_iter().enumerate() {
            let sender = if content_type == 1400 { "desk" } else { "b" };
            let input = json!({"recipient": {"userId": "a"}, "clientMessageId": format!("m{place}"),
                "content": {"raw": {"contentType": content_type, "text": text}}});
            let sent = stage.send(world.user(sender), input).await["message"].clone();
            assert_eq!(sent["rawText"], json!(text));
            let seq = usize::try_from(sent["seq"].as_i64().expect("a seq")).expect("a place");
            let read = read(&stage, world.user("a"), sent["conversationId"].as_str().expect("an id"), seq).await;
            assert_eq!((read["rawText"].clone(), read["content"]["__typename"].clone()), (json!(text), json!(form)));
        }
        stage.stop().await;
        // A process that never had it in memory reads the same from the database.
        let fresh = Stage::start(world);
        let read = read(&fresh, world.user("a"), "si_a_b", 1).await;
        assert_eq!(read["rawText"], json!(odd));
        assert_eq!(read["raw"]["content"], json!("hi"));
        fresh.stop().await;
        world.take_events().await;
    })
    .await;
}
