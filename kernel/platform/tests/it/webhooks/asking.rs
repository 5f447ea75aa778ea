//! Before-hooks: what is sent, what answers mean, and what happens without a usable one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use openim_core::{Error, ErrorCode, Result};
use openim_platform::webhooks::log::DeliveryOutcome;
use openim_platform::webhooks::{Accepted, Hook, WebhookSettings, Webhooks, commands};
use openim_testing::{TestWorld, eventually, for_each_database};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Notify;

use super::receiver::{Receiver, SECRET, answer};
use super::{logged, webhooks};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    #[serde(rename = "groupID")]
    group: &'static str,
    #[serde(rename = "invitedUserIDs")]
    users: Option<Vec<String>>,
}

const INVITATION: Invitation = Invitation { group: "g1", users: None };

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Changes {
    remark: Option<String>,
}

fn hook() -> Hook {
    Hook::new(&commands::BEFORE_INVITE_USER_TO_GROUP)
}

async fn ask(webhooks: &Webhooks, world: &TestWorld) -> Result<Option<Changes>> {
    webhooks.before(&world.user("ann"), &commands::BEFORE_INVITE_USER_TO_GROUP, &INVITATION).await
}

/// Asks a receiver that answers so.
async fn told(world: &TestWorld, status: u16, text: &'static str) -> Result<Option<Changes>> {
    let receiver = Receiver::saying(status, text).await;
    ask(&webhooks(world, receiver.settings().with(hook())), world).await
}

fn code<T>(result: Result<T>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[tokio::test]
async fn a_request_is_signed_and_has_the_contracts_form() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::saying(200, "{}").await;
    ask(&webhooks(&world, receiver.settings().with(hook())), &world).await.unwrap();

    let [request] = &receiver.received()[..] else { panic!("one request") };
    assert_eq!(request.uri.path(), "/hooks/callbackBeforeInviteJoinGroupCommand");
    assert_eq!(request.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(request.header("operationid"), "test-0");
    assert_eq!(request.header("webhook-timestamp"), world.now().seconds().to_string());
    assert!(request.is_signed_with(SECRET) && !request.is_signed_with("another"));
    assert!(request.body.ends_with(b"}\n"));
    let body = json!({"callbackCommand": "callbackBeforeInviteJoinGroupCommand", "operationID": "test-0", "groupID": "g1", "invitedUserIDs": null});
    assert_eq!(request.json(), body);
}

#[tokio::test]
async fn receivers_allow_change_and_refuse() {
    let world = TestWorld::sqlite().await;
    let allowed = |remark: Option<&str>| Some(Changes { remark: remark.map(str::to_owned) });
    assert_eq!(told(&world, 200, "{}").await.unwrap(), allowed(None));
    assert_eq!(told(&world, 200, r#"{"actionCode":1,"nextCode":1,"errCode":5}"#).await.unwrap(), allowed(None));
    assert_eq!(told(&world, 201, r#"{"Remark":"x"}"#).await.unwrap(), allowed(Some("x")));

    let refusal = told(&world, 200, r#"{"actionCode":0,"nextCode":1,"errCode":10086,"errMsg":"no","errDlt":"why"}"#).await.unwrap_err();
    assert_eq!((refusal.code(), refusal.number(), refusal.message()), (ErrorCode::WebhookRefused, 10_086, "no"));
    assert_eq!(refusal.verdict_detail(), Some("why"));
    assert_eq!(told(&world, 403, r#"{"nextCode":1}"#).await.unwrap_err().number(), 500);
    assert!(logged(&world).await.is_empty(), "an answer is no failure");
}

#[tokio::test]
async fn without_a_usable_answer_the_operation_fails() {
    let world = TestWorld::sqlite().await;
    assert_eq!(code(told(&world, 200, "<html>").await), Some(ErrorCode::Data));
    assert_eq!(code(told(&world, 200, r#"{"remark":7}"#).await), Some(ErrorCode::Data));
    assert_eq!(code(told(&world, 404, r#"{"detail":"Not Found"}"#).await), Some(ErrorCode::WebhookUnreachable));
    assert_eq!(code(told(&world, 502, "<html>").await), Some(ErrorCode::WebhookUnreachable));

    let nobody = Receiver::saying(200, "{}").await.settings();
    let webhooks = webhooks(&world, nobody.with(hook()));
    assert_eq!(code(ask(&webhooks, &world).await), Some(ErrorCode::WebhookUnreachable));
}

#[tokio::test]
async fn a_receiver_that_thinks_too_long_is_not_waited_for() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::start(|_| Box::pin(std::future::pending())).await;
    let hook = Hook { timeout: Duration::from_millis(100), ..hook() };
    let error = ask(&webhooks(&world, receiver.settings().with(hook)), &world).await.unwrap_err();
    assert_eq!((error.code(), error.number()), (ErrorCode::WebhookUnreachable, 90_004));
    assert!(error.code().retryable());
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::start(|_| {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
        Box::pin(async { answer(200, axum::body::Body::from_stream(chunks)) })
    })
    .await;
    let error = ask(&webhooks(&world, receiver.settings().with(hook())), &world).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::WebhookUnreachable);
    assert!(openim_core::Causes(&error).to_string().contains("more than"), "{}", openim_core::Causes(&error));
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    let world = TestWorld::sqlite().await;
    let elsewhere = Arc::new(Receiver::saying(200, "{}").await);
    let port = elsewhere.port();
    let receiver = Receiver::start(move |_| {
        Box::pin(async move {
            let mut response = answer(307, "");
            response.headers_mut().insert("location", format!("http://127.0.0.1:{port}/").parse().unwrap());
            response
        })
    })
    .await;
    let result = ask(&webhooks(&world, receiver.settings().with(hook())), &world).await;
    assert_eq!(code(result), Some(ErrorCode::WebhookUnreachable));
    assert_eq!((receiver.received().len(), elsewhere.received().len()), (1, 0));
}

#[tokio::test]
async fn private_targets_are_refused_unless_allowed() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::saying(200, "{}").await;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"] {
        let settings = WebhookSettings::new(format!("http://{host}:{}", receiver.port()), SECRET);
        let error = ask(&webhooks(&world, settings.with(hook())), &world).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::WebhookUnreachable, "{host}");
        assert!(openim_core::Causes(&error).to_string().contains("private"), "{host}: {}", openim_core::Causes(&error));
        assert!(!error.message().contains("private"), "what is in the network is nobody's business: {}", error.message());
    }
    assert!(receiver.received().is_empty());
    let mut settings = WebhookSettings::new(format!("http://localhost:{}", receiver.port()), SECRET);
    settings.allow_private_targets = true;
    assert!(ask(&webhooks(&world, settings.with(hook())), &world).await.is_ok());
}

#[tokio::test]
async fn a_hook_may_be_passed_over_when_it_fails_but_not_when_it_refuses() {
    let world = TestWorld::sqlite().await;
    let hook = || Hook { continue_on_failure: true, ..hook() };
    let failing = Receiver::saying(500, "").await;
    assert_eq!(ask(&webhooks(&world, failing.settings().with(hook())), &world).await.unwrap(), None);
    let refusing = Receiver::saying(200, r#"{"nextCode":1}"#).await;
    assert!(ask(&webhooks(&world, refusing.settings().with(hook())), &world).await.is_err());
}

#[tokio::test]
async fn hooks_that_are_off_call_nobody() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::saying(500, "").await;
    for webhooks in [Webhooks::disabled(), webhooks(&world, receiver.settings().with(Hook::new(&commands::BEFORE_ADD_BLACK)))] {
        assert!(!webhooks.enabled(&commands::BEFORE_INVITE_USER_TO_GROUP));
        assert_eq!(ask(&webhooks, &world).await.unwrap(), None);
    }
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn failures_are_logged_with_what_was_sent_and_what_came() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(502, "bad gateway").await;
        let webhooks = webhooks(world, receiver.settings().with(hook()));
        ask(&webhooks, world).await.unwrap_err();
        webhooks.deliver_due().await.unwrap();
        let [delivery] = &logged(world).await[..] else { panic!("one failure") };
        assert_eq!((delivery.outcome, delivery.attempts, delivery.status), (DeliveryOutcome::Failed, 1, Some(502)));
        assert_eq!(delivery.command, "callbackBeforeInviteJoinGroupCommand");
        assert_eq!(delivery.host, format!("127.0.0.1:{}", receiver.port()));
        assert_eq!(delivery.answer.as_deref(), Some("bad gateway"));
        assert_eq!(delivery.body.as_bytes(), &receiver.received()[0].body[..]);
        assert_eq!(delivery.id, receiver.received()[0].header("webhook-id"));
        assert!(delivery.error.as_deref().is_some_and(|error| error.contains("status 502")), "{:?}", delivery.error);
        assert_eq!(webhooks.deliver_due().await.unwrap(), 0, "nobody sends it again");
    })
    .await;
}

#[tokio::test]
async fn not_more_ask_at_the_same_time_than_may() {
    let world = TestWorld::sqlite().await;
    let go = Arc::new(Notify::new());
    let gate = go.clone();
    let receiver = Receiver::start(move |_| {
        let gate = gate.clone();
        Box::pin(async move {
            gate.notified().await;
            answer(200, "{}")
        })
    })
    .await;
    let mut settings = receiver.settings().with(hook());
    settings.max_before = 2;
    let webhooks = webhooks(&world, settings);
    let asking = join_all((0..6).map(|_| ask(&webhooks, &world)));
    let letting = async {
        for turn in 1..=6 {
            eventually("a request comes", async || (receiver.received().len() >= turn).then_some(())).await;
            go.notify_one();
        }
    };
    let (answers, ()) = tokio::join!(asking, letting);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(receiver.most(), 2);
}

#[test]
fn message_hooks_pass_over_notifications_typing_and_what_is_denied() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = TestWorld::sqlite().await;
        let before = Hook { denied_types: vec![110], ..Hook::new(&commands::BEFORE_SEND_SINGLE_MSG) };
        let after = Hook { attention_ids: vec!["bob".into()], ..Hook::new(&commands::AFTER_SEND_SINGLE_MSG) };
        let webhooks = webhooks(&world, WebhookSettings::new("http://example.com", SECRET).with(before).with(after));
        let wants = |command, content_type, target| webhooks.wants_message(command, content_type, target);
        assert!(wants(&commands::BEFORE_SEND_SINGLE_MSG, 101, "bob") && wants(&commands::BEFORE_SEND_SINGLE_MSG, 5001, "x"));
        for denied in [113, 110, 1000, 1501, 5000] {
            assert!(!wants(&commands::BEFORE_SEND_SINGLE_MSG, denied, "bob"), "{denied}");
        }
        assert!(wants(&commands::AFTER_SEND_SINGLE_MSG, 101, "bob") && !wants(&commands::AFTER_SEND_SINGLE_MSG, 101, "carl"));
        assert!(!wants(&commands::AFTER_MSG_SAVE_DB, 101, "bob"), "it is off");
    });
}

#[tokio::test]
async fn a_url_or_secret_that_cannot_be_used_is_told_at_the_start() {
    let world = TestWorld::sqlite().await;
    let start = |url: &str, secret: &str| {
        Webhooks::new(WebhookSettings::new(url, secret), world.store().clone(), world.runtime().clone())
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(start("https://example.com/a", SECRET), Ok(()));
    for (url, secret) in [("", SECRET), ("ftp://example.com", SECRET), ("http://example.com?a=b", SECRET), ("http://example.com", "")] {
        assert_eq!(start(url, secret), Err(ErrorCode::Args), "{url}");
    }
}

#[tokio::test]
async fn accept_or_refuse_hooks_need_no_fields() {
    let world = TestWorld::sqlite().await;
    let receiver = Receiver::saying(200, r#"{"actionCode":0,"refusedMembersAccount":["a"]}"#).await;
    let webhooks = webhooks(&world, receiver.settings().with(hook()));
    let accepted: Result<Option<Accepted>, Error> =
        webhooks.before(&world.user("ann"), &commands::BEFORE_INVITE_USER_TO_GROUP, &INVITATION).await;
    assert_eq!(accepted.unwrap(), Some(Accepted {}));
}
