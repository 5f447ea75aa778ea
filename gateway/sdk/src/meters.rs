//! What the door counts. Handles of what is counted often are made once, so the recorder must be installed before the door.

use std::time::Duration;

use metrics::Counter;

/// The handles.
pub(crate) struct Meters {
    pub(crate) frames_in: Counter,
    pub(crate) frames_out: Counter,
    pub(crate) pushes: Counter,
}

impl Meters {
    pub(crate) fn new() -> Self {
        Self {
            frames_in: metrics::counter!("openim_sdk_frames_total", "direction" => "in"),
            frames_out: metrics::counter!("openim_sdk_frames_total", "direction" => "out"),
            pushes: metrics::counter!("openim_sdk_pushes_total"),
        }
    }

    /// Counts an attempt to connect.
    pub(crate) fn connect(&self, code: i32) {
        metrics::counter!("openim_sdk_connects_total", "code" => code.to_string()).increment(1);
    }

    /// Counts an answered request.
    pub(crate) fn request(&self, identifier: i32, code: i32, time: Duration) {
        let request = identifier.to_string();
        metrics::histogram!("openim_sdk_request_seconds", "request" => request.clone()).record(time.as_secs_f64());
        metrics::counter!("openim_sdk_requests_total", "request" => request, "code" => code.to_string()).increment(1);
    }

    /// Counts the end of a socket.
    pub(crate) fn closed(&self, reason: &'static str) {
        metrics::counter!("openim_sdk_closes_total", "reason" => reason).increment(1);
    }
}
