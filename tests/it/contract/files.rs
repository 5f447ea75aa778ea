//! `/object` and `/third`: files go up and come down; logs, badges and addresses for pushes.

use md5::{Digest as _, Md5};
use reqwest::Method;
use serde_json::{Value, json};

use super::doors::read;
use super::story::{Story, page, texts};

const CONTENT: &str = "everything that was said";
const NAME: &str = "ann/report.txt";

/// Where the dashboards are said to be.
pub(super) const DASHBOARDS: &str = "https://dashboards.example.com/d/1";

pub(super) async fn tell(story: &mut Story) {
    upload(story).await;
    form(story).await;
    logs(story).await;
    pushes(story).await;
}

fn md5(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn upload(story: &mut Story) {
    let limit = story.call("ann", "/object/part_limit", json!({})).await;
    let size = story.call("ann", "/object/part_size", json!({ "size": CONTENT.len() })).await;
    assert!(
        limit["minPartSize"].as_i64() <= size["size"].as_i64() && size["size"].as_i64() <= limit["maxPartSize"].as_i64(),
        "{limit} {size}"
    );
    let body = json!({"hash": md5(&md5(CONTENT)), "size": CONTENT.len(), "partSize": size["size"], "maxParts": 1, "cause": "msg-file",
        "name": NAME, "contentType": "text/plain"});
    let begun = story.call("ann", "/object/initiate_multipart_upload", body.clone()).await;
    let upload = &begun["upload"];
    assert_eq!((&begun["url"], &upload["sign"]["parts"][0]["partNumber"]), (&json!(""), &json!(1)));
    let signed = story.call("ann", "/object/auth_sign", json!({ "uploadID": upload["uploadID"], "partNumbers": [1] })).await;
    let address = signed["parts"][0]["url"].as_str().expect("an address");
    let put = read(story.doors.to(Method::PUT, address).body(CONTENT)).await.expect("an answer");
    assert_eq!(put.status, 200, "{}", put.text);
    let complete =
        json!({ "uploadID": upload["uploadID"], "parts": [md5(CONTENT)], "name": NAME, "contentType": "text/plain", "cause": "msg-file" });
    let file = story.call("ann", "/object/complete_multipart_upload", complete).await;
    assert!(file["url"].as_str().is_some_and(|url| url.ends_with("/object/ann/report.txt")), "{file}");
    let known = story.call("ann", "/object/initiate_multipart_upload", body).await;
    assert_eq!((known["url"].is_string(), &known["upload"]), (true, &Value::Null), "it is there already");

    let access = story.call("ann", "/object/access_url", json!({ "name": NAME, "query": {} })).await;
    assert!(access["expireTime"].as_i64() > Some(1_700_000_000_000), "{access}");
    let led = story.fetch("/object/ann/report.txt").await;
    assert_eq!(led.status, 302, "{}", led.text);
    for address in [access["url"].as_str().expect("an address"), led.location.as_str()] {
        assert_eq!(read(story.doors.to(Method::GET, address)).await.expect("an answer").text, CONTENT);
    }
    assert_eq!(story.fetch("/object/ann/nothing.txt").await.status, 404);
    assert_eq!(story.fetch("/object/").await.status, 400);
}

async fn form(story: &mut Story) {
    let body = json!({ "name": "ann/form.txt", "size": CONTENT.len(), "contentType": "text/plain", "group": "msg-file" });
    let form = story.call("ann", "/object/initiate_form_data", body).await;
    let boundary = "a-boundary";
    let field = |name: &str, value: &str| format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"{value}\r\n");
    let mut sent = String::new();
    for (name, value) in form["formData"].as_object().expect("fields") {
        sent.push_str(&format!("{}\r\n{}\r\n", field(name, ""), value.as_str().expect("text")));
    }
    let file = field(form["file"].as_str().expect("a name"), "; filename=\"form.txt\"");
    sent.push_str(&format!("{file}content-type: text/plain\r\n\r\n{CONTENT}\r\n--{boundary}--\r\n"));
    let request = story.doors.to(Method::POST, form["url"].as_str().expect("an address"));
    let posted = request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(sent);
    let posted = read(posted).await.expect("an answer");
    assert!(form["successCodes"].as_array().is_some_and(|codes| codes.contains(&json!(posted.status))), "{posted:?}");
    let file = story.call("ann", "/object/complete_form_data", json!({ "id": form["id"] })).await;
    assert!(file["url"].as_str().is_some_and(|url| url.ends_with("/object/ann/form.txt")), "{file}");
    assert_eq!(story.fetch("/object/ann/form.txt").await.status, 302);
}

async fn logs(story: &mut Story) {
    let upload = json!({"platform": 1, "appFramework": "Flutter", "version": "3.8.1", "ex": "{}",
        "fileURLs": [{"filename": "a.log", "URL": "https://files.example.com/a.log"}]});
    story.call("ann", "/third/logs/upload", upload).await;
    let wanted = json!({ "keyword": "ann", "startTime": 0, "endTime": 0, "pagination": page() });
    let found = story.call("imAdmin", "/third/logs/search", wanted.clone()).await;
    let log = &found["logsInfos"][0];
    let expected = json!({"userID": "ann", "platform": "IOS", "url": "https://files.example.com/a.log", "createTime": log["createTime"],
        "nickname": "Ann", "logID": log["logID"], "filename": "a.log", "systemType": log["systemType"], "ex": "{}", "version": "3.8.1"});
    assert_eq!(found, json!({ "logsInfos": [expected], "total": 1 }));
    let all = story.call("imAdmin", "/third/logs/search", json!({ "pagination": page() })).await;
    assert_eq!(texts(&all["logsInfos"], "/userID"), ["ann", "eve"], "the newest first; who is a stranger may tell of an own one");
    story.call("imAdmin", "/third/logs/delete", json!({ "logIDs": [log["logID"]] })).await;
    assert_eq!(story.call("imAdmin", "/third/logs/search", wanted).await, json!({ "logsInfos": null, "total": 0 }));
}

async fn pushes(story: &mut Story) {
    let device = json!({ "platformID": 2, "fcmToken": "token-of-a-phone", "account": "ann", "expireTime": 3_600 });
    story.call("ann", "/third/fcm_update_token", device).await;
    story.call("ann", "/third/set_app_badge", json!({ "userID": "ann", "appUnreadCount": 3 })).await;
    // What OpenIM has no route for is read in the graph.
    let ann = story.doors.client().with_token(story.token("ann"));
    let told = ann.data("{ viewer { appBadge pushTokens { platform provider } } }", json!({})).await;
    assert_eq!(told["viewer"], json!({ "appBadge": 3, "pushTokens": [{ "platform": "ANDROID", "provider": "FCM" }] }));
    let led = story.fetch("/third/prometheus").await;
    assert_eq!((led.status, led.location.as_str()), (302, DASHBOARDS));
}
