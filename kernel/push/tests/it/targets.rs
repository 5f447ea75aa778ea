//! Every target has its outcome, whatever it is.

use openim_core::{Platform, UserId};
use openim_push::{LogSender, MAX_TARGETS, PushOutcome, PushRequest, PushSender, Target};
use serde_json::json;

use crate::provider::{Provider, says};
use crate::{delivered, devices, fcm, getui, jpush, refused, request, users};

#[tokio::test]
async fn a_target_of_another_kind_is_refused_and_the_others_are_served() {
    let provider = Provider::answering(|_| says(200, json!({"sendno": "0", "msg_id": "1"}))).await;
    let mut mixed = users(&["anna"]);
    mixed.extend(devices(&["aa11"]));
    let outcomes = jpush::sender(&provider, "").send(&request(mixed.clone())).await;
    assert_eq!(outcomes, [delivered("1"), refused("jpush does not send to this kind of target")]);

    let grant = fcm::granting();
    let provider =
        Provider::answering(move |asked| if asked.line == "POST /token" { grant() } else { says(200, json!({"name": "n"})) }).await;
    let outcomes = fcm::sender(&provider).send(&request(mixed)).await;
    assert_eq!(outcomes, [refused("fcm does not send to this kind of target"), delivered("n")]);
    let nothing = fcm::sender(&provider).send(&request(devices(&[""]))).await;
    assert_eq!(nothing, [PushOutcome::InvalidToken]);
}

#[tokio::test]
async fn who_is_named_twice_is_pushed_once() {
    let provider = Provider::answering(|_| says(200, json!({"sendno": "0", "msg_id": "1"}))).await;
    let outcomes = jpush::sender(&provider, "").send(&request(users(&["anna", "ben", "anna"]))).await;
    assert_eq!(outcomes, vec![delivered("1"); 3]);
    assert_eq!(provider.take()[0].json()["audience"]["alias"], json!(["anna", "ben"]));
}

#[tokio::test]
async fn nobody_is_no_request() {
    let provider = Provider::answering(|_| says(200, "")).await;
    assert_eq!(jpush::sender(&provider, "").send(&request(Vec::new())).await, []);
    assert_eq!(getui::sender(&provider).send(&request(devices(&["aa11"]))).await, [refused("getui does not send to this kind of target")]);
    assert_eq!(provider.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn targets_beyond_the_most_are_refused() {
    let provider = Provider::answering(|_| says(200, json!({"sendno": "0", "msg_id": "1"}))).await;
    let mut request = request(users(&["anna"; MAX_TARGETS]));
    request.targets.push(Target::alias(UserId::parse("ben").expect("an id")));
    let outcomes = jpush::sender(&provider, "").send(&request).await;
    assert_eq!((outcomes.len(), &outcomes[0]), (MAX_TARGETS + 1, &delivered("1")));
    assert_eq!(outcomes[MAX_TARGETS], refused("one notification has at most 10000 targets"));
    assert_eq!(provider.take()[0].json()["audience"]["alias"], json!(["anna"]));
}

#[tokio::test]
async fn long_texts_are_shortened_to_what_providers_take() {
    let provider = Provider::answering(|_| says(200, json!({"code": 0, "data": {"token": "t", "taskid": "T"}}))).await;
    let long = PushRequest { title: "名".repeat(500), body: "字".repeat(5_000), ..request(users(&["anna"])) };
    getui::sender(&provider).send(&long).await;
    let body = provider.take()[1].json();
    let text = &body["push_message"]["notification"];
    assert_eq!(text["title"].as_str().map(|text| text.chars().count()), Some(50));
    assert_eq!(text["body"].as_str().map(|text| text.chars().count()), Some(256));
    jpush::sender(&provider, "").send(&long).await;
    let sent = provider.take()[0].json();
    let alert = sent["notification"]["alert"].as_str().unwrap_or_default().to_owned();
    assert!(alert.len() <= 600 && alert.ends_with("字…"), "{alert}");
}

#[tokio::test]
async fn the_log_takes_everything() {
    let targets = vec![Target::alias(UserId::parse("anna").expect("an id")), Target::device(Platform::WEB, "aa11", None)];
    assert_eq!(LogSender.send(&request(targets)).await, vec![delivered(""); 2]);
}
