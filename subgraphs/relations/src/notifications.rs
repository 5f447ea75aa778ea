//! OpenIM's notifications of this domain: their tips, keys exactly as in notifications.json, and who gets them.
//!
//! As in OpenIM, the version fields stay empty: clients ask for what changed. Three notifications that concern nobody but
//! the owner of a list (1206, 1207, 1208) go to the owner's devices only.

use openim_contracts::{NotificationRequested, NotificationTarget, UserSummary};
use openim_core::{Ctx, Error, Result, UserId};
use openim_platform::store::Tx;
use serde::Serialize;

use crate::model::FriendRequest;

const ACCEPTED: i32 = 1201;
const REFUSED: i32 = 1202;
const ASKED: i32 = 1203;
const DELETED: i32 = 1205;
const REMARK_SET: i32 = 1206;
const BLOCKED: i32 = 1207;
const UNBLOCKED: i32 = 1208;
const PROFILE_CHANGED: i32 = 1209;
const UPDATED: i32 = 1210;

/// Shown name and picture of the two people of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    pub(crate) from: Option<UserSummary>,
    pub(crate) to: Option<UserSummary>,
}

#[derive(Serialize)]
struct FromTo<'a> {
    #[serde(rename = "fromUserID")]
    from: &'a str,
    #[serde(rename = "toUserID")]
    to: &'a str,
}

impl<'a> FromTo<'a> {
    fn new(from: &'a UserId, to: &'a UserId) -> Self {
        Self { from: from.as_str(), to: to.as_str() }
    }
}

#[derive(Serialize)]
struct Request<'a> {
    #[serde(rename = "fromUserID")]
    from: &'a str,
    #[serde(rename = "fromNickname")]
    from_nickname: &'a str,
    #[serde(rename = "fromFaceURL")]
    from_face_url: &'a str,
    #[serde(rename = "toUserID")]
    to: &'a str,
    #[serde(rename = "toNickname")]
    to_nickname: &'a str,
    #[serde(rename = "toFaceURL")]
    to_face_url: &'a str,
    #[serde(rename = "handleResult")]
    handle_result: i32,
    #[serde(rename = "reqMsg")]
    message: &'a str,
    #[serde(rename = "createTime")]
    created_at: i64,
    #[serde(rename = "handlerUserID")]
    handler: &'a str,
    #[serde(rename = "handleMsg")]
    reply: &'a str,
    #[serde(rename = "handleTime")]
    handled_at: i64,
    ex: &'a str,
}

impl<'a> Request<'a> {
    fn new(request: &'a FriendRequest, people: &'a People) -> Self {
        let names = |person: &'a Option<UserSummary>| {
            person.as_ref().map(|person| (person.nickname.as_str(), person.face_url.as_str())).unwrap_or_default()
        };
        let (from_nickname, from_face_url) = names(&people.from);
        let (to_nickname, to_face_url) = names(&people.to);
        Self {
            from: request.from.as_str(),
            from_nickname,
            from_face_url,
            to: request.to.as_str(),
            to_nickname,
            to_face_url,
            handle_result: request.state.number(),
            message: &request.message,
            created_at: request.created_at.0,
            handler: request.handler.as_ref().map(UserId::as_str).unwrap_or_default(),
            reply: &request.reply,
            handled_at: request.handled_at.map_or(0, |at| at.0),
            ex: &request.ex,
        }
    }
}

#[derive(Serialize)]
struct AcceptedTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    #[serde(rename = "handleMsg")]
    reply: &'a str,
    #[serde(rename = "friendVersion")]
    version: u64,
    #[serde(rename = "friendVersionID")]
    version_id: &'a str,
    request: Option<Request<'a>>,
}

#[derive(Serialize)]
struct RefusedTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    #[serde(rename = "handleMsg")]
    reply: &'a str,
    request: Request<'a>,
}

#[derive(Serialize)]
struct AskedTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    request: Request<'a>,
}

#[derive(Serialize)]
struct DeletedTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    #[serde(rename = "friendVersion")]
    version: u64,
    #[serde(rename = "friendVersionID")]
    version_id: &'a str,
}

#[derive(Serialize)]
struct RemarkSetTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    #[serde(rename = "friendVersion")]
    version: u64,
    #[serde(rename = "friendVersionID")]
    version_id: &'a str,
    #[serde(rename = "friendSortVersion")]
    sort_version: u64,
}

#[derive(Serialize)]
struct BlackTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
}

#[derive(Serialize)]
struct ProfileTips<'a> {
    #[serde(rename = "userID")]
    user: &'a str,
}

#[derive(Serialize)]
struct UpdatedTips<'a> {
    #[serde(rename = "fromToUserID")]
    from_to: FromTo<'a>,
    #[serde(rename = "friendIDs")]
    friends: &'a [UserId],
    #[serde(rename = "friendVersion")]
    version: u64,
    #[serde(rename = "friendVersionID")]
    version_id: &'a str,
}

/// Tells somebody of an application.
pub(crate) async fn asked(ctx: &Ctx, tx: &Tx, request: &FriendRequest, people: &People) -> Result<()> {
    let tips = AskedTips { from_to: FromTo::new(&request.from, &request.to), request: Request::new(request, people) };
    notify(ctx, tx, ASKED, &request.from, &request.to, &tips).await
}

/// Tells an applicant that the other one has agreed.
pub(crate) async fn accepted(ctx: &Ctx, tx: &Tx, request: &FriendRequest, people: &People) -> Result<()> {
    let told = Some(Request::new(request, people));
    accept(ctx, tx, &request.from, &request.to, &request.reply, told).await
}

/// Tells the owner of a list, in the name of a friend, that an administrator has brought them together.
pub(crate) async fn imported(ctx: &Ctx, tx: &Tx, owner: &UserId, friend: &UserId) -> Result<()> {
    accept(ctx, tx, owner, friend, "", None).await
}

async fn accept(ctx: &Ctx, tx: &Tx, from: &UserId, to: &UserId, reply: &str, request: Option<Request<'_>>) -> Result<()> {
    let tips = AcceptedTips { from_to: FromTo::new(from, to), reply, version: 0, version_id: "", request };
    notify(ctx, tx, ACCEPTED, to, from, &tips).await
}

/// Tells an applicant that the other one has refused.
pub(crate) async fn refused(ctx: &Ctx, tx: &Tx, request: &FriendRequest, people: &People) -> Result<()> {
    let from_to = FromTo::new(&request.from, &request.to);
    let tips = RefusedTips { from_to, reply: &request.reply, request: Request::new(request, people) };
    notify(ctx, tx, REFUSED, &request.to, &request.from, &tips).await
}

/// Tells a friend that the owner has removed them from the list.
pub(crate) async fn deleted(ctx: &Ctx, tx: &Tx, owner: &UserId, friend: &UserId) -> Result<()> {
    let tips = DeletedTips { from_to: FromTo::new(owner, friend), version: 0, version_id: "" };
    notify(ctx, tx, DELETED, owner, friend, &tips).await
}

/// Tells the owner's devices that a friend has another remark. The friend need not know.
pub(crate) async fn remark_set(ctx: &Ctx, tx: &Tx, owner: &UserId, friend: &UserId) -> Result<()> {
    let tips = RemarkSetTips { from_to: FromTo::new(owner, friend), version: 0, version_id: "", sort_version: 0 };
    notify(ctx, tx, REMARK_SET, owner, owner, &tips).await
}

/// Tells the owner's devices that somebody is on the black list. That one need not know.
pub(crate) async fn blocked(ctx: &Ctx, tx: &Tx, owner: &UserId, blocked: &UserId) -> Result<()> {
    notify(ctx, tx, BLOCKED, owner, owner, &BlackTips { from_to: FromTo::new(owner, blocked) }).await
}

/// Tells the owner's devices that somebody is no longer on the black list. That one need not know.
pub(crate) async fn unblocked(ctx: &Ctx, tx: &Tx, owner: &UserId, unblocked: &UserId) -> Result<()> {
    notify(ctx, tx, UNBLOCKED, owner, owner, &BlackTips { from_to: FromTo::new(owner, unblocked) }).await
}

/// Tells somebody that a friend shows another name or picture.
pub(crate) async fn profile_changed(ctx: &Ctx, tx: &Tx, user: &UserId, owner: &UserId) -> Result<()> {
    notify(ctx, tx, PROFILE_CHANGED, user, owner, &ProfileTips { user: user.as_str() }).await
}

/// Tells the owner's devices that something kept about friends changed.
pub(crate) async fn updated(ctx: &Ctx, tx: &Tx, owner: &UserId, friends: &[UserId]) -> Result<()> {
    let from_to = FromTo { from: "", to: owner.as_str() };
    notify(ctx, tx, UPDATED, owner, owner, &UpdatedTips { from_to, friends, version: 0, version_id: "" }).await
}

async fn notify(ctx: &Ctx, tx: &Tx, content_type: i32, sender: &UserId, receiver: &UserId, tips: &impl Serialize) -> Result<()> {
    let event = NotificationRequested {
        key: ctx.ids().hex32(),
        content_type,
        sender: sender.clone(),
        target: NotificationTarget::User(receiver.clone()),
        detail: serde_json::to_value(tips).map_err(Error::internal)?,
        as_message: None,
        at: ctx.now(),
    };
    tx.append(ctx, &event).await
}
