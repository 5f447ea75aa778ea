//! Who asks, under which operation, until when. A `Ctx` is made once per request, at the edge, and handed down unchanged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Clock, Error, ErrorCode, IdSource, OperationId, Reason, Result, Timestamp, UserId};

/// The device class a token was made for (constants.json, `platforms`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Platform(i32);

impl Platform {
    /// The platform of administrators' tokens.
    pub const ADMIN: Self = Self(10);
    /// The platform of browsers.
    pub const WEB: Self = Self(5);

    /// Takes OpenIM's platform number, 1 to 11.
    ///
    /// # Errors
    /// `ARGS_ERROR` for any other number.
    pub fn parse(number: i32) -> Result<Self> {
        if (1..=11).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Error::new(ErrorCode::Args, "platform must be a number from 1 to 11"))
        }
    }

    /// Returns OpenIM's number.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Returns OpenIM's name of it.
    pub fn name(self) -> &'static str {
        match self.0 {
            1 => "IOS",
            2 => "Android",
            3 => "Windows",
            4 => "OSX",
            5 => "Web",
            6 => "MiniWeb",
            7 => "Linux",
            8 => "APad",
            9 => "IPad",
            10 => "Admin",
            _ => "HarmonyOS",
        }
    }
}

/// A user whose token was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The user.
    pub user_id: UserId,
    /// The device class of the token.
    pub platform: Platform,
    /// Whether the user is in the configured list of administrators (OpenIM `imAdminUser.userIDs`).
    pub app_admin: bool,
    /// The stored hash of the token, hex: what a revocation names it by. Known at the edge only.
    #[serde(skip)]
    pub token_hash: Option<Arc<str>>,
}

impl Principal {
    /// Makes the principal of a token.
    pub fn new(user_id: UserId, platform: Platform, app_admin: bool) -> Self {
        Self { user_id, platform, app_admin, token_hash: None }
    }

    /// Notes which token it was.
    #[must_use]
    pub fn with_token_hash(mut self, hash: impl Into<Arc<str>>) -> Self {
        self.token_hash = Some(hash.into());
        self
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Nobody: no token was sent.
    Anonymous,
    /// A user with a good token.
    User(Principal),
    /// The server itself: event handlers, timers.
    System,
}

/// The capabilities of one process: time and ids.
#[derive(Clone)]
pub struct Runtime {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime")
    }
}

impl Runtime {
    /// The real clock and the real generator.
    pub fn system() -> Self {
        Self { clock: Arc::new(crate::SystemClock), ids: Arc::new(crate::RandomIds) }
    }
}

/// The address a request came from, as the edge sees it: an extension of every HTTP request that reaches a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin(pub IpAddr);

/// The context of one request or one handled event.
#[derive(Debug, Clone)]
pub struct Ctx {
    actor: Actor,
    operation_id: OperationId,
    deadline: Timestamp,
    runtime: Runtime,
    origin: Option<IpAddr>,
    reason: Option<Reason>,
}

impl Ctx {
    /// Makes a context that must be done by `deadline`.
    pub fn new(runtime: Runtime, actor: Actor, operation_id: OperationId, deadline: Timestamp) -> Self {
        Self { actor, operation_id, deadline, runtime, origin: None, reason: None }
    }

    /// Notes the address that the request came from.
    #[must_use]
    pub fn with_origin(mut self, origin: Option<IpAddr>) -> Self {
        self.origin = origin;
        self
    }

    /// Notes why the actor acts.
    #[must_use]
    pub fn with_reason(mut self, reason: Option<Reason>) -> Self {
        self.reason = reason;
        self
    }

    /// Gives the work another deadline.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = deadline;
        self
    }

    /// Makes the context of the server's own work, with 30 seconds to finish.
    pub fn system(runtime: &Runtime, operation_id: OperationId) -> Self {
        let deadline = runtime.clock.now().plus(Duration::from_secs(30));
        Self::new(runtime.clone(), Actor::System, operation_id, deadline)
    }

    /// Returns who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the address that the request came from; `None` for the server's own work. It proves nothing about the caller.
    pub fn origin(&self) -> Option<IpAddr> {
        self.origin
    }

    /// Returns why the actor acts, if it was said.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// Returns the operation's id.
    pub fn operation_id(&self) -> &OperationId {
        &self.operation_id
    }

    /// Returns when the caller stops waiting.
    pub fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Returns the time left, zero when the deadline has passed.
    pub fn remaining(&self) -> Duration {
        self.now().until(self.deadline)
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        self.runtime.clock.now()
    }

    /// Returns the source of new ids.
    pub fn ids(&self) -> &dyn IdSource {
        &*self.runtime.ids
    }

    /// Returns the process's capabilities.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Returns the caller's token data.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody is logged in.
    pub fn principal(&self) -> Result<&Principal> {
        match &self.actor {
            Actor::User(principal) => Ok(principal),
            Actor::Anonymous | Actor::System => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
        }
    }

    /// Tells whether the caller is an app administrator or the server itself.
    pub fn is_admin(&self) -> bool {
        match &self.actor {
            Actor::System => true,
            Actor::User(principal) => principal.app_admin,
            Actor::Anonymous => false,
        }
    }

    /// Passes app administrators only (OpenIM `CheckAdmin`).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for everybody else.
    pub fn require_admin(&self) -> Result<()> {
        match &self.actor {
            _ if self.is_admin() => Ok(()),
            Actor::Anonymous => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
            _ => Err(Error::new(ErrorCode::NoPermission, "only an app administrator may do this")),
        }
    }

    /// Passes the named user and app administrators (OpenIM `CheckAccess`).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for everybody else.
    pub fn require_self_or_admin(&self, user: &UserId) -> Result<()> {
        match &self.actor {
            _ if self.is_admin() => Ok(()),
            Actor::User(principal) if &principal.user_id == user => Ok(()),
            Actor::Anonymous => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
            _ => Err(Error::new(ErrorCode::NoPermission, "this belongs to another user")),
        }
    }
}
