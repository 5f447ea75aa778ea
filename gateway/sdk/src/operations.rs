//! The operations that requests are: part of the binary, checked and planned at start-up.

use std::sync::Arc;

use async_graphql::{Response, Value, Variables};
use openim_core::Ctx;
use openim_federation::{Operation, Operations};

use crate::fields::Fields;
use crate::frames::Failure;

/// Joins a document of `schema/sdk` with the fragment of a message.
macro_rules! with_message {
    ($name:literal) => {
        concat!(include_str!(concat!("../../../schema/sdk/", $name)), include_str!("../../../schema/sdk/message.graphql"))
    };
}

const NEWEST_SEQS: &str = include_str!("../../../schema/sdk/newest_seqs.graphql");
const PULL_RANGES: &str = with_message!("pull_ranges.graphql");
const SEND: &str = include_str!("../../../schema/sdk/send.graphql");
const PULL_SEQS: &str = with_message!("pull_seqs.graphql");
const READ_POSITIONS: &str = include_str!("../../../schema/sdk/read_positions.graphql");
const LAST_MESSAGES: &str = with_message!("last_messages.graphql");
const PRESENCES: &str = include_str!("../../../schema/sdk/presences.graphql");
const LOGOUT: &str = include_str!("../../../schema/sdk/logout.graphql");

/// Returns every document of the door.
pub fn documents() -> [&'static str; 8] {
    [NEWEST_SEQS, PULL_RANGES, SEND, PULL_SEQS, READ_POSITIONS, LAST_MESSAGES, PRESENCES, LOGOUT]
}

/// Why the door cannot open.
#[derive(Debug, thiserror::Error)]
#[error("an operation of the SDK door does not fit the graph: {problem}: {document}")]
pub struct BuildError {
    document: &'static str,
    problem: String,
}

/// The operations, ready to run.
pub(crate) struct Prepared {
    pub(crate) newest_seqs: Runnable,
    pub(crate) pull_ranges: Runnable,
    pub(crate) send: Runnable,
    pub(crate) pull_seqs: Runnable,
    pub(crate) read_positions: Runnable,
    pub(crate) last_messages: Runnable,
    pub(crate) presences: Runnable,
    pub(crate) logout: Runnable,
}

impl Prepared {
    /// Checks and plans all of them.
    ///
    /// # Errors
    /// [`BuildError`] has the one that does not fit.
    pub(crate) fn new(graph: &dyn Operations) -> Result<Self, BuildError> {
        let prepare = |document: &'static str| match graph.prepare(document, None) {
            Ok(operation) => Ok(Runnable(operation)),
            Err(errors) => {
                let problem = errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; ");
                Err(BuildError { document, problem })
            }
        };
        Ok(Self {
            newest_seqs: prepare(NEWEST_SEQS)?,
            pull_ranges: prepare(PULL_RANGES)?,
            send: prepare(SEND)?,
            pull_seqs: prepare(PULL_SEQS)?,
            read_positions: prepare(READ_POSITIONS)?,
            last_messages: prepare(LAST_MESSAGES)?,
            presences: prepare(PRESENCES)?,
            logout: prepare(LOGOUT)?,
        })
    }
}

/// One operation.
pub(crate) struct Runnable(Arc<dyn Operation>);

impl Runnable {
    /// Runs it until the caller's deadline.
    ///
    /// # Errors
    /// What the graph says, in OpenIM's numbers.
    pub(crate) async fn run(&self, variables: Variables, ctx: &Ctx) -> Result<Fields, Failure> {
        let execution = self.0.execute(variables, ctx);
        let Ok(Response { data, errors, .. }) = tokio::time::timeout(ctx.remaining(), execution).await else {
            return Err(Failure::from(openim_core::ErrorCode::DeadlineExceeded));
        };
        match errors.first() {
            Some(error) => Err(Failure::of_graph(error)),
            None => Ok(Fields::of(data)),
        }
    }
}

/// Makes variables.
pub(crate) fn variables<const N: usize>(fields: [(&'static str, Value); N]) -> Variables {
    Variables::from_value(object(fields))
}

/// Makes an object.
pub(crate) fn object<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (async_graphql::Name::new(name), value)).collect())
}
