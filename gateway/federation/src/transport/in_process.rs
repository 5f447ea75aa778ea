//! A subgraph in this process: a parsed document goes in, values come out, no text and no JSON in between.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, Variables};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use openim_graphql::Subgraph;

use super::{SubgraphOp, SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};

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
        let SubgraphRequest { op, variables, ctx } = request;
        let remaining = ctx.remaining();
        match tokio::time::timeout(remaining, self.0.execute(ctx, prepare(&op, variables))).await {
            Ok(response) => Ok(response.into()),
            Err(_) => Err(TransportError::DeadlineExceeded),
        }
    }

    async fn subscribe(
        &self,
        request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        let SubgraphRequest { op, variables, ctx } = request;
        Ok(self.0.subscribe(ctx, prepare(&op, variables)).map(|response| Ok(response.into())).boxed())
    }
}

fn prepare(op: &SubgraphOp, variables: Variables) -> Request {
    match &op.parsed {
        Some(parsed) => {
            let mut request = Request::new("").variables(variables);
            request.set_parsed_query(ExecutableDocument::clone(parsed));
            request
        }
        None => Request::new(op.query.clone()).variables(variables),
    }
}

impl From<Response> for SubgraphResponse {
    fn from(response: Response) -> Self {
        Self { data: response.data, errors: response.errors }
    }
}
