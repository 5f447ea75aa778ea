//! The same defaults told in other forms: the page docs/configuration.md and the settings that are in force.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layers::{Settings, shown};
use super::problem::Origin;
use super::{DEFAULTS, keys};

/// Writes docs/configuration.md from the commented defaults.
pub fn reference() -> String {
    let mut page = String::from(
        "<!-- Generated from kernel/platform/src/config/defaults.toml: change that, then run the tests with UPDATE_EXPECT=1. -->\n\n# Configuration\n",
    );
    let mut comment: Vec<&str> = Vec::new();
    let mut started = false;
    for line in DEFAULTS.lines() {
        if let Some(text) = line.strip_prefix('#') {
            comment.push(text.strip_prefix(' ').unwrap_or(text));
        } else if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let _ = write!(page, "\n## {section}\n\n| Key | Default | Allowed | Stored | Meaning |\n|---|---|---|---|---|\n");
            comment.clear();
            started = true;
            page_section(&mut page, section);
        } else if !started && !comment.is_empty() {
            let _ = write!(page, "\n{}\n", comment.join("\n"));
            comment.clear();
        }
    }
    page
}

/// Returns what each key means, from the comments of the defaults.
pub(super) fn meanings() -> BTreeMap<String, String> {
    let (mut meanings, mut section, mut comment) = (BTreeMap::new(), "", "");
    for line in DEFAULTS.lines() {
        if let Some(text) = line.strip_prefix("# ") {
            comment = text;
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((name, _)) = line.split_once(" = ") {
            meanings.insert(format!("{section}.{name}"), meaning(section, name, comment));
        }
    }
    meanings
}

fn meaning(section: &str, name: &str, comment: &str) -> String {
    match name.strip_suffix("_file").filter(|base| keys::find(&format!("{section}.{base}")).is_some()) {
        Some(base) => format!("File with the {base}."),
        None => comment.to_owned(),
    }
}

fn page_section(page: &mut String, section: &str) {
    let mut comment = String::new();
    let lines = DEFAULTS.lines().skip_while(|line| *line != format!("[{section}]")).skip(1);
    for line in lines.take_while(|line| !line.starts_with('[')) {
        if let Some(text) = line.strip_prefix("# ") {
            comment = text.replace('|', "\\|");
        } else if let Some((name, default)) = line.split_once(" = ") {
            let allowed = keys::find(&format!("{section}.{name}")).map(|key| key.rule.expected()).unwrap_or_default();
            let meaning = meaning(section, name, &comment);
            let stored = if storable(section, name) { "yes" } else { "" };
            let live = if super::live_keys::is_live(&format!("{section}.{name}")) { "live" } else { stored };
            let _ = writeln!(page, "| `{name}` | `{default}` | {allowed} | {live} | {meaning} |");
        }
    }
}

/// Tells whether a key may be stored beside the data.
fn storable(section: &str, name: &str) -> bool {
    keys::find(&format!("{section}.{name}")).is_some_and(|key| super::stored::locked(key).is_none())
}

/// Prints the settings in force as TOML; what does not come from the defaults says where it comes from.
pub(super) fn in_force(settings: &Settings) -> String {
    let mut text = String::new();
    let mut current = "";
    for key in keys::KEYS {
        let (section, name) = key.name.split_once('.').unwrap_or((key.name, ""));
        if section != current {
            let _ = writeln!(text, "{}[{section}]", if current.is_empty() { "" } else { "\n" });
            current = section;
        }
        if let Some(setting) = settings.get(key.name) {
            let _ = write!(text, "{name} = {}", shown(key, &setting.value));
            text.push_str(&if setting.origin == Origin::Default { "\n".to_owned() } else { format!(" # {}\n", setting.origin) });
        }
    }
    text
}
