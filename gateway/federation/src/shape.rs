//! The shape of an answer: which keys the client asked for, where their values are in the fetched data, which may be null.
//!
//! A [`Shape`] is compiled once per plan (`shape/compile.rs`) and applied to the fetched data (`shape/project.rs`).

mod compile;
mod project;

use std::sync::Arc;

use async_graphql::Name;
use rustc_hash::FxHashMap;

use crate::steps::TypeSet;

pub(crate) use compile::ShapeCompiler;
pub(crate) use project::{project, type_name};

/// The fields of one object.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub fields: Vec<ShapeField>,
    /// Whether every key of the answer is the key of the data, so that an object in the right order can stay as it is.
    pub verbatim: bool,
}

/// One field of an object.
#[derive(Debug)]
pub(crate) struct ShapeField {
    /// The key in the answer.
    pub key: Name,
    /// The key in the data.
    pub source: Name,
    /// Lists and nullability around the value.
    pub wrap: Wrap,
    pub value: ShapeValue,
}

/// Lists and nullability.
#[derive(Debug, Clone)]
pub(crate) enum Wrap {
    Named { non_null: bool },
    List { non_null: bool, item: Box<Wrap> },
}

/// What a field's value is.
#[derive(Debug)]
pub(crate) enum ShapeValue {
    /// A scalar, or an enumeration without hidden values.
    Leaf,
    /// An enumeration of which the client may see these values.
    Enum(Arc<TypeSet>),
    /// `__typename` of an object type.
    TypeName(Name),
    /// `__typename` of an abstract type: the data tells.
    DataTypeName,
    /// An object whose shape does not depend on its type.
    Object {
        shape: Arc<Shape>,
        /// Types that the client may not see: an object of such a type is null.
        hidden: Option<Arc<TypeSet>>,
    },
    /// An object of an abstract type with conditions on the type.
    Abstract {
        by_type: FxHashMap<Box<str>, Arc<Shape>>,
        /// What every type has.
        common: Arc<Shape>,
        hidden: Option<Arc<TypeSet>>,
    },
}

impl Wrap {
    pub(crate) fn non_null(&self) -> bool {
        match self {
            Self::Named { non_null } | Self::List { non_null, .. } => *non_null,
        }
    }
}
