//! Each frame as one gzip member (RFC 1952).
//!
//! The states of compression take some hundred kilobytes, so there is one of each a thread, not a connection. What fits in
//! a packet anyway is stored, not deflated: a valid member at a hundredth of the time.

use std::cell::RefCell;

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::encoding::FrameError;

/// No flags, no time, unknown system: what Go's clients write.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Shorter contents are stored.
const STORED_BELOW: usize = 1024;

/// The checksum and the length behind the contents.
const TRAILER: usize = 8;

/// One byte of deflated data is at most this many of contents.
const MOST_UNFOLDING: usize = 1032;

thread_local! {
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Makes a member.
pub(crate) fn compress(plain: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(plain);
    let mut out = Vec::with_capacity(HEADER.len() + TRAILER + plain.len() + plain.len() / 1000 + 64);
    out.extend_from_slice(&HEADER);
    if plain.len() < STORED_BELOW || !deflate(plain, &mut out) {
        out.truncate(HEADER.len());
        store(plain, &mut out);
    }
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    out
}

/// Deflates into the free room of `out`; tells whether it was enough.
fn deflate(plain: &[u8], out: &mut Vec<u8>) -> bool {
    DEFLATE.with_borrow_mut(|state| {
        state.reset();
        matches!(state.compress_vec(plain, out, FlushCompress::Finish), Ok(Status::StreamEnd))
    })
}

fn store(plain: &[u8], out: &mut Vec<u8>) {
    let mut blocks = plain.chunks(usize::from(u16::MAX)).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
}

/// Reads a member. The length it declares is what memory is taken for, and is believed only up to `limit` and to what its
/// size can hold.
pub(crate) fn expand(frame: &[u8], limit: usize) -> Result<Vec<u8>, FrameError> {
    let body = body(frame).ok_or(FrameError::Gzip("wrong header"))?;
    let (deflated, trailer) = body.split_last_chunk::<TRAILER>().ok_or(FrameError::Gzip("cut off"))?;
    let [c0, c1, c2, c3, l0, l1, l2, l3] = *trailer;
    let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).map_err(|_| FrameError::TooLarge)?;
    if length > limit {
        return Err(FrameError::TooLarge);
    }
    if length / MOST_UNFOLDING > deflated.len() {
        return Err(FrameError::Gzip("wrong length"));
    }
    // One byte more, so that contents longer than declared are seen.
    let mut out = Vec::with_capacity(length + 1);
    let ended = INFLATE.with_borrow_mut(|state| {
        state.reset(false);
        let status = state.decompress_vec(deflated, &mut out, FlushDecompress::Finish);
        matches!(status, Ok(Status::StreamEnd)) && state.total_in() == deflated.len() as u64
    });
    let mut crc = Crc::new();
    crc.update(&out);
    if !ended || out.len() != length || crc.sum() != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(FrameError::Gzip("damaged"));
    }
    Ok(out)
}

/// Returns what follows the header and its optional fields.
fn body(frame: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = frame.split_first_chunk::<10>()?;
    let [0x1f, 0x8b, 8, flags, ..] = *header else { return None };
    if flags & 0xe0 != 0 {
        return None;
    }
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_expands_to_the_same() {
        for length in [0, 1, 255, 1023, 1024, 1025, 65_535, 65_536, 200_000] {
            let noise: Vec<u8> = (0..length).map(|at: usize| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
            for plain in [noise, vec![7; length]] {
                let member = compress(&plain);
                assert!(member.len() <= plain.len() + 64, "{length}: {}", member.len());
                assert_eq!(expand(&member, length).expect("a member"), plain);
                assert!(length == 0 || matches!(expand(&member, length - 1), Err(FrameError::TooLarge)));
            }
        }
        assert!(compress(&[7; 100_000]).len() < 1000);
    }

    #[test]
    fn stored_contents_may_have_several_blocks() {
        let plain: Vec<u8> = (0..150_000_u32).map(|at| at.to_le_bytes()[1]).collect();
        let mut member = HEADER.to_vec();
        store(&plain, &mut member);
        let mut crc = Crc::new();
        crc.update(&plain);
        member.extend_from_slice(&crc.sum().to_le_bytes());
        member.extend_from_slice(&crc.amount().to_le_bytes());
        assert_eq!(expand(&member, plain.len()).expect("a member"), plain);
    }

    #[test]
    fn a_bomb_is_refused_whatever_length_it_declares() {
        let mut bomb = compress(&vec![0; 4 << 20]);
        assert!(bomb.len() < crate::MAX_FRAME);
        assert!(matches!(expand(&bomb, crate::MAX_UNFOLDED), Err(FrameError::TooLarge)));
        let at = bomb.len() - 4;
        bomb[at..].copy_from_slice(&1000_u32.to_le_bytes());
        assert!(matches!(expand(&bomb, crate::MAX_UNFOLDED), Err(FrameError::Gzip("damaged"))));
        let mut small = compress(b"hello");
        let at = small.len() - 4;
        small[at..].copy_from_slice(&1_000_000_u32.to_le_bytes());
        assert!(matches!(expand(&small, crate::MAX_UNFOLDED), Err(FrameError::Gzip("wrong length"))));
    }

    #[test]
    fn every_cut_and_every_damage_is_seen() {
        let plain = [b"hello, hello, ".as_slice(); 200].concat();
        let member = compress(&plain);
        for end in 0..member.len() {
            assert!(expand(&member[..end], 100_000).is_err(), "cut at {end}");
        }
        for at in 10..member.len() {
            let mut damaged = member.clone();
            damaged[at] ^= 0x40;
            // A copy from another distance may be the same text.
            assert!(expand(&damaged, 100_000).map_or(true, |same| same == plain), "damaged at {at}");
        }
        assert!(expand(&[member.as_slice(), b"x"].concat(), 100_000).is_err(), "something behind it");
    }

    #[test]
    fn optional_header_fields_are_skipped() {
        let plain = compress(b"hello");
        let mut member = plain[..10].to_vec();
        member[3] = 4 | 8 | 16 | 2;
        member.extend_from_slice(&[3, 0, 1, 2, 3]);
        member.extend_from_slice(b"name\0comment\0");
        member.extend_from_slice(&[0, 0]);
        member.extend_from_slice(&plain[10..]);
        assert_eq!(expand(&member, 100).expect("a member"), b"hello");
        member[3] = 0x20;
        assert!(expand(&member, 100).is_err());
    }
}
