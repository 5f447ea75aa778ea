//! W3C trace context: one trace through all processes that a request touches.

use std::collections::HashMap;

use opentelemetry::global::get_text_map_propagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The headers that carry the context.
pub const TRACE_HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// Makes `span` a child of the caller's span; `header` looks up a header of [`TRACE_HEADERS`].
pub fn adopt_parent<'a>(span: &Span, header: impl Fn(&str) -> Option<&'a str>) {
    let carrier: HashMap<String, String> = TRACE_HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), header(name)?.to_owned()))).collect();
    if carrier.is_empty() {
        return;
    }
    let parent = get_text_map_propagator(|propagator| propagator.extract(&carrier));
    // Fails only when traces are not sent at all; then there is nothing to join.
    let _ = span.set_parent(parent);
}

/// Returns the headers that make another process's span a child of the current one; none when traces are not sent.
pub fn inject_current() -> HashMap<String, String> {
    let mut carrier = HashMap::new();
    get_text_map_propagator(|propagator| propagator.inject_context(&Span::current().context(), &mut carrier));
    carrier
}
