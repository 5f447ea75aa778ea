//! The configuration in the graph.

mod history;
mod mutation;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use openim_graphql::{DateTime, Page, admin_only, caller};
use openim_platform::config::{self, SettingKind, SettingSource as Source};
use serde_json::Value as Json;

use crate::service::Settings;
use history::SettingChangeConnection;

pub(crate) use mutation::ConfigurationMutation;

pub(crate) struct Configuration;

/// How the process that answers is configured: defaults, file, settings stored beside the data, environment, command line, the
/// last of them wins.
#[Object(directive = admin_only::apply())]
impl Configuration {
    /// Whether stored settings count. Each process can be told at its start to leave them aside
    /// (`server.stored_settings`).
    async fn managed(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.data::<Settings>()?.managed(caller(ctx)?)?)
    }

    /// The id of the process that answers.
    async fn node_id(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.data::<Settings>()?.node(caller(ctx)?)?.to_owned())
    }

    /// The version of the server.
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The system that it runs on, such as `linux`.
    async fn environment(&self) -> &'static str {
        std::env::consts::OS
    }

    /// The settings, in the order of the reference.
    async fn settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of a section, such as `limits`.")] section: Option<String>,
    ) -> Result<Vec<Setting>> {
        let settings = ctx.data::<Settings>()?.list(caller(ctx)?, section.as_deref(), None)?;
        Ok(settings.into_iter().map(Setting).collect())
    }

    /// One setting; null when there is none of this key.
    async fn setting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key, such as `limits.user_per_minute`.")] key: String,
    ) -> Result<Option<Setting>> {
        let settings = ctx.data::<Settings>()?.list(caller(ctx)?, None, Some(&key))?;
        Ok(settings.into_iter().next().map(Setting))
    }

    /// What is stored but does not fit this process, and is left out for that.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<SettingProblem>> {
        let problems = ctx.data::<Settings>()?.problems(caller(ctx)?)?;
        Ok(problems.into_iter().map(|(key, message)| SettingProblem { key, message }).collect())
    }

    /// What was stored and taken back, newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<SettingChangeConnection> {
        SettingChangeConnection::load(ctx, &Page::new(first, after, offset)?).await
    }

    /// The names of OpenIM's configuration files.
    async fn files(&self, ctx: &Context<'_>) -> Result<Vec<&'static str>> {
        Ok(ctx.data::<Settings>()?.files(caller(ctx)?)?)
    }

    /// One of OpenIM's configuration files, filled from the settings here. Fails with `ARGS_ERROR` when there is none of this
    /// name.
    async fn file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name, such as `openim-rpc-msg.yml`.")] name: String,
    ) -> Result<ConfigurationFile> {
        let content = ctx.data::<Settings>()?.file(caller(ctx)?, &name)?;
        Ok(ConfigurationFile { name, content })
    }
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SettingKind")]
pub(crate) enum SettingType {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// true or false.
    Switch,
    /// A text.
    Text,
    /// A list of texts.
    List,
}

/// Where the value of a setting comes from; the last that has one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Source")]
pub(crate) enum SettingSource {
    /// The compiled-in default.
    Default,
    /// The configuration file.
    File,
    /// It is stored beside the data.
    Stored,
    /// The environment of the process.
    Environment,
    /// The command line of the process.
    CommandLine,
}

pub(crate) struct Setting(config::Setting);

/// One setting as the process that answers has it.
#[Object(directive = admin_only::apply())]
impl Setting {
    /// The key, `section.name`.
    async fn key(&self) -> &str {
        self.0.key
    }

    /// The section.
    async fn section(&self) -> &str {
        self.0.key.split_once('.').map_or(self.0.key, |(section, _)| section)
    }

    /// What it holds.
    async fn r#type(&self) -> SettingType {
        self.0.kind.into()
    }

    /// The value; secrets are `(hidden)` and passwords in addresses `***`. With `restartNeeded` it counts after the next
    /// start.
    async fn value(&self) -> &Json {
        &self.0.value
    }

    /// The value that it has when nobody sets it.
    async fn default_value(&self) -> &Json {
        &self.0.default
    }

    /// Where the value comes from.
    async fn source(&self) -> SettingSource {
        self.0.source.into()
    }

    /// The same for people: the file and its line, the variable, the flag.
    async fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether the value is never shown.
    async fn secret(&self) -> bool {
        self.0.secret
    }

    /// What it means.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// What it may be.
    async fn allowed(&self) -> &str {
        &self.0.allowed
    }

    /// The values it may have, when there are few; else empty.
    async fn choices(&self) -> &[String] {
        &self.0.choices
    }

    /// Whether a change counts at once in all processes; else after their restart.
    async fn live(&self) -> bool {
        self.0.live
    }

    /// Whether it can be changed here.
    async fn editable(&self) -> bool {
        self.0.locked.is_none()
    }

    /// Why it cannot be changed here; null when it can.
    async fn locked_because(&self) -> Option<&str> {
        self.0.locked.as_deref()
    }

    /// Whether the process still works with another value, until it is restarted.
    async fn restart_needed(&self) -> bool {
        self.0.restart_needed
    }

    /// When a value was stored; null when none is.
    async fn changed_at(&self) -> Option<DateTime> {
        self.0.stored.as_ref().map(|(at, _)| (*at).into())
    }

    /// The id of who stored it; null when no value is stored.
    async fn changed_by(&self) -> Option<&str> {
        self.0.stored.as_ref().map(|(_, by)| by.as_str())
    }

    /// Why the stored value is left out; null when it is not.
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }
}

/// A stored setting that does not fit.
#[derive(SimpleObject)]
pub(crate) struct SettingProblem {
    /// Its key.
    key: String,
    /// What is wrong with it.
    message: String,
}

/// One of OpenIM's configuration files.
#[derive(SimpleObject)]
pub(crate) struct ConfigurationFile {
    /// Its name.
    name: String,
    /// JSON with the field names of OpenIM's API; durations are nanoseconds, secrets are masked, and what has no equivalent
    /// here has its zero value.
    content: String,
}
