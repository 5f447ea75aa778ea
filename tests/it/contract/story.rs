//! The telling of the story: every call is checked against the contract, and before a route is called for the first time
//! strangers have tried it.

use std::collections::{BTreeMap, BTreeSet};

use openim_testing::eventually;
use serde_json::{Value, json};

use super::doors::{Answer, Doors};
use super::shape::Shapes;
use super::strangers;
use super::table::{Contract, Reply, Route};

/// The operation id of all calls.
pub(super) const OPERATION: (&str, &str) = ("operationID", "contract");

/// The story so far.
pub(super) struct Story {
    pub(super) doors: Doors,
    pub(super) contract: Contract,
    pub(super) shapes: Shapes,
    tokens: BTreeMap<String, String>,
    called: BTreeSet<String>,
}

impl Story {
    /// Begins with nobody but the stranger.
    pub(super) async fn begin(doors: Doors) -> Self {
        let tokens = doors.client().admin().await.users(&[(strangers::EVE, "Eve")]).await;
        let mut story =
            Self { doors, contract: Contract::read(), shapes: Shapes::default(), tokens: BTreeMap::new(), called: BTreeSet::new() };
        story.knows(strangers::EVE, &tokens[0]);
        story
    }

    /// Remembers somebody's token.
    pub(super) fn knows(&mut self, who: &str, token: &str) {
        self.tokens.insert(who.to_owned(), token.to_owned());
    }

    /// Returns somebody's token; `nobody` has none.
    pub(super) fn token(&self, who: &str) -> &str {
        self.tokens.get(who).map_or("", String::as_str)
    }

    /// Calls a route that must succeed and returns its data.
    pub(super) async fn call(&mut self, who: &str, path: &str, body: Value) -> Value {
        let route = self.contract.route(path, false).clone();
        let body = body.to_string();
        if self.called.insert(route.path.clone()) {
            strangers::try_to_call(self, &route, who, path, &body).await;
        }
        let answer = self.post(who, path, &body).await;
        self.good(&route, &answer)
    }

    /// Calls a route until its data is as wanted: what it tells follows a moment later.
    pub(super) async fn until(&mut self, who: &str, path: &str, body: Value, met: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let what = format!("{path} tells {who} what is wanted");
        eventually(&what, async || {
            let data = self.call(who, path, body.clone()).await;
            if !met(&data) && data != last {
                eprintln!("{path} does not tell {who} yet what is wanted: {data}");
                last.clone_from(&data);
            }
            met(&data).then_some(data)
        })
        .await
    }

    /// Begins to follow a list, and returns its version: whoever has none is told to load it as a whole.
    pub(super) async fn follow(&mut self, who: &str, path: &str, key: &str, id: &str) -> Value {
        let told = self.call(who, path, since(key, id, &Value::Null)).await;
        let lists = [&told["insert"], &told["update"], &told["delete"]];
        assert!(told["full"] == true && lists.iter().all(|list| list.is_null()), "{path}: {told}");
        told
    }

    /// Calls a route that must refuse and returns its code.
    pub(super) async fn refused(&self, who: &str, path: &str, body: Value) -> i64 {
        let answer = self.post(who, path, &body.to_string()).await;
        strangers::refusal(path, &answer)
    }

    /// Fetches a route of GET.
    pub(super) async fn fetch(&mut self, path: &str) -> Answer {
        let route = self.contract.route(path, true).clone();
        if self.called.insert(format!("GET {}", route.path)) {
            strangers::try_to_fetch(self, &route, path).await;
        }
        self.doors.get(path, &[]).await
    }

    /// Fetches a list without an envelope.
    pub(super) async fn list(&mut self, path: &str) -> Value {
        let answer = self.fetch(path).await;
        let route = self.contract.route(path, true).clone();
        self.good(&route, &answer)
    }

    /// Waits until a gateway answers again that was away, and everything behind it.
    pub(super) async fn back(&self, who: &str, path: &str, body: Value) {
        let (token, body) = (self.token(who), body.to_string());
        eventually("everything answers again", async || {
            let answer = self.doors.try_post(path, &[OPERATION, ("token", token)], &body).await?;
            serde_json::from_str::<Value>(&answer.text).ok().filter(|answer| answer["errCode"] == 0).map(|_| ())
        })
        .await;
    }

    /// The end: each route of the contract was called, and each type was seen with everything in it.
    pub(super) fn end(&self) {
        let name = |route: &Route| if route.fetched { format!("GET {}", route.path) } else { route.path.clone() };
        let all: BTreeSet<String> = self.contract.routes.iter().map(name).collect();
        let forgotten: Vec<_> = all.difference(&self.called).collect();
        assert!(forgotten.is_empty(), "the story forgets {forgotten:#?}");
        assert_eq!((all.len(), self.called.len()), (153, 153));
        for path in strangers::foreign() {
            assert_eq!(self.contract.route(path, false).auth, "user", "{path} cannot have a code of its own for strangers");
        }
        let gaps = self.shapes.gaps();
        assert!(gaps.is_empty(), "never filled, or against the list filled: {gaps:#?}");
    }

    async fn post(&self, who: &str, path: &str, body: &str) -> Answer {
        let token = self.token(who);
        let headers: &[_] = if token.is_empty() { &[OPERATION] } else { &[OPERATION, ("token", token)] };
        self.doors.post(path, headers, body).await
    }

    /// Checks a good answer and returns its data.
    pub(super) fn good(&mut self, route: &Route, answer: &Answer) -> Value {
        assert_eq!(answer.status, 200, "{}: {}", route.path, answer.text);
        assert_ne!(route.reply, Reply::Redirect, "{}", route.path);
        let checked = self.shapes.check(&self.contract, &route.reply, &answer.text);
        checked.unwrap_or_else(|wrong| panic!("{}: {wrong}\n{}", route.path, answer.text))
    }
}

/// What a client asks that keeps a list of its own: whose list, and which version of it the client has.
pub(super) fn since(key: &str, id: &str, version: &Value) -> Value {
    let known = (version["versionID"].as_str().unwrap_or_default(), version["version"].as_u64().unwrap_or_default());
    json!({ key: id, "versionID": known.0, "version": known.1 })
}

/// The first page.
pub(super) fn page() -> Value {
    json!({ "pageNumber": 1, "showNumber": 100 })
}

/// Returns the texts at a path of each entry of a list.
pub(super) fn texts<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    list.as_array().into_iter().flatten().map(|entry| entry.pointer(pointer).and_then(Value::as_str).unwrap_or("?")).collect()
}
