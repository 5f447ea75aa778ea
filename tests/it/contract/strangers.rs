//! What everybody meets who may not call a route, or calls it wrongly: the table of what each must be answered.

use futures_util::future::join_all;
use serde_json::Value;

use super::doors::Answer;
use super::story::{OPERATION, Story};
use super::table::{Reply, Route};

/// A user whom the others do not know.
pub(super) const EVE: &str = "eve";

/// What eve is answered when she calls a route for users as its caller did, with that one's ids: 1002 where nothing is said.
const FOREIGN: &[(&str, i64)] = &[
    // Open to every user.
    ("/user/get_users_info", 0),
    ("/user/get_all_users_uid", 0),
    ("/user/get_users", 0),
    ("/user/get_users_status", 0),
    ("/user/subscribe_users_status", 0),
    ("/user/get_subscribe_users_status", 0),
    ("/group/get_groups_info", 0),
    ("/group/get_groups", 0),
    ("/object/part_limit", 0),
    ("/object/part_size", 0),
    ("/object/access_url", 0),
    ("/third/logs/upload", 0),
    ("/msg/get_server_time", 0),
    ("/msg/check_msg_is_send_success", 0),
    // Everybody finds what is one's own, which is nothing of the others'.
    ("/msg/search_msg", 0),
    ("/jssdk/get_conversations", 0),
    ("/jssdk/get_active_conversations", 0),
    // Who is no member is not found among them.
    ("/group/set_group_info", 1004),
    ("/group/set_group_info_ex", 1004),
    ("/group/group_application_response", 1004),
    ("/group/mute_group_member", 1004),
    ("/group/cancel_mute_group_member", 1004),
    // An upload of somebody else's is as good as unknown.
    ("/object/auth_sign", 500),
    ("/object/complete_form_data", 1001),
];

/// One wrong call and what it must come to.
struct Attempt<'a> {
    what: &'static str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    expected: (u16, i64),
}

/// Returns the routes that answer eve in their own way.
pub(super) fn foreign() -> impl Iterator<Item = &'static str> {
    FOREIGN.iter().map(|(path, _)| *path)
}

/// Strangers call a route before `who` does with this body. None of them changes anything, as the story shows.
pub(super) async fn try_to_call(story: &mut Story, route: &Route, who: &str, path: &str, body: &str) {
    let (own, eves) = (("token", story.token(who)), ("token", story.token(EVE)));
    let forged = forge(eves.1);
    let mut attempts = vec![Attempt { what: "no operationID", headers: vec![own], body, expected: (200, 1001) }];
    if route.auth != "none" {
        for (what, token, code) in
            [("no token", "", 1001), ("a token of nonsense", "nonsense", 1503), ("a forged token", forged.as_str(), 1505)]
        {
            attempts.push(Attempt { what, headers: vec![OPERATION, ("token", token)], body, expected: (200, code) });
        }
    }
    let unreadable = if route.bind == "gin" { (400, 1001) } else { (200, 1001) };
    if route.bind != "none" {
        for (what, body) in [("no body", ""), ("half a body", "{\"userID\":"), ("a list for a body", "[]")] {
            attempts.push(Attempt { what, headers: vec![OPERATION, own], body, expected: unreadable });
        }
    }
    if route.needs_fields() {
        attempts.push(Attempt { what: "an empty object", headers: vec![OPERATION, own], body: "{}", expected: unreadable });
    }
    if route.bind == "jssdk" {
        let headers = vec![OPERATION, own, ("content-type", "text/plain")];
        attempts.push(Attempt { what: "a body of another kind", headers, body, expected: (200, 1001) });
    }
    let attempted = attempts.iter().map(|attempt| story.doors.post(path, &attempt.headers, attempt.body));
    for (attempt, answer) in attempts.iter().zip(join_all(attempted).await) {
        let code = refusal(path, &answer);
        assert_eq!((answer.status, code), attempt.expected, "{path} with {}: {}", attempt.what, answer.text);
    }
    if route.auth == "admin" || route.auth == "user" {
        let answer = story.doors.post(path, &[OPERATION, eves], body).await;
        match FOREIGN.iter().find(|(open, _)| *open == route.path && route.auth == "user").map_or(1002, |(_, code)| *code) {
            0 => _ = story.good(route, &answer),
            code => assert_eq!((answer.status, refusal(path, &answer)), (200, code), "{path} by eve: {}", answer.text),
        }
    }
    let fetched = story.doors.get(path, &[OPERATION]).await;
    assert_eq!(fetched.status, 404, "{path} is not to be fetched: {}", fetched.text);
}

/// Strangers at a route of GET, which asks for no header.
pub(super) async fn try_to_fetch(story: &mut Story, route: &Route, path: &str) {
    assert_eq!(refusal(path, &story.doors.post(path, &[], "{}").await), 1001, "{path} is not to be posted to");
    let posted = story.doors.post(path, &[OPERATION, ("token", story.token(EVE))], "{}").await;
    assert_eq!(posted.status, 404, "{path} is not to be posted to: {}", posted.text);
    if let Reply::Bare(_) = route.reply {
        let elsewhere = story.doors.get(path, &[("x-forwarded-for", "192.0.2.1")]).await;
        assert_eq!(elsewhere.status, 403, "{path} from elsewhere: {}", elsewhere.text);
    }
}

/// Returns the code of an answer that must be an error: an envelope without data.
pub(super) fn refusal(path: &str, answer: &Answer) -> i64 {
    let envelope: Value = serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{path}: {error}: {answer:?}"));
    let keys: Vec<_> = envelope.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["errCode", "errMsg", "errDlt"], "{path}: {}", answer.text);
    let code = envelope["errCode"].as_i64().expect("a code");
    let said = envelope["errMsg"].as_str().is_some_and(|text| !text.is_empty()) && envelope["errDlt"].is_string();
    assert!(code != 0 && said, "{path}: {}", answer.text);
    code
}

/// Changes a token's signature.
fn forge(token: &str) -> String {
    let (start, end) = token.split_at(token.len() - 5);
    format!("{start}{}{}", if end.starts_with('x') { 'y' } else { 'x' }, &end[1..])
}
