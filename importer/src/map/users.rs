//! Users, their entries, and configuration of clients.

use openim_core::UserId;
use openim_entities::third::file;
use openim_entities::users::{client_config, user_account, user_command};
use sea_orm::ActiveValue::Set;
use sha2::{Digest as _, Sha256};

use super::{NAME, fold, user};
use crate::value::{Map, Wrong};

pub(crate) fn account(record: &Map) -> Result<user_account::ActiveModel, Wrong> {
    let id = user(record, "user_id")?;
    let nickname = record.short("nickname", NAME)?;
    Ok(user_account::ActiveModel {
        user_id_folded: Set(fold(&id)),
        user_id: Set(id),
        nickname_folded: Set(fold(&nickname)),
        nickname: Set(nickname),
        face_url: Set(record.text("face_url")?),
        ex: Set(record.text("ex")?),
        level: Set(record.one_of("app_manger_level", &[0, 1, 2, 3, 4])?),
        receive_option: Set(record.one_of("global_recv_msg_opt", &[0, 1, 2])?),
        created_at: Set(record.time("create_time")?),
    })
}

pub(crate) fn command(record: &Map) -> Result<user_command::ActiveModel, Wrong> {
    let kind = record.small("type")?;
    if kind == 0 {
        return Err(Wrong::new("type is 0, which means nothing"));
    }
    Ok(user_command::ActiveModel {
        user_id: Set(user(record, "userID")?),
        kind: Set(kind),
        uuid: Set(record.short("uuid", NAME)?),
        value: Set(record.text("value")?),
        ex: Set(record.text("ex")?),
        // Upstream keeps seconds.
        created_at: Set(record.int("createTime")?.saturating_mul(1_000)),
    })
}

pub(crate) fn client_config(record: &Map) -> Result<client_config::ActiveModel, Wrong> {
    let owner = record.text("user_id")?;
    if !owner.is_empty() {
        user(record, "user_id")?;
    }
    Ok(client_config::ActiveModel { user_id: Set(owner), key: Set(record.short("key", 128)?), value: Set(record.text("value")?) })
}

/// Reads where a file lies. Who owns it stands in front of its name.
pub(crate) fn object(record: &Map) -> Result<file::ActiveModel, Wrong> {
    let name = record.short("name", 1_024)?;
    let owner = name.split_once('/').map(|(owner, _)| owner).filter(|owner| UserId::parse(*owner).is_ok());
    let owner = owner.ok_or_else(|| Wrong::new("name does not begin with a user's folder"))?.to_owned();
    let key = record.short("key", 128)?;
    if key.is_empty() {
        return Err(Wrong::new("key is empty: nobody knows where the content lies"));
    }
    // The same name gets the same id in every run.
    let id: String = Sha256::digest(name.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let digest = record.short("hash", 128)?;
    Ok(file::ActiveModel {
        id: Set(id),
        owner_id: Set(owner),
        object_key: Set(key),
        hash: Set(digest),
        size: Set(record.int("size")?.max(0)),
        content_type: Set(record.short("content_type", 255)?),
        cause: Set(record.short("group", 64)?),
        created_at: Set(record.time("create_time")?),
        name: Set(name),
    })
}
