//! The one error type below the edges and the one code table of every door.
//!
//! A row of the table gives the word in GraphQL's `extensions.code`, OpenIM's `errCode` and `errMsg`
//! (errors.json), and whether a client may simply try again.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $word:literal, $text:literal, $retryable:literal;)*) => {
        /// Why something failed, as every door tells it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns OpenIM's `errCode`.
            pub fn number(self) -> i32 {
                match self { $(Self::$name => $number,)* }
            }

            /// Returns the word in GraphQL's `extensions.code`.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Returns OpenIM's `errMsg`.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Tells whether the same request may succeed when it is sent again.
            pub fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* }
            }
        }
    };
}

codes! {
    // name = errCode, word, OpenIM's errMsg, retryable
    /// The rate limiter refused the request (HTTP 429).
    TooManyRequests = 429, "TOO_MANY_REQUESTS", "TooManyRequests", true;
    /// Something inside failed; the log has the operation id.
    Internal = 500, "INTERNAL", "ServerInternalError", false;
    /// A part of the system cannot be reached now.
    Unavailable = 500, "UNAVAILABLE", "ServerInternalError", true;
    /// The deadline passed.
    DeadlineExceeded = 500, "DEADLINE_EXCEEDED", "ServerInternalError", true;
    /// A file or picture is not what was announced or needed; OpenIM has no number of its own for it.
    FileRefused = 500, "FILE_REFUSED", "ServerInternalError", false;
    /// An argument is missing, malformed or out of range.
    Args = 1001, "ARGS_ERROR", "ArgsError", false;
    /// The operation is destructive and the server is configured to want to know why.
    ReasonRequired = 1001, "REASON_REQUIRED", "ArgsError", false;
    /// The document is not GraphQL or does not fit the schema.
    GraphqlInvalid = 1001, "GRAPHQL_VALIDATION_FAILED", "ArgsError", false;
    /// The operation is deeper, wider or costlier than allowed.
    LimitExceeded = 1001, "LIMIT_EXCEEDED", "ArgsError", false;
    /// The hash names no stored document.
    PersistedQueryNotFound = 1001, "PERSISTED_QUERY_NOT_FOUND", "ArgsError", false;
    /// The caller may not do this.
    NoPermission = 1002, "NO_PERMISSION", "NoPermissionError", false;
    /// No token was sent where one is needed. OpenIM answers the missing header with 1001.
    Unauthenticated = 1001, "UNAUTHENTICATED", "ArgsError", false;
    /// The thing exists already.
    DuplicateKey = 1003, "DUPLICATE_KEY", "DuplicateKeyError", false;
    /// The thing does not exist, or the caller may not know that it does.
    NotFound = 1004, "RECORD_NOT_FOUND", "RecordNotFoundError", false;
    /// No such user.
    UserNotFound = 1101, "USER_ID_NOT_FOUND", "UserIDNotFoundError", false;
    /// The user id is taken.
    AlreadyRegistered = 1102, "REGISTERED_ALREADY", "RegisteredAlreadyError", false;
    /// No such group.
    GroupNotFound = 1201, "GROUP_ID_NOT_FOUND", "GroupIDNotFoundError", false;
    /// The group id is taken.
    GroupExists = 1202, "GROUP_ID_EXISTED", "GroupIDExisted", false;
    /// The sender is not a member.
    NotInGroup = 1203, "NOT_IN_GROUP", "NotInGroupYetError", false;
    /// The group was dismissed.
    GroupDismissed = 1204, "GROUP_DISMISSED", "DismissedAlreadyError", false;
    /// The join request was answered before.
    GroupRequestHandled = 1206, "GROUP_REQUEST_HANDLED", "GroupRequestHandled", false;
    /// One cannot befriend oneself.
    CannotAddYourself = 1301, "CANNOT_ADD_YOURSELF", "CanNotAddYourselfError", false;
    /// The receiver has blocked the sender.
    BlockedByPeer = 1302, "BLOCKED_BY_PEER", "BlockedByPeer", false;
    /// Only friends may write to the receiver.
    NotPeersFriend = 1303, "NOT_PEERS_FRIEND", "NotPeersFriend", false;
    /// Both are friends already.
    RelationshipExists = 1304, "RELATIONSHIP_ALREADY", "RelationshipAlreadyError", false;
    /// The friend request was answered before.
    FriendRequestHandled = 1305, "FRIEND_REQUEST_HANDLED", "FriendRequestHandled", false;
    /// The sender is muted in the group.
    MutedInGroup = 1402, "MUTED_IN_GROUP", "MutedInGroup", false;
    /// The group is muted.
    MutedGroup = 1403, "MUTED_GROUP", "MutedGroup", false;
    /// The message was revoked before.
    AlreadyRevoked = 1404, "MESSAGE_ALREADY_REVOKED", "MsgAlreadyRevoke", false;
    /// The token's time is over.
    TokenExpired = 1501, "TOKEN_EXPIRED", "TokenExpiredError", false;
    /// The token does not fit the connection.
    TokenInvalid = 1502, "TOKEN_INVALID", "TokenInvalidError", false;
    /// The token is no JWT.
    TokenMalformed = 1503, "TOKEN_MALFORMED", "TokenMalformedError", false;
    /// The token is not valid yet.
    TokenNotValidYet = 1504, "TOKEN_NOT_VALID_YET", "TokenNotValidYetError", false;
    /// The token's signature or state is wrong.
    TokenUnknown = 1505, "TOKEN_UNKNOWN", "TokenUnknownError", false;
    /// The token was revoked by a logout or another login.
    TokenKicked = 1506, "TOKEN_KICKED", "TokenKickedError", false;
    /// The token is signed well but not stored.
    TokenNotExist = 1507, "TOKEN_NOT_EXIST", "TokenNotExistError", false;
    /// Too many connections.
    ConnectionLimit = 1601, "CONNECTION_LIMIT", "ConnOverMaxNumLimit", true;
    /// Connection arguments are missing or illegal.
    ConnectionArgs = 1602, "CONNECTION_ARGS", "args err, need token, sendID, platformID", false;
    /// A webhook refused.
    WebhookRefused = 80000, "WEBHOOK_REFUSED", "CallbackError", false;
    /// A webhook could not be reached.
    WebhookUnreachable = 90004, "WEBHOOK_UNREACHABLE", "NetworkError", true;
    /// Data is inconsistent.
    Data = 90007, "DATA_ERROR", "DataError", false;
}

impl ErrorCode {
    /// Returns the code whose word this is.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }
}

/// A failure: a code, a text for the caller, and the cause for the log only.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    message: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    verdict: Option<Verdict>,
    retry_after: Option<Duration>,
}

/// What somebody else's server decided, told instead of the table's row.
#[derive(Debug)]
struct Verdict {
    number: i32,
    detail: String,
}

impl Error {
    /// Makes an error whose `message` the caller may read: lower case, no full stop, nothing internal.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { code, message: message.into(), source: None, verdict: None, retry_after: None }))
    }

    /// Makes the error of a webhook that refused: the caller sees the receiver's number and texts, not the table's.
    pub fn refused(number: i32, message: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorCode::WebhookRefused, message);
        error.0.verdict = Some(Verdict { number, detail: detail.into() });
        error
    }

    /// Makes an error without anything to tell beyond its code.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal, "something went wrong inside").with_source(source)
    }

    /// Makes an error of a part that cannot be reached now; the caller may try again.
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Unavailable, "a part of the system cannot be reached now").with_source(source)
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says when the caller may try again.
    #[must_use]
    pub fn with_retry_after(mut self, time: Duration) -> Self {
        self.0.retry_after = Some(time);
        self
    }

    /// Returns the whole seconds after which the caller may try again, at least one; `None` when nobody knows.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after.map(|time| (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1))
    }

    /// Returns the code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns OpenIM's `errCode`: the code's own, or the one of whoever refused.
    pub fn number(&self) -> i32 {
        self.0.verdict.as_ref().map_or(self.0.code.number(), |verdict| verdict.number)
    }

    /// Returns the text for the caller.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what whoever refused added for diagnosis (`errDlt`); `None` for errors of our own.
    pub fn verdict_detail(&self) -> Option<&str> {
        self.0.verdict.as_ref().map(|verdict| verdict.detail.as_str())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code, code.text())
    }
}

/// Shows an error with its causes on one line, for whoever operates the server; never for clients. Many libraries tell their
/// cause in their own text, too: what stands there already is not told again.
#[derive(Debug, Clone, Copy)]
pub struct Causes<'a>(pub &'a (dyn StdError + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = self.0.to_string();
        f.write_str(&last)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            if !last.ends_with(&text) {
                write!(f, ": {text}")?;
                last = text;
            }
            source = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_the_error() {
        let inner = Error::new(ErrorCode::Data, "inner").with_source("innermost");
        assert_eq!(Causes(&Error::new(ErrorCode::Internal, "outer").with_source(inner)).to_string(), "outer: inner: innermost");
    }

    #[test]
    fn a_cause_that_stands_there_already_is_not_repeated() {
        let refused = || Error::new(ErrorCode::Unavailable, "refused").with_source("the door is locked");
        let told = Error::new(ErrorCode::Unavailable, "no connection: refused").with_source(refused());
        assert_eq!(Causes(&told).to_string(), "no connection: refused: the door is locked");
    }

    #[test]
    fn a_refusal_tells_the_number_of_whoever_refused() {
        let refused = Error::refused(10_086, "no advertising", "word 3");
        assert_eq!((refused.code(), refused.number(), refused.verdict_detail()), (ErrorCode::WebhookRefused, 10_086, Some("word 3")));
        assert_eq!(Error::from(ErrorCode::Args).number(), 1001);
    }

    #[test]
    fn words_are_unique() {
        let mut words: Vec<_> = ErrorCode::ALL.iter().map(|code| code.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        assert_eq!(ErrorCode::from_word("NOT_IN_GROUP"), Some(ErrorCode::NotInGroup));
    }
}
