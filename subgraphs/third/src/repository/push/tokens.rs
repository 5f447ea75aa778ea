//! Queries over push tokens.

use openim_core::{Result, Timestamp, UserId};
use openim_entities::third::push_token::{ActiveModel, Column, Entity, Model};
use openim_platform::store::db_error;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select, Set};
use sha2::{Digest, Sha256};

use super::{CHUNK, provider};
use crate::model::{Provider, PushToken};

/// Stores a token. A device belongs to who registered it last: nobody else keeps the token, and the user no other one.
pub(crate) async fn put(db: &impl ConnectionTrait, token: &PushToken) -> Result<()> {
    let hash = hash(&token.token);
    let own = Condition::all().add(Column::UserId.eq(token.user.as_str())).add(Column::Platform.eq(token.platform));
    Entity::delete_many()
        .filter(Column::TokenHash.eq(&hash))
        .filter(Column::Provider.eq(token.provider.name()))
        .filter(own.not())
        .exec(db)
        .await
        .map_err(db_error)?;
    let row = ActiveModel {
        user_id: Set(token.user.to_string()),
        platform: Set(token.platform),
        provider: Set(token.provider.name().to_owned()),
        token: Set(token.token.clone()),
        token_hash: Set(hash),
        updated_at: Set(token.updated_at.0),
        expires_at: Set(token.expires_at.map_or(0, |at| at.0)),
    };
    let again = OnConflict::columns([Column::UserId, Column::Platform, Column::Provider])
        .update_columns([Column::Token, Column::TokenHash, Column::UpdatedAt, Column::ExpiresAt])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(db).await.map_err(db_error)?;
    Ok(())
}

/// Forgets the tokens of a user's device class, of one provider or all; returns how many.
pub(crate) async fn remove(db: &impl ConnectionTrait, user: &UserId, platform: i32, provider: Option<Provider>) -> Result<u64> {
    let mut query = Entity::delete_many().filter(Column::UserId.eq(user.as_str())).filter(Column::Platform.eq(platform));
    if let Some(provider) = provider {
        query = query.filter(Column::Provider.eq(provider.name()));
    }
    Ok(query.exec(db).await.map_err(db_error)?.rows_affected)
}

/// Forgets a token that its provider does not know any more, unless another one has come in its place.
pub(crate) async fn remove_dead(db: &impl ConnectionTrait, user: &UserId, provider: &str, token: &str) -> Result<()> {
    Entity::delete_many()
        .filter(Column::TokenHash.eq(hash(token)))
        .filter(Column::Provider.eq(provider))
        .filter(Column::UserId.eq(user.as_str()))
        .exec(db)
        .await
        .map_err(db_error)?;
    Ok(())
}

/// Returns a user's tokens that are still good, by device class and provider.
pub(crate) async fn of_user(db: &impl ConnectionTrait, user: &UserId, now: Timestamp) -> Result<Vec<PushToken>> {
    let query = good(now).filter(Column::UserId.eq(user.as_str())).order_by_asc(Column::Platform).order_by_asc(Column::Provider);
    query.all(db).await.map_err(db_error)?.into_iter().map(read).collect()
}

/// Returns what a provider knows these users by, in no order.
pub(crate) async fn of_users(db: &impl ConnectionTrait, provider: Provider, users: &[UserId], now: Timestamp) -> Result<Vec<PushToken>> {
    let mut found = Vec::new();
    for chunk in users.chunks(CHUNK) {
        let query = good(now).filter(Column::Provider.eq(provider.name()));
        let query = query.filter(Column::UserId.is_in(chunk.iter().map(|user| user.as_str())));
        for row in query.all(db).await.map_err(db_error)? {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Forgets tokens whose time is over; returns how many.
pub(crate) async fn forget_expired(db: &impl ConnectionTrait, now: Timestamp) -> Result<u64> {
    let over = Entity::delete_many().filter(Column::ExpiresAt.gt(0)).filter(Column::ExpiresAt.lte(now.0));
    Ok(over.exec(db).await.map_err(db_error)?.rows_affected)
}

fn good(now: Timestamp) -> Select<Entity> {
    Entity::find().filter(Condition::any().add(Column::ExpiresAt.eq(0)).add(Column::ExpiresAt.gt(now.0)))
}

fn read(row: Model) -> Result<PushToken> {
    Ok(PushToken {
        user: UserId::parse(row.user_id)?,
        platform: row.platform,
        provider: provider(&row.provider)?,
        token: row.token,
        updated_at: Timestamp(row.updated_at),
        expires_at: (row.expires_at > 0).then_some(Timestamp(row.expires_at)),
    })
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
