//! A glance at a document without parsing it: which operations it defines and whether it asks for the schema.
//!
//! The gateway parses with limits of its own; the doors only need the kind of the operation, to refuse a mutation by GET
//! and to pick a stream for a subscription. One pass, no recursion, no allocation per token: safe on any input.

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Query,
    Mutation,
    Subscription,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// What a document contains.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    operations: Vec<(Kind, Option<&'a str>)>,
    /// Whether `__schema` or `__type` occurs as a name.
    pub(crate) introspects: bool,
}

/// Where the scan is between the braces of definitions.
#[derive(PartialEq)]
enum Place {
    /// A definition may start.
    Top,
    /// Right after `query`, `mutation` or `subscription`: a name may follow.
    Keyword,
    /// Somewhere before the selection of a definition.
    Head,
}

impl<'a> Outline<'a> {
    /// Scans a document.
    pub(crate) fn of(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut outline = Self::default();
        let (mut at, mut depth, mut place) = (0_usize, 0_usize, Place::Top);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'#' => at += length_until(&bytes[at..], |byte| matches!(byte, b'\n' | b'\r')),
                b'"' => {
                    at += string_length(&bytes[at..]);
                    continue;
                }
                b'{' | b'(' | b'[' => {
                    if depth == 0 && byte == b'{' && place == Place::Top {
                        outline.operations.push((Kind::Query, None));
                    }
                    if place != Place::Top {
                        place = Place::Head;
                    }
                    depth += 1;
                }
                b'}' | b')' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && byte == b'}' {
                        place = Place::Top;
                    }
                }
                b'@' => place = if place == Place::Keyword { Place::Head } else { place },
                b'_' | b'A'..=b'Z' | b'a'..=b'z' => {
                    let length = length_until(&bytes[at..], |byte| !(byte == b'_' || byte.is_ascii_alphanumeric()));
                    let name = text.get(at..at + length).unwrap_or_default();
                    outline.name(name, depth, &mut place);
                    at += length;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        outline
    }

    fn name(&mut self, name: &'a str, depth: usize, place: &mut Place) {
        if matches!(name, "__schema" | "__type") {
            self.introspects = true;
        }
        if depth > 0 {
            return;
        }
        *place = match place {
            Place::Keyword => {
                if let Some(last) = self.operations.last_mut() {
                    last.1 = Some(name);
                }
                Place::Head
            }
            Place::Head => Place::Head,
            Place::Top => match name {
                "query" => self.begin(Kind::Query),
                "mutation" => self.begin(Kind::Mutation),
                "subscription" => self.begin(Kind::Subscription),
                _ => Place::Head,
            },
        };
    }

    fn begin(&mut self, kind: Kind) -> Place {
        self.operations.push((kind, None));
        Place::Keyword
    }

    /// Tells the kind of the operation that `name` selects; `None` when the document does not decide it. Of several with
    /// one name, which no parser lets pass, a mutation wins.
    pub(crate) fn kind(&self, name: Option<&str>) -> Option<Kind> {
        let mut fitting = self.operations.iter().filter(|(_, its)| name.is_none() || *its == name).map(|(kind, _)| *kind);
        let first = fitting.next()?;
        let rest: Vec<Kind> = fitting.collect();
        match (name, rest.is_empty()) {
            (_, true) => Some(first),
            (None, false) => None,
            (Some(_), false) => Some(if rest.contains(&Kind::Mutation) { Kind::Mutation } else { first }),
        }
    }
}

fn length_until(bytes: &[u8], end: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| end(*byte)).unwrap_or(bytes.len())
}

/// Returns the length of the string or block string that starts here, its quotes included.
fn string_length(bytes: &[u8]) -> usize {
    let block = bytes.starts_with(br#"""""#);
    let mut at = if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        match byte {
            b'"' if block && rest.starts_with(br#"""""#) => return at + 3,
            b'"' if !block => return at + 1,
            b'\\' if block => at += if rest.starts_with(br#"\""""#) { 4 } else { 1 },
            b'\\' => at += 2,
            b'\n' | b'\r' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_keyword() {
        for (text, kind) in [
            ("{ a }", Some(Kind::Query)),
            ("query { a }", Some(Kind::Query)),
            ("query query { mutation }", Some(Kind::Query)),
            ("mutation M($a: I = {b: 1}) @d(x: \"}\") { a }", Some(Kind::Mutation)),
            ("# mutation { a }\nsubscription { a }", Some(Kind::Subscription)),
            ("# a comment ends here\rmutation { a }", Some(Kind::Mutation)),
            ("fragment F on Query { mutation } query Q { ...F }", Some(Kind::Query)),
            ("query A { a } mutation B { b }", None),
            ("", None),
            ("\"\"\" mutation { a } \\\"\"\" \"\"\" { a }", Some(Kind::Query)),
            ("{ a(x: \"\") } ", Some(Kind::Query)),
            ("}}}} mutation { a }", Some(Kind::Mutation)),
        ] {
            assert_eq!(Outline::of(text).kind(None), kind, "{text}");
        }
    }

    #[test]
    fn an_operation_name_selects() {
        let outline = Outline::of("query A { a } mutation B { b } subscription C { c }");
        assert_eq!(outline.kind(Some("A")), Some(Kind::Query));
        assert_eq!(outline.kind(Some("B")), Some(Kind::Mutation));
        assert_eq!(outline.kind(Some("C")), Some(Kind::Subscription));
        assert_eq!(outline.kind(Some("D")), None);
        assert_eq!(Outline::of("query A { a } mutation A { b }").kind(Some("A")), Some(Kind::Mutation));
    }

    #[test]
    fn introspection_is_seen_only_as_a_name() {
        assert!(Outline::of("{ x: __schema { types { name } } }").introspects);
        assert!(Outline::of("query Q { __type(name: \"A\") { name } }").introspects);
        assert!(!Outline::of("{ a(text: \"__schema\") __typename } # __type").introspects);
    }
}
