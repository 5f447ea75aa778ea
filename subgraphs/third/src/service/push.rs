//! Offline push: devices that want to be told, numbers on icons, and what an administrator sees and does.
//!
//! A message asks to be pushed by an event of its own transaction ([`PushWanted`](openim_contracts::PushWanted)), so that
//! no crash loses it and nobody who sends waits. [`deciding`] follows those events through the inbox of handlers, which
//! makes each count once: it asks presence, settings and the application's server, page by page in a group, and notes a
//! delivery for each device in the transaction that also notes the event as handled. [`sending`] takes due deliveries for
//! a while, hands them to the provider and writes down what became of them; who dies in between leaves them to be taken
//! again. A push can therefore only come twice when a process dies between the provider's answer and the note of it.

mod calls;
mod deciding;
mod sending;

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{ConversationReader, GroupReader, MessageLogReader};
use openim_core::{Ctx, Platform, Result, UserId};
use openim_graphql::{Page, Place};
use openim_platform::presence::Presence;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;
use openim_push::PushSender;
use tokio::sync::Notify;

use crate::model::{
    Device, Notice, Provider, ProviderReport, Push, PushDelivery, PushFilter, PushPage, PushState, PushToken, RegisterToken,
};
use crate::policy::push as policy;
use crate::repository::push::{badges, deliveries, queue, tokens};
use crate::settings::PushSettings;
use crate::{error, hooks};

/// What offline push stands on.
pub struct PushPorts {
    /// Brings pushes to devices; `None` when nobody does.
    pub sender: Option<Arc<dyn PushSender>>,
    /// Who is online.
    pub presence: Arc<dyn Presence>,
    /// Who is in which group.
    pub groups: Arc<dyn GroupReader>,
    /// What readers want to hear.
    pub conversations: Arc<dyn ConversationReader>,
    /// The messages.
    pub logs: Arc<dyn MessageLogReader>,
}

impl PushPorts {
    /// Tells whether messages have to say what is to be pushed: somebody pushes, or the application's server is asked.
    pub fn are_used(&self, webhooks: &Webhooks) -> bool {
        self.sender.is_some() || push_hooks_enabled(webhooks)
    }
}

/// Tells whether the application's server is asked about pushes, as it counts now.
pub fn push_hooks_enabled(webhooks: &Webhooks) -> bool {
    hooks::any_enabled(webhooks)
}

/// The use cases of offline push.
#[derive(Clone)]
pub(crate) struct Pushes(Arc<House>);

/// What they stand on.
struct House {
    store: Store,
    webhooks: Webhooks,
    ports: PushPorts,
    settings: PushSettings,
    /// Woken when a transaction with deliveries was committed.
    work: Arc<Notify>,
}

impl Pushes {
    pub(crate) fn new(store: Store, webhooks: Webhooks, settings: PushSettings, ports: PushPorts) -> Self {
        Self(Arc::new(House { store, webhooks, ports, settings, work: Arc::default() }))
    }

    /// Returns who pushes, if anybody does.
    fn provider(&self) -> Option<Provider> {
        Provider::of(self.0.ports.sender.as_ref()?.name())
    }

    /// Lets a device be told while it is offline. It belongs to who registered it last.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign user, `ARGS_ERROR`.
    pub(crate) async fn register(&self, ctx: &Ctx, command: RegisterToken) -> Result<PushToken> {
        let user = policy::own_or_named(ctx, command.user)?;
        policy::check_token(command.provider, &command.token, command.expires_in_seconds)?;
        let now = ctx.now();
        let lifetime = u64::try_from(command.expires_in_seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let token = PushToken {
            user,
            platform: command.platform,
            provider: command.provider,
            token: command.token,
            updated_at: now,
            expires_at: lifetime.map(|lifetime| now.plus(lifetime)),
        };
        let tx = self.0.store.begin().await?;
        tokens::put(tx.connection(), &token).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Forgets the tokens of a user's device class, of one provider or all; returns how many.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign user.
    pub(crate) async fn unregister(&self, ctx: &Ctx, user: Option<UserId>, platform: Platform, provider: Option<Provider>) -> Result<u64> {
        let user = policy::own_or_named(ctx, user)?;
        let tx = self.0.store.begin().await?;
        let removed = tokens::remove(tx.connection(), &user, platform.number(), provider).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Returns a user's devices.
    ///
    /// # Errors
    /// `NO_PERMISSION` for a foreign user.
    pub(crate) async fn devices(&self, ctx: &Ctx, user: &UserId) -> Result<Vec<PushToken>> {
        ctx.require_self_or_admin(user)?;
        tokens::of_user(self.0.store.read(), user, ctx.now()).await
    }

    /// Says what a user has unread: pushes count on from there.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign user, `ARGS_ERROR` for a negative number.
    pub(crate) async fn set_badge(&self, ctx: &Ctx, user: Option<UserId>, unread: i32) -> Result<i32> {
        let user = policy::own_or_named(ctx, user)?;
        if unread < 0 {
            return Err(error::args("unreadCount must not be negative"));
        }
        let tx = self.0.store.begin().await?;
        badges::set(tx.connection(), &user, i64::from(unread)).await?;
        tx.commit().await?;
        Ok(unread)
    }

    /// Returns the number on a user's icon.
    ///
    /// # Errors
    /// `NO_PERMISSION` for a foreign user.
    pub(crate) async fn badge(&self, ctx: &Ctx, user: &UserId) -> Result<i32> {
        ctx.require_self_or_admin(user)?;
        let numbers = badges::of(self.0.store.read(), std::slice::from_ref(user)).await?;
        Ok(numbers.get(user).map_or(0, |unread| i32::try_from(*unread).unwrap_or(i32::MAX)))
    }

    /// Pushes a text to a user's devices, online or not.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` when nobody pushes, or for texts that are empty or too long.
    pub(crate) async fn send_test(&self, ctx: &Ctx, user: UserId, title: String, body: String) -> Result<Vec<PushDelivery>> {
        ctx.require_admin()?;
        policy::check_test(&title, &body)?;
        let provider = self.provider().ok_or_else(|| error::args("no provider of offline push is enabled"))?;
        let devices = self.devices_of(provider, &[user], ctx.now()).await?;
        let notice = Notice { title, body, ..Notice::default() };
        let push = Push { operation_id: ctx.operation_id().clone(), conversation_id: String::new(), seq: 0, notice, devices };
        let targets: Vec<queue::Target> = push.devices.iter().map(|device| (device.clone(), 0)).collect();
        let tx = self.0.store.begin().await?;
        let ids = queue::insert(tx.connection(), ctx, provider, &push, &targets).await?;
        let noted = deliveries::find_all(tx.connection(), &ids).await?;
        tx.wake(&self.0.work);
        tx.commit().await?;
        Ok(noted)
    }

    /// Queues a failed delivery once more. One that waits becomes due at once.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `RECORD_NOT_FOUND`; `ARGS_ERROR` for one that was delivered, and when nobody pushes.
    pub(crate) async fn retry(&self, ctx: &Ctx, id: &str) -> Result<PushDelivery> {
        ctx.require_admin()?;
        if self.provider().is_none() {
            return Err(error::args("no provider of offline push is enabled"));
        }
        let tx = self.0.store.begin().await?;
        let found = deliveries::find(tx.connection(), id).await?.ok_or_else(error::no_push)?;
        if found.state == PushState::Delivered {
            return Err(error::args("the push was delivered"));
        }
        queue::requeue(tx.connection(), id, ctx.now()).await?;
        let queued = deliveries::find(tx.connection(), id).await?.ok_or_else(error::no_push)?;
        tx.wake(&self.0.work);
        tx.commit().await?;
        Ok(queued)
    }

    /// Returns a page of deliveries, newest first.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` for a cursor of another list.
    pub(crate) async fn page(&self, ctx: &Ctx, filter: &PushFilter, page: &Page) -> Result<PushPage> {
        ctx.require_admin()?;
        let before = page.after.as_deref().map(position).transpose()?;
        let mut found = deliveries::page(self.0.store.read(), filter, before, page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = found.len() > limit;
        found.truncate(limit);
        Ok(PushPage { deliveries: found, has_next, has_previous: before.is_some() || page.offset > 0 })
    }

    /// Counts deliveries.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub(crate) async fn count(&self, ctx: &Ctx, filter: &PushFilter) -> Result<u64> {
        ctx.require_admin()?;
        deliveries::count(self.0.store.read(), filter).await
    }

    /// Tells how each provider does, as far as the log goes back.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn providers(&self, ctx: &Ctx) -> Result<Vec<ProviderReport>> {
        ctx.require_admin()?;
        let db = self.0.store.read();
        let mut reports = Vec::with_capacity(Provider::ALL.len());
        for provider in Provider::ALL {
            let (sent, last_success_at) = deliveries::tally(db, provider, PushState::Delivered).await?;
            let (failed, _) = deliveries::tally(db, provider, PushState::Failed).await?;
            reports.push(ProviderReport {
                provider,
                enabled: self.provider() == Some(provider),
                configured: self.0.settings.configured.contains(&provider.name()),
                sent,
                failed,
                last_success_at,
                last_failure: deliveries::last_failure(db, provider).await?,
            });
        }
        Ok(reports)
    }

    /// Returns where these users are reached.
    async fn devices_of(&self, provider: Provider, users: &[UserId], now: openim_core::Timestamp) -> Result<Vec<Device>> {
        if !provider.has_tokens() {
            return Ok(users.iter().map(|user| Device { user: user.clone(), platform: 0 }).collect());
        }
        let found = tokens::of_users(self.0.store.read(), provider, users, now).await?;
        Ok(found.into_iter().map(|token| Device { user: token.user, platform: token.platform }).collect())
    }
}

/// Reads a cursor: the delivery's place in the log.
fn position(text: &str) -> Result<i64> {
    Place::parse(text)?.id.parse().map_err(|_| error::no_cursor())
}
