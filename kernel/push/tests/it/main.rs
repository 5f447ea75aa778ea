//! The senders against servers that speak as the providers do: requests as they take them, answers as they give them.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod apns;
mod bad_answers;
mod fcm;
mod getui;
mod jpush;
mod provider;
mod secrets;
mod targets;

use std::sync::Arc;
use std::time::Duration;

use openim_core::{ManualClock, Platform, Runtime, SequentialIds, Timestamp, UserId};
use openim_push::{PushOutcome, PushRequest, Target};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// Long enough for a slow machine.
const TIMEOUT: Duration = Duration::from_secs(20);

fn runtime() -> (Runtime, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW));
    (Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) }, clock)
}

fn request(targets: Vec<Target>) -> PushRequest {
    PushRequest {
        title: "Anna".to_owned(),
        body: "Are you there?".to_owned(),
        ex: "{\"room\":7}".to_owned(),
        sound: "bell.caf".to_owned(),
        count_badge: true,
        client_message_id: "5f3e".to_owned(),
        operation_id: "operation-1".to_owned(),
        production: false,
        targets,
    }
}

fn devices(tokens: &[&str]) -> Vec<Target> {
    tokens.iter().map(|token| Target::device(Platform::WEB, *token, Some(3))).collect()
}

fn users(names: &[&str]) -> Vec<Target> {
    names.iter().map(|name| Target::alias(UserId::parse(*name).expect("an id"))).collect()
}

fn delivered(reference: &str) -> PushOutcome {
    PushOutcome::Delivered { reference: reference.to_owned() }
}

fn refused(reason: &str) -> PushOutcome {
    PushOutcome::Refused { reason: reason.to_owned() }
}

fn retry(after: Option<u64>, reason: &str) -> PushOutcome {
    PushOutcome::Retry { after: after.map(Duration::from_secs), reason: reason.to_owned() }
}
