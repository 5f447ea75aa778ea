//! One hook of OpenIM's webhooks.yml in our short lists: `webhooks.enabled` names it, `webhooks.timeouts` says `hook=seconds`.

use serde_json::Value as Json;

/// A setting of one hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Whether it is called.
    Enable,
    /// Seconds it may take.
    Timeout,
    /// Whether the operation goes on without a usable answer.
    FailedContinue,
    /// Content types it is not called for.
    DeniedTypes,
    /// Receivers it is called for alone.
    AttentionIds,
}

/// Reads a path such as `AfterQuitGroup.Enable` into our name of the hook and the part.
pub(super) fn parse(path: &str) -> Option<(String, Part)> {
    let (hook, part) = path.split_once('.')?;
    let part = match part {
        "Enable" => Part::Enable,
        "Timeout" => Part::Timeout,
        "FailedContinue" => Part::FailedContinue,
        "DeniedTypes" => Part::DeniedTypes,
        "AttentionIds" => Part::AttentionIds,
        _ => return None,
    };
    let mut letters = hook.chars();
    let first = letters.next()?.to_ascii_lowercase();
    Some((std::iter::once(first).chain(letters).collect(), part))
}

impl Part {
    /// Tells our list in OpenIM's way for one hook.
    pub(super) fn told(self, hook: &str, list: &Json, timeout: Option<&Json>) -> Json {
        match self {
            Self::Enable | Self::FailedContinue => Json::Bool(texts(list).any(|name| name == hook)),
            Self::Timeout => {
                let own = of(list, hook).find_map(|seconds| seconds.parse::<i64>().ok());
                own.map_or_else(|| timeout.cloned().unwrap_or(Json::from(0)), Json::from)
            }
            Self::DeniedTypes => everybodys(list).chain(of(list, hook)).filter_map(|text| text.parse::<i64>().ok()).collect(),
            Self::AttentionIds => everybodys(list).chain(of(list, hook)).collect(),
        }
    }

    /// Puts OpenIM's value for one hook into our list.
    pub(super) fn taken_back(self, hook: &str, theirs: &Json, ours: &Json) -> Result<Json, String> {
        let entries = |value: &Json| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
        let own: Vec<String> = match self {
            Self::Enable | Self::FailedContinue => theirs.as_bool().filter(|on| *on).map(|_| hook.to_owned()).into_iter().collect(),
            Self::Timeout => vec![format!("{hook}={}", text(theirs))],
            Self::DeniedTypes | Self::AttentionIds => {
                let wanted = entries(theirs);
                if let Some(missing) = everybodys(ours).find(|everybodys| !wanted.iter().any(|one| one == everybodys)) {
                    return Err(format!("must keep {missing}, which is set for all hooks"));
                }
                let new = wanted.into_iter().filter(|one| !everybodys(ours).any(|everybodys| everybodys == one));
                new.map(|one| format!("{hook}={one}")).collect()
            }
        };
        let others = texts(ours).filter(|entry| entry.split_once('=').map_or(*entry, |(name, _)| name.trim()) != hook).map(str::to_owned);
        Ok(others.chain(own).collect())
    }
}

fn texts(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

/// Returns the values of `hook=value`.
fn of<'a>(list: &'a Json, hook: &'a str) -> impl Iterator<Item = &'a str> {
    texts(list).filter_map(move |entry| entry.split_once('=').filter(|(name, _)| name.trim() == hook).map(|(_, value)| value.trim()))
}

/// Returns the values that are for all hooks.
fn everybodys(list: &Json) -> impl Iterator<Item = &str> {
    texts(list).filter(|entry| !entry.contains('=')).map(str::trim)
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hook_is_told_from_the_lists_and_put_back_into_them() {
        assert_eq!(parse("AfterQuitGroup.Enable"), Some(("afterQuitGroup".to_owned(), Part::Enable)));
        assert_eq!(parse("AfterQuitGroup.Else"), None);
        let enabled = json!(["beforeAddFriend"]);
        assert_eq!(Part::Enable.told("afterQuitGroup", &enabled, None), json!(false));
        assert_eq!(Part::Enable.taken_back("afterQuitGroup", &json!(true), &enabled), Ok(json!(["beforeAddFriend", "afterQuitGroup"])));
        assert_eq!(Part::Enable.taken_back("beforeAddFriend", &json!(false), &enabled), Ok(json!([])));
        let timeouts = json!(["a=9", "b=2"]);
        assert_eq!(Part::Timeout.told("b", &timeouts, Some(&json!(5))), json!(2));
        assert_eq!(Part::Timeout.told("c", &timeouts, Some(&json!(5))), json!(5));
        assert_eq!(Part::Timeout.taken_back("a", &json!(3), &timeouts), Ok(json!(["b=2", "a=3"])));
        let denied = json!(["110", "a=101"]);
        assert_eq!(Part::DeniedTypes.told("a", &denied, None), json!([110, 101]));
        assert_eq!(Part::DeniedTypes.taken_back("a", &json!([110, 102]), &denied), Ok(json!(["110", "a=102"])));
        assert!(Part::DeniedTypes.taken_back("a", &json!([101]), &denied).is_err());
    }
}
