//! A scripted graph, a scripted authenticator, and a way to call the door.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::{Response, ServerError, Value, Variables};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use openim_contracts::Authenticator;
use openim_core::{Actor, Ctx, Error, ErrorCode, Platform, Principal, Runtime, Timestamp, UserId};
use openim_graphql::error_extensions;
use openim_platform::limits::DoorLimits;
use openim_rest::{Operation, Operations, Rest, RestOptions, router};
use serde_json::Value as Json;
use tower::ServiceExt as _;

type Script = dyn Fn(&str, &Json) -> Result<Json, (ErrorCode, &'static str)> + Send + Sync;

/// A graph whose answers a test gives by operation name and variables.
#[derive(Clone)]
pub(crate) struct Graph(Arc<Inner>);

struct Inner {
    script: Box<Script>,
    prepared: AtomicUsize,
    calls: Mutex<Vec<Call>>,
}

/// An executed operation.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) variables: Json,
    pub(crate) user: Option<String>,
    pub(crate) operation_id: String,
}

impl Graph {
    pub(crate) fn new(script: impl Fn(&str, &Json) -> Result<Json, (ErrorCode, &'static str)> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { script: Box::new(script), prepared: AtomicUsize::new(0), calls: Mutex::default() }))
    }

    pub(crate) fn answering(data: Json) -> Self {
        Self::new(move |_, _| Ok(data.clone()))
    }

    pub(crate) fn prepared(&self) -> usize {
        self.0.prepared.load(Ordering::SeqCst)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.0.calls.lock().expect("the calls").clone()
    }
}

impl Operations for Graph {
    fn prepare(&self, _document: &str, name: Option<&str>) -> Result<Arc<dyn Operation>, Vec<ServerError>> {
        self.0.prepared.fetch_add(1, Ordering::SeqCst);
        Ok(Arc::new(Scripted { graph: self.clone(), name: name.unwrap_or_default().to_owned() }))
    }
}

struct Scripted {
    graph: Graph,
    name: String,
}

#[async_trait]
impl Operation for Scripted {
    async fn execute(&self, variables: Variables, ctx: &Ctx) -> Response {
        let variables = serde_json::to_value(&variables).expect("variables");
        let user = match ctx.actor() {
            Actor::User(principal) => Some(principal.user_id.to_string()),
            _ => None,
        };
        let operation_id = ctx.operation_id().to_string();
        self.graph.0.calls.lock().expect("the calls").push(Call {
            name: self.name.clone(),
            variables: variables.clone(),
            user,
            operation_id,
        });
        match (self.graph.0.script)(&self.name, &variables) {
            Ok(data) => Response::new(Value::from_json(data).expect("data")),
            Err((code, message)) => {
                let mut error = ServerError::new(message, None);
                error.extensions = Some(error_extensions(code));
                Response::from_errors(vec![error, ServerError::new("another", None)])
            }
        }
    }
}

/// Knows the tokens `user`, `admin`, and one for each way to be wrong.
struct Tokens;

#[async_trait]
impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> openim_core::Result<(Principal, Timestamp)> {
        let code = match token {
            "user" | "admin" => {
                let platform = if token == "admin" { Platform::ADMIN } else { Platform::WEB };
                let principal = Principal::new(UserId::parse(token)?, platform, token == "admin");
                return Ok((principal, Timestamp(i64::MAX)));
            }
            "expired" => return Err(ErrorCode::TokenExpired.into()),
            "kicked" => ErrorCode::TokenKicked,
            "unknown" => ErrorCode::TokenNotExist,
            "panic" => panic!("a defect"),
            _ => ErrorCode::TokenMalformed,
        };
        Err(Error::new(code, "wrong token"))
    }
}

/// The door over a graph.
pub(crate) struct Door {
    pub(crate) router: Router,
    pub(crate) rest: Rest,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn code(&self) -> i64 {
        self.json()["errCode"].as_i64().expect("errCode")
    }

    pub(crate) fn detail(&self) -> String {
        self.json()["errDlt"].as_str().expect("errDlt").to_owned()
    }

    pub(crate) fn data(&self) -> Json {
        assert_eq!(self.code(), 0, "{}", self.body);
        self.json()["data"].clone()
    }
}

impl Door {
    pub(crate) fn over(operations: &dyn Operations) -> Self {
        Self::limited(operations, DoorLimits::off(Runtime::system().clock))
    }

    pub(crate) fn limited(operations: &dyn Operations, limits: DoorLimits) -> Self {
        let options = RestOptions { deadline: Duration::from_secs(20), ..RestOptions::default() };
        let rest = Rest::new(operations, Arc::new(Tokens), Runtime::system(), options).expect("the door");
        Self { router: router(rest.clone(), Arc::new(limits)), rest }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a response");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap_or_default() }
    }

    /// Posts as an administrator.
    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.post_as("admin", path, body).await
    }

    pub(crate) async fn post_as(&self, token: &str, path: &str, body: impl Into<Body>) -> Answer {
        self.post_with(&[("operationID", "op-1"), ("token", token)], path, body).await
    }

    pub(crate) async fn post_with(&self, headers: &[(&str, &str)], path: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }
}
