//! What administrators are told of the processes.

use async_graphql::SimpleObject;
use openim_graphql::{Node, admin_only};

use crate::processes::Report;

/// What a process says of itself, or that it has fallen silent.
#[derive(Debug, SimpleObject)]
#[graphql(directive = admin_only::apply())]
pub(crate) struct NodeReport {
    /// The process as it is known now.
    node: Node,
    /// Whether it ended in order; then this is the last report of it. One that died is only not healthy any more.
    ended: bool,
}

impl From<Report> for NodeReport {
    fn from(report: Report) -> Self {
        Self { node: Node::new(&report.node, report.healthy), ended: report.ended }
    }
}
