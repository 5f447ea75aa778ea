//! What is logged: what the operator's filter lets pass, but never what passes through the process.
//!
//! Some libraries write down whole messages or addresses with their passwords on some level. An operator who asks for more
//! of the log in a hurry must not get those as well, so the limits below hold whatever `telemetry.log_filter` says.

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::combinator::And;
use tracing_subscriber::filter::{FilterExt as _, FilterFn};
use tracing_subscriber::{EnvFilter, reload};

/// Targets that write such things, and the most that is logged of each; the first that fits counts.
const LIMITS: [(&str, LevelFilter); 4] = [
    // A message that the broker gives back is a warning with its body.
    ("lapin::returned_messages", LevelFilter::ERROR),
    // Frames with the bodies of messages.
    ("lapin", LevelFilter::DEBUG),
    // The broker's address with its password.
    ("amq_protocol_tcp", LevelFilter::DEBUG),
    // Frames of sockets, and the head of a handshake with its token.
    ("tungstenite", LevelFilter::DEBUG),
];

/// The operator's filter within the limits.
pub(super) type Limited<S> = And<reload::Layer<EnvFilter, S>, FilterFn, S>;

/// Puts the limits around a filter that can be replaced.
pub(super) fn limited<S: Subscriber>(filter: reload::Layer<EnvFilter, S>) -> Limited<S> {
    // The hint keeps what no filter asks for as cheap as it is without the limits.
    filter.and(FilterFn::new(within as fn(&Metadata<'_>) -> bool).with_max_level_hint(LevelFilter::TRACE))
}

fn within(metadata: &Metadata<'_>) -> bool {
    let below = |target: &str| metadata.target().strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    LIMITS.iter().find(|(target, _)| below(target)).is_none_or(|(_, most)| metadata.level() <= most)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use parking_lot::Mutex;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::{Layer, Registry};

    use super::*;
    use crate::config::{Inputs, load};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Says what the libraries say, and returns what was logged.
    fn logged(filter: &str) -> String {
        let lines = Lines::default();
        let (filter, _handle) = reload::Layer::new(EnvFilter::builder().parse(filter).unwrap());
        let writer = lines.clone();
        let log = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        tracing::subscriber::with_default(Registry::default().with(log.with_filter(limited(filter))), || {
            tracing::warn!(target: "lapin::returned_messages", message = "BasicReturnMessage { data: hunter2 }");
            tracing::trace!(target: "lapin::channels", frame = "Body(hunter2)", "will handle frame");
            tracing::trace!(target: "amq_protocol_tcp", uri = "amqp://im:hunter2@broker", "Connecting.");
            tracing::trace!(target: "tungstenite::protocol", "Received message hunter2");
            tracing::error!(target: "lapin::channel", "a connection error");
            tracing::warn!(target: "lapinade", "no library of ours");
            tracing::info!(target: "openim_messages", "our own");
        });
        let bytes = lines.0.lock().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_filter_lets_messages_or_passwords_into_the_log() {
        let default = load(&Inputs { file: Some("/dev/null".into()), ..Inputs::default() }).unwrap().config.telemetry.log_filter;
        let open = ["info", "debug", "trace", "lapin=trace,tungstenite=trace", "lapin::returned_messages=trace"];
        for filter in open.into_iter().chain([default.as_str()]) {
            let logged = logged(filter);
            assert!(!logged.contains("hunter2"), "{filter}: {logged}");
        }
        assert!(!logged(&default).contains("lapin::"), "and nothing of this library, unless it is asked for");
    }

    #[test]
    fn everything_else_is_as_the_filter_says() {
        let logged = logged("info");
        for said in ["a connection error", "no library of ours", "our own"] {
            assert!(logged.contains(said), "{said}: {logged}");
        }
    }
}
