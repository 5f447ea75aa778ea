//! A subgraph in this process: a parsed document goes in, values come out, no text and no JSON in between.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use openim_graphql::Subgraph;

use super::{SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};

/// Calls a [`Subgraph`] directly.
#[derive(Clone)]
pub struct InProcess(pub Arc<dyn Subgraph>);

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("InProcess").field(&self.0.name()).finish()
    }
}

#[async_trait]
impl SubgraphTransport for InProcess {
    async fn execute(&self, request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        let remaining = request.ctx.remaining();
        let ctx = request.ctx.clone();
        match tokio::time::timeout(remaining, self.0.execute(ctx, prepare(request))).await {
            Ok(response) => Ok(response.into()),
            Err(_) => Err(TransportError::DeadlineExceeded),
        }
    }

    async fn subscribe(
        &self,
        request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        let ctx = request.ctx.clone();
        Ok(self.0.subscribe(ctx, prepare(request)).map(|response| Ok(response.into())).boxed())
    }
}

fn prepare(request: SubgraphRequest) -> Request {
    match &request.op.parsed {
        Some(parsed) => {
            let mut prepared = Request::new("").variables(request.variables);
            prepared.set_parsed_query(ExecutableDocument::clone(parsed));
            prepared
        }
        None => Request::new(request.op.query.clone()).variables(request.variables),
    }
}

impl From<Response> for SubgraphResponse {
    fn from(response: Response) -> Self {
        Self { data: response.data, errors: response.errors }
    }
}
