//! Cursors of lists that are ordered by a time and, within one moment, by id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openim_core::{Error, ErrorCode, Result, Timestamp};

/// The longest cursor that is looked at, in characters.
const MAX_TEXT: usize = 512;

/// Where an item stands in such a list. Clients carry it as opaque text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The time that orders the list.
    pub at: Timestamp,
    /// The order of items of the same moment.
    pub id: String,
}

impl Place {
    /// Returns the cursor.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.at.0, self.id))
    }

    /// Reads a client's cursor. Whether the id can be one is for the list to say.
    ///
    /// # Errors
    /// `ARGS_ERROR` for text that no such list gave out.
    pub fn parse(text: &str) -> Result<Self> {
        let read = || {
            let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (at, id) = plain.split_once(':')?;
            Some(Self { at: Timestamp(at.parse().ok()?), id: id.to_owned() })
        };
        let place = if text.len() > MAX_TEXT { None } else { read() };
        place.ok_or_else(|| Error::new(ErrorCode::Args, "after is no cursor of this list"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_foreign_text_is_refused() -> Result<()> {
        let place = Place { at: Timestamp(1_700_000_000_123), id: "si_a:b_张三".to_owned() };
        assert_eq!(Place::parse(&place.text())?, place);
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        for bad in ["", "z", "&&", &encoded("1"), &encoded("x:alice"), &encoded(&format!("1:{}", "a".repeat(400)))] {
            assert_eq!(Place::parse(bad).map_err(|error| error.code()), Err(ErrorCode::Args), "{bad}");
        }
        Ok(())
    }
}
