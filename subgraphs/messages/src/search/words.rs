//! How a text is taken apart, the same for what is kept and for what is looked for, whatever the database. Words of scripts
//! with spaces lose case and accents. Chinese, Japanese, Korean and other scripts that are written without spaces between
//! words are taken as pairs of neighbours that overlap.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in letters; what is longer is known by its beginning.
const LONGEST_WORD: usize = 64;

/// A part of a text, with its place in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A word, folded.
    Word {
        /// The letters and digits.
        text: String,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// Characters that are written without spaces, each with its place.
    Run(Vec<(char, usize, usize)>),
}

/// What a character is once it is folded.
enum Class {
    Letter,
    Dense,
    Gap,
}

/// Takes a text apart.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        fold(c, |folded| match class(folded) {
            Class::Letter => pieces.letter(folded, start, end),
            Class::Dense => pieces.dense(folded, start, end),
            Class::Gap => pieces.gap(),
        });
    }
    pieces.gap();
    pieces.done
}

/// Returns the terms by which a text is found: words, pairs of neighbours, and the last of each run, so that a single
/// character is found as the beginning of a term.
pub(crate) fn terms(pieces: &[Piece]) -> Vec<String> {
    let mut terms = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Word { text, .. } => terms.push(text.clone()),
            Piece::Run(run) => {
                terms.extend(pairs(run));
                terms.extend(run.last().map(|(c, ..)| c.to_string()));
            }
        }
    }
    terms
}

/// Returns the overlapping pairs of a run.
pub(crate) fn pairs(run: &[(char, usize, usize)]) -> impl Iterator<Item = String> + '_ {
    run.windows(2).map(|pair| pair.iter().map(|(c, ..)| *c).collect())
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
    word: Option<(String, usize, usize, usize)>,
    run: Vec<(char, usize, usize)>,
}

impl Pieces {
    fn letter(&mut self, c: char, start: usize, end: usize) {
        self.end_run();
        let (text, length, _, last) = self.word.get_or_insert_with(|| (String::new(), 0, start, end));
        if *length < LONGEST_WORD {
            text.push(c);
            *length += 1;
        }
        *last = end;
    }

    fn dense(&mut self, c: char, start: usize, end: usize) {
        self.end_word();
        self.run.push((c, start, end));
    }

    fn gap(&mut self) {
        self.end_word();
        self.end_run();
    }

    fn end_word(&mut self) {
        if let Some((text, _, start, end)) = self.word.take() {
            self.done.push(Piece::Word { text, start, end });
        }
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            self.done.push(Piece::Run(std::mem::take(&mut self.run)));
        }
    }
}

/// Hands on what a character is to a reader who does not care about case, accents and width.
fn fold(c: char, mut take: impl FnMut(char)) {
    // Nearly all of what is written.
    if c.is_ascii() {
        return take(c.to_ascii_lowercase());
    }
    // A syllable of Korean stays whole; whoever wrote it in parts was put together before.
    if ('\u{AC00}'..='\u{D7A3}').contains(&c) {
        return take(c);
    }
    for part in std::iter::once(c).nfkd() {
        if is_accent(part) {
            continue;
        }
        for lower in part.to_lowercase().filter(|lower| !is_accent(*lower)) {
            match lower {
                'ß' => "ss".chars().for_each(&mut take),
                'æ' => "ae".chars().for_each(&mut take),
                'œ' => "oe".chars().for_each(&mut take),
                'ς' => take('σ'),
                'ø' => take('o'),
                'ł' => take('l'),
                'đ' => take('d'),
                'ı' => take('i'),
                other => take(other),
            }
        }
    }
}

/// Tells whether a mark only varies the letter before it. Marks that are vowels, as in India, are none of these.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{3099}' | '\u{309A}' | '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

fn class(c: char) -> Class {
    if is_dense(c) {
        Class::Dense
    } else if c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c)) {
        Class::Letter
    } else {
        Class::Gap
    }
}

fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Burmese
        | '\u{1100}'..='\u{11FF}' // Korean letters
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{2E80}'..='\u{2FDF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{303B}'
        | '\u{3041}'..='\u{318F}' // Japanese, Bopomofo
        | '\u{31A0}'..='\u{31BF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' // Chinese
        | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' // Korean
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
        && c != '\u{30FB}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        terms(&pieces(text))
    }

    #[test]
    fn words_lose_case_accents_and_width() {
        assert_eq!(of("Hello, WORLD-wide 2024!"), ["hello", "world", "wide", "2024"]);
        assert_eq!(of("Crème Brûlée naïve"), ["creme", "brulee", "naive"]);
        assert_eq!(of("e\u{301}te\u{301}"), ["ete"], "accents of their own");
        assert_eq!(of("Straße STRASSE"), ["strasse", "strasse"]);
        assert_eq!(of("Ｆｕｌｌｗｉｄｔｈ ﬁne"), ["fullwidth", "fine"]);
        assert_eq!(of("Москва ΣΊΣΥΦΟΣ"), ["москва", "σισυφοσ"]);
        assert_eq!(of("don't a_b c/d"), ["don", "t", "a", "b", "c", "d"]);
    }

    #[test]
    fn scripts_without_spaces_are_overlapping_pairs() {
        assert_eq!(of("你好吗"), ["你好", "好吗", "吗"]);
        assert_eq!(of("我"), ["我"]);
        assert_eq!(of("用iPhone拍照"), ["用", "iphone", "拍照", "照"]);
        assert_eq!(of("東京タワー"), ["東京", "京タ", "タワ", "ワー", "ー"]);
        assert_eq!(of("한국어 공부"), ["한국", "국어", "어", "공부", "부"]);
        assert_eq!(of("ｶﾀｶﾅ"), of("カタカナ"));
    }

    #[test]
    fn what_says_nothing_has_no_terms() {
        assert!(of(" \n\t… !? 😀🎉").is_empty());
    }

    #[test]
    fn an_endless_word_is_known_by_its_beginning() {
        assert_eq!(of(&"x".repeat(1000)), ["x".repeat(64)]);
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Ünd 你好";
        let found: Vec<&str> = pieces(text)
            .iter()
            .map(|piece| match piece {
                Piece::Word { start, end, .. } => &text[*start..*end],
                Piece::Run(run) => &text[run[0].1..run[run.len() - 1].2],
            })
            .collect();
        assert_eq!(found, ["Ünd", "你好"]);
    }
}
