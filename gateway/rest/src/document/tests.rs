//! The engine's directives, and the contract's examples of rendered answers.

use async_graphql::Value;
use openim_core::ErrorCode;
use serde_json::json;

use super::*;
use crate::contract::{Bind, Caller, Reply};

fn contract() -> Contract {
    Contract::load().expect("the contract")
}

fn route(contract: &Contract, request: &str, reply: &str) -> Route {
    let reply = match reply {
        "" => Reply::Nothing,
        "string" => Reply::Text,
        name => match name.strip_prefix('[') {
            Some(item) => Reply::Array(contract.types.id(item.trim_end_matches(']')).expect("the item's type")),
            None => Reply::Object(contract.types.id(name).expect("the reply's type")),
        },
    };
    let (bind, caller) = (Bind::A2r, Caller::User);
    Route {
        path: "/x".to_owned(),
        method: "POST".to_owned(),
        bind,
        caller,
        request: contract.types.id(request),
        rules: Vec::new(),
        query: Vec::new(),
        reply,
    }
}

fn compile(reply: &str, text: &str) -> Result<Document, String> {
    let contract = contract();
    Document::compile(text, &route(&contract, "", reply), &contract)
}

fn rendered(reply: &str, text: &str, data: serde_json::Value) -> String {
    let document = compile(reply, text).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    document.render(&Value::from_json(data).expect("a value"), &mut out).unwrap_or_else(|misfit| panic!("{misfit:?}"));
    String::from_utf8(out).expect("utf-8")
}

const USERS: &str = "{ usersInfo: users { userID: id nickname faceURL: faceUrl ex createTime: createdAt @unix(unit: MILLISECONDS) \
    appMangerLevel: level @number(of: UserLevel) globalRecvMsgOpt: option @number(of: ReceiveOption) } }";

#[test]
fn an_empty_list_is_null_and_a_full_one_has_every_field() {
    assert_eq!(rendered("user.getDesignateUsersResp", USERS, json!({"usersInfo": []})), r#"{"usersInfo":null}"#);
    let user = json!({"userID": "u<1>", "nickname": "", "faceURL": "", "ex": "", "createTime": "2024-07-02T06:11:40.123Z",
        "appMangerLevel": "ORDINARY", "globalRecvMsgOpt": "RECEIVE"});
    assert_eq!(
        rendered("user.getDesignateUsersResp", USERS, json!({"usersInfo": [user]})),
        r#"{"usersInfo":[{"userID":"u\u003c1\u003e","nickname":"","faceURL":"","ex":"","createTime":1719900700123,"appMangerLevel":0,"globalRecvMsgOpt":0}]}"#
    );
}

#[test]
fn an_empty_map_has_no_key_and_big_integers_stay_exact() {
    let text = r#"query @absent(fields: ["minSeqs"]) { maxSeqs: heads @mapBy(key: "id", value: "seq") { id seq } }"#;
    assert_eq!(rendered("sdkws.GetMaxSeqResp", text, json!({"maxSeqs": []})), "{}");
    let heads = json!([{"id": "si_b_c", "seq": 9_007_199_254_740_993_i64}, {"id": "si_a_b", "seq": 2}]);
    assert_eq!(rendered("sdkws.GetMaxSeqResp", text, json!({"maxSeqs": heads})), r#"{"maxSeqs":{"si_a_b":2,"si_b_c":9007199254740993}}"#);
}

#[test]
fn absent_fields_of_a_message_are_zero_and_bytes_are_base64() {
    let text = r#"query @absent(fields: ["recvID", "groupID", "clientMsgID", "serverMsgID", "senderPlatformID", "senderNickname",
        "senderFaceURL", "sessionType", "msgFrom", "contentType", "sendTime", "createTime", "status", "attachedInfo", "ex"]) {
        sendID content @base64 seq isRead options @mapBy(key: "key", value: "value") { key value } offlinePushInfo { title desc ex
        iOSPushSound iOSBadgeCount signalInfo } atUserIDList }"#;
    let data = json!({"sendID": null, "content": "{\"content\":\"hi\"}", "seq": 0, "isRead": false, "options": [], "offlinePushInfo": null, "atUserIDList": []});
    assert_eq!(
        rendered("sdkws.MsgData", text, data),
        r#"{"sendID":"","recvID":"","groupID":"","clientMsgID":"","serverMsgID":"","senderPlatformID":0,"senderNickname":"","senderFaceURL":"","sessionType":0,"msgFrom":0,"contentType":0,"content":"eyJjb250ZW50IjoiaGkifQ==","seq":0,"sendTime":0,"createTime":0,"status":0,"isRead":false,"offlinePushInfo":null,"atUserIDList":null,"attachedInfo":"","ex":""}"#
    );
    assert!(rendered("sdkws.MsgData", text, json!({"content": ""})).contains(r#""content":null"#));
    let options = json!({"options": [{"key": "b", "value": false}, {"key": "a", "value": true}]});
    assert!(rendered("sdkws.MsgData", text, options).contains(r#""options":{"a":true,"b":false}"#));
}

#[test]
fn optional_fields_are_null_when_absent() {
    let text = "{ ownerUserID friendUserIDs isPinned remark ex }";
    let data = json!({"ownerUserID": "", "friendUserIDs": null, "isPinned": null, "remark": "x", "ex": null});
    assert_eq!(
        rendered("relation.updateFriendsReq", text, data),
        r#"{"ownerUserID":"","friendUserIDs":null,"isPinned":null,"remark":"x","ex":null}"#
    );
}

#[test]
fn a_map_that_nothing_fills_has_no_key() {
    let text = r#"query @absent(fields: ["modify"]) { send @flatten { message @flatten { serverMsgID clientMsgID sendTime } } }"#;
    let data = json!({"send": {"message": {"serverMsgID": "s", "clientMsgID": "c", "sendTime": 1}}});
    assert_eq!(rendered("rest.MsgSendMsgResp", text, data), r#"{"serverMsgID":"s","clientMsgID":"c","sendTime":1}"#);
}

#[test]
fn text_data_is_a_json_string() {
    assert_eq!(rendered("string", "{ config @json }", json!({"config": {"a": 1}})), r#""{\"a\":1}""#);
}

#[test]
fn array_data_is_null_when_empty() {
    let text = "{ users { userID: id accountStatus: registered @number } }";
    assert_eq!(rendered("[user.accountCheckResp.singleUserStatus]", text, json!({"users": []})), "null");
    let data = json!({"users": [{"userID": "a", "accountStatus": true}]});
    assert_eq!(rendered("[user.accountCheckResp.singleUserStatus]", text, data), r#"[{"userID":"a","accountStatus":1}]"#);
}

#[test]
fn one_list_feeds_two_fields_by_condition() {
    let text = r#"{ positions @mapBy(into: "seqs", key: "id") @pluck(into: "pinnedConversationIDs", path: "id", where: "pinned")
        { id pinned maxSeq hasReadSeq maxSeqTime @unix(unit: SECONDS) } }"#;
    let one = |id: &str, pinned| json!({"id": id, "pinned": pinned, "maxSeq": 3, "hasReadSeq": 1, "maxSeqTime": null});
    let data = json!({"positions": [one("b", false), one("a", true)]});
    assert_eq!(
        rendered("msg.GetConversationsHasReadAndMaxSeqResp", text, data),
        r#"{"seqs":{"a":{"maxSeq":3,"hasReadSeq":1,"maxSeqTime":0},"b":{"maxSeq":3,"hasReadSeq":1,"maxSeqTime":0}},"pinnedConversationIDs":["a"]}"#
    );
}

#[test]
fn the_first_of_none_is_the_named_error() {
    let text = r#"{ results: list { userID: id accountStatus: registered @number } }"#;
    assert!(compile("user.accountCheckResp", text).is_ok());
    let contract = contract();
    let source = crate::documents().iter().find(|(path, _)| *path == "/conversation/get_conversation").expect("the document").1;
    let route = route(&contract, "conversation.GetConversationReq", "conversation.GetConversationResp");
    let document = Document::compile(source, &route, &contract).expect("it compiles");
    let data = Value::from_json(json!({"viewer": {"conversation": []}})).expect("a value");
    assert_eq!(document.render(&data, &mut Vec::new()), Err(Misfit::Missing(ErrorCode::NotFound)));
}

#[test]
fn directives_of_the_engine_are_taken_out_and_others_stay() {
    let text = r#"query Q($userID: ID! @from(path: "userID")) @absent(fields: ["level"]) { a: b @flatten { c @include(if: true) @unix(unit: SECONDS) ...F } } fragment F on T { d @paged }"#;
    let printed = Source::parse(text).expect("a document").stripped();
    assert_eq!(
        printed.split_whitespace().collect::<Vec<_>>().join(" "),
        "query Q($userID: ID!) { a: b { c @include(if: true) ...F } } fragment F on T { d }"
    );
}

#[test]
fn a_document_may_neither_forget_nor_invent_a_field() {
    let reply = "user.accountCheckResp";
    for (text, why) in [
        ("{ results: x { userID } }", "accountStatus"),
        ("{ results: x { userID accountStatus @number more } }", "more is no field"),
        ("{ other }", "results"),
        ("query @absent(fields: [\"nothing\"]) { results { userID accountStatus } }", "nothing"),
        ("{ results @mapBy(key: \"userID\") { userID accountStatus } }", "results"),
        ("{ results { userID accountStatus @number(of: Nothing) } }", "Nothing"),
        ("{ results { userID @number accountStatus } }", "userID"),
        ("{ results { userID accountStatus } } { again }", "one operation"),
        ("{ results { userID ", "syntax"),
    ] {
        let error = compile(reply, text).expect_err(text);
        assert!(error.contains(why), "{text}: {error}");
    }
}

#[test]
fn an_answer_of_another_shape_is_refused() {
    let document = compile("user.getDesignateUsersResp", USERS).expect("it compiles");
    for data in [json!({"usersInfo": {}}), json!({"usersInfo": [{"userID": true}]}), json!({"usersInfo": [{"appMangerLevel": "KING"}]})] {
        let data = Value::from_json(data).expect("a value");
        assert!(matches!(document.render(&data, &mut Vec::new()), Err(Misfit::Shape(_))));
    }
}

fn variables(request: &str, text: &str, body: &str) -> Result<serde_json::Value, String> {
    let contract = contract();
    let document = Document::compile(text, &route(&contract, request, ""), &contract)?;
    let json = crate::codec::parse(body)?;
    let id = contract.types.id(request).ok_or("no such type")?;
    let request = crate::codec::decode(&contract.types, id, &json).map_err(|error| error.to_string())?;
    let variables = document.variables(&request, &contract.enums, "http://here").map_err(|error| error.message().to_owned())?;
    serde_json::to_value(variables).map_err(|error| error.to_string())
}

#[test]
fn variables_are_taken_from_the_body() {
    let text = r#"query ($a: ID! @from(path: "userInfo.userID") $b: String @from(path: "userInfo.nickname", omitZero: true)
        $o: ReceiveOption @from(path: "userInfo.globalRecvMsgOpt") @number(of: ReceiveOption)
        $t: DateTime @from(path: "userInfo.createTime", omitZero: true) @unix(unit: MILLISECONDS)) { x }"#;
    let run = |body| variables("user.updateUserInfoReq", text, body);
    assert_eq!(
        run(r#"{"userInfo":{"userID":"u","nickname":"n","globalRecvMsgOpt":2,"createTime":1719900000123}}"#),
        Ok(json!({"a": "u", "b": "n", "o": "SILENT", "t": "2024-07-02T06:00:00.123Z"}))
    );
    assert_eq!(run(r#"{"userInfo":{"userID":"u"}}"#), Ok(json!({"a": "u", "o": "RECEIVE"})));
    assert_eq!(run(r#"{"userInfo":{"globalRecvMsgOpt":7}}"#), Err("userInfo.globalRecvMsgOpt: 7 stands for no ReceiveOption".to_owned()));
}

#[test]
fn absent_wrappers_are_left_out_and_empty_ones_are_sent() {
    let text = r#"query ($n: String @from(path: "userInfo.nickname") $e: String @from(path: "userInfo.ex")) { x }"#;
    let run = |body| variables("user.updateUserInfoExReq", text, body);
    assert_eq!(run(r#"{"userInfo":{"nickname":""}}"#), Ok(json!({"n": ""})));
    assert_eq!(run(r#"{"userInfo":{"ex":null}}"#), Ok(json!({})));
}

#[test]
fn absent_lists_are_empty_where_the_graph_needs_one() {
    assert_eq!(variables("user.getDesignateUsersReq", "query ($userIDs: [ID!]!) { x }", "{}"), Ok(json!({"userIDs": []})));
    assert_eq!(variables("user.getDesignateUsersReq", "query ($userIDs: [ID!]) { x }", "{}"), Ok(json!({})));
}

#[test]
fn documents_that_do_not_fit_the_body_are_refused() {
    for text in [
        "query ($nobody: ID!) { x }",
        r#"query ($a: ID! @from(path: "userInfo.nobody")) { x }"#,
        "query ($userInfo: UserInput) { x }",
        r#"query ($a: X @from(path: "userInfo.nickname") @number(of: UserLevel)) { x }"#,
        r#"query ($a: X @hook(name: "nothing")) { x }"#,
        "query ($a: Int @pageSize(max: 10)) { x }",
        "query ($a: Int @pageSize(max: 10), $b: Int @pageOffset) { x }",
    ] {
        assert!(variables("user.updateUserInfoReq", text, "{}").is_err(), "{text}");
    }
}

#[test]
fn a_list_may_give_its_length_and_itself() {
    let text = r#"{ found: blacksByIds @absent(fields: ["addSource", "blackUserInfo"]) @pluck(into: "blacks") @count(into: "total") {
        ownerUserID: ownerId createTime: createdAt @unix(unit: SECONDS) operatorUserID: operatorId ex } }"#;
    let entry = json!({"ownerUserID": "a", "createTime": "2024-07-02T06:11:40.123Z", "operatorUserID": "a", "ex": ""});
    assert_eq!(
        rendered("relation.GetSpecifiedBlacksResp", text, json!({"found": [entry]})),
        r#"{"blacks":[{"ownerUserID":"a","createTime":1719900700,"blackUserInfo":null,"addSource":0,"operatorUserID":"a","ex":""}],"total":1}"#
    );
    assert_eq!(rendered("relation.GetSpecifiedBlacksResp", text, json!({"found": []})), r#"{"blacks":null,"total":0}"#);
}

#[test]
fn an_outcome_may_be_an_error_of_the_route() {
    let text = r#"{ sent: send { status @fails(on: "TWICE", code: RELATIONSHIP_ALREADY) @fails(on: "LATE", code: ARGS_ERROR) } }"#;
    let document = compile("", text).unwrap_or_else(|error| panic!("{error}"));
    let run = |status: &str| document.render(&Value::from_json(json!({"sent": {"status": status}})).expect("a value"), &mut Vec::new());
    assert_eq!(run("DONE"), Ok(()));
    assert_eq!(run("TWICE"), Err(Misfit::Failed(ErrorCode::RelationshipExists)));
    assert_eq!(run("LATE"), Err(Misfit::Failed(ErrorCode::Args)));
    assert!(compile("", r#"{ send { status @fails(on: "A", code: NO_SUCH) } }"#).is_err());
}

#[test]
fn what_must_be_there_names_its_error_for_users_and_for_administrators() {
    let text = "{ a @flatten @missing(code: NO_PERMISSION, admin: RECORD_NOT_FOUND) { b @flatten @missing(code: ARGS_ERROR) { results { userID accountStatus } } } }";
    let document = compile("user.accountCheckResp", text).expect("it compiles");
    let run = |data| {
        let data = Value::from_json(data).expect("a value");
        [document.missing(&data, false), document.missing(&data, true)]
    };
    assert_eq!(run(json!({"a": null})), [Some(ErrorCode::NoPermission), Some(ErrorCode::NotFound)], "the outer one tells");
    assert_eq!(run(json!({"a": {"b": null}})), [Some(ErrorCode::Args), None]);
    assert_eq!(run(json!({"a": {"b": {"results": []}}})), [None, None]);
    for (bad, why) in
        [("@flatten @missing", "needs code"), ("@flatten @missing(code: NOTHING)", "NOTHING"), ("@missing(code: ARGS_ERROR)", "@flatten")]
    {
        let error = compile("user.accountCheckResp", &format!("{{ a {bad} {{ results {{ userID accountStatus }} }} }}")).expect_err(bad);
        assert!(error.contains(why), "{bad}: {error}");
    }
}
