//! Providers that hang, talk too much or about something else: every sender says so, in time, and nothing is lost.

use std::time::Duration;

use openim_push::{
    Apns, ApnsSettings, Fcm, FcmSettings, Getui, GetuiSettings, Jpush, JpushSettings, PushOutcome, PushSender, ServiceAccount,
};

use crate::provider::{Answer, Provider, says, says_with};
use crate::{apns, devices, fcm, getui, request, retry, runtime, users};

/// Makes every sender with its targets; they are patient for `timeout`.
fn senders(url: &str, timeout: Duration) -> Vec<(Box<dyn PushSender>, usize)> {
    let account = ServiceAccount::Json(fcm::account(&format!("{url}/token")).to_string());
    let url = url.to_owned();
    let fcm = Fcm::new(FcmSettings { account, url: url.clone(), timeout }, runtime().0).expect("fcm");
    let apns = Apns::new(ApnsSettings { timeout, ..apns::settings(&url, &url) }, runtime().0).expect("apns");
    let (app_key, master_secret) = ("key-1".to_owned(), "s3cret".to_owned());
    let settings = JpushSettings { url: url.clone(), app_key, master_secret, intent: String::new(), timeout };
    let jpush = Jpush::new(settings).expect("jpush");
    let (app_key, master_secret) = ("key-1".to_owned(), "s3cret".to_owned());
    let settings = GetuiSettings { url, app_key, master_secret, channel_id: String::new(), channel_name: String::new(), timeout };
    let getui = Getui::new(settings, runtime().0).expect("getui");
    vec![(Box::new(fcm), 2), (Box::new(apns), 2), (Box::new(jpush), 2), (Box::new(getui), 2)]
}

/// Sends with every sender to a server that answers always the same.
async fn outcomes(url: &str, timeout: Duration) -> Vec<(&'static str, PushOutcome)> {
    let mut all = Vec::new();
    for (sender, number) in senders(url, timeout) {
        let targets = match sender.addressing() {
            openim_push::Addressing::Devices => devices(&["aa11", "bb22"]),
            _ => users(&["anna", "ben"]),
        };
        let outcomes = sender.send(&request(targets)).await;
        assert_eq!(outcomes.len(), number);
        assert_eq!(outcomes[0], outcomes[1]);
        all.push((sender.name(), outcomes[0].clone()));
    }
    all
}

fn reason(outcome: &PushOutcome) -> &str {
    match outcome {
        PushOutcome::Retry { reason, .. } | PushOutcome::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_hangs_is_not_waited_for() {
    let provider = Provider::answering(|_| Answer::Hangs).await;
    for (name, outcome) in outcomes(&provider.url, Duration::from_millis(100)).await {
        let told = reason(&outcome).trim_end_matches(" when asked for a token");
        assert_eq!((outcome.word(), told), ("retry", format!("{name} does not answer within 100ms").as_str()));
    }
}

#[tokio::test]
async fn who_is_not_there_is_tried_again() {
    let provider = Provider::answering(|_| Answer::Hangs).await;
    let url = provider.url.clone();
    drop(provider);
    // The port is free now, or the task that held it is about to end: nobody answers there.
    for (name, outcome) in outcomes(&url, Duration::from_secs(5)).await {
        assert_eq!(outcome.word(), "retry", "{name}: {outcome:?}");
    }
}

#[tokio::test]
async fn who_talks_too_much_is_cut_off() {
    let provider = Provider::answering(|_| says(200, "x".repeat(1 << 20))).await;
    for (name, outcome) in outcomes(&provider.url, crate::TIMEOUT).await {
        let told = reason(&outcome).trim_end_matches(" when asked for a token");
        assert_eq!((outcome.word(), told), ("retry", format!("{name} answers more than anybody reads").as_str()));
    }
}

#[tokio::test]
async fn a_success_that_is_none_is_no_success() {
    for garbage in ["<html>log in to this network</html>", "", "[]", "{}", "null", "\u{0}"] {
        let provider = Provider::answering(move |_| says(200, garbage)).await;
        for (name, outcome) in outcomes(&provider.url, crate::TIMEOUT).await {
            // Apple says everything with its status.
            if name != "apns" {
                let told = reason(&outcome).trim_end_matches(" when asked for a token");
                assert_eq!(
                    (outcome.word(), told),
                    ("retry", format!("{name} gives an answer that is not understood").as_str()),
                    "{garbage}"
                );
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_redirected() {
    let elsewhere = Provider::answering(|_| says(200, "{}")).await;
    let url = elsewhere.url.clone();
    let provider = Provider::answering(move |_| says_with(307, &[("location", &url)], "")).await;
    for (name, outcome) in outcomes(&provider.url, crate::TIMEOUT).await {
        let told = reason(&outcome);
        assert!(outcome.word() == "refused" && told.contains("redirects are not followed"), "{name}: {outcome:?}");
    }
    assert_eq!(elsewhere.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_bounded() {
    let provider = Provider::answering(|_| says_with(429, &[("retry-after", "99999999999")], "")).await;
    let jpush = crate::jpush::sender(&provider, "");
    assert_eq!(jpush.send(&request(users(&["anna"]))).await, [retry(Some(86_400), "jpush answers 429")]);
    assert_eq!(getui::sender(&provider).send(&request(users(&["anna"]))).await[0].word(), "retry");
}
