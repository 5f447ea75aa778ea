//! The words of incremental sync that several subgraphs use alike: where a list stands, and its ids as a whole.

use async_graphql::{ID, InputObject, SimpleObject};

use crate::{Long, ULong};

/// Where a synchronised list stands: a client stores it and names it again as `since`.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(shareable)]
pub struct Version {
    /// The identity of the list's log, 24 hex digits (OpenIM `versionID`). Another one means: load everything.
    pub id: String,
    /// How many changes there were (OpenIM `version`).
    pub number: Long,
}

/// A version that a client has stored. Anything that is no version of the list is answered with `full`.
#[derive(Debug, Clone, Default, InputObject)]
pub struct VersionInput {
    /// The identity of the list's log as last received; empty the first time (OpenIM `versionID`).
    pub id: String,
    /// The number as last received; 0 the first time (OpenIM `version`).
    pub number: Long,
}

/// All ids of a synchronised list, in the order of the list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(shareable)]
pub struct IdList {
    /// Where the list stands.
    pub version: Version,
    /// OpenIM's `idHash` of the ids: the first eight bytes, big endian, of MD5 over their JSON array; 0 for none.
    pub hash: ULong,
    /// Whether `knownHash` is the hash: the client's ids are right, and none are sent.
    pub equal: bool,
    /// The ids; empty when `equal`.
    pub ids: Vec<ID>,
}
