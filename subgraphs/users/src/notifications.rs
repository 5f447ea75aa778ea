//! The notifications of this domain (OpenIM 1303, 1305 to 1307), composed in the transaction of the change. The messages
//! domain stores and delivers them.

use openim_contracts::{NotificationRequested, NotificationTarget};
use openim_core::{Ctx, Error, Result, UserId};
use openim_platform::store::Tx;
use serde::Serialize;

/// OpenIM `UserInfoUpdatedNotification`.
const PROFILE_UPDATED: i32 = 1303;

/// What happened to an entry that a user's devices share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandChange {
    /// OpenIM `UserCommandAddNotification`.
    Added,
    /// OpenIM `UserCommandDeleteNotification`.
    Removed,
    /// OpenIM `UserCommandUpdateNotification`.
    Updated,
}

impl CommandChange {
    fn content_type(self) -> i32 {
        match self {
            Self::Added => 1305,
            Self::Removed => 1306,
            Self::Updated => 1307,
        }
    }
}

#[derive(Serialize)]
struct UserInfoUpdatedTips<'a> {
    #[serde(rename = "userID")]
    user_id: &'a UserId,
}

/// The tips of all three changes of an entry are alike.
#[derive(Serialize)]
struct UserCommandTips<'a> {
    #[serde(rename = "fromUserID")]
    from_user_id: &'a UserId,
    #[serde(rename = "toUserID")]
    to_user_id: &'a UserId,
}

/// Tells a user's devices, in the name of who did it, that the profile or the receive option changed.
pub(crate) async fn profile_updated(ctx: &Ctx, tx: &Tx, user: &UserId) -> Result<()> {
    let operator = ctx.principal().map_or(user, |principal| &principal.user_id);
    request(ctx, tx, PROFILE_UPDATED, operator, user, &UserInfoUpdatedTips { user_id: user }).await
}

/// Tells a user's devices that one of their shared entries changed.
pub(crate) async fn command_changed(ctx: &Ctx, tx: &Tx, change: CommandChange, user: &UserId) -> Result<()> {
    let tips = UserCommandTips { from_user_id: user, to_user_id: user };
    request(ctx, tx, change.content_type(), user, user, &tips).await
}

async fn request(ctx: &Ctx, tx: &Tx, content_type: i32, sender: &UserId, receiver: &UserId, tips: &impl Serialize) -> Result<()> {
    let notification = NotificationRequested {
        key: ctx.ids().hex32(),
        content_type,
        sender: sender.clone(),
        target: NotificationTarget::User(receiver.clone()),
        detail: serde_json::to_value(tips).map_err(Error::internal)?,
        as_message: None,
        at: ctx.now(),
    };
    tx.append(ctx, &notification).await
}
