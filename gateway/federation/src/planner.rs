//! The planner: the only file that knows the library behind it, so that it can be exchanged.
//!
//! A clean operation (see `hygiene`) goes in as text, steps come out. The library may panic on operations it does not
//! expect, so every call is isolated and has a time limit.
//!
//! Known gap: a field with `@requires` on a type, selected inside an entity fetch of the same type
//! (`{ users { room { members { greeting } } } }`, where the room is fetched by user and `greeting` requires another
//! subgraph's field of the user), finds no plan and is refused. No subgraph of ours uses `@requires`.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Name, Value};
use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::ast::operation::SubgraphFetchOperation;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::graph::PlannerOverrideContext;
use hive_router_query_planner::planner::plan_nodes::{
    FetchNode, FetchNodePathSegment, FetchRewrite, FlattenNodePath, FlattenNodePathSegment, PlanNode,
};
use hive_router_query_planner::planner::{Planner as Library, QueryPlannerOptions};
use hive_router_query_planner::state::supergraph_state::{OperationKind as LibraryKind, SupergraphState};
use hive_router_query_planner::utils::cancellation::CancellationToken;
use hive_router_query_planner::utils::parsing::{safe_parse_operation, safe_parse_schema};

use crate::steps::{Change, EntityGroup, Fetch, Path, PathStep, Require, Rewrite, RewriteStep, Step, Target, TypeSet};
use crate::types::PossibleTypes;
use crate::{OperationKind, SubgraphOp};

/// What the planner made of an operation.
pub(crate) struct Planned {
    /// The event source of a subscription.
    pub source: Option<Box<Fetch>>,
    /// What is fetched, after the event if there is one.
    pub step: Option<Step>,
    /// A description for people.
    pub text: String,
}

/// Plans operations over one supergraph.
pub(crate) struct Planner {
    library: Library,
    services: HashMap<String, usize>,
    possible: Arc<PossibleTypes>,
}

impl Planner {
    /// Reads a supergraph; `services` gives each subgraph its transport's index.
    pub(crate) fn new(sdl: &str, services: HashMap<String, usize>, possible: Arc<PossibleTypes>) -> Result<Self, String> {
        isolated(|| {
            let document = safe_parse_schema(sdl).map_err(|error| error.to_string())?;
            let state = SupergraphState::new(&document);
            let library =
                Library::new_from_supergraph_state(state, &document, QueryPlannerOptions::default()).map_err(|error| error.to_string())?;
            Ok(Self { library, services, possible })
        })
    }

    /// Returns the names of the subgraphs of a supergraph.
    pub(crate) fn subgraph_names(sdl: &str) -> Result<Vec<String>, String> {
        isolated(|| {
            let document = safe_parse_schema(sdl).map_err(|error| error.to_string())?;
            Ok(SupergraphState::new(&document).known_subgraphs.into_values().collect())
        })
    }

    /// Returns the schema that clients see, with introspection types.
    pub(crate) fn client_schema(&self) -> String {
        self.library.consumer_schema.document.to_string()
    }

    /// Plans a clean operation, or says why it cannot.
    pub(crate) fn plan(&self, operation: &str, limit: Duration) -> Result<Planned, String> {
        isolated(|| {
            let parsed = safe_parse_operation(operation).map_err(|error| error.to_string())?;
            let normalized = normalize_operation(&self.library.supergraph, &parsed, None).map_err(|error| error.to_string())?;
            let plan = self
                .library
                .plan_from_normalized_operation(
                    &normalized.operation,
                    PlannerOverrideContext::default(),
                    &CancellationToken::with_timeout(limit),
                )
                .map_err(|error| error.to_string())?;
            let text = plan.to_string();
            match plan.node {
                None => Ok(Planned { source: None, step: None, text }),
                Some(PlanNode::Subscription(node)) => {
                    Ok(Planned { source: Some(Box::new(self.root_fetch(node.primary)?)), step: None, text })
                }
                Some(PlanNode::Sequence(mut sequence)) if matches!(sequence.nodes.first(), Some(PlanNode::Subscription(_))) => {
                    let PlanNode::Subscription(node) = sequence.nodes.remove(0) else { return Err("no event source".to_owned()) };
                    let source = Some(Box::new(self.root_fetch(node.primary)?));
                    Ok(Planned { source, step: Some(self.step(PlanNode::Sequence(sequence))?), text })
                }
                Some(node) => Ok(Planned { source: None, step: Some(self.step(node)?), text }),
            }
        })
    }

    fn step(&self, node: PlanNode) -> Result<Step, String> {
        Ok(match node {
            PlanNode::Sequence(sequence) => {
                Step::Sequence(sequence.nodes.into_iter().map(|node| self.step(node)).collect::<Result<_, _>>()?)
            }
            PlanNode::Parallel(parallel) => {
                Step::Parallel(parallel.nodes.into_iter().map(|node| self.step(node)).collect::<Result<_, _>>()?)
            }
            PlanNode::Fetch(node) => Step::Fetch(Box::new(self.root_fetch(node)?)),
            PlanNode::BatchFetch(node) => {
                let mut groups = Vec::with_capacity(node.entity_batch.aliases.len());
                for alias in node.entity_batch.aliases {
                    groups.push(EntityGroup {
                        key: Name::new(&alias.alias),
                        variable: Name::new(&alias.representations_variable_name),
                        paths: alias.merge_paths.iter().map(|path| self.path(path)).collect(),
                        requires: self.requires(&alias.requires, None),
                        input: self.rewrites(alias.input_rewrites),
                        output: self.rewrites(alias.output_rewrites),
                    });
                }
                let kind = kind(node.operation_kind.as_ref());
                let target = Target::Entities(groups);
                Step::Fetch(Box::new(self.fetch(&node.service_name, &node.operation, node.variable_usages, kind, target)?))
            }
            PlanNode::Flatten(flatten) => {
                let path = self.path(&flatten.path);
                let PlanNode::Fetch(node) = *flatten.node else { return Err("a path without a fetch".to_owned()) };
                let kind = kind(node.operation_kind.as_ref());
                let target = match &node.requires {
                    Some(requires) => Target::Entities(vec![EntityGroup {
                        key: Name::new("_entities"),
                        variable: Name::new("representations"),
                        paths: vec![path],
                        requires: self.requires(requires, None),
                        input: self.rewrites(node.input_rewrites),
                        output: self.rewrites(node.output_rewrites),
                    }]),
                    None => Target::Nested { path, output: self.rewrites(node.output_rewrites) },
                };
                Step::Fetch(Box::new(self.fetch(&node.service_name, &node.operation, node.variable_usages, kind, target)?))
            }
            PlanNode::Condition(_) => return Err("a condition survived the hygiene pass".to_owned()),
            PlanNode::Subscription(_) | PlanNode::Defer(_) => return Err("an event source inside a plan".to_owned()),
        })
    }

    fn root_fetch(&self, node: FetchNode) -> Result<Fetch, String> {
        let kind = kind(node.operation_kind.as_ref());
        let keys = node.operation.document.operation.selection_set.items.iter().filter_map(|item| match item {
            SelectionItem::Field(field) => Some(Name::new(field.selection_identifier())),
            _ => None,
        });
        let target = Target::Root { keys: keys.collect(), output: self.rewrites(node.output_rewrites) };
        self.fetch(&node.service_name, &node.operation, node.variable_usages, kind, target)
    }

    fn fetch(
        &self,
        service: &str,
        operation: &SubgraphFetchOperation,
        variables: Option<BTreeSet<String>>,
        kind: OperationKind,
        target: Target,
    ) -> Result<Fetch, String> {
        let index = *self.services.get(service).ok_or_else(|| format!("no transport for the subgraph {service}"))?;
        let outputs: Vec<&Vec<Rewrite>> = match &target {
            Target::Root { output, .. } | Target::Nested { output, .. } => vec![output],
            Target::Entities(groups) => groups.iter().map(|group| &group.output).collect(),
        };
        let renamed = outputs.into_iter().flatten().filter_map(|rewrite| match (rewrite.path.last(), &rewrite.change) {
            (Some(RewriteStep::Key(from)), Change::RenameTo(to)) => Some((Box::from(from.as_str()), to.clone())),
            _ => None,
        });
        let renamed = renamed.collect();
        let parsed = async_graphql::parser::parse_query(&operation.document_str).map_err(|error| error.to_string())?;
        Ok(Fetch {
            service: index,
            service_name: Arc::from(service),
            op: Arc::new(SubgraphOp { query: operation.document_str.clone(), hash: operation.hash, parsed: Some(Arc::new(parsed)), kind }),
            variables: variables.into_iter().flatten().map(Name::new).collect(),
            target,
            renamed,
        })
    }

    fn path(&self, path: &FlattenNodePath) -> Path {
        let steps = path.as_slice().iter().map(|segment| match segment {
            FlattenNodePathSegment::Field(name) => PathStep::Field(Name::new(name)),
            FlattenNodePathSegment::List => PathStep::List,
            FlattenNodePathSegment::TypeCondition(types) => PathStep::Type(self.concrete(types)),
        });
        steps.collect()
    }

    fn requires(&self, selections: &SelectionSet, parent: Option<&str>) -> Vec<Require> {
        let items = selections.items.iter().filter_map(|item| match item {
            SelectionItem::Field(field) => {
                let definition = parent
                    .and_then(|parent| self.library.supergraph.definitions.get(parent))
                    .and_then(|definition| definition.fields().get(&field.name));
                Some(Require::Field {
                    source: Name::new(&field.name),
                    key: Name::new(field.selection_identifier()),
                    non_null: definition.is_some_and(|definition| definition.field_type.is_non_null()),
                    children: self.requires(&field.selections, definition.map(|definition| definition.field_type.inner_type())),
                })
            }
            SelectionItem::InlineFragment(fragment) => Some(Require::On {
                types: self.possible.overlapping(&fragment.type_condition),
                children: self.requires(&fragment.selections, Some(&fragment.type_condition)),
            }),
            SelectionItem::FragmentSpread(_) => None,
        });
        items.collect()
    }

    fn rewrites(&self, rewrites: Option<Vec<FetchRewrite>>) -> Vec<Rewrite> {
        let rewrites = rewrites.into_iter().flatten().map(|rewrite| match rewrite {
            FetchRewrite::ValueSetter(setter) => {
                Rewrite { path: self.rewrite_path(&setter.path), change: Change::SetTo(Value::String(setter.set_value_to)) }
            }
            FetchRewrite::KeyRenamer(renamer) => {
                Rewrite { path: self.rewrite_path(&renamer.path), change: Change::RenameTo(Name::new(renamer.rename_key_to)) }
            }
        });
        rewrites.collect()
    }

    fn rewrite_path(&self, path: &[FetchNodePathSegment]) -> Vec<RewriteStep> {
        let steps = path.iter().map(|segment| match segment {
            FetchNodePathSegment::Key(name) => RewriteStep::Key(Name::new(name)),
            FetchNodePathSegment::TypenameEquals(types) => RewriteStep::Type(self.concrete(types)),
        });
        steps.collect()
    }

    fn concrete(&self, types: &BTreeSet<String>) -> TypeSet {
        types.iter().flat_map(|name| self.possible.satisfying(name)).collect()
    }
}

fn kind(kind: Option<&LibraryKind>) -> OperationKind {
    match kind {
        Some(LibraryKind::Mutation) => OperationKind::Mutation,
        Some(LibraryKind::Subscription) => OperationKind::Subscription,
        Some(LibraryKind::Query) | None => OperationKind::Query,
    }
}

/// Runs the library so that its panics are errors.
fn isolated<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("the planner gave up on this operation".to_owned()))
}
