//! From the configuration's sections to the settings of each door.

use std::time::Duration;

use openim_federation::Limits;
use openim_graphql_door::{DocumentMode, Settings, SocketSettings};
use openim_platform::config::{Config, Documents};
use openim_realtime::Pace;
use openim_rest::RestOptions;

/// What the GraphQL doors allow.
pub(super) fn graphql(config: &Config) -> Settings {
    let section = &config.graphql;
    Settings {
        deadline: deadline(config),
        body_limit: section.max_body_bytes,
        batch_limit: section.max_batch,
        allowed_origins: config.server.allowed_origins.clone(),
        introspection: section.introspection,
        explorer: section.graphiql,
        max_streams: section.max_streams,
        socket: SocketSettings {
            operations: section.max_socket_operations,
            frame_limit: section.max_body_bytes,
            queue_bytes: section.max_socket_queue_bytes,
            ..SocketSettings::default()
        },
        ..Settings::default()
    }
}

/// How big an operation may be.
pub(super) fn limits(config: &Config) -> Limits {
    let section = &config.graphql;
    Limits {
        tokens: section.max_tokens,
        depth: section.max_depth,
        aliases: section.max_aliases,
        cost: section.max_cost,
        answer_bytes: section.max_answer_bytes,
        ..Limits::default()
    }
}

/// Which documents are answered.
pub(super) fn document_mode(config: &Config) -> DocumentMode {
    match config.graphql.documents {
        Documents::Off => DocumentMode::Off,
        Documents::Allow => DocumentMode::Allow,
        Documents::Only => DocumentMode::Only,
    }
}

/// What the REST door allows.
pub(super) fn rest(config: &Config) -> RestOptions {
    RestOptions {
        deadline: deadline(config),
        body_limit: config.rest.max_body_bytes,
        public_url: config.objects.public_url.expose().to_owned(),
    }
}

/// What the door of official SDKs allows.
pub(super) fn sdk(config: &Config) -> openim_sdk_door::Settings {
    openim_sdk_door::Settings { deadline: deadline(config), max_connections: config.sdk.max_connections, ..Default::default() }
}

/// Returns when changes of presence are told.
pub(super) fn pace(config: &Config) -> Pace {
    let section = &config.presence;
    let lease = Duration::from_secs(section.lease_seconds);
    Pace { grace: Duration::from_millis(section.grace_milliseconds), look: lease / 6 }
}

/// What event streams and SDK sockets may keep and ask.
pub(super) fn realtime(config: &Config) -> openim_realtime::Settings {
    let section = &config.realtime;
    openim_realtime::Settings {
        queue: section.queue_signals,
        max_missed: section.max_missed,
        max_cursor_age: Duration::from_secs(section.max_cursor_hours * 3600),
        max_streams_per_user: section.max_streams_per_user,
        session_frames: config.sdk.max_queue_messages,
        session_bytes: config.sdk.max_queue_bytes,
        max_sessions_per_user: config.sdk.max_connections_per_user,
        max_watched: config.sdk.max_watched_users,
        ..openim_realtime::Settings::default()
    }
}

fn deadline(config: &Config) -> Duration {
    Duration::from_millis(config.graphql.deadline_milliseconds)
}
