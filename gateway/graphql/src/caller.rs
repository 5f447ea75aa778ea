//! Who calls, and under which operation id: read from headers once, at the door.

use std::net::IpAddr;

use axum::http::{Extensions, HeaderMap};
use openim_contracts::Authenticator;
use openim_core::{Actor, Ctx, Error, ErrorCode, OperationId, Origin, Platform, Principal, Reason, Result, Runtime, Timestamp};

/// The header that carries the operation id in every answer.
pub(crate) const OPERATION_ID: &str = "x-operation-id";

/// Who calls, from where, and why.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    login: Option<Login>,
    origin: Option<IpAddr>,
    reason: Option<Reason>,
}

/// A token that was checked.
#[derive(Debug, Clone)]
struct Login {
    principal: Principal,
    /// Until when it is good.
    expires_at: Timestamp,
    /// The token itself: it is checked again when tokens of this user are revoked.
    token: Box<str>,
}

impl Caller {
    /// Returns somebody without a token.
    pub(crate) fn anonymous(origin: Option<IpAddr>) -> Self {
        Self { login: None, origin, reason: None }
    }

    /// Checks a token.
    pub(crate) async fn authenticate(authenticator: &dyn Authenticator, token: Option<&str>, origin: Option<IpAddr>) -> Result<Self> {
        let Some(token) = token else { return Ok(Self::anonymous(origin)) };
        let (principal, expires_at) = authenticator.authenticate(token).await?;
        Ok(Self { login: Some(Login { principal, expires_at, token: token.into() }), origin, reason: None })
    }

    /// Notes what the request says about its reason.
    pub(crate) fn with_reason(mut self, reason: Option<Reason>) -> Self {
        self.reason = reason;
        self
    }

    pub(crate) fn principal(&self) -> Option<&Principal> {
        self.login.as_ref().map(|login| &login.principal)
    }

    pub(crate) fn platform(&self) -> Option<Platform> {
        self.principal().map(|principal| principal.platform)
    }

    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.login.as_ref().map(|login| login.expires_at)
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.login.as_ref().map(|login| &*login.token)
    }

    pub(crate) fn origin(&self) -> Option<IpAddr> {
        self.origin
    }

    /// Makes the context of one operation. A reason of its own goes before the request's.
    pub(crate) fn ctx(&self, runtime: &Runtime, operation_id: OperationId, deadline: Timestamp, reason: Option<Reason>) -> Ctx {
        let actor = self.principal().map_or(Actor::Anonymous, |principal| Actor::User(principal.clone()));
        let reason = reason.or_else(|| self.reason.clone());
        Ctx::new(runtime.clone(), actor, operation_id, deadline).with_origin(self.origin).with_reason(reason)
    }
}

/// Takes the address that the server around the door has noted.
pub(crate) fn origin(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Origin>().map(|origin| origin.0)
}

/// Takes the reason that the caller gives for what it does.
pub(crate) fn reason(headers: &HeaderMap) -> Result<Option<Reason>> {
    headers.get(Reason::HEADER).map_or(Ok(None), |value| Reason::from_header(value.as_bytes()))
}

/// Takes the operation id that the client chose, or makes one.
pub(crate) fn operation_id(headers: &HeaderMap, runtime: &Runtime) -> OperationId {
    let chosen = [OPERATION_ID, "operationid"].into_iter().find_map(|name| headers.get(name)?.to_str().ok());
    chosen.and_then(|text| OperationId::parse(text).ok()).unwrap_or_else(|| OperationId::fresh(&*runtime.ids))
}

/// Takes the token out of `Authorization: Bearer` or OpenIM's `token` header.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<&str>> {
    let unreadable = |_| Error::new(ErrorCode::TokenMalformed, "the token is not readable text");
    if let Some(value) = headers.get(axum::http::header::AUTHORIZATION) {
        return bearer(value.to_str().map_err(unreadable)?);
    }
    let Some(value) = headers.get("token") else { return Ok(None) };
    let token = value.to_str().map_err(unreadable)?.trim();
    Ok((!token.is_empty()).then_some(token))
}

/// Takes the token out of `Bearer <token>`.
pub(crate) fn bearer(value: &str) -> Result<Option<&str>> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(Some(token.trim())),
        _ => Err(Error::new(ErrorCode::TokenMalformed, "authorization must be Bearer and a token")),
    }
}
