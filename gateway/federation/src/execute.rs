//! Runs compiled plans: fetches in the plan's order, merges the answers, collects errors with the client's paths.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, PathSegment, ServerError, Value, Variables};
use futures_util::future::{BoxFuture, FutureExt, join_all};
use openim_core::{Causes, Ctx, ErrorCode};
use parking_lot::Mutex;

use crate::budget::Budget;
use crate::entities::Batch;
use crate::errors::{MAX_ERRORS, adopt, client_key, client_path, error, transport_error};
use crate::limits::exceeded;
use crate::merge::{merge, merge_objects, rewrite, visit_mut};
use crate::shape::project;
use crate::steps::{EntityGroup, Fetch, Part, Path, Plan, Rewrite, Step, Target};
use crate::{SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};

/// What a plan needs to run.
pub(crate) struct Run<'a> {
    transports: &'a [Arc<dyn SubgraphTransport>],
    ctx: &'a Ctx,
    variables: &'a Variables,
    plan: &'a Plan,
    data: Mutex<Value>,
    budget: Budget,
    errors: Mutex<Vec<ServerError>>,
    timings: Option<Mutex<Vec<Timing>>>,
}

/// How long a fetch took, for `explain`.
#[derive(Debug, Clone)]
pub(crate) struct Timing {
    pub service: Arc<str>,
    pub query: String,
    pub entities: usize,
    pub duration: Duration,
}

/// What a run answers.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub data: Value,
    pub errors: Vec<ServerError>,
    pub timings: Vec<Timing>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(transports: &'a [Arc<dyn SubgraphTransport>], plan: &'a Plan, variables: &'a Variables, ctx: &'a Ctx) -> Self {
        Self {
            transports,
            ctx,
            variables,
            plan,
            data: Mutex::new(Value::Object(IndexMap::new())),
            budget: Budget::new(plan.answer_bytes),
            errors: Mutex::default(),
            timings: None,
        }
    }

    /// Also measures every fetch.
    pub(crate) fn timed(mut self) -> Self {
        self.timings = Some(Mutex::default());
        self
    }

    /// Runs all parts; `introspection` is what `__schema` and `__type` answered.
    pub(crate) async fn run(self, mut introspection: Option<IndexMap<Name, Value>>) -> Outcome {
        if let [part] = self.plan.parts.as_slice() {
            self.run_step(part.step.as_ref()).await;
            let data = self.take_data(introspection.take());
            return self.finish(part_data(data, part));
        }
        let mut all = Some(IndexMap::new());
        for part in &self.plan.parts {
            self.run_step(part.step.as_ref()).await;
            let data = self.take_data(None);
            match (part_data(data, part), &mut all) {
                (Some(fields), Some(all)) => all.extend(fields),
                // A root field that must not be null is: the rest is not run.
                _ => {
                    all = None;
                    break;
                }
            }
        }
        self.finish(all)
    }

    /// Runs what follows an event, whose fields are the data so far.
    pub(crate) async fn run_after_event(self, event: SubgraphResponse) -> Outcome {
        let Some(part) = self.plan.parts.first() else { return Outcome::default() };
        if let Some(source) = &part.source {
            self.accept_root(source, event);
        }
        self.run_step(part.step.as_ref()).await;
        let data = self.take_data(None);
        self.finish(part_data(data, part))
    }

    fn take_data(&self, introspection: Option<IndexMap<Name, Value>>) -> IndexMap<Name, Value> {
        let data = std::mem::replace(&mut *self.data.lock(), Value::Object(IndexMap::new()));
        let mut data = if let Value::Object(data) = data { data } else { IndexMap::new() };
        data.extend(introspection.into_iter().flatten());
        data
    }

    fn finish(self, data: Option<IndexMap<Name, Value>>) -> Outcome {
        let timings = self.timings.map(Mutex::into_inner).unwrap_or_default();
        if self.budget.exceeded() {
            let refused = exceeded(format!("the answer takes more than {} bytes; ask for less at once", self.budget.most()));
            return Outcome { data: Value::Null, errors: vec![refused], timings };
        }
        let mut errors = self.errors.into_inner();
        if data.is_none() && errors.is_empty() {
            errors.push(error(ErrorCode::Internal, "a value that must not be null is missing"));
        }
        if errors.len() > MAX_ERRORS {
            let dropped = errors.len() - MAX_ERRORS;
            errors.truncate(MAX_ERRORS);
            errors.push(error(ErrorCode::Internal, format!("{dropped} more errors are left out")));
        }
        Outcome { data: data.map_or(Value::Null, Value::Object), errors, timings }
    }

    /// Most plans are one fetch, which needs no box.
    async fn run_step(&self, step: Option<&Step>) {
        match step {
            Some(Step::Fetch(fetch)) => self.fetch(fetch).await,
            Some(step) => self.step(step).await,
            None => {}
        }
    }

    fn step<'s>(&'s self, step: &'s Step) -> BoxFuture<'s, ()> {
        match step {
            Step::Fetch(fetch) => self.fetch(fetch).boxed(),
            Step::Sequence(steps) => async move {
                for step in steps {
                    self.step(step).await;
                }
            }
            .boxed(),
            Step::Parallel(steps) => join_all(steps.iter().map(|step| self.step(step))).map(drop).boxed(),
        }
    }

    async fn fetch(&self, fetch: &Fetch) {
        if self.budget.exceeded() {
            return;
        }
        match &fetch.target {
            Target::Root { .. } => {
                if let Some(answer) = self.call(fetch, self.fetch_variables(fetch), 0, || self.root_paths(fetch)).await {
                    self.accept_root(fetch, answer);
                }
            }
            Target::Nested { path, output } => self.fetch_nested(fetch, path, output).await,
            Target::Entities(groups) => self.fetch_entities(fetch, groups).await,
        }
    }

    fn accept_root(&self, fetch: &Fetch, answer: SubgraphResponse) {
        let Target::Root { output, .. } = &fetch.target else { return };
        if !self.budget.admit(&answer.data) {
            return;
        }
        let mut data = answer.data;
        rewrite(&mut data, output);
        if !answer.errors.is_empty() {
            let errors = answer.errors.into_iter().map(|error| {
                let path = client_path(&error.path, fetch);
                adopt(error, path, &fetch.service_name)
            });
            self.errors.lock().extend(errors);
        }
        merge(&mut self.data.lock(), data);
    }

    async fn fetch_nested(&self, fetch: &Fetch, path: &Path, output: &[Rewrite]) {
        let mut found = 0;
        visit_mut(&mut self.data.lock(), path, &mut Vec::new(), &mut |_, _| found += 1);
        if found == 0 {
            return;
        }
        let Some(mut answer) = self.call(fetch, self.fetch_variables(fetch), 0, || vec![keys_of(path, fetch)]).await else { return };
        rewrite(&mut answer.data, output);
        let prefix = keys_of(path, fetch);
        let errors = answer.errors.into_iter().map(|error| {
            let path = prefix.iter().cloned().chain(client_path(&error.path, fetch)).collect();
            adopt(error, path, &fetch.service_name)
        });
        self.errors.lock().extend(errors);
        visit_mut(&mut self.data.lock(), path, &mut Vec::new(), &mut |object, _| {
            if let Value::Object(fields) = &answer.data
                && self.budget.admit(&answer.data)
            {
                merge_objects(object, fields.clone());
            }
        });
    }

    async fn fetch_entities(&self, fetch: &Fetch, groups: &[EntityGroup]) {
        let mut variables = self.fetch_variables(fetch);
        let mut batches: Vec<Batch> = {
            let data = self.data.lock();
            groups.iter().map(|group| Batch::gather(group, &data)).collect()
        };
        if batches.iter().all(Batch::is_empty) {
            return;
        }
        let mut count = 0;
        for (group, batch) in groups.iter().zip(&mut batches) {
            count += batch.representations.len();
            variables.insert(group.variable.clone(), Value::List(std::mem::take(&mut batch.representations)));
        }
        let paths = || groups.iter().zip(&batches).flat_map(|(group, batch)| batch.paths(group, fetch)).collect();
        let Some(answer) = self.call(fetch, variables, count, paths).await else { return };
        let mut data = if let Value::Object(data) = answer.data { data } else { IndexMap::new() };
        let mut errors = answer.errors;
        for (position, (group, batch)) in groups.iter().zip(&batches).enumerate() {
            let mut entities = data.get_mut(group.key.as_str()).map(std::mem::take).unwrap_or_default();
            rewrite(&mut entities, &group.output);
            let entities = if let Value::List(entities) = entities { entities } else { Vec::new() };
            // Errors without a path belong to the first group, so that they are told once.
            let (own, others) = errors.into_iter().partition(|error| match error.path.first() {
                Some(PathSegment::Field(key)) => *key == group.key.as_str(),
                _ => position == 0,
            });
            errors = others;
            let own: Vec<ServerError> = own;
            if !own.is_empty() {
                let adopted = batch.adopt_errors(group, fetch, own, &entities);
                self.errors.lock().extend(adopted);
            }
            batch.spread(group, entities, &mut self.data.lock(), &self.budget);
        }
    }

    fn fetch_variables(&self, fetch: &Fetch) -> Variables {
        fetch_variables(self.plan, fetch, self.variables)
    }

    /// Calls a subgraph; when it gives no answer, every path in `expected` gets an error.
    async fn call(
        &self,
        fetch: &Fetch,
        variables: Variables,
        entities: usize,
        expected: impl FnOnce() -> Vec<Vec<PathSegment>> + Send,
    ) -> Option<SubgraphResponse> {
        let started = Instant::now();
        let request = SubgraphRequest { op: Arc::clone(&fetch.op), variables, ctx: self.ctx.clone() };
        let answer = match self.transports.get(fetch.service) {
            _ if self.ctx.remaining().is_zero() => Err(TransportError::DeadlineExceeded),
            Some(transport) => transport.execute(request).await,
            None => Err(TransportError::Malformed("no transport".to_owned())),
        };
        let duration = started.elapsed();
        let name = &fetch.service_name;
        metrics::histogram!("openim_gateway_fetch_seconds", "subgraph" => Arc::clone(name)).record(duration);
        if let Some(timings) = &self.timings {
            timings.lock().push(Timing { service: Arc::clone(name), query: fetch.op.query.clone(), entities, duration });
        }
        match answer {
            Ok(answer) => Some(answer),
            Err(failure) => {
                metrics::counter!("openim_gateway_fetch_failures_total", "subgraph" => Arc::clone(name)).increment(1);
                tracing::warn!(
                    subgraph.name = %name,
                    operation.id = %self.ctx.operation_id(),
                    error.cause = %Causes(&failure),
                    "a subgraph gave no answer"
                );
                let failed = transport_error(&failure, name);
                let errors = expected().into_iter().map(|path| {
                    let mut failed = failed.clone();
                    failed.path = path;
                    failed
                });
                self.errors.lock().extend(errors);
                None
            }
        }
    }

    fn root_paths(&self, fetch: &Fetch) -> Vec<Vec<PathSegment>> {
        let Target::Root { keys, .. } = &fetch.target else { return Vec::new() };
        keys.iter().map(|key| vec![PathSegment::Field(client_key(key, fetch))]).collect()
    }
}

/// Returns the variables that a fetch's document uses, before its representations.
pub(crate) fn fetch_variables(plan: &Plan, fetch: &Fetch, given: &Variables) -> Variables {
    let mut variables = Variables::default();
    for name in &fetch.variables {
        let constant = || plan.constants.iter().find(|(constant, _)| constant == name).map(|(_, value)| value);
        if let Some(value) = given.get(name).or_else(constant) {
            variables.insert(name.clone(), value.clone());
        }
    }
    variables
}

fn part_data(data: IndexMap<Name, Value>, part: &Part) -> Option<IndexMap<Name, Value>> {
    project(data, &part.shape).ok()
}

fn keys_of(path: &Path, fetch: &Fetch) -> Vec<PathSegment> {
    let keys = path.iter().filter_map(|step| match step {
        crate::steps::PathStep::Field(key) => Some(PathSegment::Field(client_key(key, fetch))),
        _ => None,
    });
    keys.collect()
}
