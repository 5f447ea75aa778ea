//! The layer of stored settings: above the file, below the environment and the command line.
//!
//! Whoever can reach the machine has the last word: what the environment or a flag sets cannot be replaced from afar, and
//! what would lock an operator out, holds a secret or says where the data lies cannot be stored at all.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml::Value;

use super::check;
use super::keys::{self, Key, Rule};
use super::layers::{Layers, Setting};
use super::live_keys::live_keys;
use super::problem::{Origin, Problem, Problems};
use super::suggest::nearest;
use super::values::{from_json, masked};
use super::{Config, Loaded};

/// Stored values by key.
pub type Stored = BTreeMap<String, Json>;

/// Values that were checked one by one.
type Fitting = BTreeMap<&'static str, Value>;

/// Says why a key cannot be stored; `None` for one that can.
pub(super) fn locked(key: &Key) -> Option<&'static str> {
    const SECRET: &str = "secrets are kept where the process is started, not beside the data";
    const EARLY: &str = "it is needed before the stored settings can be read";
    const PLACE: &str = "it says where data or other processes are, and is set where the process is started";
    const LOCKS_OUT: &str = "a mistake in it would lock its operators out or let others in";
    const SUPERVISED: &str = "it depends on who supervises the process, and is set where that is started";
    const WATCHED: &str = "administrators do not decide what is noted of them";
    let (section, name) = key.name.split_once('.').unwrap_or((key.name, ""));
    if key.rule.hidden() || name.ends_with("_file") {
        return Some(SECRET);
    }
    match (section, name) {
        ("database" | "redis" | "amqp" | "internal", _)
        | ("server", "roles" | "data_dir" | "deployment" | "stored_settings")
        | ("presence", "lease_seconds")
        | ("telemetry", "log_format" | "otlp_endpoint" | "sampling_ratio" | "metrics") => Some(EARLY),
        ("server", "advertised_host") | ("objects", "engine" | "s3_bucket" | "s3_region" | "s3_path_style") => Some(PLACE),
        ("audit", _) => Some(WATCHED),
        ("server", "restart_in_place") => Some(SUPERVISED),
        ("auth", "admin_user_ids" | "admin_nicknames")
        | ("server", "trusted_proxies")
        | ("graphql", "documents")
        | ("webhooks", "allow_private_targets") => Some(LOCKS_OUT),
        ("webhooks", "url") | ("objects", "public_url") => None,
        _ => match key.rule {
            Rule::Addresses | Rule::Path | Rule::Url(_) => Some(PLACE),
            _ => None,
        },
    }
}

impl Loaded {
    /// Puts stored values into their layer. What does not fit is left out and told.
    pub fn with_stored(&self, stored: &Stored) -> (Self, Vec<Problem>) {
        let (mut fitting, mut problems) = fitting(stored);
        loop {
            let wrong = match self.over(&fitting) {
                Ok(loaded) => return (loaded, problems),
                // Without stored values it is what was loaded, and that was good.
                Err(_) if fitting.is_empty() => return (self.clone(), problems),
                Err(wrong) => wrong,
            };
            leave_out(&mut fitting, &wrong);
            problems.extend(wrong);
        }
    }

    /// Puts stored values into their layer, all or none.
    ///
    /// # Errors
    /// Everything that does not fit.
    pub fn try_stored(&self, stored: &Stored) -> Result<Self, Problems> {
        let (fitting, mut problems) = fitting(stored);
        match self.over(&fitting) {
            Ok(loaded) if problems.is_empty() => Ok(loaded),
            Ok(_) => Err(Problems(problems)),
            Err(wrong) => {
                problems.extend(wrong);
                Err(Problems(problems))
            }
        }
    }

    /// Returns these settings with those of `newer` that count without a restart.
    pub(super) fn with_live_of(&self, newer: &Self) -> Config {
        let mut layers = Layers { settings: self.settings.clone(), problems: Vec::new() };
        for key in live_keys() {
            if let Some(setting) = newer.settings.get(*key) {
                layers.settings.insert((*key).to_owned(), setting.clone());
            }
        }
        // Both are good, and so is what they are made of.
        layers.collect().unwrap_or_else(|_| self.config.clone())
    }

    fn over(&self, fitting: &Fitting) -> Result<Self, Vec<Problem>> {
        let mut layers = Layers { settings: self.settings.clone(), problems: Vec::new() };
        for (name, value) in fitting {
            let under = layers.settings.get(*name).is_none_or(|setting| !setting.origin.outranks_stored());
            if under {
                layers.settings.insert((*name).to_owned(), Setting { value: value.clone(), origin: Origin::Stored });
            }
        }
        let config = layers.collect::<Config>().map_err(|problem| vec![problem])?;
        let problems = check::check(&config, &layers.settings);
        if problems.is_empty() { Ok(Self { config, settings: layers.settings }) } else { Err(problems) }
    }
}

/// Leaves out what is named as wrong; if it is none of the stored ones, what stands beside it; if there is nothing, all.
fn leave_out(fitting: &mut Fitting, wrong: &[Problem]) {
    fn section(name: &str) -> &str {
        name.split_once('.').map_or(name, |(section, _)| section)
    }
    let before = fitting.len();
    fitting.retain(|name, _| !wrong.iter().any(|problem| problem.key == *name));
    if fitting.len() == before {
        fitting.retain(|name, _| !wrong.iter().any(|problem| section(&problem.key) == section(name)));
    }
    if fitting.len() == before {
        fitting.clear();
    }
}

/// Finds a key by its name.
pub(super) fn known(name: &str) -> Result<&'static Key, Problem> {
    keys::find(name).ok_or_else(|| {
        let message = match nearest(name) {
            Some(near) => format!("there is no such key; did you mean {near}?"),
            None => "there is no such key".to_owned(),
        };
        problem(name, message)
    })
}

fn fitting(stored: &Stored) -> (Fitting, Vec<Problem>) {
    let (mut fitting, mut problems) = (Fitting::new(), Vec::new());
    for (name, value) in stored {
        match one(name, value) {
            Ok((name, value)) => drop(fitting.insert(name, value)),
            Err(problem) => problems.push(problem),
        }
    }
    (fitting, problems)
}

fn one(name: &str, value: &Json) -> Result<(&'static str, Value), Problem> {
    let key = known(name)?;
    if let Some(reason) = locked(key) {
        return Err(problem(name, format!("cannot be stored: {reason}")));
    }
    let read = from_json(value);
    match read.as_ref().filter(|value| key.rule.accepts(value)) {
        Some(value) => Ok((key.name, value.clone())),
        None => {
            let shown = read.map_or_else(|| value.clone(), |value| masked(key, &value)).to_string();
            let shown: String = shown.chars().take(200).collect();
            Err(problem(name, format!("must be {}, not {shown}", key.rule.expected())))
        }
    }
}

fn problem(name: &str, message: String) -> Problem {
    Problem { key: name.chars().take(128).collect(), message, origin: Origin::Stored }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use expect_test::expect;
    use serde_json::json;

    use super::super::{FlagSetting, Inputs, load};
    use super::*;

    fn loaded(folder: &Path) -> Loaded {
        let path = folder.join("openim.toml");
        fs::write(&path, "[limits]\nuser_per_minute = 5\n[messages]\nqueue_messages = 100\nbatch_messages = 50\n").expect("writable");
        let flags = vec![FlagSetting { flag: "--set".into(), key: "graphql.max_depth".into(), value: "20".into() }];
        let environment = vec![("OPENIM__GRAPHQL__MAX_COST".into(), "50".into())];
        load(&Inputs { file: Some(path), environment, flags }).expect("good")
    }

    fn stored(values: &[(&str, Json)]) -> Stored {
        values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn stored_values_win_over_the_file_and_lose_against_environment_and_flags() {
        let folder = tempfile::tempdir().expect("a folder");
        let values = stored(&[
            ("limits.user_per_minute", json!(7)),
            ("graphql.max_depth", json!(30)),
            ("graphql.max_cost", json!(60)),
            ("rest.enabled", json!(false)),
        ]);
        let (result, problems) = loaded(folder.path()).with_stored(&values);
        assert_eq!(problems, []);
        let config = &result.config;
        assert_eq!((config.limits.user_per_minute, config.graphql.max_depth, config.graphql.max_cost), (7, 20, 50));
        assert!(!config.rest.enabled);
        assert!(result.print().contains("user_per_minute = 7 # the stored settings"), "{}", result.print());
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_told_and_the_rest_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let values = stored(&[
            ("auth.secret", json!("hunter2-hunter2")),
            ("database.url", json!("postgres://elsewhere/im")),
            ("graphql.max_depht", json!(9)),
            ("graphql.max_batch", json!("many")),
            ("graphql.max_aliases", Json::Null),
            ("limits.user_per_minute", json!(7)),
            ("messages.queue_messages", json!(10)),
            ("webhooks.enabled", json!(["afterLunch"])),
            ("webhooks.denied_types", json!([[1]])),
        ]);
        let (result, problems) = loaded(folder.path()).with_stored(&values);
        assert_eq!((result.config.limits.user_per_minute, result.config.messages.queue_messages), (7, 100));
        let told: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect();
        expect![[r#"
            auth.secret: cannot be stored: secrets are kept where the process is started, not beside the data
            database.url: cannot be stored: it is needed before the stored settings can be read
            graphql.max_aliases: must be a whole number from 0 to 10000, not null
            graphql.max_batch: must be a whole number from 1 to 100, not "many"
            graphql.max_depht: there is no such key; did you mean graphql.max_depth?
            webhooks.denied_types: must be a list of texts, not [[1]]
            messages.queue_messages: is below messages.batch_messages; give at least 50
            webhooks.enabled: there is no hook "afterLunch"; docs/webhooks.md lists all
            webhooks.url: is not set, but webhooks.enabled names hooks; say where they go"#]]
        .assert_eq(&told.join("\n"));
        assert!(!told.join(" ").contains("hunter2"));
        let all = loaded(folder.path()).try_stored(&values).expect_err("all or none");
        assert_eq!(all.0.len(), problems.len());
    }

    #[test]
    fn a_value_that_another_one_contradicts_goes_with_its_section() {
        let folder = tempfile::tempdir().expect("a folder");
        let values = stored(&[("messages.batch_messages", json!(500)), ("limits.user_per_minute", json!(7))]);
        let (result, problems) = loaded(folder.path()).with_stored(&values);
        assert_eq!((result.config.messages.batch_messages, result.config.limits.user_per_minute), (50, 7));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn nothing_that_locks_out_or_holds_a_secret_can_be_stored() {
        for key in keys::KEYS {
            let name = key.name;
            let dangerous = ["secret", "_dir", "folder", "listen", "roles", "admin_user_ids", "s3_", "private_targets"];
            if (name.ends_with("_file") || dangerous.iter().any(|part| name.contains(part))) && !name.contains("wrong_secrets") {
                assert!(locked(key).is_some(), "{name} can be stored");
            }
        }
        for name in live_keys() {
            let key = keys::find(name).unwrap_or_else(|| panic!("{name} is no key"));
            assert!(locked(key).is_none(), "{name} is live and cannot be stored");
        }
    }
}
