//! The running numbers of other nodes, and whether one of them is a gap.

use std::collections::HashMap;
use std::time::Duration;

use openim_core::Timestamp;

/// How many foreign nodes are remembered; dead ones are forgotten when there are more.
const NODES: usize = 4096;

/// What the clocks of two nodes may differ by.
const SKEW: Duration = Duration::from_secs(10);

/// The last number of each node since this one began to listen.
#[derive(Debug)]
pub(super) struct Numbers {
    listening: Timestamp,
    last: HashMap<String, u64>,
}

impl Numbers {
    /// Knows nobody yet, and listens from now on.
    pub(super) fn since(listening: Timestamp) -> Self {
        Self { listening, last: HashMap::new() }
    }

    /// Notes a number of a node that numbers since some time; returns whether nothing lies between it and what was heard of
    /// the node before.
    pub(super) fn follows(&mut self, node: String, since: Timestamp, number: u64) -> bool {
        if self.last.len() >= NODES {
            self.last.clear();
        }
        match self.last.insert(node, number) {
            Some(before) => number == before.wrapping_add(1),
            // Whoever began before this node listened was heard by nobody here: no loss, wherever it is.
            None => number == 0 || since.plus(SKEW) < self.listening,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENING: Timestamp = Timestamp(1_700_000_000_000);
    const LONG_BEFORE: Timestamp = Timestamp(LISTENING.0 - 3_600_000);
    const LATER: Timestamp = Timestamp(LISTENING.0 + 60_000);

    fn node() -> String {
        "node".to_owned()
    }

    #[test]
    fn a_node_that_was_there_before_is_no_loss() {
        let mut numbers = Numbers::since(LISTENING);
        assert!(numbers.follows(node(), LONG_BEFORE, 4711), "what it said before was told as lost when listening began");
        assert!(numbers.follows(node(), LONG_BEFORE, 4712));
        assert!(!numbers.follows(node(), LONG_BEFORE, 4714), "a gap is one");
    }

    #[test]
    fn a_node_that_starts_numbering_afresh_is_no_loss() {
        let mut numbers = Numbers::since(LISTENING);
        assert!(numbers.follows(node(), LONG_BEFORE, 9));
        assert!(numbers.follows("its next incarnation".to_owned(), LATER, 0));
        assert!(numbers.follows("its next incarnation".to_owned(), LATER, 1));
    }

    #[test]
    fn the_first_words_of_a_new_node_may_be_lost() {
        let mut numbers = Numbers::since(LISTENING);
        assert!(!numbers.follows(node(), LATER, 1), "its number 0 never came");
        assert!(!numbers.follows("another".to_owned(), LISTENING, 1), "nobody knows which clock is right");
        assert!(numbers.follows(node(), LATER, 2));
    }
}
