//! What OpenIM promises, as tables: message types, routes with their rules, enum numbers. Read once at start-up.

mod enums;
mod routes;
mod rules;
mod types;

use std::sync::Arc;

pub(crate) use enums::{EnumTable, Enums};
pub(crate) use routes::{Bind, Caller, Reply, Route};
pub(crate) use rules::Rule;
pub(crate) use types::{Field, Kind, Label, TypeId, Types};

use crate::BuildError;

/// The tables of OpenIM's REST contract.
#[derive(Debug)]
pub(crate) struct Contract {
    /// The message types.
    pub(crate) types: Arc<Types>,
    /// All routes in the router's order.
    pub(crate) routes: Vec<Route>,
    /// The numbers of enum values.
    pub(crate) enums: Enums,
}

impl Contract {
    /// Reads the tables that are part of the binary.
    ///
    /// # Errors
    /// A table is damaged: a defect of this crate.
    pub(crate) fn load() -> Result<Self, BuildError> {
        let types = Arc::new(Types::parse(include_str!("../../data/types.json"))?);
        let routes = routes::parse(include_str!("../../data/routes.json"), &types)?;
        let enums = Enums::parse(include_str!("../../data/enums.json"))?;
        Ok(Self { types, routes, enums })
    }
}
