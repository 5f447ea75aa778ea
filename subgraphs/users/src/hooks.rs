//! The webhooks of this domain: what the receiver is asked and told, with OpenIM's keys (webhooks.json), and what its answers
//! change. What it changes is checked like what clients send.

mod devices;

pub(crate) use devices::{after_kick, after_presence};

use openim_core::{Ctx, Error, ErrorCode, Result, Timestamp};
use openim_platform::store::Tx;
use openim_platform::webhooks::Webhooks;
use openim_platform::webhooks::commands::{
    AFTER_UPDATE_USER_INFO, AFTER_UPDATE_USER_INFO_EX, AFTER_USER_REGISTER, BEFORE_UPDATE_USER_INFO, BEFORE_UPDATE_USER_INFO_EX,
    BEFORE_USER_REGISTER,
};
use serde::{Deserialize, Serialize};

use crate::model::{NewUser, Profile, UpdateUser, User, UserLevel};

/// The levels there are.
const LEVELS: std::ops::RangeInclusive<i32> = 0..=4;
/// The receive options there are.
const OPTIONS: std::ops::RangeInclusive<i32> = 0..=2;

/// A user in bodies and answers.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct HookUser {
    #[serde(rename = "userID")]
    user_id: String,
    nickname: String,
    #[serde(rename = "faceURL")]
    face_url: String,
    ex: String,
    #[serde(rename = "createTime")]
    create_time: i64,
    #[serde(rename = "appMangerLevel")]
    level: i32,
    #[serde(rename = "globalRecvMsgOpt")]
    receive_option: i32,
}

/// The users of a registration; in an answer those that are registered instead.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Registration {
    users: Option<Vec<HookUser>>,
}

/// A profile change. The older form has empty texts where the newer one has null.
#[derive(Serialize)]
struct ProfileChange<'a> {
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "nickName")]
    nickname: Option<&'a str>,
    #[serde(rename = "faceURL")]
    face_url: Option<&'a str>,
    ex: Option<&'a str>,
}

/// What a receiver puts in place of a client's values.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangedProfile {
    #[serde(rename = "nickName")]
    nickname: Option<String>,
    #[serde(rename = "faceURL")]
    face_url: Option<String>,
    ex: Option<String>,
}

/// Asks before users are registered; returns those to register.
pub(crate) async fn before_register(webhooks: &Webhooks, ctx: &Ctx, users: Vec<NewUser>) -> Result<Vec<NewUser>> {
    if !webhooks.enabled(&BEFORE_USER_REGISTER) {
        return Ok(users);
    }
    let body = Registration { users: Some(users.iter().map(|user| asked(user, ctx.now())).collect()) };
    let answer: Option<Registration> = webhooks.before(ctx, &BEFORE_USER_REGISTER, &body).await?;
    match answer.and_then(|answer| answer.users).filter(|users| !users.is_empty()) {
        Some(instead) => instead.into_iter().map(NewUser::try_from).collect(),
        None => Ok(users),
    }
}

/// Tells that users were registered.
pub(crate) async fn after_register(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, users: &[User]) -> Result<()> {
    if !webhooks.enabled(&AFTER_USER_REGISTER) {
        return Ok(());
    }
    webhooks.after(ctx, tx, &AFTER_USER_REGISTER, &Registration { users: Some(users.iter().map(HookUser::from).collect()) }).await
}

/// Asks before a profile is changed; returns the change to make. A change of the receive option alone is nobody's business.
pub(crate) async fn before_update(webhooks: &Webhooks, ctx: &Ctx, update: UpdateUser) -> Result<UpdateUser> {
    if !shows(&update) {
        return Ok(update);
    }
    let command = if update.empty_keeps { &BEFORE_UPDATE_USER_INFO } else { &BEFORE_UPDATE_USER_INFO_EX };
    let answer: Option<ChangedProfile> = webhooks.before(ctx, command, &change(&update)).await?;
    let ChangedProfile { nickname, face_url, ex } = answer.unwrap_or_default();
    Ok(UpdateUser { nickname: nickname.or(update.nickname), face_url: face_url.or(update.face_url), ex: ex.or(update.ex), ..update })
}

/// Tells that a profile was changed.
pub(crate) async fn after_update(webhooks: &Webhooks, ctx: &Ctx, tx: &Tx, update: &UpdateUser) -> Result<()> {
    if !shows(update) {
        return Ok(());
    }
    let command = if update.empty_keeps { &AFTER_UPDATE_USER_INFO } else { &AFTER_UPDATE_USER_INFO_EX };
    webhooks.after(ctx, tx, command, &change(update)).await
}

/// Tells whether others can see what an update changes.
fn shows(update: &UpdateUser) -> bool {
    update.empty_keeps || update.nickname.is_some() || update.face_url.is_some() || update.ex.is_some()
}

fn change(update: &UpdateUser) -> ProfileChange<'_> {
    let empty = update.empty_keeps.then_some("");
    ProfileChange {
        user_id: &update.id,
        nickname: update.nickname.as_deref().or(empty),
        face_url: update.face_url.as_deref().or(empty),
        ex: update.ex.as_deref().or(empty),
    }
}

fn asked(user: &NewUser, now: Timestamp) -> HookUser {
    let Profile { nickname, face_url, ex } = user.profile.clone();
    let (level, receive_option) = (user.level.number(), user.receive_option);
    HookUser { user_id: user.id.clone(), nickname, face_url, ex, create_time: now.0, level, receive_option }
}

impl From<&User> for HookUser {
    fn from(user: &User) -> Self {
        let Profile { nickname, face_url, ex } = user.profile.clone();
        let (level, receive_option) = (user.level.number(), user.receive_option);
        Self { user_id: user.id.to_string(), nickname, face_url, ex, create_time: user.created_at.0, level, receive_option }
    }
}

impl TryFrom<HookUser> for NewUser {
    type Error = Error;
    fn try_from(user: HookUser) -> Result<Self> {
        if !LEVELS.contains(&user.level) || !OPTIONS.contains(&user.receive_option) {
            return Err(Error::new(ErrorCode::Data, "the webhook's receiver named a level or an option that there is not"));
        }
        let HookUser { user_id: id, nickname, face_url, ex, level, receive_option, .. } = user;
        Ok(Self { id, profile: Profile { nickname, face_url, ex }, level: UserLevel::from_number(level), receive_option })
    }
}
