//! Compiles the selections of a document into the plan that writes the answer.
//!
//! Every field of the contract's type must be selected under its own name or be named by `@absent`; every selected field
//! must be one of the contract's or steer a list (`key`, `where`, `path`). So a document cannot forget or invent anything.

use apollo_compiler::ast::{DirectiveList, Field as Selected, Selection};
use async_graphql::Name;
use openim_core::ErrorCode;

use super::directives::{Args, all, find, path};
use super::render::{Convert, Entry, Filter, Leaf, Node};
use super::source::Source;
use crate::codec::write_string;
use crate::contract::{Contract, Field, Kind, Label, Reply, TypeId};

/// Compiles the answer's plan; also returns where the `@paged` list lies.
pub(super) fn compile(source: &Source, reply: &Reply, contract: &Contract) -> Result<(Option<Node>, Option<Vec<Name>>), String> {
    let mut compiler = Compiler { source, contract, paged: None };
    let roots = &source.operation.selection_set;
    let node = match reply {
        Reply::Nothing => None,
        Reply::Object(id) => Some(compiler.object(*id, roots, &source.operation.directives, &[], Some(&[]))?),
        Reply::Array(id) | Reply::Bare(id) => {
            let (root, place) = compiler.only(roots)?;
            let field = Field { name: place.clone(), label: Label::List, kind: Kind::Message(*id) };
            let pick = picks(root)?.into_iter().next().map_or(Pick::No, |(_, pick)| pick);
            let steering = Vec::new();
            let found = Found { name: place.to_string(), path: vec![place.clone()], field: root, pick, steering };
            Some(Node::Below { path: vec![place], inner: Box::new(compiler.node(&field, &found)?) })
        }
        Reply::Redirect | Reply::Text => {
            let (mut field, place) = compiler.only(roots)?;
            let mut path = vec![place];
            while !field.selection_set.is_empty() {
                let (inner, place) = compiler.only(&field.selection_set)?;
                path.push(place);
                field = inner;
            }
            Some(Node::Below { path, inner: Box::new(compiler.single(Kind::String, false, field, &[])?) })
        }
    };
    Ok((node, compiler.paged))
}

struct Compiler<'a> {
    source: &'a Source,
    contract: &'a Contract,
    paged: Option<Vec<Name>>,
}

/// A selected field, by the contract's name for it.
struct Found<'a> {
    name: String,
    path: Vec<Name>,
    field: &'a Selected,
    pick: Pick,
    /// Fields of an entry that only steer a list made from it.
    steering: Vec<Name>,
}

/// How a list becomes something else.
enum Pick {
    No,
    Pluck { path: Vec<Name>, filter: Option<Filter> },
    Map { key: Vec<Name>, value: Vec<Name>, filter: Option<Filter> },
    First { missing: Option<ErrorCode> },
    Count,
}

impl<'a> Compiler<'a> {
    fn only(&self, selections: &'a [Selection]) -> Result<(&'a Selected, Name), String> {
        match self.source.fields(selections)?.as_slice() {
            [root] => Ok((*root, Name::new(key(root)))),
            _ => Err("this route's operation has exactly one field here".to_owned()),
        }
    }

    /// Compiles a message. `root` is the path from the answer's root while no list was crossed; only there `@paged` may stand.
    fn object(
        &mut self,
        id: TypeId,
        selections: &'a [Selection],
        directives: &'a DirectiveList,
        steering: &[Name],
        root: Option<&[Name]>,
    ) -> Result<Node, String> {
        let contract = self.contract;
        let message = contract.types.get(id);
        let absent = find(directives, "absent").map(|args| args.texts("fields")).unwrap_or_default();
        let mut found = Vec::new();
        self.collect(selections, &[], root, &mut found)?;
        let mut entries = Vec::with_capacity(message.fields.len());
        for field in &message.fields {
            let mut key = Vec::new();
            write_string(&mut key, &field.name);
            key.push(b':');
            let hit = found.iter().find(|found| found.name == field.name.as_str());
            let entry = match hit {
                Some(_) if absent.contains(&field.name.as_str()) => return Err(format!("{} is selected and @absent", field.name)),
                Some(found) => Entry { key, source: Some(found.path.clone()), node: self.node(field, found)? },
                None if absent.contains(&field.name.as_str()) => Entry { key, source: None, node: nothing(field) },
                None => return Err(format!("{} of {} is neither selected nor @absent", field.name, message.name)),
            };
            entries.push(entry);
        }
        for name in absent {
            message.field(name).ok_or_else(|| format!("@absent names {name}, which {} does not have", message.name))?;
        }
        let extra =
            found.iter().find(|found| message.field(&found.name).is_none() && !steering.iter().any(|name| name.as_str() == found.name));
        match extra {
            Some(extra) => Err(format!("{} is no field of {}", extra.name, message.name)),
            None => Ok(Node::Object(entries)),
        }
    }

    fn collect(
        &mut self,
        selections: &'a [Selection],
        prefix: &[Name],
        root: Option<&[Name]>,
        found: &mut Vec<Found<'a>>,
    ) -> Result<(), String> {
        for field in self.source.fields(selections)? {
            let mut path = prefix.to_vec();
            path.push(Name::new(key(field)));
            // What tells an outcome is for `outcomes` to look at.
            if find(&field.directives, "fails").is_some() {
                continue;
            }
            if find(&field.directives, "flatten").is_some() {
                self.collect(&field.selection_set, &path, root, found)?;
                continue;
            }
            if find(&field.directives, "paged").is_some() {
                let root = root.ok_or("@paged may not lie inside a list")?;
                self.paged = Some([root, &path].concat());
            }
            let mut picks = picks(field)?;
            if picks.is_empty() {
                picks.push((None, Pick::No));
            }
            let steering = steering(&picks);
            for (into, pick) in picks {
                let name = into.unwrap_or(key(field)).to_owned();
                if found.iter().any(|other| other.name == name) {
                    return Err(format!("{name} comes from two places"));
                }
                found.push(Found { name, path: path.clone(), field, pick, steering: steering.clone() });
            }
        }
        Ok(())
    }

    fn node(&mut self, field: &Field, found: &Found<'a>) -> Result<Node, String> {
        let misplaced = |what: &str| format!("{} is {what}", field.name);
        match (field.label, &found.pick) {
            (Label::One | Label::Optional, Pick::No) => self.single(field.kind, field.label == Label::Optional, found.field, &[]),
            (Label::One, Pick::Count) if is_integer(field.kind) => Ok(Node::Count),
            (Label::One, Pick::First { missing }) => {
                let item = Box::new(self.single(field.kind, false, found.field, &[])?);
                Ok(Node::First { item, missing: *missing })
            }
            (Label::List, Pick::No) => {
                let item = Box::new(self.single(field.kind, false, found.field, &[])?);
                Ok(Node::List { path: Vec::new(), filter: None, item })
            }
            (Label::List, Pick::Pluck { path, filter }) => {
                let inner = self.descend(found.field, path)?;
                let item = Box::new(self.single(field.kind, false, inner, &found.steering)?);
                Ok(Node::List { path: path.clone(), filter: copy(filter.as_ref()), item })
            }
            (Label::Map, Pick::Map { key, value, filter }) => {
                let inner = self.descend(found.field, value)?;
                self.descend(found.field, key)?;
                let item = Box::new(self.single(field.kind, false, inner, &found.steering)?);
                Ok(Node::Map { key: key.clone(), value: value.clone(), filter: copy(filter.as_ref()), item })
            }
            (Label::Map, _) => Err(misplaced("a map: it needs @mapBy")),
            (Label::List, _) => Err(misplaced("a list: @first and @mapBy do not fit")),
            _ => Err(misplaced("no list: @pluck and @mapBy do not fit")),
        }
    }

    /// Compiles one value: a message or a scalar.
    fn single(&mut self, kind: Kind, optional: bool, field: &'a Selected, steering: &[Name]) -> Result<Node, String> {
        if let Kind::Message(id) = kind {
            return self.object(id, &field.selection_set, &field.directives, steering, None);
        }
        if !field.selection_set.is_empty() {
            return Err(format!("{} is a scalar in the contract", key(field)));
        }
        let convert = self.convert(field, kind)?;
        Ok(Node::Leaf(Leaf { kind, optional, convert }))
    }

    fn convert(&self, field: &Selected, kind: Kind) -> Result<Convert, String> {
        let convert = if let Some(args) = find(&field.directives, "number") {
            args.table(&self.contract.enums)?.map_or(Convert::Bit, Convert::Number)
        } else if let Some(args) = find(&field.directives, "unix") {
            Convert::Unix(args.unit()?)
        } else if find(&field.directives, "base64").is_some() {
            Convert::Base64
        } else if find(&field.directives, "json").is_some() {
            Convert::Text
        } else {
            Convert::None
        };
        let fits = match convert {
            Convert::Number(_) | Convert::Bit | Convert::Unix(_) => is_integer(kind),
            Convert::Base64 => kind == Kind::Bytes,
            Convert::Text => kind == Kind::String,
            Convert::None => kind != Kind::Bytes,
        };
        if fits { Ok(convert) } else { Err(format!("{}: the directive does not fit {kind:?}", key(field))) }
    }

    fn descend(&self, field: &'a Selected, path: &[Name]) -> Result<&'a Selected, String> {
        let mut field = field;
        for step in path {
            let inner = self.source.fields(&field.selection_set)?.into_iter().find(|inner| key(inner) == step.as_str());
            field = inner.ok_or_else(|| format!("{} selects no {step}", key(field)))?;
        }
        Ok(field)
    }
}

fn picks(field: &Selected) -> Result<Vec<(Option<&str>, Pick)>, String> {
    let mut picks = Vec::new();
    for args in all(&field.directives, "pluck") {
        picks.push((args.text("into"), Pick::Pluck { path: args.path("path"), filter: filter(&args) }));
    }
    for args in all(&field.directives, "mapBy") {
        let pick = Pick::Map { key: path(args.needed("key")?), value: args.path("value"), filter: filter(&args) };
        picks.push((args.text("into"), pick));
    }
    for args in all(&field.directives, "count") {
        picks.push((Some(args.needed("into")?), Pick::Count));
    }
    for args in all(&field.directives, "first") {
        let missing = match args.text("missing") {
            Some(word) => Some(ErrorCode::from_word(word).ok_or_else(|| format!("no error code {word}"))?),
            None => None,
        };
        picks.push((None, Pick::First { missing }));
    }
    Ok(picks)
}

fn filter(args: &Args<'_>) -> Option<Filter> {
    let text = args.text("where")?;
    Some(Filter { path: path(text.trim_start_matches('!')), negated: text.starts_with('!') })
}

fn copy(filter: Option<&Filter>) -> Option<Filter> {
    filter.map(|filter| Filter { path: filter.path.clone(), negated: filter.negated })
}

fn is_integer(kind: Kind) -> bool {
    matches!(kind, Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64)
}

/// The first step of everything that a field's picks look at.
fn steering(picks: &[(Option<&str>, Pick)]) -> Vec<Name> {
    let mut names = Vec::new();
    for (_, pick) in picks {
        let (paths, filter) = match pick {
            Pick::Pluck { path, filter } => ([path.first(), None], filter),
            Pick::Map { key, value, filter } => ([key.first(), value.first()], filter),
            Pick::No | Pick::First { .. } | Pick::Count => continue,
        };
        let filter = filter.as_ref().and_then(|filter| filter.path.first());
        names.extend(paths.into_iter().flatten().chain(filter).cloned());
    }
    names
}

fn key(field: &Selected) -> &str {
    field.alias.as_ref().unwrap_or(&field.name)
}

/// The plan of a field that is never filled.
fn nothing(field: &Field) -> Node {
    let leaf = |optional| Node::Leaf(Leaf { kind: field.kind, optional, convert: Convert::None });
    match field.label {
        Label::One => leaf(false),
        Label::Optional => leaf(true),
        Label::List => Node::List { path: Vec::new(), filter: None, item: Box::new(leaf(false)) },
        Label::Map => Node::Map { key: Vec::new(), value: Vec::new(), filter: None, item: Box::new(leaf(false)) },
    }
}
