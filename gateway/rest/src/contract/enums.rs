//! The graph's enum values and OpenIM's numbers for them, both ways.

use std::sync::Arc;

use async_graphql::Name;
use async_graphql::indexmap::IndexMap;

use crate::BuildError;

/// One enum: its values with their numbers.
#[derive(Debug)]
pub(crate) struct EnumTable {
    name: String,
    values: Vec<(Name, i64)>,
}

impl EnumTable {
    /// Returns the enum's name in the graph.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of a value.
    pub(crate) fn number(&self, word: &str) -> Option<i64> {
        self.values.iter().find(|(value, _)| value.as_str() == word).map(|(_, number)| *number)
    }

    /// Returns the value that has this number.
    pub(crate) fn word(&self, number: i64) -> Option<Name> {
        self.values.iter().find(|(_, n)| *n == number).map(|(value, _)| value.clone())
    }
}

/// All enums that documents may name.
#[derive(Debug)]
pub(crate) struct Enums(Vec<Arc<EnumTable>>);

impl Enums {
    /// Reads the table.
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        let raw: IndexMap<String, IndexMap<String, i64>> =
            serde_json::from_str(text).map_err(|error| BuildError::Contract(format!("enums.json: {error}")))?;
        let tables = raw.into_iter().map(|(name, values)| {
            let values = values.into_iter().map(|(word, number)| (Name::new(word), number)).collect();
            Arc::new(EnumTable { name, values })
        });
        Ok(Self(tables.collect()))
    }

    /// Returns the table of an enum.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<EnumTable>> {
        self.0.iter().find(|table| table.name == name).cloned()
    }
}
