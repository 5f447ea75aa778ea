//! W3C trace context: one trace through all processes that a request touches.

use std::collections::HashMap;

use opentelemetry::global::get_text_map_propagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The headers that carry the context.
pub const TRACE_HEADERS: [&str; 2] = ["traceparent", "tracestate"];

/// Makes `span` a child of the caller's span; `header` looks up a header of [`TRACE_HEADERS`].
pub fn adopt_parent<'a>(span: &Span, header: impl Fn(&str) -> Option<&'a str>) {
    let carrier: HashMap<String, String> =
        TRACE_HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), header(name)?.to_owned()))).collect();
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

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn a_trace_goes_on_in_the_next_process() {
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let provider = SdkTracerProvider::builder().build();
        let subscriber = tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(provider.tracer("test")));
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request");
            let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            adopt_parent(&span, |name| (name == "traceparent").then_some(caller));
            let headers = span.in_scope(inject_current);
            let handed_on = headers.get("traceparent").map(String::as_str).unwrap_or_default();
            assert!(handed_on.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && handed_on != caller, "{handed_on}");
        });
    }

    #[test]
    fn without_traces_nothing_is_handed_on() {
        let span = tracing::info_span!("request");
        adopt_parent(&span, |_| Some("garbage"));
        assert_eq!(span.in_scope(inject_current).get("traceparent"), None);
    }
}
