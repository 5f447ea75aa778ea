//! Files as the graph shows them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{DateTime, Long};

use super::long;
use crate::model;
use crate::service::{Access, Files};

/// A user, as this domain sees one: by its id.
#[derive(SimpleObject)]
#[graphql(unresolvable)]
pub(crate) struct User {
    /// The user's id (OpenIM `userID`).
    id: ID,
}

impl User {
    pub(super) fn new(id: &UserId) -> Self {
        Self { id: ID::from(id.as_str()) }
    }
}

pub(crate) struct File(pub(crate) model::File);

/// A file that was uploaded. Whoever knows its name may read it, unless the server wants a token; only its owner and app
/// administrators may delete it.
#[Object]
impl File {
    /// The name: of an ordinary user's file it begins with `{userID}/`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The lasting address. It leads to a signed one that is good for a while.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What it begins with; the configured public address when absent, and nothing without one: it is an address at the server that was asked, then."
        )]
        base: Option<String>,
    ) -> Result<String> {
        let base = base.unwrap_or_else(|| ctx.data::<Files>().map(|files| files.settings().public_url.clone()).unwrap_or_default());
        Ok(format!("{}/object/{}", base.trim_end_matches('/'), written(&self.0.name)))
    }

    /// The id of the user who uploaded it.
    async fn owner_id(&self) -> ID {
        ID::from(self.0.owner.as_str())
    }

    /// The user who uploaded it; null when the user is not registered any more.
    async fn owner(&self) -> Option<User> {
        Some(User::new(&self.0.owner))
    }

    /// How long it is, in bytes.
    async fn size(&self) -> Result<Long> {
        Ok(long(self.0.size)?)
    }

    /// Identifies the content: the MD5, in hex, of the comma-joined MD5s of the parts it was uploaded in; of a form `etag_`
    /// and the store's tag.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// What whoever uploaded it says it is.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// What it was uploaded for, such as `msg-picture`; empty for nothing.
    async fn cause(&self) -> &str {
        &self.0.cause
    }

    /// When it was stored.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

pub(crate) struct FileAccess(pub(crate) Access);

/// A signed address for reading a file, with GET and without a token, also by parts (`Range`). Only pictures, films and
/// sounds are shown in place by a browser, everything else is saved.
#[Object]
impl FileAccess {
    /// The address.
    async fn url(
        &self,
        #[graphql(desc = "What it begins with when it is an address at the server that was asked.")] base: Option<String>,
    ) -> String {
        absolute(&self.0.url, base.as_deref())
    }

    /// Until when it is good.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }
}

/// What the parts of an upload must keep to.
#[derive(SimpleObject)]
pub(crate) struct UploadLimits {
    /// The smallest part in bytes; only the last one of a file may be smaller.
    pub(super) min_part_bytes: Long,
    /// The largest part in bytes.
    pub(super) max_part_bytes: Long,
    /// The most parts of one file.
    pub(super) max_parts: i32,
    /// The largest file in bytes.
    pub(super) max_file_bytes: Long,
}

/// Puts the asked server's address before one without a host.
pub(super) fn absolute(url: &str, base: Option<&str>) -> String {
    match base {
        Some(base) if url.starts_with('/') => format!("{}{url}", base.trim_end_matches('/')),
        _ => url.to_owned(),
    }
}

/// Writes a name as part of an address: only what would end or break it is changed.
fn written(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            ' ' | '"' | '#' | '%' | '<' | '>' | '?' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                text.push_str(&format!("%{:02X}", u32::from(c)))
            }
            c => text.push(c),
        }
    }
    text
}
