//! The engine: from a body to an answer, along plans that were made at start-up.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Response, Value, Variables};
use openim_contracts::Authenticator;
use openim_core::{Ctx, ErrorCode, Runtime};
use openim_federation::{Operation, Operations};
use rustc_hash::FxHashMap;

use crate::bodies;
use crate::contract::{Caller, Contract, Route};
use crate::document::{Document, Merged, Misfit};
use crate::documents::documents;
use crate::envelope::{self, Answer, Refusal};
use crate::form::Forms;
use crate::openapi;

/// Why the REST door cannot open.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A table of the contract is damaged.
    #[error("the REST contract is damaged: {0}")]
    Contract(String),
    /// A document does not fit its route or the graph.
    #[error("schema/rest{path}.graphql: {problem}")]
    Document {
        /// The route.
        path: String,
        /// What does not fit.
        problem: String,
    },
}

/// The bounds of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestOptions {
    /// How long a call may take.
    pub deadline: Duration,
    /// How much of a body is read, in bytes.
    pub body_limit: usize,
    /// What addresses of this server begin with; empty for what each caller called it by.
    pub public_url: String,
}

impl Default for RestOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(30), body_limit: 16 << 20, public_url: String::new() }
    }
}

/// OpenIM's REST routes over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Rest(Arc<Inner>);

struct Inner {
    routes: FxHashMap<Arc<str>, Served>,
    missing: Vec<String>,
    openapi: serde_json::Value,
    authenticator: Arc<dyn Authenticator>,
    runtime: Runtime,
    options: RestOptions,
    contract: Contract,
}

/// What a caller sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called<'a> {
    /// What it says about its body.
    pub(crate) content_type: &'a str,
    /// The address that it called us by, without a path; empty when that is not known.
    pub(crate) base: &'a str,
    /// The parameters of the URL.
    pub(crate) query: &'a str,
    /// The body.
    pub(crate) body: &'a [u8],
    /// Whether it wants to know what the call is in GraphQL, instead of making it.
    pub(crate) translate: bool,
}

/// A route that has a document.
pub(crate) struct Served {
    /// The path.
    pub(crate) path: Arc<str>,
    /// The route's contract.
    pub(crate) route: Route,
    /// The compiled document.
    pub(crate) document: Document,
    /// The document as it stands in the repository.
    pub(crate) source: &'static str,
    forms: Forms,
    operation: Arc<dyn Operation>,
}

impl Rest {
    /// Compiles and plans every document.
    ///
    /// # Errors
    /// [`BuildError`] names the document that does not fit.
    pub fn new(
        operations: &dyn Operations,
        authenticator: Arc<dyn Authenticator>,
        runtime: Runtime,
        options: RestOptions,
    ) -> Result<Self, BuildError> {
        let mut contract = Contract::load()?;
        let mut sources: FxHashMap<&str, &'static str> = documents().iter().copied().collect();
        let mut routes = FxHashMap::default();
        let mut missing = Vec::new();
        for route in std::mem::take(&mut contract.routes) {
            let Some(source) = sources.remove(route.path.as_str()) else {
                missing.push(format!("{} {}", route.method, route.path));
                continue;
            };
            let served = serve(route, source, &contract, operations)?;
            routes.insert(served.path.clone(), served);
        }
        if let Some(path) = sources.keys().min() {
            return Err(BuildError::Document { path: (*path).to_owned(), problem: "OpenIM has no such route".to_owned() });
        }
        let openapi = openapi::describe(&contract, routes.values());
        Ok(Self(Arc::new(Inner { routes, missing, openapi, authenticator, runtime, options, contract })))
    }

    /// Returns the routes of the contract that have no document yet, as `METHOD path`, in the contract's order.
    pub fn missing(&self) -> &[String] {
        &self.0.missing
    }

    /// Returns the OpenAPI description of the served routes.
    pub fn openapi(&self) -> &serde_json::Value {
        &self.0.openapi
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.routes.keys().map(AsRef::as_ref)
    }

    pub(crate) fn served(&self, path: &str) -> Option<&Served> {
        self.0.routes.get(path)
    }

    pub(crate) fn authenticator(&self) -> &dyn Authenticator {
        &*self.0.authenticator
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    pub(crate) fn options(&self) -> &RestOptions {
        &self.0.options
    }

    /// Returns the route that answers GET at a path: one of that path, or one whose rest is a name.
    pub(crate) fn fetching(&self, path: &str) -> Option<&Served> {
        let mut fetched = self.0.routes.values().filter(|served| served.route.method == "GET");
        let exact = self.served(path).filter(|served| served.route.method == "GET");
        exact.or_else(|| fetched.find(|served| served.path.split_once('*').is_some_and(|(start, _)| path.starts_with(start))))
    }

    /// Returns the list that a route answers without an envelope, as JSON.
    pub(crate) async fn bare(&self, served: &Served, ctx: &Ctx, request: &Value) -> Result<Vec<u8>, Refusal> {
        let variables = served.document.variables(request, &self.0.contract.enums, "")?;
        let data = self.data(served, ctx, request, variables).await?;
        let mut list = Vec::new();
        served.document.render(&data, &mut list).map_err(|_| Refusal::new(ErrorCode::Internal, "something went wrong inside"))?;
        Ok(if list == b"null" { b"[]".to_vec() } else { list })
    }

    /// Tells where a caller is led who asks with `request`.
    pub(crate) async fn redirect(&self, served: &Served, ctx: &Ctx, request: &Value, base: &str) -> Result<String, Refusal> {
        let variables = served.document.variables(request, &self.0.contract.enums, base)?;
        let data = self.data(served, ctx, request, variables).await?;
        let mut text = Vec::new();
        let written = served.document.render(&data, &mut text).ok().and_then(|()| serde_json::from_slice(&text).ok());
        written.ok_or_else(|| Refusal::new(ErrorCode::Internal, "something went wrong inside"))
    }

    /// Answers one call.
    pub(crate) async fn call(&self, served: &Served, ctx: &Ctx, called: Called<'_>) -> Answer {
        match self.run(served, ctx, called).await {
            Ok(answer) => answer,
            Err(refusal) => refusal.answer(),
        }
    }

    async fn run(&self, served: &Served, ctx: &Ctx, called: Called<'_>) -> Result<Answer, Refusal> {
        let form = served.forms.choose(called.content_type)?;
        let mut request = bodies::read(&self.0.contract, &served.route, &form.body(called.body)?)?;
        bodies::add_query(&mut request, &served.route, called.query);
        if served.route.caller == Caller::Admin {
            ctx.require_admin()?;
        }
        let mut variables = served.document.variables(&request, &self.0.contract.enums, called.base)?;
        if called.translate {
            if let Some(paging) = &served.document.paging {
                paging.next(paging.page(&request)?, 0, &mut variables);
            }
            return translated(served, &variables);
        }
        let data = self.data(served, ctx, &request, variables).await?;
        if let Some(code) = served.document.missing(&data, ctx.is_admin()) {
            return Err(Refusal::new(code, code.text()));
        }
        let mut body = envelope::begin(served.document.has_data());
        let start = body.len();
        served.document.render(&data, &mut body).map_err(|misfit| match misfit {
            Misfit::Missing(code) => Refusal::new(code, "there is no such record"),
            Misfit::Failed(code) => Refusal::new(code, code.text()),
            Misfit::Shape(what) => {
                tracing::error!(http.route = %served.path, problem = what, "the graph's answer does not fit the REST contract");
                Refusal::new(ErrorCode::Internal, "something went wrong inside")
            }
        })?;
        form.data(&mut body, start)?;
        body.push(b'}');
        Ok(Answer { status: axum::http::StatusCode::OK, code: 0, body, retry_after: None })
    }

    /// Runs the operation, more than once when a page is bigger than one fetch.
    async fn data(&self, served: &Served, ctx: &Ctx, request: &Value, mut variables: Variables) -> Result<Value, Refusal> {
        let Some(paging) = &served.document.paging else { return execute(served, ctx, variables).await };
        let page = paging.page(request)?;
        paging.next(page, 0, &mut variables);
        let mut data = execute(served, ctx, variables.clone()).await?;
        let mut merged = paging.merge(page, &mut data, None);
        while let Merged::Continue(fetched) = merged {
            paging.next(page, fetched, &mut variables);
            let more = execute(served, ctx, variables.clone()).await?;
            merged = paging.merge(page, &mut data, Some(more));
        }
        Ok(data)
    }
}

/// Answers with what the call is at the GraphQL door.
fn translated(served: &Served, variables: &Variables) -> Result<Answer, Refusal> {
    let graphql = serde_json::json!({ "query": served.document.text, "operationName": served.document.name, "variables": variables });
    let mut body = envelope::begin(true);
    serde_json::to_writer(&mut body, &graphql).map_err(|_| Refusal::new(ErrorCode::Internal, "something went wrong inside"))?;
    body.push(b'}');
    Ok(Answer { status: axum::http::StatusCode::OK, code: 0, body, retry_after: None })
}

async fn execute(served: &Served, ctx: &Ctx, variables: Variables) -> Result<Value, Refusal> {
    let execution = served.operation.execute(variables, ctx);
    let Ok(Response { data, errors, .. }) = tokio::time::timeout(ctx.remaining(), execution).await else {
        return Err(Refusal::new(ErrorCode::DeadlineExceeded, "the deadline passed"));
    };
    match errors.first() {
        Some(error) => Err(Refusal::of_graph(error)),
        None => Ok(data),
    }
}

fn serve(route: Route, source: &'static str, contract: &Contract, operations: &dyn Operations) -> Result<Served, BuildError> {
    let fail = |problem: String| BuildError::Document { path: route.path.clone(), problem };
    let document = Document::compile(source, &route, contract).map_err(fail)?;
    let operation = operations
        .prepare(&document.text, document.name.as_deref())
        .map_err(|errors| fail(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; ")))?;
    let forms = Forms::of(&route, &contract.types)?;
    Ok(Served { path: route.path.as_str().into(), route, document, source, forms, operation })
}
