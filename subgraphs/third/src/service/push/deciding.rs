//! Who is told of a message while being offline: OpenIM's rules (docs/openim-differences.md has what differs).
//!
//! A message to one user is pushed unless the user has it on a phone: online on Android, or on iOS in the foreground. Of a
//! group, those are told beside the sender who want to receive its messages as such (option 0); it is looked through a
//! page of members at a time, each in a transaction of its own that also notes where to go on. Nothing here is done
//! inside a transaction but writing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use openim_contracts::{MessageData, OfflinePush, PushWanted};
use openim_core::{ConversationId, Ctx, GroupId, Result, UserId};
use openim_platform::store::Tx;

use super::Pushes;
use crate::hooks::{self, Wish};
use crate::jobs::DecidePush;
use crate::model::{Decided, Device, Notice, Provider, Push, PushStep, Subject};
use crate::policy::push as policy;
use crate::repository::push::{badges, queue};

/// How many members one step looks at.
const PAGE: usize = 1_000;
/// After which time a message is late for a push, as OpenIM counts.
const LATE: Duration = Duration::from_secs(10);

impl Pushes {
    /// Decides about the messages of an event. Those to one user are decided together; where many are to be told, or the
    /// application's server is to be asked, each message gets steps of its own.
    ///
    /// # Errors
    /// When something cannot be asked now.
    pub(crate) async fn decide(&self, ctx: &Ctx, wanted: PushWanted) -> Result<Decided> {
        let mut decided = Decided::default();
        let Some(provider) = self.provider_or_hooks() else { return Ok(decided) };
        let stored = self.0.ports.logs.messages(&wanted.stored).await?;
        let place = |message: &MessageData| {
            let mut places = wanted.stored.iter();
            places.find(|place| place.seq == message.seq && place.conversation_id == message.conversation_id).cloned()
        };
        let mut direct: Vec<(UserId, MessageData)> = Vec::new();
        let passing = wanted.passing.iter().map(|message| MessageData::clone(message));
        for message in stored.into_iter().chain(passing) {
            if message.envelope.sent_at.until(ctx.now()) > LATE {
                // OpenIM's own name.
                metrics::counter!("msg_long_time_push_total").increment(1);
            }
            let in_group = message.envelope.group.is_some();
            if in_group || hooks::is_asked(&self.0.webhooks, in_group) {
                let subject = place(&message).map_or_else(|| Subject::Passing(Box::new(message)), Subject::Stored);
                decided.steps.push(PushStep::of(subject));
            } else if let Some(receiver) = message.envelope.receiver.clone() {
                direct.push((receiver, message));
            }
        }
        let Some(provider) = provider else { return Ok(decided) };
        let receivers: BTreeSet<UserId> = direct.iter().map(|(receiver, _)| receiver.clone()).collect();
        let away = self.away(receivers.into_iter().collect()).await?;
        let mut devices: HashMap<UserId, Vec<Device>> = HashMap::new();
        for device in self.devices_of(provider, &away, ctx.now()).await? {
            devices.entry(device.user.clone()).or_default().push(device);
        }
        for (receiver, message) in direct {
            if let Some(devices) = devices.get(&receiver) {
                decided.pushes.push(push(ctx, &message, None, devices.clone()));
            }
        }
        Ok(decided)
    }

    /// Does one step of deciding about a message.
    ///
    /// # Errors
    /// When something cannot be asked now.
    pub(crate) async fn decide_step(&self, ctx: &Ctx, mut step: PushStep) -> Result<Decided> {
        let mut decided = Decided::default();
        let Some(provider) = self.provider_or_hooks() else { return Ok(decided) };
        // It may have been revoked by now.
        let Some(message) = self.subject(&step.subject).await? else { return Ok(decided) };
        if step.is_first() {
            match hooks::before_all(&self.0.webhooks, ctx, &message).await? {
                Wish::Nothing => return Ok(decided),
                Wish::GoOn { receivers, .. } => step.receivers = receivers,
            }
        }
        let (candidates, next) = self.candidates(&message, step).await?;
        decided.steps.extend(next);
        let mut users = self.away(candidates).await?;
        if let Some(group) = &message.envelope.group {
            users = self.willing(group, users).await?;
        }
        if users.is_empty() {
            return Ok(decided);
        }
        let info = match hooks::before_offline(&self.0.webhooks, ctx, &message, &users).await? {
            Wish::Nothing => return Ok(decided),
            Wish::GoOn { receivers, info } => {
                users = receivers.unwrap_or(users);
                info
            }
        };
        if let Some(provider) = provider {
            let devices = self.devices_of(provider, &users, ctx.now()).await?;
            if !devices.is_empty() {
                decided.pushes.push(push(ctx, &message, info.as_ref(), devices));
            }
        }
        Ok(decided)
    }

    /// Notes what was decided: deliveries with the numbers on their icons, and the steps that are left.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn note(&self, ctx: &Ctx, tx: &Tx, decided: &Decided) -> Result<()> {
        for step in &decided.steps {
            tx.append_job(ctx, DecidePush::QUEUE, &DecidePush { step: step.clone() }, ctx.now()).await?;
        }
        let Some(provider) = self.provider().filter(|_| !decided.pushes.is_empty()) else { return Ok(()) };
        let mut numbers = if provider.has_tokens() { Numbers::raise(tx, &decided.pushes).await? } else { Numbers::default() };
        for push in &decided.pushes {
            let targets = numbers.targets(push, provider);
            queue::insert(tx.connection(), ctx, provider, push, &targets).await?;
        }
        tx.wake(&self.0.work);
        Ok(())
    }

    /// Returns who pushes; `None` when there is nothing to decide.
    fn provider_or_hooks(&self) -> Option<Option<Provider>> {
        self.0.ports.are_used(&self.0.webhooks).then(|| self.provider())
    }

    async fn subject(&self, subject: &Subject) -> Result<Option<MessageData>> {
        Ok(match subject {
            Subject::Stored(place) => self.0.ports.logs.messages(std::slice::from_ref(place)).await?.pop(),
            Subject::Passing(message) => Some(MessageData::clone(message)),
        })
    }

    /// Returns the next receivers of a message beside its sender, and the step that follows.
    async fn candidates(&self, message: &MessageData, step: PushStep) -> Result<(Vec<UserId>, Option<PushStep>)> {
        let sender = &message.envelope.sender;
        let PushStep { subject, after, receivers } = step;
        let (mut users, next) = match (&message.envelope.group, receivers) {
            (_, Some(mut named)) => {
                let rest = named.split_off(named.len().min(PAGE));
                let next = (!rest.is_empty()).then_some(PushStep { subject, after: None, receivers: Some(rest) });
                (named, next)
            }
            (Some(group), None) => {
                let limit = u64::try_from(PAGE).unwrap_or(u64::MAX);
                let page = self.0.ports.groups.member_page(group, after.as_ref(), limit).await?;
                let last = page.last().filter(|_| page.len() == PAGE).cloned();
                let next = last.map(|last| PushStep { subject, after: Some(last), receivers: None });
                (page, next)
            }
            (None, None) => (message.envelope.receiver.iter().cloned().collect(), None),
        };
        users.retain(|user| user != sender);
        Ok((users, next))
    }

    /// Returns those who do not have it on a phone.
    async fn away(&self, users: Vec<UserId>) -> Result<Vec<UserId>> {
        let connections = self.0.ports.presence.connections(&users).await?;
        Ok(users.into_iter().zip(connections).filter(|(_, open)| !policy::is_on_a_phone(open)).map(|(user, _)| user).collect())
    }

    /// Returns those who want to hear of a group's messages.
    async fn willing(&self, group: &GroupId, users: Vec<UserId>) -> Result<Vec<UserId>> {
        let conversation = ConversationId::group(group);
        let keys: Vec<(UserId, ConversationId)> = users.into_iter().map(|user| (user, conversation.clone())).collect();
        let states = self.0.ports.conversations.states_of(&keys).await?;
        let receives = |state: &Option<openim_contracts::ReaderState>| state.is_none_or(|state| state.receive_option == 0);
        Ok(keys.into_iter().zip(states).filter(|(_, state)| receives(state)).map(|((user, _), _)| user).collect())
    }
}

fn push(ctx: &Ctx, message: &MessageData, info: Option<&OfflinePush>, devices: Vec<Device>) -> Push {
    let envelope = &message.envelope;
    let info = info.or(envelope.offline_push.as_ref());
    Push {
        operation_id: message.operation_id.parse().unwrap_or_else(|_| ctx.operation_id().clone()),
        conversation_id: message.conversation_id.to_string(),
        seq: message.seq,
        notice: Notice::of(envelope.content_type, info, envelope.client_id.as_str()),
        devices,
    }
}

/// The numbers on the icons of those who are told.
#[derive(Default)]
struct Numbers {
    /// What each user's number is before the next push.
    now: HashMap<UserId, i64>,
}

impl Numbers {
    /// Raises the numbers of those whose messages count, in one statement for all pushes.
    async fn raise(tx: &Tx, pushes: &[Push]) -> Result<Self> {
        let mut steps: BTreeMap<UserId, i64> = BTreeMap::new();
        let mut users: BTreeSet<UserId> = BTreeSet::new();
        for push in pushes {
            let told: BTreeSet<&UserId> = push.devices.iter().map(|device| &device.user).collect();
            for user in told {
                users.insert(user.clone());
                if push.notice.count_badge {
                    *steps.entry(user.clone()).or_default() += 1;
                }
            }
        }
        badges::raise(tx.connection(), &steps).await?;
        let users: Vec<UserId> = users.into_iter().collect();
        let mut now = badges::of(tx.connection(), &users).await?;
        for (user, step) in steps {
            if let Some(number) = now.get_mut(&user) {
                *number -= step;
            }
        }
        Ok(Self { now })
    }

    /// Returns the devices of a push with their numbers.
    fn targets(&mut self, push: &Push, provider: Provider) -> Vec<queue::Target> {
        if !provider.has_tokens() {
            return push.devices.iter().map(|device| (device.clone(), 0)).collect();
        }
        if push.notice.count_badge {
            let told: BTreeSet<&UserId> = push.devices.iter().map(|device| &device.user).collect();
            for user in told {
                *self.now.entry(user.clone()).or_default() += 1;
            }
        }
        // OpenIM shows 1 where nothing is counted.
        let number = |user: &UserId| self.now.get(user).copied().filter(|number| *number > 0).unwrap_or(1);
        push.devices.iter().map(|device| (device.clone(), number(&device.user))).collect()
    }
}
