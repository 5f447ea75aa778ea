//! Reading a body as its route's contract demands: from bytes to a value whose every field is there and satisfies the rules.

use async_graphql::{Name, Value};
use openim_core::ErrorCode;

use crate::codec;
use crate::contract::{Bind, Contract, Route};
use crate::engine::BuildError;
use crate::envelope::Refusal;
use crate::form::Forms;

/// Decodes and checks a body that is JSON.
pub(crate) fn read(contract: &Contract, route: &Route, body: &[u8]) -> Result<Value, Refusal> {
    let (Some(id), false) = (route.request, route.bind == Bind::None) else { return Ok(Value::Null) };
    let refuse = |what: String| Refusal::new(ErrorCode::Args, what).bad_request(route.bind == Bind::Gin);
    let text = String::from_utf8_lossy(body);
    let json = codec::parse(&text).map_err(refuse)?;
    let request = codec::decode(&contract.types, id, &json).map_err(|mismatch| refuse(mismatch.to_string()))?;
    for rule in &route.rules {
        rule.check(&request).map_err(refuse)?;
    }
    Ok(request)
}

/// Adds the parameters of the URL that the route knows to a request, each the first time it is given.
pub(crate) fn add_query(request: &mut Value, route: &Route, query: &str) {
    let Value::Object(fields) = request else { return };
    for name in &route.query {
        if let Some((_, value)) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name.as_str()) {
            fields.insert(Name::new(name), Value::String(value.into_owned()));
        }
    }
}

/// The contract without a graph: tells of any bytes whether a route would take them. Fuzz targets stand on it.
pub struct Bodies(Contract);

impl Bodies {
    /// Reads the contract.
    ///
    /// # Errors
    /// A table is damaged: a defect of this crate.
    pub fn load() -> Result<Self, BuildError> {
        Contract::load().map(Self)
    }

    /// Returns the number of routes.
    pub fn routes(&self) -> usize {
        self.0.routes.len()
    }

    /// Tells whether the route of this number (counted round and round) would take a body that says it is of this type.
    pub fn takes(&self, route: usize, content_type: &str, body: &[u8]) -> bool {
        let Some(route) = self.0.routes.get(route % self.routes().max(1)) else { return false };
        let Ok(forms) = Forms::of(route, &self.0.types) else { return false };
        let Ok(form) = forms.choose(content_type) else { return false };
        form.body(body).and_then(|body| read(&self.0, route, &body)).is_ok()
    }
}
