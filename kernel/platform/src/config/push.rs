//! `[push]`: who tells devices that are offline, and how.

use std::path::PathBuf;

use serde::Deserialize;

use super::secret::{Secret, ServiceUrl};

/// `[push]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The provider.
    pub enable: PushProvider,
    /// Whether devices are those of customers.
    pub production: bool,
    /// Calls of the provider at the same time.
    pub max_calls: usize,
    /// Attempts of a push.
    pub max_attempts: i32,
    /// Age of the oldest finished push.
    pub keep_days: u64,
    /// Finished pushes in the log.
    pub keep_deliveries: u64,
    /// FCM: the service account.
    pub fcm_account: Secret,
    /// File with the account; it was read when this is set.
    pub fcm_account_file: PathBuf,
    /// FCM: where the account is got from.
    pub fcm_auth_url: ServiceUrl,
    /// FCM: the service.
    pub fcm_url: ServiceUrl,
    /// APNs: the key.
    pub apns_key: Secret,
    /// File with the key; it was read when this is set.
    pub apns_key_file: PathBuf,
    /// APNs: the key's id.
    pub apns_key_id: String,
    /// APNs: the team's id.
    pub apns_team_id: String,
    /// APNs: the app's bundle id.
    pub apns_topic: String,
    /// APNs: the service.
    pub apns_url: ServiceUrl,
    /// Getui: the service, with the app's id.
    pub getui_push_url: ServiceUrl,
    /// Getui: the app's key.
    pub getui_app_key: String,
    /// Getui: the secret.
    pub getui_master_secret: Secret,
    /// File with the secret; it was read when this is set.
    pub getui_master_secret_file: PathBuf,
    /// Getui: the channel on Android.
    pub getui_channel_id: String,
    /// Getui: its name.
    pub getui_channel_name: String,
    /// JPush: the service.
    pub jpush_push_url: ServiceUrl,
    /// JPush: the app's key.
    pub jpush_app_key: String,
    /// JPush: the secret.
    pub jpush_master_secret: Secret,
    /// File with the secret; it was read when this is set.
    pub jpush_master_secret_file: PathBuf,
    /// JPush: what a click opens on Android.
    pub jpush_push_intent: String,
}

/// Who tells devices that are offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushProvider {
    /// Nobody.
    Off,
    /// The server's log.
    Log,
    /// Firebase Cloud Messaging.
    Fcm,
    /// Apple's service.
    Apns,
    /// Getui.
    Getui,
    /// JPush.
    Jpush,
}

impl PushProvider {
    /// Every provider there is.
    pub const ALL: [Self; 5] = [Self::Fcm, Self::Apns, Self::Getui, Self::Jpush, Self::Log];

    /// Returns the word of the setting.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Log => "log",
            Self::Fcm => "fcm",
            Self::Apns => "apns",
            Self::Getui => "getui",
            Self::Jpush => "jpush",
        }
    }
}

impl Push {
    /// Returns what is missing for a provider: the key, and what it should hold.
    pub fn missing(&self, provider: PushProvider) -> Vec<(&'static str, &'static str)> {
        let needed: &[(&str, bool, &str)] = match provider {
            PushProvider::Off | PushProvider::Log => &[],
            PushProvider::Fcm => &[(
                "push.fcm_account",
                self.fcm_account.is_empty() && self.fcm_auth_url.is_empty(),
                "the service account's JSON, by fcm_account_file, or fcm_auth_url",
            )],
            PushProvider::Apns => &[
                ("push.apns_key", self.apns_key.is_empty(), "the .p8 key, by apns_key_file"),
                ("push.apns_key_id", self.apns_key_id.is_empty(), "the key's id, ten characters"),
                ("push.apns_team_id", self.apns_team_id.is_empty(), "the team's id, ten characters"),
                ("push.apns_topic", self.apns_topic.is_empty(), "the app's bundle id"),
            ],
            PushProvider::Getui => &[
                ("push.getui_push_url", self.getui_push_url.is_empty(), "https://restapi.getui.com/v2/ and the app's id"),
                ("push.getui_app_key", self.getui_app_key.is_empty(), "the app's key"),
                ("push.getui_master_secret", self.getui_master_secret.is_empty(), "the master secret"),
            ],
            PushProvider::Jpush => &[
                ("push.jpush_app_key", self.jpush_app_key.is_empty(), "the app's key"),
                ("push.jpush_master_secret", self.jpush_master_secret.is_empty(), "the master secret"),
            ],
        };
        needed.iter().filter(|(_, missing, _)| *missing).map(|(key, _, what)| (*key, *what)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FlagSetting, Inputs, load};

    fn problems(flags: &[(&str, &str)]) -> String {
        let flag = |(key, value): &(&str, &str)| FlagSetting { flag: "--set".into(), key: (*key).into(), value: (*value).into() };
        let inputs = Inputs { file: Some("/dev/null".into()), environment: Vec::new(), flags: flags.iter().map(flag).collect() };
        load(&inputs).err().map(|problems| problems.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_provider_that_is_enabled_needs_its_settings_and_no_others_do() {
        assert_eq!(problems(&[]), "");
        assert_eq!(problems(&[("push.enable", "log")]), "");
        assert!(problems(&[("push.enable", "fcm")]).contains("push.fcm_account"));
        assert_eq!(problems(&[("push.enable", "fcm"), ("push.fcm_auth_url", "http://127.0.0.1:1/account")]), "");
        let told = problems(&[("push.enable", "apns")]);
        for key in ["apns_key:", "apns_key_id", "apns_team_id", "apns_topic"] {
            assert!(told.contains(&format!("push.{key}")), "{key}: {told}");
        }
        let told = problems(&[("push.enable", "getui"), ("push.getui_app_key", "k")]);
        assert!(told.contains("push.getui_push_url") && told.contains("push.getui_master_secret"), "{told}");
        assert!(!told.contains("push.getui_app_key"), "{told}");
        assert!(problems(&[("push.enable", "jpush")]).contains("push.jpush_app_key"));
        assert!(problems(&[("push.enable", "pigeon")]).contains("one of off, log, fcm, apns, getui, jpush"));
        let both = problems(&[("push.enable", "fcm"), ("push.fcm_account", "{}"), ("push.fcm_auth_url", "http://127.0.0.1:1/")]);
        assert!(both.contains("push.fcm_auth_url"), "{both}");
    }
}
