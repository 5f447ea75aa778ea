//! Every metric there is: what it is called, what it counts by, and what it means. `docs/metrics.md` is made from this table,
//! and a test compares it with what the code records.

use Kind::{Counter, Gauge, Histogram};

/// What a metric is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts values by size.
    Histogram,
}

impl Kind {
    /// Returns Prometheus's word.
    pub fn word(self) -> &'static str {
        match self {
            Counter => "counter",
            Gauge => "gauge",
            Histogram => "histogram",
        }
    }
}

/// One metric.
#[derive(Debug)]
pub struct Metric {
    /// Its name at `/metrics`.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it counts by.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
}

const fn metric(name: &'static str, kind: Kind, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind, labels, help }
}

/// OpenIM's own 17, for whose names and labels dashboards exist.
#[rustfmt::skip]
pub const OPENIM: &[Metric] = &[
    metric("api_count", Counter, &["path", "method", "code"], "Answers of the REST door by route, method and errCode"),
    metric("http_count", Counter, &["path", "method", "status"], "Requests of the REST door by route, method and HTTP status; a status of 404 has the path <404>"),
    metric("rpc_count", Counter, &["name", "path", "code"], "Root fields that subgraphs answered: the subgraph, the field and the errCode (0 for success, -1 for an error without one)"),
    metric("user_login_total", Counter, &[], "Tokens that administrators bought with the secret; see openim_tokens_issued_total for all"),
    metric("user_register_total", Counter, &[], "Users that were registered"),
    metric("single_chat_msg_process_success_total", Counter, &[], "Messages between two people that were stored"),
    metric("single_chat_msg_process_failed_total", Counter, &[], "Messages between two people that the receiver did not want, or that could not be stored"),
    metric("group_chat_msg_process_success_total", Counter, &[], "Messages to groups that were stored"),
    metric("group_chat_msg_process_failed_total", Counter, &[], "Messages to groups that were refused (no member, muted, dismissed), or could not be stored"),
    metric("online_user_num", Gauge, &[], "Users with an event stream or an SDK socket at this process"),
    metric("msg_offline_push_failed_total", Counter, &[], "Attempts of an offline push that failed"),
    metric("msg_long_time_push_total", Counter, &[], "Messages whose push was decided on more than 10 seconds after they were sent"),
    metric("msg_insert_redis_success_total", Counter, &[], "Always 0, as in OpenIM: no message waits in Redis"),
    metric("msg_insert_redis_failed_total", Counter, &[], "Always 0, as in OpenIM: no message waits in Redis"),
    metric("msg_insert_mongo_success_total", Counter, &[], "Batches of messages that were committed to the database"),
    metric("msg_insert_mongo_failed_total", Counter, &[], "Batches of messages that could not be committed to the database"),
    metric("seq_set_failed_total", Counter, &[], "Failures to tell what senders have read; it is told again a second later"),
];

/// Ours.
#[rustfmt::skip]
pub const OURS: &[Metric] = &[
    metric("openim_http_requests_total", Counter, &["path", "method", "status"], "Requests by route, method and HTTP status"),
    metric("openim_http_request_seconds", Histogram, &["path"], "Time until the head of the answer, by route"),
    metric("openim_http_requests_open", Gauge, &[], "Requests that wait for their answer"),
    metric("openim_rest_request_seconds", Histogram, &["path"], "Time of REST calls by route"),
    metric("openim_graphql_requests_total", Counter, &["transport", "kind", "outcome"], "GraphQL operations by transport, kind and outcome (ok, partial, refused, limited)"),
    metric("openim_graphql_request_seconds", Histogram, &["transport"], "Time of queries and mutations by transport"),
    metric("openim_graphql_sockets", Gauge, &["platform"], "Open WebSockets of the GraphQL door by platform; none before the token is known"),
    metric("openim_graphql_streams", Gauge, &[], "Open event streams over HTTP (SSE and multipart)"),
    metric("openim_graphql_frames_total", Counter, &["direction"], "WebSocket frames of the GraphQL door by direction (in, out)"),
    metric("openim_graphql_closes_total", Counter, &["transport", "reason"], "Closed WebSockets and streams by transport and reason; slow is a client that read too slowly"),
    metric("openim_sdk_sockets", Gauge, &["platform"], "Open sockets of official SDKs by platform"),
    metric("openim_sdk_frames_total", Counter, &["direction"], "Frames of SDK sockets by direction (in, out)"),
    metric("openim_sdk_pushes_total", Counter, &[], "Messages pushed to SDK sockets"),
    metric("openim_sdk_connects_total", Counter, &["code"], "Attempts of SDKs to connect by errCode, 0 for success"),
    metric("openim_sdk_requests_total", Counter, &["request", "code"], "Requests of SDKs by identifier and errCode"),
    metric("openim_sdk_request_seconds", Histogram, &["request"], "Time of SDK requests by identifier"),
    metric("openim_sdk_closes_total", Counter, &["reason"], "Closed SDK sockets by reason; slow is a client that read too slowly"),
    metric("openim_gateway_documents_parsed_total", Counter, &[], "Documents that were parsed because they were not known yet"),
    metric("openim_gateway_parse_seconds", Histogram, &[], "Time to parse and validate a document"),
    metric("openim_gateway_plan_seconds", Histogram, &[], "Time to plan an operation"),
    metric("openim_gateway_execute_seconds", Histogram, &[], "Time to execute a plan, all fetches and the projection"),
    metric("openim_gateway_request_seconds", Histogram, &[], "Time of an operation in the gateway, all stages together"),
    metric("openim_gateway_fetch_seconds", Histogram, &["subgraph"], "Time of a fetch from a subgraph"),
    metric("openim_gateway_fetch_failures_total", Counter, &["subgraph"], "Fetches that a subgraph gave no answer to"),
    metric("openim_gateway_subscriptions", Gauge, &[], "Running subscriptions; equal ones count once"),
    metric("openim_gateway_events_total", Counter, &[], "Events that were completed from the subgraphs"),
    metric("openim_event_streams", Gauge, &[], "Open streams of events at this process"),
    metric("openim_events_too_slow_total", Counter, &[], "Streams of events that ended because they were read too slowly"),
    metric("openim_events_lost_total", Counter, &[], "Losses of signals; the streams of the process then catch up from the graph"),
    metric("openim_delivery_seconds", Histogram, &[], "Time of a message from its commit until it was handed to a socket"),
    metric("openim_messages_stored_total", Counter, &[], "Messages that this process stored"),
    metric("openim_batch_messages", Histogram, &[], "Messages that were stored with one commit"),
    metric("openim_tokens_issued_total", Counter, &["kind"], "Tokens that were issued, by kind (admin, user)"),
    metric("openim_presence_changes_total", Counter, &[], "Changes of presence that this process told"),
    metric("openim_cache_lookups_total", Counter, &["outcome"], "Looks into the shared cache by outcome (hit, miss)"),
    metric("openim_fanout_sent_total", Counter, &[], "Signals sent to other processes"),
    metric("openim_fanout_received_total", Counter, &[], "Signals received from other processes"),
    metric("openim_fanout_lost_total", Counter, &[], "Signals that could not be sent because the broker was slow or away"),
    metric("openim_amqp_sessions_failed_total", Counter, &["purpose"], "Connections to RabbitMQ that failed, by purpose"),
    metric("openim_part_ready", Gauge, &["part"], "1 while what the process stands on gives signs of life, by part (database, cache, fanout, events, objects)"),
    metric("openim_outbox_waiting", Gauge, &[], "Events that are due in the shared outbox; of a process that carries events"),
    metric("openim_outbox_lag_seconds", Gauge, &[], "For how long the oldest of them waits"),
    metric("openim_outbox_published_total", Counter, &["outcome"], "Events handed to RabbitMQ by outcome (published, refused)"),
    metric("openim_queue_depth", Gauge, &["consumer"], "Events that wait for a handler, in RabbitMQ or the embedded queue; of a process that handles them"),
    metric("openim_events_total", Counter, &["consumer", "outcome"], "Events by handler and outcome (handled, repeated, failed)"),
    metric("openim_dead_letters_total", Counter, &["consumer"], "Events that were given up, by handler"),
    metric("openim_webhooks_total", Counter, &["command", "outcome"], "Webhook calls by command and outcome"),
    metric("openim_webhook_seconds", Histogram, &["command"], "Time of webhook calls by command"),
    metric("openim_webhooks_waiting", Gauge, &[], "Webhooks that wait for their first or next attempt; of a process that delivers them"),
    metric("openim_webhooks_given_up_total", Counter, &[], "Webhooks that were given up"),
    metric("openim_webhooks_unlogged_total", Counter, &[], "Webhook calls that could not be noted in the log"),
    metric("openim_pushes_total", Counter, &["provider", "outcome"], "Offline pushes by provider and outcome"),
    metric("openim_push_seconds", Histogram, &["provider"], "Time of a call of a push provider"),
    metric("openim_pushes_given_up_total", Counter, &[], "Offline pushes that were given up"),
    metric("openim_files_stored_total", Counter, &[], "Files that were stored"),
    metric("openim_files_stored_bytes_total", Counter, &[], "Bytes of files that were stored"),
    metric("openim_door_refused_total", Counter, &["caller"], "Operations refused because a caller came too often, by kind of caller"),
    metric("openim_door_unshared_total", Counter, &[], "Operations counted by one process alone because the shared limiter was away"),
    metric("openim_wrong_secrets_total", Counter, &["secret"], "Wrong attempts at a secret"),
    metric("openim_audit_acts_total", Counter, &[], "Acts of app administrators that were noted"),
    metric("openim_audit_lost_total", Counter, &[], "Acts of app administrators that could not be noted"),
    metric("openim_timers_leading", Gauge, &[], "1 in the process that runs the periodic jobs"),
    metric("openim_timer_runs_total", Counter, &["timer", "outcome"], "Runs of periodic jobs by job and outcome"),
    metric("openim_timer_work_total", Counter, &["timer"], "What periodic jobs have done, by job"),
    metric("openim_timer_seconds", Histogram, &["timer"], "Time of a run by job"),
    metric("openim_timer_last_success_seconds", Gauge, &["timer"], "When a job last went well, in seconds since 1970"),
    metric("process_cpu_seconds_total", Gauge, &[], "Time on the processor since the start"),
    metric("process_resident_memory_bytes", Gauge, &[], "Memory in use"),
    metric("process_virtual_memory_bytes", Gauge, &[], "Memory that was asked for"),
    metric("process_open_fds", Gauge, &[], "Open files and sockets"),
    metric("process_max_fds", Gauge, &[], "How many files and sockets may be open"),
    metric("process_threads", Gauge, &[], "Threads"),
    metric("process_start_time_seconds", Gauge, &[], "When the process started, in seconds since 1970"),
];

/// Returns every metric: OpenIM's, then ours.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    OPENIM.iter().chain(OURS)
}

/// Describes every metric, and lets those without labels that count appear with 0 from the start.
pub(super) fn register() {
    for Metric { name, kind, labels, help } in all() {
        match kind {
            Counter => metrics::describe_counter!(*name, *help),
            Gauge => metrics::describe_gauge!(*name, *help),
            Histogram => metrics::describe_histogram!(*name, *help),
        }
        if *kind == Counter && labels.is_empty() {
            metrics::counter!(*name).absolute(0);
        }
    }
    // OpenIM's one gauge is there in every process, too.
    metrics::gauge!("online_user_num").increment(0.0);
}

/// Returns the page about all metrics.
pub fn reference() -> String {
    let mut page = String::from(
        "# Metrics\n\nEvery process shows them at `/metrics` of its HTTP address, in Prometheus's text format. This page is made from the table in\n\
         `kernel/platform/src/telemetry/catalogue.rs`; a test compares it with what the code records (`UPDATE_EXPECT=1` rewrites it).\n\n\
         Counters without labels are there from the start with 0; the others appear with their first value. Labels have few values: routes,\n\
         roots of the schema, kinds, names of our own, never what a client writes.\n",
    );
    let mut table = |title: &str, about: &str, metrics: &[Metric]| {
        page.push_str(&format!("\n## {title}\n\n{about}\n\n| name | type | labels | meaning |\n|---|---|---|---|\n"));
        for Metric { name, kind, labels, help } in metrics {
            let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
            page.push_str(&format!("| `{name}` | {} | {labels} | {help} |\n", kind.word()));
        }
    };
    table("OpenIM's names", "The 17 that dashboards and alerts of OpenIM know, with their labels.", OPENIM);
    table(
        "Ours",
        "Times are in seconds. What is said of the outbox, queues and webhooks is shared by all processes: take the greatest.",
        OURS,
    );
    page.push_str(
        "\n## How Prometheus finds the processes\n\nEach process is on the list of processes (`admin { nodes }` in the graph, `openim doctor`), with the address of its metrics.\n\
         `GET /prometheus_discovery/{api|user|group|msg|friend|conversation|third|auth|push|msg_gateway|msg_transfer}` answers them for\n\
         Prometheus's `http_sd_configs`, in OpenIM's form; `[]` when no living process has the role. A process with several roles is found\n\
         under each. They need no token, and are therefore answered to `telemetry.discovery_networks` only, which is this machine until it is\n\
         set; others get 403. What a proxy on the same machine passes on is refused unless `server.trusted_proxies` names the proxy. The graph's\n\
         `scrapeTargets` answers administrators from everywhere. `server.advertised_host` says under which name others reach a process.\n\n\
         `GET /third/prometheus` leads to `telemetry.dashboard_url`.\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect_file;

    use super::*;

    #[test]
    fn every_metric_is_in_the_table_once_and_openims_are_17() {
        let names: BTreeSet<_> = all().map(|metric| metric.name).collect();
        assert_eq!((names.len(), OPENIM.len()), (all().count(), 17));
    }

    #[test]
    fn the_page_about_metrics_is_up_to_date() {
        expect_file!["../../../../docs/metrics.md"].assert_eq(&reference());
    }
}
