//! What a running process takes over when stored settings change. The settings of each part are made here, for its start as
//! for later.

use std::time::Duration;

use anyhow::Context as _;
use openim_core::Runtime;
use openim_messages::{MessagesSettings, NotificationPolicies};
use openim_platform::config::{Config, Configuration, Live};
use openim_platform::limits::{AttemptQuotas, DoorQuotas};
use openim_platform::store::Store;
use openim_platform::telemetry::Telemetry;
use openim_platform::webhooks::{WebhookSettings, Webhooks};
use openim_third::{FileSettings, push_hooks_enabled};

use super::{upkeep, webhook_secret};
use crate::shutdown::Lifecycle;

/// What can be replaced while everything runs.
pub(crate) struct LiveParts {
    pub(crate) telemetry: Telemetry,
    pub(crate) door_quotas: Live<DoorQuotas>,
    pub(crate) attempt_quotas: Live<AttemptQuotas>,
    pub(crate) groups: Live<openim_groups::Settings>,
    pub(crate) messages: Live<MessagesSettings>,
    pub(crate) files: Live<FileSettings>,
    /// Whether somebody pushes to devices; that does not change while the process runs.
    pub(crate) pushes: bool,
    pub(crate) webhooks: Webhooks,
    pub(crate) store: Store,
    pub(crate) runtime: Runtime,
}

impl LiveParts {
    /// Follows the stored settings of the deployment until the process stops.
    pub(crate) fn follow(self, configuration: &Configuration, lifecycle: &Lifecycle) {
        let stop = lifecycle.draining.clone();
        lifecycle.workers.spawn(configuration.clone().follow(stop.clone()));
        let mut changes = configuration.changes();
        // Webhooks are replaced only when they differ: deliveries under way are not disturbed by other settings.
        let mut before = fingerprint(changes.borrow_and_update().config());
        lifecycle.workers.spawn(async move {
            while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
                let state = changes.borrow_and_update().clone();
                self.take_over(state.config(), &mut before);
            }
        });
    }

    /// Takes over what counts at once.
    fn take_over(&self, config: &Config, webhooks_before: &mut String) {
        self.door_quotas.set(door_quotas(config));
        self.attempt_quotas.set(attempt_quotas(config));
        self.groups.set(groups_settings(config));
        self.files.set(file_settings(config));
        if let Err(error) = self.telemetry.set_filter(&config.telemetry.log_filter) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the log's filter stays as it was");
        }
        let webhooks = fingerprint(config);
        if *webhooks_before != webhooks {
            *webhooks_before = webhooks;
            if let Err(error) = self.replace_webhooks(config) {
                tracing::warn!(error.cause = format!("{error:#}"), "webhooks stay as they were");
            }
        }
        // After the webhooks: with the first hook of pushes, messages begin to say what is to be pushed.
        let push = self.pushes || push_hooks_enabled(&self.webhooks);
        match messages_settings(config) {
            Ok(settings) => self.messages.set(MessagesSettings { push, ..settings }),
            Err(error) => tracing::warn!(error.cause = format!("{error:#}"), "messages are treated as before"),
        }
        tracing::info!("stored settings were taken over");
    }

    fn replace_webhooks(&self, config: &Config) -> anyhow::Result<()> {
        let settings = webhook_settings(config, &self.runtime)?;
        self.webhooks.reconfigure(settings, self.store.clone(), self.runtime.clone()).context("webhooks")
    }
}

/// What tells whether webhooks differ; the address with its password, which is never printed.
fn fingerprint(config: &Config) -> String {
    format!("{:?} {}", config.webhooks, config.webhooks.url.expose())
}

/// Returns how the application's server is called; `None` when it is not.
///
/// # Errors
/// When the secret cannot be read or made.
pub(super) fn webhook_settings(config: &Config, runtime: &Runtime) -> anyhow::Result<Option<WebhookSettings>> {
    if config.webhooks.url.is_empty() {
        return Ok(None);
    }
    Ok(Some(config.webhooks.settings(&webhook_secret(config, runtime)?)))
}

/// Returns how often callers may come.
pub(crate) fn door_quotas(config: &Config) -> DoorQuotas {
    let section = &config.limits;
    DoorQuotas { user: section.user_per_minute, admin: section.admin_per_minute, anonymous: section.anonymous_per_minute }
}

/// Returns what keeps the secret of `auth.secret` from being guessed.
pub(super) fn attempt_quotas(config: &Config) -> AttemptQuotas {
    let section = &config.limits;
    AttemptQuotas {
        address: section.wrong_secrets_per_address,
        together: section.wrong_secrets_together,
        window: Duration::from_secs(section.wrong_secrets_minutes * 60),
    }
}

/// Returns how files are treated.
pub(super) fn file_settings(config: &Config) -> FileSettings {
    let section = &config.objects;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    FileSettings {
        public_url: section.public_url.expose().to_owned(),
        public_read: section.public_read,
        upload_time: hours(section.upload_hours),
        link_time: hours(section.link_hours),
        max_file_bytes: section.max_file_bytes,
        max_open_uploads: section.max_open_uploads,
        quota_bytes: section.quota_bytes,
        expire_causes: section.expire_causes.clone(),
        expire_after: hours(section.expire_days * 24),
        cleanup_interval: upkeep::cleanup_interval(config),
    }
}

/// Returns how groups are treated.
pub(super) fn groups_settings(config: &Config) -> openim_groups::Settings {
    let section = &config.groups;
    openim_groups::Settings { history_for_new_members: section.enable_history_for_new_members, max_listed_ids: section.max_listed_ids }
}

/// Returns how messages are treated.
///
/// # Errors
/// When a kind of notification does not exist.
pub(super) fn messages_settings(config: &Config) -> anyhow::Result<MessagesSettings> {
    let section = &config.messages;
    Ok(MessagesSettings {
        friend_verify: section.friend_verify,
        search: section.search,
        edit_within: Duration::from_secs(section.edit_within_seconds),
        notifications: NotificationPolicies::parse(&config.notifications.changes).context("notifications.changes")?,
        max_content_bytes: section.max_content_bytes,
        batch_messages: section.batch_messages,
        queue: section.queue_messages,
        keep: upkeep::days(section.keep_days),
        retention_interval: upkeep::retention_interval(config),
        ..MessagesSettings::default()
    })
}

#[cfg(test)]
mod tests {
    use openim_platform::config::{Configuration, Inputs, Loaded, live_keys, load};
    use openim_testing::{TestWorld, eventually};
    use serde_json::{Value, json};

    use super::*;

    const FILE: &str = "[webhooks]\nurl = \"https://hooks.example.com\"\nsecret = \"a secret of tests\"\nenabled = [\"afterSendSingleMsg\", \"beforeAddFriend\"]\n[objects]\nexpire_causes = [\"msg-file\"]\n[telemetry]\nlog_filter = \"warn\"\nmetrics = false\n";

    fn other(key: &str) -> Value {
        match key {
            "groups.enable_history_for_new_members" | "objects.public_read" => json!(false),
            "messages.friend_verify" => json!(true),
            "groups.max_listed_ids" => json!(2_000),
            "messages.max_content_bytes" => json!(512),
            "notifications.changes" => json!(["memberEnter -message"]),
            "objects.expire_causes" => json!(["msg-picture"]),
            "webhooks.url" => json!("https://elsewhere.example.com"),
            "webhooks.enabled" => json!(["afterSendSingleMsg"]),
            "webhooks.timeouts" => json!(["beforeAddFriend=9"]),
            "webhooks.continue_on_failure" => json!(["beforeAddFriend"]),
            "webhooks.denied_types" => json!(["110"]),
            "webhooks.attention_ids" => json!(["helpdesk"]),
            "telemetry.log_filter" => json!("error"),
            _ => json!(3),
        }
    }

    /// A process, as far as settings reach it, that follows what is stored.
    struct House {
        world: TestWorld,
        configuration: Configuration,
        lifecycle: Lifecycle,
        parts: LiveParts,
    }

    impl LiveParts {
        fn again(&self) -> Self {
            Self {
                telemetry: self.telemetry.clone(),
                door_quotas: self.door_quotas.clone(),
                attempt_quotas: self.attempt_quotas.clone(),
                groups: self.groups.clone(),
                messages: self.messages.clone(),
                files: self.files.clone(),
                pushes: self.pushes,
                webhooks: self.webhooks.clone(),
                store: self.store.clone(),
                runtime: self.runtime.clone(),
            }
        }

        /// Shows what everybody who asks now is given.
        fn shown(&self) -> String {
            let quotas = (self.door_quotas.get(), self.attempt_quotas.get());
            let domains = (self.groups.get(), self.messages.get(), self.files.get());
            format!("{quotas:?} {domains:?} {:?} {:?}", self.webhooks.settings(), self.telemetry.filter())
        }
    }

    impl House {
        async fn open() -> Self {
            let (world, folder) = (TestWorld::sqlite().await, tempfile::tempdir().unwrap());
            let path = folder.path().join("openim.toml");
            std::fs::write(&path, FILE).unwrap();
            let loaded: Loaded = load(&Inputs { file: Some(path), ..Inputs::default() }).unwrap();
            let config = loaded.config.clone();
            let parts = LiveParts {
                telemetry: Telemetry::start(&config.telemetry).unwrap(),
                door_quotas: Live::new(door_quotas(&config)),
                attempt_quotas: Live::new(attempt_quotas(&config)),
                groups: Live::new(groups_settings(&config)),
                messages: Live::new(messages_settings(&config).unwrap()),
                files: Live::new(file_settings(&config)),
                pushes: false,
                webhooks: Webhooks::disabled(),
                store: world.store().clone(),
                runtime: world.runtime().clone(),
            };
            parts.replace_webhooks(&config).unwrap();
            let configuration = Configuration::open(loaded, world.store().clone(), "node").await.unwrap();
            let lifecycle = Lifecycle::default();
            parts.again().follow(&configuration, &lifecycle);
            Self { world, configuration, lifecycle, parts }
        }

        async fn store(&self, key: &str, value: Value) {
            self.configuration.update(&self.world.admin(), &[(key.to_owned(), value)]).await.unwrap();
        }

        async fn take_back(&self, key: &str) {
            self.configuration.reset(&self.world.admin(), Some(&[key.to_owned()])).await.unwrap();
        }

        async fn close(self) {
            self.lifecycle.draining.cancel();
            self.lifecycle.workers.close();
            self.lifecycle.workers.wait().await;
        }
    }

    #[tokio::test]
    async fn every_live_setting_reaches_those_who_ask_for_it() {
        let house = House::open().await;
        let before = house.parts.shown();
        for key in live_keys() {
            house.store(key, other(key)).await;
            eventually(key, async || (house.parts.shown() != before).then_some(())).await;
            house.take_back(key).await;
            eventually(key, async || (house.parts.shown() == before).then_some(())).await;
        }
        // And the first hook of pushes lets messages say what is to be pushed.
        house.store("webhooks.enabled", json!(["beforeOfflinePush"])).await;
        eventually("messages ask for pushes", async || house.parts.messages.get().push.then_some(())).await;
        house.take_back("webhooks.enabled").await;
        eventually("nobody wants pushes", async || (!house.parts.messages.get().push).then_some(())).await;
        house.close().await;
    }
}
