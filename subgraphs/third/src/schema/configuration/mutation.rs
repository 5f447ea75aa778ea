//! Changing the configuration.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_graphql::{admin_only, caller};
use serde_json::Value as Json;

use super::Configuration;
use crate::service::Settings;

#[derive(Default)]
pub(crate) struct ConfigurationMutation;

#[Object]
impl ConfigurationMutation {
    /// Stores settings beside the data, all or none. Each is checked like a line of the file; what cannot be stored, or is set
    /// by the environment or the command line, is refused by name. All processes take over what they can at once.
    #[graphql(directive = admin_only::apply())]
    async fn update_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to store.")] input: UpdateSettingsInput,
    ) -> Result<UpdateSettingsPayload> {
        let changes: Vec<_> = input.changes.into_iter().map(|change| (change.key, change.value)).collect();
        let changed = ctx.data::<Settings>()?.update(caller(ctx)?, &changes).await?;
        Ok(UpdateSettingsPayload { changed, configuration: Configuration })
    }

    /// Takes stored settings back: the file or the default counts again.
    #[graphql(directive = admin_only::apply())]
    async fn reset_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ResetSettingsInput,
    ) -> Result<UpdateSettingsPayload> {
        let changed = ctx.data::<Settings>()?.reset(caller(ctx)?, input.keys.as_deref(), input.all).await?;
        Ok(UpdateSettingsPayload { changed, configuration: Configuration })
    }

    /// Lets stored settings count, or puts all of them aside; they stay stored.
    #[graphql(directive = admin_only::apply())]
    async fn set_configuration_managed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether they count.")] input: SetConfigurationManagedInput,
    ) -> Result<SetConfigurationManagedPayload> {
        ctx.data::<Settings>()?.set_managed(caller(ctx)?, input.enabled).await?;
        Ok(SetConfigurationManagedPayload { configuration: Configuration })
    }

    /// Takes over one of OpenIM's configuration files: every field that differs becomes a stored setting. A field without an
    /// equivalent here, or one that cannot be stored, is refused by name, and nothing is stored; fields that are left out stay
    /// as they are.
    #[graphql(directive = admin_only::apply())]
    async fn update_configuration_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and its content.")] input: UpdateConfigurationFileInput,
    ) -> Result<UpdateSettingsPayload> {
        let changed = ctx.data::<Settings>()?.update_file(caller(ctx)?, &input.name, &input.content).await?;
        Ok(UpdateSettingsPayload { changed, configuration: Configuration })
    }

    /// Asks processes to finish what they do and start anew, once for each call. Their sockets close and reconnect.
    #[graphql(directive = admin_only::apply())]
    async fn restart_nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which processes.")] input: RestartNodesInput,
    ) -> Result<RestartNodesPayload> {
        let nodes = input.node_ids.map(|ids| ids.into_iter().map(|id| id.0).collect());
        let nodes = ctx.data::<Settings>()?.restart(caller(ctx)?, nodes).await?;
        Ok(RestartNodesPayload { node_ids: nodes.into_iter().map(ID).collect() })
    }
}

/// Settings to store.
#[derive(InputObject)]
pub(crate) struct UpdateSettingsInput {
    /// Each key once, at most 500.
    changes: Vec<SettingInput>,
}

/// A setting to store.
#[derive(InputObject)]
pub(crate) struct SettingInput {
    /// The key, such as `limits.user_per_minute`.
    key: String,
    /// The value, of the setting's type. What was shown masked and comes back so means "unchanged".
    value: Json,
}

/// Settings to take back.
#[derive(InputObject)]
pub(crate) struct ResetSettingsInput {
    /// Their keys; left out when all are meant.
    keys: Option<Vec<String>>,
    /// Whether all are meant.
    #[graphql(default)]
    all: bool,
}

/// Whether stored settings count.
#[derive(InputObject)]
pub(crate) struct SetConfigurationManagedInput {
    /// Whether they do.
    enabled: bool,
}

/// A file of OpenIM's.
#[derive(InputObject)]
pub(crate) struct UpdateConfigurationFileInput {
    /// Its name, such as `openim-rpc-msg.yml`.
    name: String,
    /// JSON with the field names of OpenIM's API.
    content: String,
}

/// Processes to restart.
#[derive(InputObject)]
pub(crate) struct RestartNodesInput {
    /// Their ids; all processes when left out.
    node_ids: Option<Vec<ID>>,
}

/// What became of settings.
#[derive(SimpleObject)]
pub(crate) struct UpdateSettingsPayload {
    /// The keys whose stored values are different now.
    changed: Vec<&'static str>,
    /// The configuration.
    configuration: Configuration,
}

/// What became of the switch.
#[derive(SimpleObject)]
pub(crate) struct SetConfigurationManagedPayload {
    /// The configuration.
    configuration: Configuration,
}

/// Who was asked to restart.
#[derive(SimpleObject)]
pub(crate) struct RestartNodesPayload {
    /// The processes that were named; empty when all are meant.
    node_ids: Vec<ID>,
}
