//! How big an operation may be. Everything is counted before planning, so that a refused operation costs almost nothing.

use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use async_graphql::ServerError;
use openim_core::ErrorCode;
use rustc_hash::FxHashMap;

use crate::errors::error;

/// The most variables that `@skip` and `@include` may use in one operation.
pub(crate) const MAX_CONDITIONS: usize = 32;

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
    /// The most directives of an operation, counted with fragments expanded.
    pub directives: usize,
    /// The most fields of an operation, counted with fragments expanded.
    pub fields: usize,
    /// The highest cost: one a field, times the expected length of every list around it.
    pub cost: u64,
    /// The most bytes that an answer may take in memory.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 10,
            tokens: 5_000,
            depth: 15,
            aliases: 100,
            root_fields: 30,
            directives: 100,
            fields: 2_000,
            cost: 10_000,
            // A page of 1,000 messages of the longest content.
            answer_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// Bounds that only protect the process; for documents of our own.
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
            // Such a page with all that its messages have beside the content.
            answer_bytes: 256 << 20,
        }
    }

    /// Refuses an operation that is too big in any way but its cost.
    pub(crate) fn check(&self, document: &ExecutableDocument, operation: &Operation) -> Result<(), ServerError> {
        let size = Counter { document, fragments: FxHashMap::default() }.count(&operation.selection_set);
        let checks = [
            ("nesting", size.depth, self.depth),
            ("number of aliases", size.aliases, self.aliases),
            ("number of directives", size.directives, self.directives),
            ("number of fields", size.fields, self.fields),
            ("number of root fields", operation.root_fields(document).count(), self.root_fields),
        ];
        for (what, found, limit) in checks {
            if found > limit {
                return Err(exceeded(format!("the operation's {what} is {found}, allowed are {limit}")));
            }
        }
        Ok(())
    }
}

/// Makes the error of an operation that is too big.
pub(crate) fn exceeded(message: impl Into<String>) -> ServerError {
    error(ErrorCode::LimitExceeded, message)
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    depth: usize,
    aliases: usize,
    directives: usize,
    fields: usize,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.fields = self.fields.saturating_add(other.fields);
    }
}

/// Counts each fragment once, however often it is spread: spreads of spreads grow exponentially.
struct Counter<'d> {
    document: &'d ExecutableDocument,
    fragments: FxHashMap<&'d str, Size>,
}

impl<'d> Counter<'d> {
    fn count(&mut self, set: &'d SelectionSet) -> Size {
        let mut size = Size::default();
        for selection in &set.selections {
            size.directives = size.directives.saturating_add(selection.directives().len());
            match selection {
                Selection::Field(field) => {
                    size.fields = size.fields.saturating_add(1);
                    size.aliases = size.aliases.saturating_add(usize::from(field.alias.is_some()));
                    let mut inner = self.count(&field.selection_set);
                    inner.depth += 1;
                    size.add(inner);
                }
                Selection::InlineFragment(fragment) => size.add(self.count(&fragment.selection_set)),
                Selection::FragmentSpread(spread) => size.add(self.fragment(&spread.fragment_name)),
            }
        }
        size
    }

    fn fragment(&mut self, name: &str) -> Size {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let document = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else { return Size::default() };
        let size = self.count(&fragment.selection_set);
        self.fragments.insert(name.as_str(), size);
        size
    }
}
