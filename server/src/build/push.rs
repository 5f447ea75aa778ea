//! The provider of offline push that the configuration asks for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use openim_core::Runtime;
use openim_platform::config::{Config, PushProvider, ServiceUrl};
use openim_push::{
    Apns, ApnsSettings, DEFAULT_TIMEOUT, Fcm, FcmSettings, Getui, GetuiSettings, Jpush, JpushSettings, LogSender, PushSender,
    ServiceAccount,
};
use openim_third::PushSettings;

/// How long getui and JPush may take, as in OpenIM.
const GETUI_TIMEOUT: Duration = Duration::from_secs(3);
const JPUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes who pushes; `None` when nobody does.
///
/// # Errors
/// Names the provider whose settings cannot be used.
pub(crate) fn push_sender(config: &Config, runtime: &Runtime) -> anyhow::Result<Option<Arc<dyn PushSender>>> {
    let section = &config.push;
    let text = |url: &ServiceUrl| url.expose().to_owned();
    let runtime = runtime.clone();
    Ok(Some(match section.enable {
        PushProvider::Off => return Ok(None),
        PushProvider::Log => Arc::new(LogSender),
        PushProvider::Fcm => {
            let account = match section.fcm_account.expose() {
                "" => ServiceAccount::Address(text(&section.fcm_auth_url)),
                json => ServiceAccount::Json(json.to_owned()),
            };
            let settings = FcmSettings { account, url: text(&section.fcm_url), timeout: DEFAULT_TIMEOUT };
            Arc::new(Fcm::new(settings, runtime).context("push.enable is fcm")?)
        }
        PushProvider::Apns => {
            let settings = ApnsSettings {
                key: section.apns_key.expose().to_owned(),
                key_id: section.apns_key_id.clone(),
                team_id: section.apns_team_id.clone(),
                topic: section.apns_topic.clone(),
                url: text(&section.apns_url),
                // Who names the service means it for both kinds of devices.
                sandbox_url: text(&section.apns_url),
                timeout: DEFAULT_TIMEOUT,
            };
            Arc::new(Apns::new(settings, runtime).context("push.enable is apns")?)
        }
        PushProvider::Getui => {
            let settings = GetuiSettings {
                url: text(&section.getui_push_url),
                app_key: section.getui_app_key.clone(),
                master_secret: section.getui_master_secret.expose().to_owned(),
                channel_id: section.getui_channel_id.clone(),
                channel_name: section.getui_channel_name.clone(),
                timeout: GETUI_TIMEOUT,
            };
            Arc::new(Getui::new(settings, runtime).context("push.enable is getui")?)
        }
        PushProvider::Jpush => {
            let settings = JpushSettings {
                url: text(&section.jpush_push_url),
                app_key: section.jpush_app_key.clone(),
                master_secret: section.jpush_master_secret.expose().to_owned(),
                intent: section.jpush_push_intent.clone(),
                timeout: JPUSH_TIMEOUT,
            };
            Arc::new(Jpush::new(settings).context("push.enable is jpush")?)
        }
    }))
}

/// Returns how pushes are done.
pub(crate) fn push_settings(config: &Config) -> PushSettings {
    let section = &config.push;
    let complete = |provider: &PushProvider| section.missing(*provider).is_empty();
    let mut settings = PushSettings {
        configured: PushProvider::ALL.into_iter().filter(complete).map(PushProvider::word).collect(),
        production: section.production,
        max_calls: section.max_calls,
        keep: Duration::from_secs(section.keep_days * 86_400),
        keep_at_most: section.keep_deliveries,
        ..PushSettings::default()
    };
    settings.retry.max_attempts = section.max_attempts;
    settings
}
