//! Processes, and where Prometheus reads their metrics.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use openim_graphql::{Node, caller};

use crate::service::Nodes;

#[derive(Default)]
pub(crate) struct NodesAdmin;

#[Object]
impl NodesAdmin {
    /// The processes of the deployment in the order they started, at most 1,000. One that stops takes itself off the list, one
    /// that dies is not healthy and is forgotten after 15 minutes. `Subscription.nodeReports` tells the same live.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Node>> {
        let nodes = ctx.data::<Nodes>()?.list(caller(ctx)?).await?;
        Ok(nodes.iter().map(|(node, healthy)| Node::new(node, *healthy)).collect())
    }
}

/// A service of OpenIM, as its Prometheus configuration names them; each is a role of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ScrapedService {
    /// The REST door: processes with the role gateway.
    Api,
    /// Tokens: processes with the role users.
    Auth,
    /// Conversations: processes with the role conversations.
    Conversation,
    /// Friends: processes with the role relations.
    Friend,
    /// Groups: processes with the role groups.
    Group,
    /// Messages: processes with the role messages.
    Msg,
    /// Sockets of SDKs: processes with the role gateway.
    MsgGateway,
    /// Work behind messages: processes with the role worker.
    MsgTransfer,
    /// Offline push: processes with the role worker.
    Push,
    /// Files, logs and push tokens: processes with the role third.
    Third,
    /// Users: processes with the role users.
    User,
}

impl ScrapedService {
    fn role(self) -> &'static str {
        match self {
            Self::Api | Self::MsgGateway => "gateway",
            Self::Auth | Self::User => "users",
            Self::Conversation => "conversations",
            Self::Friend => "relations",
            Self::Group => "groups",
            Self::Msg => "messages",
            Self::MsgTransfer | Self::Push => "worker",
            Self::Third => "third",
        }
    }
}

/// Where Prometheus reads metrics, as its discovery over HTTP wants it.
#[derive(SimpleObject)]
pub(crate) struct ScrapeTargets {
    /// Addresses, `host:port`, in alphabetical order; metrics are at `/metrics`.
    targets: Vec<String>,
    /// What Prometheus notes with everything it reads there.
    labels: ScrapeLabels,
}

/// What Prometheus notes with everything it reads.
#[derive(SimpleObject)]
pub(crate) struct ScrapeLabels {
    /// Always `default`, as in OpenIM.
    namespace: &'static str,
}

#[derive(Default)]
pub(crate) struct NodesQuery;

#[Object]
impl NodesQuery {
    /// Where the metrics of a service's living processes are read; none when there are none. For app administrators, and without
    /// a token for whoever calls from one of `telemetry.discovery_networks`.
    async fn scrape_targets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose processes.")] service: ScrapedService,
    ) -> Result<Vec<ScrapeTargets>> {
        let targets = ctx.data::<Nodes>()?.targets(caller(ctx)?, service.role()).await?;
        let known = !targets.is_empty();
        Ok(known.then_some(ScrapeTargets { targets, labels: ScrapeLabels { namespace: "default" } }).into_iter().collect())
    }

    /// Where dashboards over the metrics are shown, for everybody; null when `telemetry.dashboard_url` is not set.
    async fn dashboard_url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.data::<Nodes>()?.dashboard().map(str::to_owned))
    }
}
