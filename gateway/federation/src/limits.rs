//! How big an operation may be. Everything is counted before planning, so that a refused operation costs almost nothing.

/// The bounds of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest document in bytes.
    pub bytes: usize,
    /// The most tokens of a document.
    pub tokens: usize,
    /// How deep selections may nest.
    pub depth: usize,
    /// The most aliases of an operation, counted with fragments expanded.
    pub aliases: usize,
    /// The most root fields of an operation.
    pub root_fields: usize,
    /// The most directives of an operation.
    pub directives: usize,
    /// The most fields of an operation, counted with fragments expanded.
    pub fields: usize,
    /// The highest cost: one a field, times the expected length of every list around it.
    pub cost: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 10, tokens: 5_000, depth: 15, aliases: 100, root_fields: 30, directives: 100, fields: 2_000, cost: 10_000 }
    }
}

impl Limits {
    /// No bounds but those that protect the process; for documents of our own.
    pub fn unbounded() -> Self {
        Self {
            bytes: 4 << 20,
            tokens: 200_000,
            depth: 60,
            aliases: usize::MAX,
            root_fields: usize::MAX,
            directives: usize::MAX,
            fields: 100_000,
            cost: u64::MAX,
        }
    }
}
