//! A compiled plan: what is fetched where, in which order, and where the answers go. Made once per plan, read by every run.

use std::sync::Arc;

use async_graphql::{Name, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::SubgraphOp;
use crate::shape::Shape;

/// A set of type names that a `__typename` is compared with.
pub(crate) type TypeSet = FxHashSet<Box<str>>;

/// One node of the order of fetches.
#[derive(Debug)]
pub(crate) enum Step {
    Sequence(Vec<Step>),
    Parallel(Vec<Step>),
    Fetch(Box<Fetch>),
}

/// One call of one subgraph.
#[derive(Debug)]
pub(crate) struct Fetch {
    /// The index of the subgraph's transport.
    pub service: usize,
    /// The subgraph's name.
    pub service_name: Arc<str>,
    /// The document.
    pub op: Arc<SubgraphOp>,
    /// The client's variables that the document uses.
    pub variables: Vec<Name>,
    /// Where the answer goes.
    pub target: Target,
    /// Keys of the answer that the planner renamed, for the paths of errors.
    pub renamed: FxHashMap<Box<str>, Name>,
}

/// Where an answer goes.
#[derive(Debug)]
pub(crate) enum Target {
    /// The root of the data.
    Root {
        /// Applied to the answer before it is merged.
        output: Vec<Rewrite>,
        /// The keys that the answer should have.
        keys: Vec<Name>,
    },
    /// A root type met below the root: the same answer goes to every object at the path.
    Nested { path: Path, output: Vec<Rewrite> },
    /// Entities that are asked for by their representations.
    Entities(Vec<EntityGroup>),
}

/// One `_entities` field of a fetch.
#[derive(Debug)]
pub(crate) struct EntityGroup {
    /// The field's key in the answer.
    pub key: Name,
    /// The variable that takes the representations.
    pub variable: Name,
    /// Where the entities are.
    pub paths: Vec<Path>,
    /// What a representation has.
    pub requires: Vec<Require>,
    /// Applied to each representation.
    pub input: Vec<Rewrite>,
    /// Applied to each entity of the answer.
    pub output: Vec<Rewrite>,
}

/// A way from the root of the data.
pub(crate) type Path = Vec<PathStep>;

/// One step of a [`Path`].
#[derive(Debug, Clone)]
pub(crate) enum PathStep {
    Field(Name),
    List,
    Type(TypeSet),
}

/// A part of what a representation has.
#[derive(Debug)]
pub(crate) enum Require {
    Field {
        /// The key in the data.
        source: Name,
        /// The key in the representation.
        key: Name,
        /// Whether the schema promises a value; without one the representation is not sent.
        non_null: bool,
        children: Vec<Require>,
    },
    On {
        types: TypeSet,
        children: Vec<Require>,
    },
}

/// A change of a value on its way to or from a subgraph.
#[derive(Debug)]
pub(crate) struct Rewrite {
    pub path: Vec<RewriteStep>,
    pub change: Change,
}

/// One step of a rewrite's path; lists are passed through.
#[derive(Debug)]
pub(crate) enum RewriteStep {
    Key(Name),
    Type(TypeSet),
}

/// What a rewrite does at the end of its path.
#[derive(Debug)]
pub(crate) enum Change {
    SetTo(Value),
    RenameTo(Name),
}

/// How an operation is answered, for one choice of its conditions.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Run in order; a query has one, a mutation one a root field.
    pub parts: Vec<Part>,
    /// Literals that travel as variables.
    pub constants: Vec<(Name, Value)>,
    /// The most bytes that an answer may take in memory.
    pub answer_bytes: usize,
}

/// One root fetch tree and what the client sees of it.
#[derive(Debug)]
pub(crate) struct Part {
    /// The event source of a subscription.
    pub source: Option<Box<Fetch>>,
    /// What is fetched.
    pub step: Option<Step>,
    /// The root fields that the client sees.
    pub shape: Arc<Shape>,
    /// Whether `__schema` or `__type` is among them.
    pub introspects: bool,
    /// The planner's description.
    pub text: String,
}
