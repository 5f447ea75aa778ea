//! `[webhooks]`: short lists that name hooks, read into one description a hook.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::secret::{Secret, ServiceUrl};
use super::suggest::nearest_of;
use crate::webhooks::{Command, CommandKind, Hook, WebhookSettings, commands};

/// `[webhooks]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Empty: nobody is asked or told.
    pub url: ServiceUrl,
    /// Signs requests; empty: one is made and kept.
    pub secret: Secret,
    /// File with the secret; it was read when this is set.
    pub secret_file: PathBuf,
    /// Names of hooks.
    pub enabled: Vec<String>,
    /// For all hooks.
    pub timeout_seconds: u64,
    /// `hook=seconds`
    pub timeouts: Vec<String>,
    /// Names of before-hooks.
    pub continue_on_failure: Vec<String>,
    /// `type` or `hook=type`
    pub denied_types: Vec<String>,
    /// `id` or `hook=id`
    pub attention_ids: Vec<String>,
    /// Whether private addresses may be called.
    pub allow_private_targets: bool,
    /// Attempts of a delivery.
    pub max_attempts: i32,
    /// Deliveries at the same time.
    pub max_deliveries: usize,
    /// Before-hooks at the same time.
    pub max_before: usize,
    /// Age of the oldest finished delivery.
    pub keep_days: u64,
    /// Finished deliveries in the log.
    pub keep_deliveries: u64,
}

/// What is wrong, by key.
type Wrongs = Vec<(&'static str, String)>;

impl Webhooks {
    /// Returns what the engine needs, signing with `secret`.
    pub fn settings(&self, secret: &Secret) -> WebhookSettings {
        let mut settings = WebhookSettings::new(self.url.expose(), secret.expose());
        settings.hooks = self.hooks().0;
        settings.allow_private_targets = self.allow_private_targets;
        settings.max_before = self.max_before;
        settings.max_deliveries = self.max_deliveries;
        settings.retry.max_attempts = self.max_attempts;
        settings.keep = Duration::from_secs(self.keep_days * 86_400);
        settings.keep_at_most = self.keep_deliveries;
        settings
    }

    /// Returns the URL's host; `None` when it is no URL that hooks can be added to.
    pub(super) fn host(&self) -> Option<String> {
        let url = reqwest::Url::parse(self.url.expose()).ok()?;
        if url.query().is_some() || url.fragment().is_some() { None } else { url.host_str().map(str::to_owned) }
    }

    /// Reads the lists.
    pub(super) fn hooks(&self) -> (Vec<Hook>, Wrongs) {
        let mut wrongs = Wrongs::new();
        let mut hooks = Vec::<Hook>::new();
        for name in &self.enabled {
            match command(name) {
                Ok(command) if hooks.iter().any(|hook| hook.command == command) => {
                    wrongs.push(("webhooks.enabled", format!("names {name} twice")));
                }
                Ok(command) => {
                    let timeout = Duration::from_secs(self.timeout_seconds);
                    hooks.push(Hook { timeout, ..Hook::new(command) });
                }
                Err(wrong) => wrongs.push(("webhooks.enabled", wrong)),
            }
        }
        self.pass_over(&mut hooks, &mut wrongs);
        for text in &self.timeouts {
            let seconds = |text: &str| text.parse().ok().filter(|seconds| (1..=30).contains(seconds));
            match entry(text, |_| true, true, seconds) {
                Ok((which, seconds)) => each(&mut hooks, which, |hook| hook.timeout = Duration::from_secs(seconds)),
                Err(wrong) => wrongs.push(("webhooks.timeouts", wrong.unwrap_or_else(|| needs(text, "hook=seconds, from 1 to 30")))),
            }
        }
        for text in &self.denied_types {
            match entry(text, about_messages, false, |text| text.parse::<i32>().ok()) {
                Ok((which, denied)) => each(&mut hooks, which, |hook| hook.denied_types.push(denied)),
                Err(wrong) => wrongs.push(("webhooks.denied_types", wrong.unwrap_or_else(|| needs(text, "a content type or hook=type")))),
            }
        }
        for text in &self.attention_ids {
            let after_messages = |command: &Command| about_messages(command) && command.kind == CommandKind::After;
            match entry(text, after_messages, false, |id| (!id.is_empty()).then(|| id.to_owned())) {
                Ok((which, id)) => each(&mut hooks, which, |hook| hook.attention_ids.push(id.clone())),
                Err(wrong) => wrongs.push(("webhooks.attention_ids", wrong.unwrap_or_else(|| needs(text, "an id or hook=id")))),
            }
        }
        (hooks, wrongs)
    }

    fn pass_over(&self, hooks: &mut [Hook], wrongs: &mut Wrongs) {
        for name in &self.continue_on_failure {
            match command(name) {
                Ok(command) if command.kind == CommandKind::After => {
                    wrongs.push((
                        "webhooks.continue_on_failure",
                        format!("{name} comes after its operation and never stops it; take it out"),
                    ));
                }
                Ok(command) => each(hooks, Some(command), |hook| hook.continue_on_failure = true),
                Err(wrong) => wrongs.push(("webhooks.continue_on_failure", wrong)),
            }
        }
    }
}

/// Changes one hook, or all.
fn each(hooks: &mut [Hook], which: Option<&'static Command>, change: impl Fn(&mut Hook)) {
    hooks.iter_mut().filter(|hook| which.is_none_or(|command| hook.command == command)).for_each(change);
}

/// Finds a hook by its name in the configuration.
fn command(name: &str) -> Result<&'static Command, String> {
    commands::by_name(name).ok_or_else(|| {
        // Names differ in few letters: what begins with the other half is another hook.
        let same_half = commands::ALL.iter().map(|command| command.name).filter(|known| known.starts_with('b') == name.starts_with('b'));
        match commands::by_text(name).map(|command| command.name).or_else(|| nearest_of(name, same_half)) {
            Some(near) => format!("there is no hook {name:?}; did you mean {near}?"),
            None => format!("there is no hook {name:?}; docs/webhooks.md lists all"),
        }
    })
}

/// Reads `value` or `hook=value`. An error without text says that the value is wrong.
fn entry<T>(
    text: &str,
    fits: impl Fn(&Command) -> bool,
    named_only: bool,
    value: impl Fn(&str) -> Option<T>,
) -> Result<(Option<&'static Command>, T), Option<String>> {
    let (name, text) = match text.split_once('=') {
        Some((name, text)) => (Some(name.trim()), text.trim()),
        None if named_only => return Err(None),
        None => (None, text.trim()),
    };
    let which = name.map(command).transpose().map_err(Some)?;
    match which {
        Some(command) if !fits(command) => Err(Some(format!("{} has no such filter", command.name))),
        _ => Ok((which, value(text).ok_or(None)?)),
    }
}

fn needs(text: &str, right: &str) -> String {
    format!("{text:?} must be {right}")
}

/// Tells whether a hook is about one message.
fn about_messages(command: &Command) -> bool {
    [
        &commands::BEFORE_SEND_SINGLE_MSG,
        &commands::AFTER_SEND_SINGLE_MSG,
        &commands::BEFORE_SEND_GROUP_MSG,
        &commands::AFTER_SEND_GROUP_MSG,
        &commands::BEFORE_MSG_MODIFY,
        &commands::AFTER_MSG_SAVE_DB,
    ]
    .contains(&command)
}
