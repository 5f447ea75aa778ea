//! Coercion of variables, on values and without JSON: after it, a variable fits its type.

use std::fmt::Write as _;

use apollo_compiler::ast::{self, Type};
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Node, Schema};
use async_graphql::{Name, Number, ServerError, Value, Variables};
use indexmap::IndexMap;
use openim_core::ErrorCode;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::errors::error;

/// A reference to an input type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InputRef {
    Named { definition: usize, non_null: bool },
    List { item: Box<InputRef>, non_null: bool },
}

#[derive(Debug)]
enum Input {
    Int,
    Float,
    String,
    Boolean,
    Id,
    Any,
    Enum(FxHashSet<Box<str>>),
    Object { fields: IndexMap<Box<str>, InputField>, one_of: bool },
}

#[derive(Debug)]
struct InputField {
    ty: InputRef,
    has_default: bool,
}

/// Every input type of the schema.
#[derive(Debug, Default)]
pub(crate) struct InputTypes {
    definitions: Vec<Input>,
    index: FxHashMap<String, usize>,
}

/// A variable of an operation, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub name: Name,
    pub text: String,
    pub ty: InputRef,
    pub default: Option<Value>,
}

impl InputTypes {
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut types = Self::default();
        for name in schema.types.keys() {
            types.index.insert(name.to_string(), types.index.len());
        }
        // Built-in scalars that nothing else uses can still be the type of a variable.
        for name in ["Int", "Float", "String", "Boolean", "ID"] {
            let next = types.index.len();
            types.index.entry(name.to_owned()).or_insert(next);
        }
        let mut names: Vec<(&String, &usize)> = types.index.iter().collect();
        names.sort_by_key(|(_, index)| **index);
        let definitions: Vec<Input> = names.iter().map(|(name, _)| types.define(schema, name)).collect();
        types.definitions = definitions;
        types
    }

    fn define(&self, schema: &Schema, name: &str) -> Input {
        match (name, schema.types.get(name)) {
            ("Int", _) => Input::Int,
            ("Float", _) => Input::Float,
            ("String", _) => Input::String,
            ("Boolean", _) => Input::Boolean,
            ("ID", _) => Input::Id,
            (_, Some(ExtendedType::Enum(values))) => Input::Enum(values.values.keys().map(|value| value.as_str().into()).collect()),
            (_, Some(ExtendedType::InputObject(object))) => Input::Object {
                one_of: object.directives.has("oneOf"),
                fields: object
                    .fields
                    .iter()
                    .map(|(name, field)| {
                        let field = InputField { ty: self.reference(&field.ty), has_default: field.default_value.is_some() };
                        (name.as_str().into(), field)
                    })
                    .collect(),
            },
            _ => Input::Any,
        }
    }

    fn reference(&self, ty: &Type) -> InputRef {
        match ty {
            Type::Named(name) | Type::NonNullNamed(name) => {
                InputRef::Named { definition: self.index.get(name.as_str()).copied().unwrap_or(0), non_null: ty.is_non_null() }
            }
            Type::List(item) | Type::NonNullList(item) => {
                InputRef::List { item: Box::new(self.reference(item)), non_null: ty.is_non_null() }
            }
        }
    }

    /// Compiles the variables of an operation.
    pub(crate) fn variables(&self, operation: &Operation) -> Vec<Variable> {
        let variables = operation.variables.iter().map(|variable| Variable {
            name: Name::new(variable.name.as_str()),
            text: variable.ty.to_string(),
            ty: self.reference(&variable.ty),
            default: variable.default_value.as_ref().map(constant),
        });
        variables.collect()
    }

    /// Fits the values that a client sent to the variables of its operation; others are dropped.
    pub(crate) fn coerce(&self, variables: &[Variable], mut given: Variables) -> Result<Variables, Vec<ServerError>> {
        let mut fitting = Variables::default();
        let mut errors = Vec::new();
        for variable in variables {
            let value = match given.remove(&variable.name) {
                Some(value) => {
                    let mut place = format!("${}", variable.name);
                    self.fit(value, &variable.ty, &mut place)
                }
                None => match (&variable.default, variable.ty.non_null()) {
                    (Some(default), _) => Ok(default.clone()),
                    (None, true) => Err(format!("${} of type {} is required", variable.name, variable.text)),
                    (None, false) => continue,
                },
            };
            match value {
                Ok(value) => drop(fitting.insert(variable.name.clone(), value)),
                Err(problem) => errors.push(error(ErrorCode::Args, problem)),
            }
        }
        if errors.is_empty() { Ok(fitting) } else { Err(errors) }
    }

    fn fit(&self, value: Value, ty: &InputRef, place: &mut String) -> Result<Value, String> {
        match (value, ty) {
            (Value::Null, ty) if ty.non_null() => Err(format!("{place} must not be null")),
            (Value::Null, _) => Ok(Value::Null),
            (Value::List(mut items), InputRef::List { item, .. }) => {
                let end = place.len();
                for (index, slot) in items.iter_mut().enumerate() {
                    let _ = write!(place, "[{index}]");
                    *slot = self.fit(std::mem::take(slot), item, place)?;
                    place.truncate(end);
                }
                Ok(Value::List(items))
            }
            (single, InputRef::List { item, .. }) => Ok(Value::List(vec![self.fit(single, item, place)?])),
            (value, InputRef::Named { definition, .. }) => match self.definitions.get(*definition) {
                Some(Input::Object { fields, one_of }) => self.fit_object(value, fields, *one_of, place),
                Some(input) => input.fit_leaf(value).map_err(|expected| format!("{place} must be {expected}")),
                None => Ok(value),
            },
        }
    }

    fn fit_object(&self, value: Value, fields: &IndexMap<Box<str>, InputField>, one_of: bool, place: &mut String) -> Result<Value, String> {
        let Value::Object(mut object) = value else { return Err(format!("{place} must be an object")) };
        let end = place.len();
        for (name, slot) in &mut object {
            let _ = write!(place, ".{name}");
            let Some(field) = fields.get(name.as_str()) else { return Err(format!("{place} is not a field of this input")) };
            if one_of && *slot == Value::Null {
                return Err(format!("{place} must not be null"));
            }
            *slot = self.fit(std::mem::take(slot), &field.ty, place)?;
            place.truncate(end);
        }
        if one_of && object.len() != 1 {
            return Err(format!("{place} must have exactly one field"));
        }
        let missing = fields.iter().find(|(name, field)| field.ty.non_null() && !field.has_default && !object.contains_key(&***name));
        match missing {
            Some((name, _)) => Err(format!("{place}.{name} is required")),
            None => Ok(Value::Object(object)),
        }
    }
}

impl InputRef {
    pub(crate) fn non_null(&self) -> bool {
        match self {
            Self::Named { non_null, .. } | Self::List { non_null, .. } => *non_null,
        }
    }
}

impl Input {
    fn fit_leaf(&self, value: Value) -> Result<Value, &'static str> {
        match (self, value) {
            (Self::Int, Value::Number(number)) => match whole(&number).and_then(|number| i32::try_from(number).ok()) {
                Some(number) => Ok(Value::Number(number.into())),
                None => Err("a whole number of 32 bits"),
            },
            (Self::Float, Value::Number(number)) => Ok(Value::Number(number)),
            (Self::String, Value::String(text)) => Ok(Value::String(text)),
            (Self::Boolean, Value::Boolean(value)) => Ok(Value::Boolean(value)),
            (Self::Id, Value::String(text)) => Ok(Value::String(text)),
            (Self::Id, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(Value::String(number.to_string())),
            (Self::Enum(values), Value::String(text)) if values.contains(text.as_str()) => Ok(Value::Enum(Name::new(text))),
            (Self::Enum(values), Value::Enum(name)) if values.contains(name.as_str()) => Ok(Value::Enum(name)),
            (Self::Any, value) => Ok(value),
            (Self::Int, _) => Err("a whole number"),
            (Self::Float, _) => Err("a number"),
            (Self::String, _) => Err("text"),
            (Self::Boolean, _) => Err("true or false"),
            (Self::Id, _) => Err("an id"),
            (Self::Enum(_), _) => Err("one of the values of its enumeration"),
            (Self::Object { .. }, _) => Err("an object"),
        }
    }
}

fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15).map(|float| float as i64))
}

/// Turns a literal without variables into a value.
pub(crate) fn constant(literal: &Node<ast::Value>) -> Value {
    match &**literal {
        ast::Value::Null | ast::Value::Variable(_) => Value::Null,
        ast::Value::Enum(name) => Value::Enum(Name::new(name.as_str())),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Boolean(value) => Value::Boolean(*value),
        ast::Value::Float(text) => number(text.as_str()),
        ast::Value::Int(text) => number(text.as_str()),
        ast::Value::List(items) => Value::List(items.iter().map(constant).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (Name::new(name.as_str()), constant(value))).collect())
        }
    }
}

fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    let number = whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    number.map_or(Value::Null, Value::Number)
}
