//! Texts within the limits of providers, which refuse longer ones whole.

/// What stands for what was cut off.
const ELLIPSIS: &str = "…";

/// Returns the text within `most` bytes of UTF-8.
pub(crate) fn within_bytes(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(ELLIPSIS.len()));
    format!("{}{ELLIPSIS}", &text[..end])
}

/// Returns the text within `most` characters.
pub(crate) fn within_characters(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(ELLIPSIS.chars()).collect()
}

/// Returns a code of a provider when it looks like one: what may be shown is no free text.
pub(crate) fn code_word(text: &str) -> &str {
    let plain = text.len() <= 40 && text.chars().all(|one| one.is_ascii_alphabetic() || one == '_');
    if plain { text } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_with_an_ellipsis_between_characters() {
        assert_eq!(within_bytes("hello", 5), "hello");
        assert_eq!(within_bytes("hello!", 5), "he…");
        assert_eq!(within_bytes("你好你好", 10), "你好…");
        assert_eq!(within_characters("你好", 2), "你好");
        assert_eq!(within_characters("你好吗", 2), "你…");
        assert_eq!(within_characters("", 2), "");
    }

    #[test]
    fn only_words_are_codes() {
        assert_eq!(code_word("BadDeviceToken"), "BadDeviceToken");
        assert_eq!(code_word("UNREGISTERED"), "UNREGISTERED");
        for text in ["Bearer abc", "s3cret", &"A".repeat(41)] {
            assert_eq!(code_word(text), "");
        }
    }
}
