//! Looking at the configuration and changing it. All of it is for app administrators.

use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_graphql::{Page, Place};
use openim_platform::config::{ChangePage, Configuration, Setting};
use openim_platform::nodes;
use openim_platform::store::Store;
use serde_json::Value as Json;

use crate::error;
use crate::model::openim_files;

/// The longest content of a file, in bytes.
const LONGEST_FILE: usize = 256 * 1024;

/// The most processes that a restart names.
const MOST_NODES: usize = 1_000;

/// The use cases of the configuration.
#[derive(Clone)]
pub(crate) struct Settings {
    store: Store,
    configuration: Configuration,
}

impl Settings {
    pub(crate) fn new(store: Store, configuration: Configuration) -> Self {
        Self { store, configuration }
    }

    /// Tells whether stored settings count.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn managed(&self, ctx: &Ctx) -> Result<bool> {
        ctx.require_admin()?;
        Ok(self.configuration.now().managed())
    }

    /// Returns the name of the process that answers.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn node(&self, ctx: &Ctx) -> Result<&str> {
        ctx.require_admin()?;
        Ok(self.configuration.node())
    }

    /// Returns the settings of this process; those of a section, or one, when asked for.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn list(&self, ctx: &Ctx, section: Option<&str>, key: Option<&str>) -> Result<Vec<Setting>> {
        ctx.require_admin()?;
        let wanted = |setting: &Setting| {
            section.is_none_or(|section| setting.key.split_once('.').is_some_and(|(own, _)| own == section))
                && key.is_none_or(|key| setting.key == key)
        };
        Ok(self.configuration.settings().into_iter().filter(wanted).collect())
    }

    /// Returns what is stored but does not fit this process, by key.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn problems(&self, ctx: &Ctx) -> Result<Vec<(String, String)>> {
        ctx.require_admin()?;
        Ok(self.configuration.problems())
    }

    /// Returns a page of the history, newest first.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `ARGS_ERROR` for a foreign cursor.
    pub(crate) async fn history(&self, ctx: &Ctx, page: &Page) -> Result<ChangePage> {
        ctx.require_admin()?;
        let before = page.after.as_deref().map(position).transpose()?;
        self.configuration.history(before, page.offset, page.limit).await
    }

    /// Counts the history.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn history_length(&self, ctx: &Ctx) -> Result<u64> {
        ctx.require_admin()?;
        self.configuration.history_length().await
    }

    /// Stores settings, all or none; returns the keys that changed.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` that says what is wrong with each.
    pub(crate) async fn update(&self, ctx: &Ctx, changes: &[(String, Json)]) -> Result<Vec<&'static str>> {
        ctx.require_admin()?;
        self.configuration.update(ctx, changes).await
    }

    /// Takes stored settings back; `None` means all.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` when it is not said which, or what remains does not fit together.
    pub(crate) async fn reset(&self, ctx: &Ctx, keys: Option<&[String]>, all: bool) -> Result<Vec<&'static str>> {
        ctx.require_admin()?;
        match (keys, all) {
            (Some(keys), false) => self.configuration.reset(ctx, Some(keys)).await,
            (None, true) => self.configuration.reset(ctx, None).await,
            _ => Err(Error::new(ErrorCode::Args, "give either keys, or all: true")),
        }
    }

    /// Lets stored settings count, or not.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn set_managed(&self, ctx: &Ctx, enabled: bool) -> Result<()> {
        ctx.require_admin()?;
        self.configuration.set_managed(ctx, enabled).await
    }

    /// Asks processes to start anew; all when none is named.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `ARGS_ERROR`, `RECORD_NOT_FOUND` when a process does not exist.
    pub(crate) async fn restart(&self, ctx: &Ctx, nodes: Option<Vec<String>>) -> Result<Vec<String>> {
        ctx.require_admin()?;
        let nodes = match nodes {
            None => Vec::new(),
            Some(nodes) if nodes.is_empty() || nodes.len() > MOST_NODES => {
                return Err(Error::new(ErrorCode::Args, format!("name 1 to {MOST_NODES} processes, or leave the list out for all")));
            }
            Some(nodes) => nodes,
        };
        if !nodes.is_empty() {
            let known = nodes::all(self.store.read()).await?;
            if let Some(unknown) = nodes.iter().find(|id| !known.iter().any(|node| node.id == **id)) {
                let shown: String = unknown.chars().take(100).collect();
                return Err(Error::new(ErrorCode::NotFound, format!("there is no process {shown}")));
            }
        }
        self.configuration.ask_restart(ctx, &nodes).await?;
        Ok(nodes)
    }

    /// Returns the names of OpenIM's files.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn files(&self, ctx: &Ctx) -> Result<Vec<&'static str>> {
        ctx.require_admin()?;
        Ok(openim_files::all().iter().map(|file| file.name.as_str()).collect())
    }

    /// Returns one of OpenIM's files, filled from our settings, as JSON text.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` when there is none of this name.
    pub(crate) fn file(&self, ctx: &Ctx, name: &str) -> Result<String> {
        ctx.require_admin()?;
        Ok(openim_files::find(name)?.content(&self.by_key()).to_string())
    }

    /// Takes over what differs in one of OpenIM's files; returns the keys that changed.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` that names the field that cannot be taken over: nothing is stored then.
    pub(crate) async fn update_file(&self, ctx: &Ctx, name: &str, content: &str) -> Result<Vec<&'static str>> {
        ctx.require_admin()?;
        let file = openim_files::find(name)?;
        if content.len() > LONGEST_FILE {
            return Err(Error::new(ErrorCode::Args, format!("the content must not be longer than {LONGEST_FILE} bytes")));
        }
        let wanted: Json =
            serde_json::from_str(content).map_err(|cause| Error::new(ErrorCode::Args, "the content is no JSON").with_source(cause))?;
        let changes = file.changes(&wanted, &self.by_key())?;
        if changes.is_empty() { Ok(Vec::new()) } else { self.configuration.update(ctx, &changes).await }
    }

    fn by_key(&self) -> openim_files::Settings {
        self.configuration.settings().into_iter().map(|setting| (setting.key, setting)).collect()
    }
}

/// Reads a cursor: the change's place in the history.
fn position(text: &str) -> Result<i64> {
    Place::parse(text)?.id.parse().map_err(|_| error::no_cursor())
}
