//! What the receiver is told of users' devices: online, offline, logged out by others.

use openim_core::{Ctx, Platform, Result, UserId};
use openim_platform::presence::PresenceChange;
use openim_platform::store::{Store, Tx};
use openim_platform::webhooks::commands::{AFTER_USER_KICK_OFF, AFTER_USER_OFFLINE, AFTER_USER_ONLINE};
use openim_platform::webhooks::{Command, Prepared, Webhooks};
use serde::Serialize;

/// A device, by its class.
#[derive(Serialize)]
struct Device<'a> {
    #[serde(rename = "platformID")]
    platform_id: i32,
    platform: &'static str,
    #[serde(rename = "userID")]
    user_id: &'a str,
    /// When it is told, in milliseconds.
    seq: i64,
}

impl<'a> Device<'a> {
    fn new(ctx: &Ctx, user: &'a UserId, platform: Platform) -> Self {
        Self { platform_id: platform.number(), platform: platform.name(), user_id: user.as_str(), seq: ctx.now().0 }
    }
}

/// A device that came.
#[derive(Serialize)]
struct Came<'a> {
    #[serde(flatten)]
    device: Device<'a>,
    #[serde(rename = "isAppBackground")]
    in_background: bool,
    #[serde(rename = "connID")]
    connection: &'static str,
}

/// A device that went.
#[derive(Serialize)]
struct Went<'a> {
    #[serde(flatten)]
    device: Device<'a>,
    #[serde(rename = "connID")]
    connection: &'static str,
}

/// Tells of devices that came online or went offline: each platform that changed, once.
pub(crate) async fn after_presence(webhooks: &Webhooks, store: &Store, ctx: &Ctx, changes: &[PresenceChange]) -> Result<()> {
    let mut deliveries = Vec::new();
    for PresenceChange { user_id: user, before, platforms: now, .. } in changes {
        for platform in now.iter().filter(|platform| !before.contains(platform)) {
            let device = Device::new(ctx, user, *platform);
            deliveries.extend(prepare(webhooks, ctx, &AFTER_USER_ONLINE, &Came { device, in_background: false, connection: "" })?);
        }
        for platform in before.iter().filter(|platform| !now.contains(platform)) {
            let device = Device::new(ctx, user, *platform);
            deliveries.extend(prepare(webhooks, ctx, &AFTER_USER_OFFLINE, &Went { device, connection: "" })?);
        }
    }
    if deliveries.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    webhooks.append(&tx, deliveries).await?;
    tx.commit().await
}

/// Tells that a user's logins on a platform were ended.
pub(crate) async fn after_kick(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, user: &UserId, platform: Platform) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_USER_KICK_OFF, &Device::new(ctx, user, platform)).await
}

fn prepare(webhooks: &Webhooks, ctx: &Ctx, command: &'static Command, body: &impl Serialize) -> Result<Option<Prepared>> {
    webhooks.prepare(ctx, command, None, body)
}
