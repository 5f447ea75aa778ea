//! Any bytes as a gob stream, in both directions; what was understood is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openim_protocol::{Encoding, Format, MAX_UNFOLDED};

const GOB: Encoding = Encoding { format: Format::Gob, gzip: false };

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = GOB.decode_request(bytes, MAX_UNFOLDED) {
        let frame = GOB.encode_request(&request).expect("what was read can be written");
        assert_eq!(GOB.decode_request(&frame, usize::MAX).expect("a request"), request);
    }
    if let Ok(response) = GOB.decode_response(bytes, MAX_UNFOLDED) {
        let frame = GOB.encode_response(&response);
        assert_eq!(GOB.decode_response(&frame, usize::MAX).expect("a response"), response);
    }
});
