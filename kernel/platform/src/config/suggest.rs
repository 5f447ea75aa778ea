//! Finds the key that somebody probably meant.

use super::keys::KEYS;

/// Returns the known key that is nearest to `wrong`, if one is near enough to be worth naming.
pub(super) fn nearest(wrong: &str) -> Option<&'static str> {
    let wrong_name = wrong.rsplit('.').next().unwrap_or(wrong);
    KEYS.iter()
        .map(|key| {
            let name = key.name.rsplit('.').next().unwrap_or(key.name);
            let whole = distance(wrong, key.name);
            // The right name in the wrong section is as near as one typing mistake; of equals, the whole key decides.
            (whole.min(distance(wrong_name, name) + 1), whole, key.name)
        })
        .min()
        .filter(|(far, _, name)| *far <= 2.max(name.len() / 5))
        .map(|(_, _, name)| name)
}

/// Returns the one of `words` that is nearest to `wrong`, if one is near enough to be worth naming.
pub(super) fn nearest_of<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words.map(|word| (distance(wrong, word), word)).min().filter(|(far, word)| *far <= 2.max(word.len() / 3)).map(|(_, word)| word)
}

/// Counts the letters to insert, delete or exchange (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(letter != *other)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_mistakes_and_wrong_sections_find_the_key() {
        assert_eq!(nearest("graphql.max_depht"), Some("graphql.max_depth"));
        assert_eq!(nearest("server.max_depth"), Some("graphql.max_depth"));
        assert_eq!(nearest("sever.listen"), Some("server.listen"));
        assert_eq!(nearest("mongodb.replicas"), None);
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
