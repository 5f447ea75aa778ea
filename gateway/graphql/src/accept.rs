//! Which form of answer a client wants: the `Accept` header, as GraphQL over HTTP, graphql-sse and the multipart
//! subscription protocol use it.

use axum::http::{HeaderMap, header};

/// How one answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`: failed operations are answered with 200, for clients that look no further otherwise.
    Json,
    /// `application/graphql-response+json`: the status tells whether the operation ran.
    GraphqlJson,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlJson => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// How a stream of answers is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream`.
    Sse,
    /// `multipart/mixed; subscriptionSpec=1.0`.
    Multipart,
}

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Accepted {
    /// The form of one answer.
    pub(crate) format: Option<Format>,
    /// The form of a stream.
    pub(crate) framing: Option<Framing>,
    /// Whether a page is preferred to any of these: a browser's address bar.
    pub(crate) page: bool,
}

impl Accepted {
    /// Reads the header; a missing one accepts JSON.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        let mut any = false;
        let text: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
        let mut ranges: Vec<Range<'_>> = text.iter().flat_map(|value| value.split(',')).filter_map(Range::parse).take(32).collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.quality));
        for range in ranges {
            match range.essence.as_str() {
                "application/json" => accepted.want(Format::Json),
                "application/graphql-response+json" => accepted.want(Format::GraphqlJson),
                "text/event-stream" => accepted.framing = accepted.framing.or(Some(Framing::Sse)),
                "multipart/mixed" if range.is_subscription() => accepted.framing = accepted.framing.or(Some(Framing::Multipart)),
                "text/html" => accepted.page |= accepted.format.is_none() && accepted.framing.is_none(),
                "*/*" | "application/*" => any = true,
                _ => {}
            }
        }
        if any || text.is_empty() {
            accepted.want(Format::Json);
        }
        accepted
    }

    fn want(&mut self, format: Format) {
        self.format = self.format.or(Some(format));
    }
}

struct Range<'a> {
    essence: String,
    parameters: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim().to_ascii_lowercase();
        let quality = parameter(parameters, "q").map_or(Some(1.0), |value| value.parse::<f32>().ok())?;
        if essence.is_empty() || !(0.0..=1.0).contains(&quality) || quality == 0.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value was checked to be from 0 to 1")]
        Some(Self { essence, parameters, quality: (quality * 1000.0) as u16 })
    }

    fn is_subscription(&self) -> bool {
        parameter(self.parameters, "subscriptionSpec") == Some("1.0")
    }
}

/// Returns a parameter of a media type, without quotes.
pub(crate) fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, value.parse().unwrap());
        Accepted::of(&headers)
    }

    #[test]
    fn the_best_form_wins() {
        for (value, format, framing, page) in [
            ("*/*", Some(Format::Json), None, false),
            ("application/graphql-response+json, application/json;q=0.9", Some(Format::GraphqlJson), None, false),
            ("application/graphql-response+json;q=0.5, application/json", Some(Format::Json), None, false),
            ("text/event-stream", None, Some(Framing::Sse), false),
            (
                "multipart/mixed;boundary=graphql;subscriptionSpec=\"1.0\",application/json",
                Some(Format::Json),
                Some(Framing::Multipart),
                false,
            ),
            ("multipart/mixed", None, None, false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Format::Json), None, true),
            ("application/json, text/html", Some(Format::Json), None, false),
            ("application/json;q=0", None, None, false),
            ("image/png", None, None, false),
        ] {
            assert_eq!(accepted(value), Accepted { format, framing, page }, "{value}");
        }
        assert_eq!(Accepted::of(&HeaderMap::new()).format, Some(Format::Json));
    }
}
