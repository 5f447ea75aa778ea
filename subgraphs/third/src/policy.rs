//! Who may do what with files, and what their names and sizes must keep to. Pure functions.

pub(crate) mod client_logs;
pub(crate) mod push;

use std::time::Duration;

use md5::{Digest, Md5};
use openim_core::{Ctx, Error, ErrorCode, Result};

use crate::error;
use crate::model::{File, Upload, WantedParts};
use crate::settings::FileSettings;

/// The longest name in bytes.
const MAX_NAME: usize = 1024;
/// The longest content type in bytes.
const MAX_TYPE: usize = 255;
/// The longest cause in bytes.
const MAX_CAUSE: usize = 64;
/// How long a form is accepted.
pub(crate) const FORM_TIME: Duration = Duration::from_secs(600);

/// Checks a name: one's own begin with `{userID}/`, app administrators may give any. It is never a path on a disk, but ends
/// in addresses and in what browsers save.
///
/// # Errors
/// `ARGS_ERROR` for what is no name, `NO_PERMISSION` for somebody else's.
pub(crate) fn check_name(ctx: &Ctx, name: &str) -> Result<()> {
    let hidden = |c: char| {
        // Marks that turn the direction of what follows make a name look like another one.
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    let wrong = name.trim().is_empty()
        || name.len() > MAX_NAME
        || name.starts_with('/')
        || name.chars().any(hidden)
        || name.split(['/', '\\']).any(|segment| segment == ".." || segment == ".");
    if wrong {
        return Err(Error::new(ErrorCode::Args, "the name is empty, too long, begins with / or has a part that is not allowed"));
    }
    if ctx.is_admin() {
        return Ok(());
    }
    let own = name.strip_prefix(ctx.principal()?.user_id.as_str()).and_then(|rest| rest.strip_prefix('/'));
    if own.is_none_or(str::is_empty) {
        return Err(Error::new(ErrorCode::NoPermission, "the name must begin with the own user id and /"));
    }
    Ok(())
}

/// Returns the content type that a client gave, or what the name's ending tells.
///
/// # Errors
/// `ARGS_ERROR` for one that cannot stand in a header.
pub(crate) fn content_type(given: &str, name: &str) -> Result<String> {
    if given.len() > MAX_TYPE || !given.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Error::new(ErrorCode::Args, "the content type is too long or has a character that is not allowed"));
    }
    if !given.trim().is_empty() {
        return Ok(given.trim().to_owned());
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let known = match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        _ => "application/octet-stream",
    };
    Ok(known.to_owned())
}

/// Checks what a file is uploaded for.
///
/// # Errors
/// `ARGS_ERROR`.
pub(crate) fn check_cause(cause: &str) -> Result<()> {
    if cause.len() > MAX_CAUSE || cause.chars().any(char::is_control) {
        return Err(Error::new(ErrorCode::Args, "the cause is too long or has a character that is not allowed"));
    }
    Ok(())
}

/// Returns a file's size.
///
/// # Errors
/// `FILE_REFUSED` when it is empty or too large.
pub(crate) fn size(size: i64, settings: &FileSettings) -> Result<u64> {
    let size = u64::try_from(size).ok().filter(|size| *size > 0).ok_or_else(|| error::refused("the size must be above 0"))?;
    if size > settings.max_file_bytes {
        return Err(Error::new(ErrorCode::FileRefused, format!("a file may have at most {} bytes", settings.max_file_bytes)));
    }
    Ok(size)
}

/// Checks an announced hash and returns it in small letters.
///
/// # Errors
/// `FILE_REFUSED` when it is no MD5 in hex.
pub(crate) fn hash(hash: &str) -> Result<String> {
    if hash.len() != 32 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(error::refused("the hash must be an MD5 of 32 hex digits"));
    }
    Ok(hash.to_ascii_lowercase())
}

/// Checks the MD5s of an upload's parts against what was announced, and returns them in small letters.
///
/// # Errors
/// `FILE_REFUSED`, with OpenIM's text.
pub(crate) fn part_hashes(upload: &Upload, hashes: &[String]) -> Result<Vec<String>> {
    let mismatching = || error::refused("md5 mismatching");
    if u32::try_from(hashes.len()).ok() != Some(upload.part_count()) {
        return Err(mismatching());
    }
    let hashes = hashes.iter().map(|one| hash(one)).collect::<Result<Vec<_>>>().map_err(|_| mismatching())?;
    if hash_of(&hashes) == upload.hash { Ok(hashes) } else { Err(mismatching()) }
}

/// Returns the hash of a file: the MD5 of the comma-joined MD5s of its parts.
pub(crate) fn hash_of(parts: &[String]) -> String {
    hex::encode(Md5::digest(parts.join(",")))
}

/// Returns the numbers of the parts that are wanted.
///
/// # Errors
/// `FILE_REFUSED` for parts that the upload does not have.
pub(crate) fn wanted_parts(upload: &Upload, wanted: &WantedParts) -> Result<Vec<u32>> {
    let count = upload.part_count();
    let none = || error::refused("the upload has no such part");
    match wanted {
        WantedParts::First(first) if *first < 0 => Ok((1..=count).collect()),
        WantedParts::First(first) => match u32::try_from(*first).ok().filter(|first| *first <= count) {
            Some(first) => Ok((1..=first).collect()),
            None => Err(error::refused("the upload has fewer parts")),
        },
        WantedParts::Numbers(numbers) => {
            if u32::try_from(numbers.len()).ok().is_none_or(|length| length > count) {
                return Err(error::refused("the upload has fewer parts"));
            }
            let number = |number: &i32| u32::try_from(*number).ok().filter(|number| (1..=count).contains(number)).ok_or_else(none);
            numbers.iter().map(number).collect()
        }
    }
}

/// Returns how long a form is accepted: administrators may ask for another time.
pub(crate) fn form_time(ctx: &Ctx, asked: Option<Duration>, settings: &FileSettings) -> Duration {
    match asked.filter(|asked| ctx.is_admin() && !asked.is_zero()) {
        Some(asked) => asked.min(settings.upload_time),
        None => FORM_TIME,
    }
}

/// Passes whoever may read files: everybody, or everybody with a token.
///
/// # Errors
/// `UNAUTHENTICATED`.
pub(crate) fn may_read(ctx: &Ctx, settings: &FileSettings) -> Result<()> {
    if settings.public_read || ctx.is_admin() { Ok(()) } else { ctx.principal().map(|_| ()) }
}

/// Passes the owner of a file and app administrators.
///
/// # Errors
/// `NO_PERMISSION`.
pub(crate) fn may_delete(ctx: &Ctx, file: &File) -> Result<()> {
    ctx.require_self_or_admin(&file.owner)
}

#[cfg(test)]
mod tests {
    use openim_core::{Actor, OperationId, Platform, Principal, Runtime, Timestamp, UserId};
    use openim_objects::Key;

    use super::*;
    use crate::model::UploadKind;

    fn ctx(admin: bool) -> Result<Ctx> {
        let principal = Principal::new(UserId::parse("ann")?, Platform::WEB, admin);
        Ok(Ctx::new(Runtime::system(), Actor::User(principal), OperationId::parse("x")?, Timestamp(i64::MAX)))
    }

    fn upload(size: u64, part_size: u64) -> Result<Upload> {
        Ok(Upload {
            id: "u".into(),
            owner: UserId::parse("ann")?,
            kind: UploadKind::Parts,
            store_upload: String::new(),
            temp: None,
            key: Some(Key::parse("k")?),
            name: "ann/x".into(),
            hash: String::new(),
            size,
            part_size,
            content_type: String::new(),
            cause: String::new(),
            created_at: Timestamp(0),
            expires_at: Timestamp(0),
            done: false,
        })
    }

    #[test]
    fn names_belong_to_their_users_and_lead_nowhere_else() -> Result<()> {
        let (user, admin) = (ctx(false)?, ctx(true)?);
        let code = |ctx: &Ctx, name: &str| check_name(ctx, name).err().map(|error| error.code());
        for good in ["ann/a.png", "ann/张三 (1).txt", "ann/a/b..c/.d"] {
            assert_eq!(code(&user, good), None, "{good}");
        }
        for foreign in ["bob/a", "ann", "ann/", "annabel/a", "Ann/a"] {
            assert_eq!(code(&user, foreign), Some(ErrorCode::NoPermission), "{foreign}");
        }
        assert_eq!(code(&admin, "bob/a"), None);
        let (longest, long) = (format!("ann/{}", "x".repeat(1020)), "a".repeat(10 << 10));
        assert_eq!(code(&user, &longest), None);
        for bad in [
            "",
            "  ",
            "/ann/a",
            "ann/../bob/a",
            "../a",
            "ann/..",
            "ann/.",
            "ann\\..\\a",
            "ann/a\0",
            "ann/a\n",
            "ann/\u{202e}gpj.exe",
            &long,
        ] {
            assert_eq!(code(&user, bad), Some(ErrorCode::Args), "{bad:?}");
            assert_eq!(code(&admin, bad), Some(ErrorCode::Args), "{bad:?}");
        }
        Ok(())
    }

    #[test]
    fn the_last_part_is_the_rest() -> Result<()> {
        let upload = upload(11, 5)?;
        assert_eq!(upload.part_count(), 3);
        assert_eq!([0, 1, 2, 3, 4].map(|number| upload.part_bytes(number)), [None, Some(5), Some(5), Some(1), None]);
        assert_eq!(wanted_parts(&upload, &WantedParts::First(-1))?, [1, 2, 3]);
        assert_eq!(wanted_parts(&upload, &WantedParts::First(0))?, Vec::<u32>::new());
        assert_eq!(wanted_parts(&upload, &WantedParts::Numbers(vec![3, 1]))?, [3, 1]);
        for bad in [WantedParts::First(4), WantedParts::Numbers(vec![4]), WantedParts::Numbers(vec![0]), WantedParts::Numbers(vec![1; 4])] {
            assert!(wanted_parts(&upload, &bad).is_err(), "{bad:?}");
        }
        Ok(())
    }

    #[test]
    fn the_hash_is_of_the_joined_hashes_of_the_parts() -> Result<()> {
        let parts = ["0cc175b9c0f1b6a831c399e269772661".to_owned(), "92eb5ffee6ae2fec3ad71c777531578f".to_owned()];
        let mut upload = upload(2, 1)?;
        upload.hash = hash_of(&parts);
        assert!(part_hashes(&upload, &parts).is_ok());
        assert!(part_hashes(&upload, &parts.clone().map(|part| part.to_ascii_uppercase())).is_ok());
        for bad in [&parts[..1], &[parts[1].clone(), parts[0].clone()], &[parts[0].clone(), "x".into()]] {
            assert_eq!(part_hashes(&upload, bad).err().map(|error| error.message().to_owned()).as_deref(), Some("md5 mismatching"));
        }
        Ok(())
    }
}
