//! Random operations over a schema: aliases that clash with field names, conditions, arguments, variables, fragments.

use std::collections::HashMap;
use std::fmt::Write as _;

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

pub(super) struct Operation {
    pub text: String,
    pub variables: Value,
    /// Whether it changes the data.
    pub changes: bool,
}

pub(super) struct Generator {
    schema: Valid<Schema>,
    rng: StdRng,
    field_names: Vec<String>,
    fragments: Vec<String>,
    variables: Vec<(String, String, Value)>,
    /// How many more selections the operation may have.
    budget: usize,
}

/// The response keys of one selection, so that equal keys mean equal fields.
#[derive(Default)]
struct Scope(HashMap<String, Entry>);

struct Entry {
    uses: Vec<(String, String)>,
    ty: String,
    inner: Scope,
    /// Whether every use has an unconditional field: the monolith's library cannot merge an object without fields.
    merges: bool,
}

impl Generator {
    pub(super) fn new(sdl: &str, seed: u64) -> Self {
        let schema = Schema::parse_and_validate(sdl, "api.graphql").expect("a schema");
        let mut field_names: Vec<String> = Vec::new();
        for ty in schema.types.values().filter(|ty| !ty.is_built_in()) {
            field_names.extend(fields_of(ty).iter().map(|field| field.name.to_string()));
        }
        field_names.sort_unstable();
        field_names.dedup();
        Self { schema, rng: StdRng::seed_from_u64(seed), field_names, fragments: Vec::new(), variables: Vec::new(), budget: 0 }
    }

    pub(super) fn operation(&mut self) -> Operation {
        self.fragments.clear();
        self.variables.clear();
        self.budget = self.rng.random_range(5..50);
        let changes = self.rng.random_bool(0.12);
        let (kind, root) = if changes { ("mutation", "Mutation") } else { ("query", "Query") };
        let depth = self.rng.random_range(2..=5);
        let body = self.selection(root, depth, &mut Scope::default());
        let mut text = format!("{kind} Random");
        if !self.variables.is_empty() {
            let definitions: Vec<_> = self.variables.iter().map(|(name, ty, _)| format!("${name}: {ty}")).collect();
            let _ = write!(text, "({})", definitions.join(", "));
        }
        let _ = write!(text, " {{ {body} }}");
        for fragment in &self.fragments {
            let _ = write!(text, "\n{fragment}");
        }
        let variables = self.variables.iter().filter(|(_, _, value)| *value != json!("omit"));
        Operation { text, variables: variables.map(|(name, _, value)| (name.clone(), value.clone())).collect(), changes }
    }

    /// Writes selections of an object, an interface or a union.
    fn selection(&mut self, type_name: &str, depth: usize, scope: &mut Scope) -> String {
        let ty = self.schema.types[type_name].clone();
        let mut text = String::new();
        for _ in 0..self.rng.random_range(1..=4) {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            let roll = self.rng.random_range(0..100);
            let is_root = matches!(type_name, "Query" | "Mutation");
            if roll < 8 && type_name != "Mutation" {
                let alias = if self.rng.random_bool(0.3) { self.alias() } else { String::new() };
                let key = if alias.is_empty() { "__typename" } else { &alias };
                if self.admit(scope, type_name, key, "__typename", "String!") {
                    let condition = self.condition();
                    let _ = write!(
                        text,
                        "{} {condition} ",
                        if alias.is_empty() { "__typename".to_owned() } else { format!("{alias}: __typename") }
                    );
                }
            } else if roll < 30 || (ty.is_union() && roll < 90) {
                text.push_str(&self.fragment(type_name, depth, scope));
            } else if let Some(field) = self.pick_field(&ty, depth, is_root) {
                text.push_str(&self.field(type_name, &field, depth, scope));
            }
        }
        if text.trim().is_empty() {
            if ty.is_union() || !self.admit(scope, type_name, "__typename", "__typename", "String!") {
                "... { __typename }".to_owned()
            } else {
                "__typename ".to_owned()
            }
        } else {
            text
        }
    }

    fn pick_field(&mut self, ty: &ExtendedType, depth: usize, is_root: bool) -> Option<FieldDefinition> {
        let fields: Vec<FieldDefinition> =
            fields_of(ty).into_iter().filter(|field| depth > 1 || is_root || self.is_leaf(&field.ty)).collect();
        if fields.is_empty() { None } else { Some(fields[self.rng.random_range(0..fields.len())].clone()) }
    }

    fn field(&mut self, parent: &str, field: &FieldDefinition, depth: usize, scope: &mut Scope) -> String {
        let alias = if self.rng.random_bool(0.35) { self.alias() } else { String::new() };
        let key = if alias.is_empty() { field.name.to_string() } else { alias.clone() };
        let arguments = self.arguments(field);
        if !self.admit(scope, parent, &key, &format!("{}{arguments}", field.name), &field.ty.to_string()) {
            return String::new();
        }
        let mut text = if alias.is_empty() { String::new() } else { format!("{alias}: ") };
        let _ = write!(text, "{}{arguments} {} ", field.name, self.condition());
        if !self.is_leaf(&field.ty) {
            let again = scope.0.get(&key).is_some_and(|entry| entry.uses.len() > 1);
            let merges = scope.0.get(&key).is_some_and(|entry| entry.merges) || (!again && self.rng.random_bool(0.5));
            if again && !merges {
                return String::new();
            }
            let mut inner = scope.0.get_mut(&key).map(|entry| std::mem::take(&mut entry.inner)).unwrap_or_default();
            let named = if merges && self.admit(&mut inner, "", "__typename", "__typename", "String!") { "__typename " } else { "" };
            let selection = self.selection(field.ty.inner_named_type(), depth.saturating_sub(1), &mut inner);
            if let Some(entry) = scope.0.get_mut(&key) {
                entry.inner = inner;
                entry.merges = !named.is_empty();
            }
            let _ = write!(text, "{{ {named}{selection}}} ");
        }
        text
    }

    fn fragment(&mut self, parent: &str, depth: usize, scope: &mut Scope) -> String {
        let condition = self.condition();
        let candidates = self.overlapping(parent);
        let on = candidates[self.rng.random_range(0..candidates.len())].clone();
        let body = self.selection(&on, depth, scope);
        if self.rng.random_bool(0.4) {
            let name = format!("F{}", self.fragments.len());
            self.fragments.push(format!("fragment {name} on {on} {{ {body}}}"));
            let again = if parent != "Mutation" && self.rng.random_bool(0.2) { format!("...{name} ") } else { String::new() };
            return format!("...{name} {condition} {again}");
        }
        if on == parent && self.rng.random_bool(0.5) {
            format!("... {condition} {{ {body}}} ")
        } else {
            format!("... on {on} {condition} {{ {body}}} ")
        }
    }

    /// The types that a fragment may be on. The monolith's library knows no unions around an object.
    fn overlapping(&self, parent: &str) -> Vec<String> {
        let mut names = vec![parent.to_owned()];
        for (name, ty) in &self.schema.types {
            let narrower = ty.is_object() && self.schema.is_subtype(parent, name);
            let wider = ty.is_interface() && self.is_object(parent) && self.schema.is_subtype(name, parent);
            if name != parent && (narrower || wider) {
                names.push(name.to_string());
            }
        }
        names
    }

    /// Takes a response key for a field, unless it already stands for something else.
    fn admit(&self, scope: &mut Scope, parent: &str, key: &str, field: &str, ty: &str) -> bool {
        let entry = scope.0.entry(key.to_owned()).or_insert_with(|| Entry {
            uses: Vec::new(),
            ty: ty.to_owned(),
            inner: Scope::default(),
            merges: false,
        });
        // The monolith's library runs a mutation as often as it is written.
        let fits = entry.ty == ty
            && (parent != "Mutation" || entry.uses.is_empty())
            && entry.uses.iter().all(|(other, used)| {
                used == field
                    || (!other.is_empty() && !parent.is_empty() && other != parent && self.is_object(other) && self.is_object(parent))
            });
        if fits {
            entry.uses.push((parent.to_owned(), field.to_owned()));
        }
        fits
    }

    fn is_object(&self, name: &str) -> bool {
        self.schema.get_object(name).is_some()
    }

    fn is_leaf(&self, ty: &Type) -> bool {
        self.schema.types[ty.inner_named_type()].is_scalar() || self.schema.types[ty.inner_named_type()].is_enum()
    }

    fn alias(&mut self) -> String {
        if self.rng.random_bool(0.7) {
            self.field_names[self.rng.random_range(0..self.field_names.len())].clone()
        } else {
            ["x", "_x", "_gw_name", "_entities"][self.rng.random_range(0..4)].to_owned()
        }
    }

    fn condition(&mut self) -> String {
        if !self.rng.random_bool(0.2) {
            return String::new();
        }
        let value = match self.rng.random_range(0..4) {
            0 => "true".to_owned(),
            1 => "false".to_owned(),
            _ => {
                let name = format!("c{}", self.rng.random_range(0..3));
                if !self.variables.iter().any(|(known, ..)| *known == name) {
                    let value = self.rng.random_bool(0.6);
                    self.variables.push((name.clone(), "Boolean!".to_owned(), json!(value)));
                }
                format!("${name}")
            }
        };
        let directive = if self.rng.random_bool(0.6) { "include" } else { "skip" };
        format!("@{directive}(if: {value})")
    }

    fn arguments(&mut self, field: &FieldDefinition) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            if !argument.ty.is_non_null() && self.rng.random_bool(0.4) {
                continue;
            }
            if argument.default_value.is_some() && self.rng.random_bool(0.4) {
                continue;
            }
            let (literal, value) = self.value(&argument.name, &argument.ty);
            if self.rng.random_bool(0.35) {
                let name = format!("v{}", self.variables.len());
                let mut ty = argument.ty.to_string();
                let mut value = value;
                if argument.default_value.is_some() && self.rng.random_bool(0.3) {
                    ty = format!("{} = {literal}", ty.trim_end_matches('!'));
                    value = json!("omit");
                }
                self.variables.push((name.clone(), ty, value));
                arguments.push(format!("{}: ${name}", argument.name));
            } else {
                arguments.push(format!("{}: {literal}", argument.name));
            }
        }
        if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) }
    }

    fn value(&mut self, name: &str, ty: &Type) -> (String, Value) {
        if ty.is_list() {
            let items: Vec<_> = (0..self.rng.random_range(0..4)).map(|_| self.value(name, ty.item_type())).collect();
            let literals: Vec<_> = items.iter().map(|(literal, _)| literal.clone()).collect();
            return (format!("[{}]", literals.join(", ")), items.into_iter().map(|(_, value)| value).collect());
        }
        let value = match ty.inner_named_type().as_str() {
            "Int" => json!(self.rng.random_range(0..4)),
            "Boolean" => json!(self.rng.random_bool(0.5)),
            "Order" => {
                let order = ["NEWEST", "OLDEST"][self.rng.random_range(0..2)];
                return (order.to_owned(), json!(order));
            }
            "ID" => {
                let kind = if name == "author" || name == "ids" { "u" } else { ["u", "m", "r"][self.rng.random_range(0..3)] };
                json!(format!("{kind}{}", self.rng.random_range(1..7)))
            }
            _ => json!(["u1", "u2", "a \"quoted\"\n\\text\u{7f}", ""][self.rng.random_range(0..4)]),
        };
        (value.to_string(), value)
    }
}

fn fields_of(ty: &ExtendedType) -> Vec<FieldDefinition> {
    match ty {
        ExtendedType::Object(object) => object.fields.values().map(|field| FieldDefinition::clone(field)).collect(),
        ExtendedType::Interface(interface) => interface.fields.values().map(|field| FieldDefinition::clone(field)).collect(),
        _ => Vec::new(),
    }
}
