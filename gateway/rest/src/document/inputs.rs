//! From a decoded body to the operation's variables.

use std::sync::Arc;

use apollo_compiler::ast::{DirectiveList, VariableDefinition};
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value, Variables};
use chrono::{SecondsFormat, TimeZone, Utc};
use openim_core::{Error, ErrorCode};

use super::directives::{Unit, all, find, path};
use super::paging::Pages;
use super::source::Source;
use crate::contract::{Contract, EnumTable, Enums, Field, Kind, Label, TypeId, Types};
use crate::hooks::{self, Hook};

/// How all variables are made.
#[derive(Debug)]
pub(super) struct Inputs(Vec<Input>);

#[derive(Debug)]
struct Input {
    name: Name,
    from: From,
    /// An absent list becomes `[]`, because the variable's type has no null.
    empty_list: bool,
}

#[derive(Debug)]
enum From {
    Path {
        path: Vec<Name>,
        take: Take,
    },
    Hook(Hook),
    /// The address that the caller called us by.
    Base,
}

/// How one value is taken over.
#[derive(Debug)]
struct Take {
    convert: Convert,
    omit_zero: bool,
}

#[derive(Debug)]
enum Convert {
    Plain,
    Enum(Arc<EnumTable>),
    Time(Unit),
    Items(Vec<Item>),
}

/// A field of an input object that is made from one entry of a list.
#[derive(Debug)]
struct Item {
    name: Name,
    from: Name,
    take: Take,
}

/// Compiles the variables of an operation.
pub(super) fn compile(source: &Source, request: Option<TypeId>, contract: &Contract) -> Result<(Inputs, Option<Pages>), String> {
    let mut inputs = Vec::new();
    let mut first = None;
    let mut offset = None;
    for variable in &source.operation.variables {
        let name = Name::new(&variable.name);
        if let Some(args) = find(&variable.directives, "pageSize") {
            first = Some((name, args.integer("max")?));
        } else if find(&variable.directives, "pageOffset").is_some() {
            offset = Some(name);
        } else {
            let input = input(variable, name, request, contract).map_err(|error| format!("${}: {error}", variable.name))?;
            inputs.push(input);
        }
    }
    let pages = match (first, offset) {
        (None, None) => None,
        (Some((first, max)), Some(offset)) => {
            let request = request.ok_or("this route has no body to take pagination from")?;
            field_at(&contract.types, request, &path("pagination.pageNumber"))?;
            Some(Pages { first, offset, max })
        }
        _ => return Err("@pageSize and @pageOffset belong together".to_owned()),
    };
    Ok((Inputs(inputs), pages))
}

fn input(variable: &VariableDefinition, name: Name, request: Option<TypeId>, contract: &Contract) -> Result<Input, String> {
    if let Some(args) = find(&variable.directives, "hook") {
        let hook = args.needed("name")?;
        let hook = hooks::find(hook).ok_or_else(|| format!("no hook {hook}"))?;
        return Ok(Input { name, from: From::Hook(hook), empty_list: false });
    }
    if find(&variable.directives, "base").is_some() {
        return Ok(Input { name, from: From::Base, empty_list: false });
    }
    let request = request.ok_or("this route has no body")?;
    let from = find(&variable.directives, "from");
    let path = match from.as_ref().and_then(|args| args.text("path")) {
        Some(text) => path(text),
        None => vec![name.clone()],
    };
    let field = field_at(&contract.types, request, &path)?;
    let convert = convert(&variable.directives, field, contract)?;
    let take = Take { convert, omit_zero: from.is_some_and(|args| args.flag("omitZero")) };
    let empty_list = field.label == Label::List && variable.ty.is_non_null() && !take.omit_zero;
    Ok(Input { name, from: From::Path { path, take }, empty_list })
}

fn convert(directives: &DirectiveList, field: &Field, contract: &Contract) -> Result<Convert, String> {
    let is_integer = matches!(field.kind, Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64);
    if let Some(args) = find(directives, "number") {
        let table = args.table(&contract.enums)?.ok_or("@number on a variable needs of")?;
        return if is_integer { Ok(Convert::Enum(table)) } else { Err(format!("{} is no integer", field.name)) };
    }
    if let Some(args) = find(directives, "unix") {
        return if is_integer { Ok(Convert::Time(args.unit()?)) } else { Err(format!("{} is no integer", field.name)) };
    }
    let mut items = Vec::new();
    for args in all(directives, "item") {
        let Kind::Message(id) = field.kind else { return Err(format!("{} has no fields for @item", field.name)) };
        let name = args.needed("name")?;
        let from = args.text("from").unwrap_or(name);
        let inner = contract.types.get(id).field(from).ok_or_else(|| format!("no field {from} in {}", field.name))?;
        let convert = match args.table(&contract.enums)? {
            Some(table) => Convert::Enum(table),
            None => Convert::Plain,
        };
        let take = Take { convert, omit_zero: args.flag("omitZero") };
        items.push(Item { name: Name::new(name), from: inner.name.clone(), take });
    }
    if items.is_empty() {
        if matches!(field.kind, Kind::Message(_)) {
            return Err(format!("{} is made of objects: name their fields with @item", field.name));
        }
        return Ok(Convert::Plain);
    }
    Ok(Convert::Items(items))
}

fn field_at<'a>(types: &'a Types, id: TypeId, path: &[Name]) -> Result<&'a Field, String> {
    let (last, parents) = path.split_last().ok_or("an empty path")?;
    let mut message = types.get(id);
    for step in parents {
        match message.field(step) {
            Some(Field { kind: Kind::Message(id), label: Label::One, .. }) => message = types.get(*id),
            _ => return Err(format!("{} has no message {step}", message.name)),
        }
    }
    message.field(last).ok_or_else(|| format!("{} has no field {last}", message.name))
}

impl Inputs {
    /// Fills in the variables. `base` is the address that the caller called us by, empty when it is not known.
    pub(super) fn fill(&self, request: &Value, enums: &Enums, base: &str, variables: &mut Variables) -> Result<(), Error> {
        for input in &self.0 {
            let value = match &input.from {
                From::Hook(hook) => Some(hook(request, enums)?),
                From::Base => Some(Value::from(base)).filter(|_| !base.is_empty()),
                From::Path { path, take } => {
                    let value = super::at(request, path);
                    if *value == Value::Null && input.empty_list {
                        Some(Value::List(Vec::new()))
                    } else {
                        take.value(value).map_err(|what| args(path, &what))?
                    }
                }
            };
            if let Some(value) = value {
                variables.insert(input.name.clone(), value);
            }
        }
        Ok(())
    }
}

impl Take {
    /// Returns the variable's value; nothing when it is left out.
    fn value(&self, value: &Value) -> Result<Option<Value>, String> {
        if *value == Value::Null || (self.omit_zero && is_zero(value)) {
            return Ok(None);
        }
        self.convert.apply(value).map(Some)
    }
}

impl Convert {
    fn apply(&self, value: &Value) -> Result<Value, String> {
        match (self, value) {
            (Self::Plain, value) => Ok(value.clone()),
            (_, Value::List(items)) => Ok(Value::List(items.iter().map(|item| self.apply(item)).collect::<Result<_, _>>()?)),
            (Self::Enum(table), value) => {
                let number = integer(value);
                table.word(number).map(Value::Enum).ok_or_else(|| format!("{number} stands for no {}", table.name()))
            }
            (Self::Time(unit), value) => time(integer(value), *unit),
            (Self::Items(items), Value::Object(fields)) => {
                let mut object = IndexMap::with_capacity(items.len());
                for item in items {
                    let value = fields.get(&item.from).unwrap_or(&Value::Null);
                    if let Some(value) = item.take.value(value).map_err(|what| format!("{}: {what}", item.from))? {
                        object.insert(item.name.clone(), value);
                    }
                }
                Ok(Value::Object(object))
            }
            (Self::Items(_), _) => Err("an entry is null".to_owned()),
        }
    }
}

fn time(number: i64, unit: Unit) -> Result<Value, String> {
    let time = match unit {
        Unit::Milliseconds => Utc.timestamp_millis_opt(number).single(),
        Unit::Seconds => Utc.timestamp_opt(number, 0).single(),
    };
    let time = time.ok_or_else(|| format!("{number} is no time"))?;
    Ok(Value::String(time.to_rfc3339_opts(SecondsFormat::Millis, true)))
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or(i64::MAX),
        _ => 0,
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Boolean(value) => !value,
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

fn args(path: &[Name], what: &str) -> Error {
    let path: Vec<_> = path.iter().map(Name::as_str).collect();
    Error::new(ErrorCode::Args, format!("{}: {what}", path.join(".")))
}
