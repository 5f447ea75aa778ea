//! A file in bounded pieces: a thread reads ahead by two of them, never more.

use std::io;

use tokio::sync::mpsc;

use crate::collection::Collection;
use crate::source::{Damage, Place, Reader, Source, Step};
use crate::value::Map;

/// Bytes of a piece, and the records of one that makes many rows or few.
const BYTES: usize = 4 * 1024 * 1024;
const BLOCKS: usize = 20;
const RECORDS: usize = 500;
/// Pieces that wait.
const AHEAD: usize = 2;

/// A piece of a file.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) records: Vec<(Place, Map)>,
    pub(crate) damaged: Vec<Damage>,
    /// Where the next one begins.
    pub(crate) until: Place,
    /// Whether the file is over.
    pub(crate) last: bool,
}

/// Reads a file from a place on, in a thread of its own. It ends when nobody takes its pieces any more.
pub(crate) fn read(source: &Source, from: Place) -> mpsc::Receiver<io::Result<Batch>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let source = source.clone();
    tokio::task::spawn_blocking(move || {
        let most = if source.collection == Collection::Messages { BLOCKS } else { RECORDS };
        let mut reader = match source.open(from) {
            Ok(reader) => reader,
            Err(error) => {
                // Nobody is left to hear it.
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        loop {
            let piece = piece(&mut *reader, most);
            let over = piece.as_ref().map_or(true, |batch| batch.last);
            if sender.blocking_send(piece).is_err() || over {
                return;
            }
        }
    });
    receiver
}

fn piece(reader: &mut dyn Reader, most: usize) -> io::Result<Batch> {
    let mut batch = Batch::default();
    let mut taken = 0;
    while batch.records.len() + batch.damaged.len() < most && taken < BYTES && !batch.last {
        let place = reader.place();
        match reader.next()? {
            Step::Record(map, bytes) => {
                taken += bytes;
                batch.records.push((place, map));
            }
            Step::Damaged(damage) => batch.damaged.push(damage),
            Step::Lost(damage) => {
                batch.damaged.push(damage);
                batch.last = true;
            }
            Step::End => batch.last = true,
        }
    }
    batch.until = reader.place();
    Ok(batch)
}
