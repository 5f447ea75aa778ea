//! A provider, or a proxy before it, that gives back what it was sent: no secret gets into outcomes.

use openim_push::{PushRequest, PushSender};

use crate::provider::{Answer, Asked, Provider, says_with};
use crate::{apns, devices, fcm, getui, jpush, request, users};

/// Says everything that was asked as message, as code and as header.
fn echo(status: u16) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    move |asked| {
        let mut all: Vec<String> = asked.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        all.push(String::from_utf8_lossy(&asked.body).into_owned());
        let all = all.join(" ");
        let body = serde_json::json!({
            "error": {"code": 400, "message": all, "status": all, "details": [{"errorCode": all}]},
            "reason": all, "msg": all, "code": 20001,
        });
        says_with(status, &[("x-echo", "echo")], body)
    }
}

#[tokio::test]
async fn no_secret_is_told() {
    for status in [200, 302, 400, 401, 403, 429, 500] {
        let provider = Provider::answering(echo(status)).await;
        let senders: Vec<(Box<dyn PushSender>, PushRequest)> = vec![
            (Box::new(fcm::sender(&provider)), request(devices(&["c0ffee"]))),
            (Box::new(apns::sender(&provider).0), request(devices(&["c0ffee"]))),
            (Box::new(getui::sender(&provider)), request(users(&["anna"]))),
            (Box::new(jpush::sender(&provider, "")), request(users(&["anna"]))),
        ];
        for (sender, request) in senders {
            let told = format!("{:?} {request:?}", sender.send(&request).await);
            // Keys, tokens, signatures: what begins so is one.
            for secret in ["s3cret", "c0ffee", "eyJ", "Bearer", "bearer", "Basic", "PRIVATE KEY", "key-1", "ya29"] {
                assert!(!told.contains(secret), "{} {status}: {told}", sender.name());
            }
        }
    }
}
