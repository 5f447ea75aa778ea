//! One call of the provider: the devices of a message, their tokens of now, and what becomes of each delivery.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use openim_core::{Platform, Result, Runtime, Timestamp, UserId};
use openim_entities::third::push_delivery::Model;
use openim_push::{Address, PushOutcome, PushRequest, PushSender, Target};
use tracing::Instrument as _;

use super::Pushes;
use crate::model::{Provider, PushAttempt, PushDelivery, PushState};
use crate::repository::push::{deliveries, tokens};

/// How long a call of the provider may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(100);
/// The most devices of one call: each is a request of its own.
const DEVICES: usize = 64;
/// The longest pause a provider can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A delivery and what an attempt came to.
pub(super) type Done = (Model, PushAttempt);

/// Deliveries of one message that go in one call.
pub(super) struct Call {
    pub(super) rows: Vec<Model>,
    pub(super) taken: Instant,
}

/// Puts deliveries of the same message together.
pub(super) fn calls(rows: Vec<Model>) -> Vec<Call> {
    let taken = Instant::now();
    let mut calls: Vec<Call> = Vec::new();
    let mut open: HashMap<(String, String, String), usize> = HashMap::new();
    for row in rows {
        let key = (row.operation_id.clone(), row.provider.clone(), row.notice.clone());
        let most = if row.platform == 0 { usize::MAX } else { DEVICES };
        match open.get(&key).and_then(|place| calls.get_mut(*place)).filter(|call| call.rows.len() < most) {
            Some(call) => call.rows.push(row),
            None => {
                open.insert(key, calls.len());
                calls.push(Call { rows: vec![row], taken });
            }
        }
    }
    calls
}

impl Pushes {
    /// Makes one attempt for deliveries of one message.
    pub(super) async fn call(&self, sender: &dyn PushSender, runtime: &Runtime, rows: Vec<Model>) -> Vec<Done> {
        let operation = rows.first().map(|row| row.operation_id.clone()).unwrap_or_default();
        let span = tracing::info_span!("push", push.provider = sender.name(), push.devices = rows.len(), operation.id = operation);
        self.attempt(sender, runtime, rows).instrument(span).await
    }

    async fn attempt(&self, sender: &dyn PushSender, runtime: &Runtime, rows: Vec<Model>) -> Vec<Done> {
        let started = Instant::now();
        let (request, known) = match self.address(sender, runtime, &rows).await {
            Ok(addressed) => addressed,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a push cannot be addressed now");
                let now = runtime.clock.now();
                return rows.into_iter().map(|row| self.judge(row, again("the device cannot be looked up now"), None, now)).collect();
            }
        };
        let mut answers = ask(sender, &request).await.into_iter().zip(&request.targets);
        metrics::histogram!("openim_push_seconds", "provider" => sender.name()).record(started.elapsed().as_secs_f64());
        let now = runtime.clock.now();
        let mut done = Vec::with_capacity(rows.len());
        for (row, known) in rows.into_iter().zip(known) {
            let (outcome, token) = match known {
                Some(outcome) => (outcome, None),
                None => match answers.next() {
                    Some((outcome, target)) => (outcome, token_of(target)),
                    None => (again("the provider said nothing about it"), None),
                },
            };
            done.push(self.judge(row, outcome, token, now));
        }
        done
    }

    /// Makes the request; tells for each row what is known already of those that are not in it.
    async fn address(&self, sender: &dyn PushSender, runtime: &Runtime, rows: &[Model]) -> Result<(PushRequest, Vec<Option<PushOutcome>>)> {
        let known = match Provider::of(sender.name()).filter(|provider| provider.has_tokens()) {
            Some(provider) => {
                let users = rows.iter().map(|row| UserId::parse(row.user_id.as_str())).collect::<Result<Vec<_>>>()?;
                let found = tokens::of_users(self.0.store.read(), provider, &users, runtime.clock.now()).await?;
                found.into_iter().map(|token| ((token.user.to_string(), token.platform), token.token)).collect()
            }
            None => HashMap::new(),
        };
        let mut request = PushRequest { production: self.0.settings.production, ..PushRequest::default() };
        if let Some(row) = rows.first() {
            let PushDelivery { notice, operation_id, .. } = deliveries::read(row.clone())?;
            request.title = notice.title;
            request.body = notice.body;
            request.ex = notice.ex;
            request.sound = notice.sound;
            request.count_badge = notice.count_badge;
            request.client_message_id = notice.client_message_id;
            request.operation_id = operation_id;
        }
        let refused = |reason: &str| Some(PushOutcome::Refused { reason: reason.to_owned() });
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            outcomes.push(if row.provider != sender.name() {
                refused("another provider is enabled now")
            } else if row.platform == 0 {
                request.targets.push(Target::alias(UserId::parse(row.user_id.as_str())?));
                None
            } else if let Some(token) = known.get(&(row.user_id.clone(), row.platform)) {
                let badge = u32::try_from(row.badge).ok().filter(|badge| *badge > 0);
                request.targets.push(Target::device(Platform::parse(row.platform)?, token.as_str(), badge));
                None
            } else {
                refused("the device has no token any more")
            });
        }
        Ok((request, outcomes))
    }

    /// Decides what becomes of a delivery.
    fn judge(&self, row: Model, outcome: PushOutcome, token: Option<String>, now: Timestamp) -> Done {
        let retry = &self.0.settings.retry;
        let failures = row.failures.saturating_add(1);
        metrics::counter!("openim_pushes_total", "provider" => row.provider.clone(), "outcome" => outcome.word()).increment(1);
        let done = |state, pause: Duration, reference: String, error: String, dead_token| PushAttempt {
            state,
            ended_at: now,
            due_at: now.plus(pause),
            // PostgreSQL's text holds no NUL.
            reference: reference.replace('\0', " "),
            error: error.replace('\0', " "),
            dead_token,
        };
        let none = String::new;
        let attempt = match outcome {
            PushOutcome::Delivered { reference } => done(PushState::Delivered, Duration::ZERO, reference, none(), None),
            PushOutcome::InvalidToken => {
                done(PushState::Failed, Duration::ZERO, none(), "the provider does not know the token any more".into(), token)
            }
            PushOutcome::Refused { reason } => done(PushState::Failed, Duration::ZERO, none(), reason, None),
            PushOutcome::Retry { reason, .. } if failures >= retry.max_attempts => {
                done(PushState::Failed, Duration::ZERO, none(), reason, None)
            }
            PushOutcome::Retry { after, reason } => {
                let pause = retry.delay(failures).max(after.unwrap_or_default().min(LONGEST_PAUSE));
                done(PushState::Pending, pause, none(), reason, None)
            }
        };
        if attempt.state != PushState::Delivered {
            // OpenIM's own name.
            metrics::counter!("msg_offline_push_failed_total").increment(1);
        }
        match attempt.state {
            PushState::Delivered => {}
            PushState::Pending => tracing::warn!(push.id = row.id, failures, error.cause = attempt.error, "a push will be sent again"),
            PushState::Failed => {
                metrics::counter!("openim_pushes_given_up_total").increment(1);
                tracing::warn!(push.id = row.id, failures, error.cause = attempt.error, "a push was given up");
            }
        }
        (row, attempt)
    }
}

/// Asks the provider, for a while.
async fn ask(sender: &dyn PushSender, request: &PushRequest) -> Vec<PushOutcome> {
    if request.targets.is_empty() {
        return Vec::new();
    }
    let late = |_| request.targets.iter().map(|_| again("the provider took too long")).collect();
    tokio::time::timeout(TIMEOUT, sender.send(request)).await.unwrap_or_else(late)
}

fn again(reason: &str) -> PushOutcome {
    PushOutcome::Retry { after: None, reason: reason.to_owned() }
}

fn token_of(target: &Target) -> Option<String> {
    match &target.address {
        Address::Device { token, .. } => Some(token.clone()),
        Address::Alias(_) => None,
    }
}
