//! Signed addresses: what is allowed stands in the query, and the signature covers the method, the key and all of it.

use hmac::{Hmac, Mac};
use openim_core::{Error, ErrorCode, Result, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::{Url, form_urlencoded};

use crate::{Download, Key, Signed};

/// Where the addresses are served.
pub(super) const PATH: &str = "/files/";

/// The longest query that is looked at.
const LONGEST_QUERY: usize = 8 * 1024;

/// The parameter that ends every query.
const SIGNATURE: &str = "&signature=";

/// What an address allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Permit {
    /// To send the whole object.
    Put { size: u64 },
    /// To send a part of it.
    Part { upload: String, number: u32, size: u64 },
    /// To send it as a form.
    Form { size: u64 },
    /// To read it.
    Get(Download),
}

impl Permit {
    fn method(&self) -> &'static str {
        match self {
            Self::Put { .. } | Self::Part { .. } => "PUT",
            Self::Form { .. } => "POST",
            Self::Get(_) => "GET",
        }
    }
}

/// Signs and checks addresses.
pub(super) struct Links {
    secret: Vec<u8>,
    base: String,
}

impl Links {
    /// Signs with a key of its own that is made from `secret`; addresses begin with `base`.
    pub(super) fn new(secret: &str, base: &str) -> Self {
        let secret = mac(secret.as_bytes(), &["openim signed files"]);
        Self { secret, base: base.trim_end_matches('/').to_owned() }
    }

    /// Returns the origin of the addresses; `None` when they have none.
    pub(super) fn origin(&self) -> Option<String> {
        Url::parse(&self.base).ok().map(|base| base.origin().ascii_serialization())
    }

    /// Makes an address.
    pub(super) fn sign(&self, key: &Key, permit: &Permit, until: Timestamp) -> Signed {
        let until = until.0.div_euclid(1000);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("until", &until.to_string());
        match permit {
            Permit::Put { size } | Permit::Form { size } => {
                query.append_pair("size", &size.to_string());
            }
            Permit::Part { upload, number, size } => {
                query.append_pair("size", &size.to_string()).append_pair("upload", upload).append_pair("part", &number.to_string());
            }
            Permit::Get(download) => {
                query.append_pair("type", download.content_type());
                if let Some(name) = &download.file_name {
                    query.append_pair("name", name);
                }
            }
        }
        let query = query.finish();
        let signature = hex::encode(mac(&self.secret, &[permit.method(), key.as_str(), &query]));
        let url = format!("{}{PATH}{key}?{query}{SIGNATURE}{signature}", self.base);
        Signed { url, headers: Vec::new(), expires_at: Timestamp(until.saturating_mul(1000)) }
    }

    /// Tells what a request may do.
    ///
    /// # Errors
    /// `NO_PERMISSION` when the signature does not fit or its time is over.
    pub(super) fn check(&self, method: &str, key: &Key, query: &str, now: Timestamp) -> Result<Permit> {
        let refused = || Error::new(ErrorCode::NoPermission, "the address is not signed for this, or its time is over");
        if query.len() > LONGEST_QUERY {
            return Err(refused());
        }
        let (signed, signature) = query.rsplit_once(SIGNATURE).ok_or_else(refused)?;
        let signature = hex::decode(signature).map_err(|_| refused())?;
        if !bool::from(mac(&self.secret, &[method, key.as_str(), signed]).ct_eq(&signature)) {
            return Err(refused());
        }
        let value =
            |name: &str| form_urlencoded::parse(signed.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let number = |name: &str| value(name).and_then(|text| text.parse::<u64>().ok());
        let until = value("until").and_then(|text| text.parse::<i64>().ok()).ok_or_else(refused)?;
        if until.saturating_mul(1000) <= now.0 {
            return Err(refused());
        }
        match (method, value("upload")) {
            ("GET", _) => Ok(Permit::Get(Download { content_type: value("type").unwrap_or_default(), file_name: value("name") })),
            ("POST", _) => Ok(Permit::Form { size: number("size").ok_or_else(refused)? }),
            (_, None) => Ok(Permit::Put { size: number("size").ok_or_else(refused)? }),
            (_, Some(upload)) => {
                let part = number("part").and_then(|part| u32::try_from(part).ok()).ok_or_else(refused)?;
                Ok(Permit::Part { upload, number: part, size: number("size").ok_or_else(refused)? })
            }
        }
    }
}

/// Returns the HMAC-SHA256 over lines.
fn mac(secret: &[u8], lines: &[&str]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    for line in lines {
        mac.update(line.as_bytes());
        mac.update(b"\n");
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (&str, &str) {
        url.strip_prefix("https://f/files/").and_then(|rest| rest.split_once('?')).expect("an address of ours")
    }

    #[test]
    fn an_address_allows_what_it_was_signed_for_and_nothing_else() -> Result<()> {
        let links = Links::new("s", "https://f/");
        let (key, other, until) = (Key::parse("a/b")?, Key::parse("a/c")?, Timestamp(10_000));
        let permits = [
            Permit::Put { size: 3 },
            Permit::Form { size: 4 },
            Permit::Part { upload: "u&part=9".into(), number: 2, size: 5 },
            Permit::Get(Download { content_type: "image/png".into(), file_name: Some("x&size=1\n.png".into()) }),
        ];
        for permit in permits {
            let signed = links.sign(&key, &permit, until);
            assert_eq!(signed.expires_at, until);
            let (path, query) = parts(&signed.url);
            assert_eq!(path, "a/b");
            let method = permit.method();
            let now = Timestamp(9_999);
            assert_eq!(links.check(method, &key, query, now)?, permit);
            assert!(links.check(method, &key, query, until).is_err(), "over");
            assert!(links.check(method, &other, query, now).is_err(), "another key");
            for wrong in ["GET", "PUT", "POST", "DELETE"].into_iter().filter(|wrong| *wrong != method) {
                assert!(links.check(wrong, &key, query, now).is_err(), "{wrong} for {method}");
            }
            assert!(links.check(method, &key, &query.replace("until=10", "until=99"), now).is_err());
            assert!(links.check(method, &key, &format!("size=9&{query}"), now).is_err());
            assert!(links.check(method, &key, &format!("{query}&signature="), now).is_err());
            assert!(Links::new("t", "https://f").check(method, &key, query, now).is_err(), "another secret");
        }
        assert!(links.check("GET", &key, "", Timestamp(0)).is_err());
        assert!(links.check("GET", &key, &"x".repeat(LONGEST_QUERY + 1), Timestamp(0)).is_err());
        Ok(())
    }
}
