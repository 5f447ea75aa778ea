//! The graph's enum values and OpenIM's numbers.

/// Values with their numbers.
type Table = &'static [(&'static str, i32)];

pub(crate) const PLATFORM: Table = &[
    ("IOS", 1),
    ("ANDROID", 2),
    ("WINDOWS", 3),
    ("MACOS", 4),
    ("WEB", 5),
    ("MINI_WEB", 6),
    ("LINUX", 7),
    ("ANDROID_PAD", 8),
    ("IPAD", 9),
    ("ADMIN", 10),
    ("HARMONY_OS", 11),
];
pub(crate) const CONVERSATION_KIND: Table = &[("SINGLE", 1), ("GROUP", 3), ("SYSTEM", 4)];
pub(crate) const MESSAGE_STATUS: Table = &[("SENDING", 1), ("SENT", 2), ("FAILED", 3), ("DELETED", 4), ("FILTERED", 5)];
pub(crate) const MESSAGE_SOURCE: Table = &[("USER", 100), ("SYSTEM", 200)];

/// Returns the number of a value; 0 for one that has none.
pub(crate) fn number(table: &[(&'static str, i32)], word: &str) -> i32 {
    table.iter().find(|(name, _)| *name == word).map_or(0, |(_, number)| *number)
}

/// Returns the value of a number.
pub(crate) fn word(table: Table, number: i32) -> Option<&'static str> {
    table.iter().find(|(_, other)| *other == number).map(|(word, _)| *word)
}
