//! Thousands of garbled frames, the same in every run: each is an error or a value, none a panic or a waste of memory.

use openim_protocol::prost::Message as _;
use openim_protocol::{Encoding, connect, heartbeat, jssdk, msg, sdkws};

use crate::vectors::vectors;

const ROUNDS: usize = 40_000;
const LIMIT: usize = 64 << 10;

/// A small generator of numbers (xorshift) with a fixed seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % (bound.max(1) as u64)).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        self.roll().to_le_bytes()[3]
    }

    /// Changes, inserts, removes, repeats or cuts something.
    fn garble(&mut self, frame: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            let at = self.below(frame.len());
            match self.below(8) {
                0 | 1 if !frame.is_empty() => frame[at] = self.byte(),
                2 if !frame.is_empty() => frame[at] ^= 1 << self.below(8),
                3 => frame.insert(at, self.byte()),
                4 if !frame.is_empty() => drop(frame.remove(at)),
                5 => frame.truncate(at),
                6 => {
                    let from = self.below(other.len());
                    frame.extend_from_slice(&other[from..]);
                }
                _ if !frame.is_empty() => frame[at] = [0, 0x7f, 0x80, 0xf8, 0xff][self.below(5)],
                _ => {}
            }
        }
    }
}

/// What the fuzz targets do with any bytes: everything that reads what a client sends.
fn read_all(bytes: &[u8]) -> usize {
    let mut understood = 0;
    for encoding in Encoding::ALL {
        if let Ok(request) = encoding.decode_request(bytes, LIMIT) {
            assert!(request.data.len() + request.send_id.len() + request.operation_id.len() <= LIMIT);
            understood += 1;
            let frame = encoding.encode_request(&request).expect("what was read can be written");
            assert_eq!(encoding.decode_request(&frame, usize::MAX).expect("a request"), request);
        }
        understood += usize::from(encoding.decode_response(bytes, LIMIT).is_ok());
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = heartbeat::parse(&text);
    let _ = connect::parse(&text, None);
    understood + protobuf(bytes)
}

fn protobuf(bytes: &[u8]) -> usize {
    [
        sdkws::MsgData::decode(bytes).is_ok(),
        sdkws::PullMessageBySeqsReq::decode(bytes).is_ok(),
        sdkws::SubUserOnlineStatus::decode(bytes).is_ok(),
        msg::GetSeqMessageReq::decode(bytes).is_ok(),
        jssdk::GetActiveConversationsResp::decode(bytes).is_ok(),
    ]
    .into_iter()
    .map(usize::from)
    .sum()
}

#[test]
fn garbled_frames_are_errors_or_values_and_nothing_else() {
    let frames = vectors().frames();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut understood = 0;
    for _ in 0..ROUNDS {
        let (encoding, frame) = &frames[dice.below(frames.len())];
        let (_, other) = &frames[dice.below(frames.len())];
        let mut frame = frame.clone();
        dice.garble(&mut frame, other);
        understood += read_all(&frame);
        if encoding.gzip {
            continue;
        }
        // Behind an honest gzip member, which noise alone would never get through
        if let Ok(request) = encoding.decode_request(&frame, LIMIT) {
            let mut data = request.data.to_vec();
            dice.garble(&mut data, other);
            understood += protobuf(&data);
        }
    }
    assert!(understood > ROUNDS / 20, "the noise must also get past the first checks: {understood}");
}

#[test]
fn pure_noise_is_survived() {
    let mut dice = Dice(42);
    for _ in 0..ROUNDS {
        let length = dice.below(300);
        let bytes: Vec<u8> = (0..length).map(|_| dice.byte()).collect();
        read_all(&bytes);
    }
}
