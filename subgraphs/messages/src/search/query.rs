//! What is looked for: all of its words, the last one also as the beginning of a longer word.

use super::words::{Piece, pairs, pieces};

/// The most words of a question.
const MOST_PARTS: usize = 16;
/// The longest excerpt, in characters, and how many of them may stand before the first hit.
const EXCERPT: usize = 120;
const BEFORE: usize = 30;

/// What a message must say to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// This word.
    Word(String),
    /// A word that begins so.
    Beginning(String),
    /// These characters in this order, one after the other.
    Run(Vec<char>),
}

/// A condition of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// This term.
    Exact(String),
    /// A term that begins so.
    Prefix(String),
}

/// A part of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The text.
    pub(crate) text: String,
    /// Whether it is what was looked for.
    pub(crate) matched: bool,
}

impl Query {
    /// Reads a question; `None` when it has no words.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String = unicode_normalization::UnicodeNormalization::nfc(text).collect();
        let mut parts: Vec<Part> = pieces(&text)
            .into_iter()
            .take(MOST_PARTS)
            .map(|piece| match piece {
                Piece::Word { text, .. } => Part::Word(text),
                Piece::Run(run) => Part::Run(run.into_iter().map(|(c, ..)| c).collect()),
            })
            .collect();
        // One letter begins too many words.
        if let Some(last) = parts.last_mut()
            && let Part::Word(word) = last
            && word.chars().nth(1).is_some()
        {
            *last = Part::Beginning(std::mem::take(word));
        }
        if parts.is_empty() { None } else { Some(Self(parts)) }
    }

    /// Returns what the index must have of a message.
    pub(crate) fn terms(&self) -> Vec<Term> {
        let mut terms = Vec::new();
        for part in &self.0 {
            match part {
                Part::Word(word) => terms.push(Term::Exact(word.clone())),
                Part::Beginning(word) => terms.push(Term::Prefix(word.clone())),
                Part::Run(run) => match run.as_slice() {
                    [only] => terms.push(Term::Prefix(only.to_string())),
                    run => {
                        let run: Vec<_> = run.iter().map(|c| (*c, 0, 0)).collect();
                        terms.extend(pairs(&run).map(Term::Exact));
                    }
                },
            }
        }
        terms.dedup();
        terms
    }

    /// Returns the part of a text where it says what is looked for; `None` when it does not.
    pub(crate) fn excerpt(&self, text: &str) -> Option<Vec<Excerpt>> {
        let pieces = pieces(text);
        let mut hits = Vec::new();
        for part in &self.0 {
            let before = hits.len();
            part.find(&pieces, &mut hits);
            if hits.len() == before {
                return None;
            }
        }
        hits.sort_unstable();
        Some(cut(text, &hits))
    }
}

impl Part {
    /// Adds the places where a text says it.
    fn find(&self, pieces: &[Piece], hits: &mut Vec<(usize, usize)>) {
        for piece in pieces {
            match (self, piece) {
                (Self::Word(wanted), Piece::Word { text, start, end }) if text == wanted => hits.push((*start, *end)),
                (Self::Beginning(wanted), Piece::Word { text, start, end }) if text.starts_with(wanted.as_str()) => {
                    hits.push((*start, *end));
                }
                (Self::Run(wanted), Piece::Run(run)) => {
                    for window in run.windows(wanted.len()) {
                        if window.iter().map(|(c, ..)| c).eq(wanted)
                            && let (Some(first), Some(last)) = (window.first(), window.last())
                        {
                            hits.push((first.1, last.2));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Cuts a text around its first hit. The hits are in order and may overlap.
fn cut(text: &str, hits: &[(usize, usize)]) -> Vec<Excerpt> {
    let first = hits.first().map_or(0, |hit| hit.0);
    let lead = text.get(..first).unwrap_or_default();
    let from = lead.char_indices().rev().nth(BEFORE.saturating_sub(1)).map_or(0, |(at, _)| at);
    let tail = text.get(from..).unwrap_or_default();
    let to = tail.char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| from + at);
    let mut parts: Vec<Excerpt> = Vec::new();
    let mut add = |text: &str, matched: bool| match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.matched == matched => last.text.push_str(text),
        _ => parts.push(Excerpt { text: text.to_owned(), matched }),
    };
    if from > 0 {
        add("…", false);
    }
    let part = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
    let mut at = from;
    for (start, end) in hits {
        let (start, end) = ((*start).max(at), (*end).min(to));
        if start < end {
            add(part(at, start), false);
            add(part(start, end), true);
            at = end;
        }
    }
    add(part(at, to), false);
    if to < text.len() {
        add("…", false);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str, text: &str) -> Option<String> {
        let parts = Query::parse(query).expect("words").excerpt(text)?;
        Some(parts.iter().map(|part| if part.matched { format!("[{}]", part.text) } else { part.text.clone() }).collect())
    }

    #[test]
    fn all_words_must_be_there_and_the_last_may_be_a_beginning() {
        assert_eq!(found("meet tom", "We meet Tomorrow"), Some("We [meet] [Tomorrow]".to_owned()));
        assert_eq!(found("tomorrow meet", "We meet tomorrow"), Some("We [meet] [tomorrow]".to_owned()));
        assert_eq!(found("tom meet", "We meet tomorrow"), None);
        assert_eq!(found("t", "We meet tomorrow"), None, "one letter is a word of its own");
        assert_eq!(found("CRÈME", "a creme"), Some("a [creme]".to_owned()));
    }

    #[test]
    fn characters_without_spaces_must_follow_each_other() {
        assert_eq!(found("好吗", "你好吗？"), Some("你[好吗]？".to_owned()));
        assert_eq!(found("好", "你好"), Some("你[好]".to_owned()));
        assert_eq!(found("上海大学", "上海很大，大学很多，海大"), None, "the pairs alone are not enough");
        assert_eq!(found("국어", "한국어 수업"), Some("한[국어] 수업".to_owned()));
        assert_eq!(found("タワ", "東京タワー"), Some("東京[タワ]ー".to_owned()));
    }

    #[test]
    fn the_excerpt_is_cut_around_the_first_hit() {
        let text = format!("{} needle {}", "x ".repeat(100), "y ".repeat(200));
        let excerpt = found("needle", &text).expect("a hit");
        assert!(excerpt.starts_with("…") && excerpt.ends_with("…") && excerpt.contains("[needle]"), "{excerpt}");
        assert!(excerpt.chars().count() <= EXCERPT + 4, "{excerpt}");
    }

    #[test]
    fn a_question_without_words_is_none() {
        assert_eq!(Query::parse(" … 😀"), None);
    }

    #[test]
    fn terms_are_what_the_index_has() {
        let terms = Query::parse("Hello 你好吗 wor").expect("words").terms();
        let exact = |text: &str| Term::Exact(text.to_owned());
        assert_eq!(terms, [exact("hello"), exact("你好"), exact("好吗"), Term::Prefix("wor".to_owned())]);
        assert_eq!(Query::parse("我").expect("words").terms(), [Term::Prefix("我".to_owned())]);
    }
}
