//! Chance that repeats itself: the same seed gives the same demo data on every machine and with every version of a library.

/// SplitMix64: small, good enough for made-up talk, and never changing.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Makes dice that fall as the seed says.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Makes dice of their own for one thing, so that more of one thing does not change all others.
    pub(super) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// Returns the next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`; 0 when there is none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// Returns a number from `low` up to and without `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).max(1);
        low.saturating_add(i64::try_from(self.next() % span).unwrap_or(0))
    }

    /// Tells whether something happens that happens in `percent` of all cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// Picks one of some things; `None` when there are none.
    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }

    /// Picks some different things, in a random order.
    pub(super) fn some<T: Clone>(&mut self, things: &[T], count: usize) -> Vec<T> {
        let mut left = things.to_vec();
        let mut taken = Vec::new();
        while taken.len() < count && !left.is_empty() {
            let place = self.below(left.len());
            taken.push(left.swap_remove(place));
        }
        taken
    }
}
