//! What may be said about clients' logs, and who may look at them.

use std::collections::BTreeSet;

use openim_core::{Ctx, Error, ErrorCode, Result};

use crate::model::{ClientLogFilter, LogFile, UploadLogs};

/// The most files of one call.
const MOST_FILES: usize = 100;
/// The most ids of one call.
const MOST_IDS: usize = 1_000;
/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 512;
/// The longest address, in bytes.
const LONGEST_URL: usize = 2_048;
/// The longest word about app and device, in bytes.
const LONGEST_WORD: usize = 256;
/// The longest free data, in bytes.
const LONGEST_EX: usize = 4_096;
/// The longest text that is searched for, in bytes.
const LONGEST_SEARCH: usize = 256;
/// What addresses of our own files begin with when the server has no public address.
const OWN_FILES: &str = "/object/";

/// Checks what a client says about its logs.
///
/// # Errors
/// `ARGS_ERROR`.
pub(crate) fn check(upload: &UploadLogs) -> Result<()> {
    if upload.files.is_empty() || upload.files.len() > MOST_FILES {
        return Err(args("name 1 to 100 files"));
    }
    for (word, longest) in [
        (&upload.system_type, LONGEST_WORD),
        (&upload.app_framework, LONGEST_WORD),
        (&upload.version, LONGEST_WORD),
        (&upload.ex, LONGEST_EX),
    ] {
        if word.len() > longest || word.contains('\0') {
            return Err(args("a text about the logs is too long"));
        }
    }
    upload.files.iter().try_for_each(file)
}

fn file(LogFile { name, url }: &LogFile) -> Result<()> {
    if name.trim().is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(args("the name of a file is empty, too long or has control characters"));
    }
    let shape = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).map_or_else(
        || url.starts_with(OWN_FILES) && url.len() > OWN_FILES.len(),
        |rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            !host.is_empty() && !host.contains('@')
        },
    );
    let plain = url.chars().all(|character| !character.is_control() && !character.is_whitespace());
    if shape && plain && url.len() <= LONGEST_URL { Ok(()) } else { Err(args("the url of a file is no http or https address")) }
}

/// Lets app administrators look.
///
/// # Errors
/// `ARGS_ERROR` for a range that ends before it begins, `NO_PERMISSION`.
pub(crate) fn may_look(ctx: &Ctx, filter: &ClientLogFilter) -> Result<()> {
    ctx.require_admin()?;
    if filter.since.zip(filter.until).is_some_and(|(since, until)| since > until) {
        return Err(args("the range ends before it begins"));
    }
    if filter.search.as_ref().is_some_and(|text| text.len() > LONGEST_SEARCH || text.contains('\0')) {
        return Err(args("the text to search for is too long"));
    }
    Ok(())
}

/// Returns each id once.
///
/// # Errors
/// `ARGS_ERROR` when there are none or too many; `RECORD_NOT_FOUND` for one that cannot exist.
pub(crate) fn ids(ids: Vec<String>) -> Result<Vec<String>> {
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(args("name 1 to 1,000 logs"));
    }
    if !ids.iter().all(|id| is_id(id)) {
        return Err(Error::new(ErrorCode::NotFound, "one of the logs does not exist"));
    }
    Ok(ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

/// Tells whether a text can be the id of a log.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn args(message: &'static str) -> Error {
    Error::new(ErrorCode::Args, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(name: &str, url: &str) -> Result<()> {
        let text = String::new;
        let files = vec![LogFile { name: name.into(), url: url.into() }];
        check(&UploadLogs { platform: None, system_type: text(), app_framework: text(), version: text(), ex: text(), files })
    }

    #[test]
    fn only_addresses_that_a_browser_may_follow_are_taken() {
        for good in ["https://files.example.com/a%20b.zip?x=1", "http://10.0.0.1:9000/x", "/object/ann/log.zip"] {
            assert!(upload("log.zip", good).is_ok(), "{good}");
        }
        let long = format!("https://a/{}", "x".repeat(2_048));
        let bad = [
            "",
            "javascript:alert(1)",
            "https://",
            "http:///x",
            "ftp://a/b",
            "https://me:pw@host/x",
            "https://a/b c",
            "/object/",
            "//a/b",
            "https://a/\n",
            long.as_str(),
        ];
        for bad in bad {
            assert!(upload("log.zip", bad).is_err(), "{bad}");
        }
        for bad in ["", "  ", "a\0b", "a\nb", &"x".repeat(513)] {
            assert!(upload(bad, "https://a/b").is_err(), "{bad}");
        }
    }
}
