//! The webhooks of this domain: what the receiver is asked and told, with OpenIM's keys (webhooks.json; some of them are
//! odd), and what its answers change. What it changes is checked like what clients send.

use openim_core::{Ctx, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::webhooks::commands::{
    AFTER_ADD_FRIEND, AFTER_ADD_FRIEND_AGREE, AFTER_DELETE_FRIEND, AFTER_IMPORT_FRIENDS, AFTER_REMOVE_BLACK, AFTER_SET_FRIEND_REMARK,
    BEFORE_ADD_BLACK, BEFORE_ADD_FRIEND, BEFORE_ADD_FRIEND_AGREE, BEFORE_IMPORT_FRIENDS, BEFORE_SET_FRIEND_REMARK,
};
use openim_platform::webhooks::{Accepted, Webhooks};
use serde::{Deserialize, Serialize};

use crate::model::{AnswerRequest, FriendRequest, Friendship, ImportFriends, SendRequest, SetRemark};

#[derive(Serialize)]
struct Asking<'a> {
    #[serde(rename = "fromUserID")]
    from: &'a UserId,
    #[serde(rename = "toUserID")]
    to: &'a UserId,
    #[serde(rename = "reqMsg")]
    message: &'a str,
    ex: &'a str,
}

#[derive(Serialize)]
struct Asked<'a> {
    #[serde(rename = "fromUserID")]
    from: &'a UserId,
    #[serde(rename = "toUserID")]
    to: &'a UserId,
    #[serde(rename = "reqMsg")]
    message: &'a str,
}

/// The one who was asked has the name of a blocked one in OpenIM.
#[derive(Serialize)]
struct Agreement<'a> {
    #[serde(rename = "fromUserID")]
    from: &'a UserId,
    #[serde(rename = "blackUserID")]
    to: &'a UserId,
    #[serde(rename = "HandleResult")]
    result: i32,
    #[serde(rename = "HandleMsg")]
    reply: &'a str,
}

#[derive(Serialize)]
struct Friend<'a> {
    #[serde(rename = "ownerUserID")]
    owner: &'a UserId,
    #[serde(rename = "friendUserID")]
    friend: &'a UserId,
}

#[derive(Serialize)]
struct Import<'a> {
    #[serde(rename = "ownerUserID")]
    owner: &'a UserId,
    /// Null when there are none.
    #[serde(rename = "friendUserIDs")]
    friends: Option<&'a [UserId]>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ImportInstead {
    #[serde(rename = "friendUserIDs")]
    friends: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Remark<'a> {
    #[serde(rename = "ownerUserID")]
    owner: &'a UserId,
    #[serde(rename = "friendUserID")]
    friend: &'a UserId,
    remark: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RemarkInstead {
    remark: Option<String>,
}

#[derive(Serialize)]
struct Black<'a> {
    #[serde(rename = "ownerUserID")]
    owner: &'a UserId,
    #[serde(rename = "blackUserID")]
    blocked: &'a UserId,
}

/// Asks before somebody is asked.
pub(crate) async fn before_request(webhooks: &Webhooks, ctx: &Ctx, command: &SendRequest) -> Result<()> {
    let SendRequest { from, to, message, ex } = command;
    let _: Option<Accepted> = webhooks.before(ctx, &BEFORE_ADD_FRIEND, &Asking { from, to, message, ex }).await?;
    Ok(())
}

/// Tells that somebody was asked.
pub(crate) async fn after_request(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, request: &FriendRequest) -> Result<()> {
    let body = Asked { from: &request.from, to: &request.to, message: &request.message };
    webhooks.after(ctx, tx, &AFTER_ADD_FRIEND, &body).await
}

/// Asks before a request is agreed to. Nobody is asked before a refusal.
pub(crate) async fn before_agreement(webhooks: &Webhooks, ctx: &Ctx, command: &AnswerRequest) -> Result<()> {
    if !command.accept {
        return Ok(());
    }
    let body = Agreement { from: &command.from, to: &command.to, result: 1, reply: &command.reply };
    let _: Option<Accepted> = webhooks.before(ctx, &BEFORE_ADD_FRIEND_AGREE, &body).await?;
    Ok(())
}

/// Tells that a request was agreed to.
pub(crate) async fn after_agreement(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, request: &FriendRequest) -> Result<()> {
    let body = Agreement { from: &request.from, to: &request.to, result: request.state.number(), reply: &request.reply };
    webhooks.after(ctx, tx, &AFTER_ADD_FRIEND_AGREE, &body).await
}

/// Tells that a friend was removed.
pub(crate) async fn after_removal(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, owner: &UserId, friend: &UserId) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_DELETE_FRIEND, &Friend { owner, friend }).await
}

/// Asks before friends are imported; returns those to import instead, if there are any.
pub(crate) async fn before_import(webhooks: &Webhooks, ctx: &Ctx, command: &ImportFriends) -> Result<Option<Vec<UserId>>> {
    let answer: Option<ImportInstead> = webhooks.before(ctx, &BEFORE_IMPORT_FRIENDS, &import(command)).await?;
    let instead = answer.and_then(|answer| answer.friends).filter(|friends| !friends.is_empty());
    instead.map(|friends| friends.into_iter().map(UserId::parse).collect()).transpose()
}

/// Tells that friends were imported.
pub(crate) async fn after_import(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, command: &ImportFriends) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_IMPORT_FRIENDS, &import(command)).await
}

/// Asks before a friend gets another name; returns the name to give.
pub(crate) async fn before_remark(webhooks: &Webhooks, ctx: &Ctx, command: SetRemark) -> Result<SetRemark> {
    let SetRemark { owner, friend, remark } = &command;
    let answer: Option<RemarkInstead> = webhooks.before(ctx, &BEFORE_SET_FRIEND_REMARK, &Remark { owner, friend, remark }).await?;
    match answer.and_then(|answer| answer.remark).filter(|remark| !remark.is_empty()) {
        Some(remark) => Ok(SetRemark { remark, ..command }),
        None => Ok(command),
    }
}

/// Tells that a friend got another name.
pub(crate) async fn after_remark(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, friendship: &Friendship) -> Result<()> {
    let Friendship { owner, friend, remark, .. } = friendship;
    webhooks.after(ctx, tx, &AFTER_SET_FRIEND_REMARK, &Remark { owner, friend, remark }).await
}

/// Asks before somebody is blocked. OpenIM tells nobody afterwards.
pub(crate) async fn before_block(webhooks: &Webhooks, ctx: &Ctx, owner: &UserId, blocked: &UserId) -> Result<()> {
    let _: Option<Accepted> = webhooks.before(ctx, &BEFORE_ADD_BLACK, &Black { owner, blocked }).await?;
    Ok(())
}

/// Tells that somebody is no longer blocked.
pub(crate) async fn after_unblock(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, owner: &UserId, blocked: &UserId) -> Result<()> {
    webhooks.after(ctx, tx, &AFTER_REMOVE_BLACK, &Black { owner, blocked }).await
}

fn import(command: &ImportFriends) -> Import<'_> {
    Import { owner: &command.owner, friends: Some(command.friends.as_slice()).filter(|friends| !friends.is_empty()) }
}
