//! The ports of the house: database, durable events, fan-out, cache, presence, rate limits, each with an embedded and a
//! production adapter and one behaviour suite for both; and configuration, telemetry and webhooks, which every process
//! shares.

mod amqp;
pub mod audit;
pub mod cache;
pub mod config;
pub mod events;
pub mod fanout;
pub mod leader;
pub mod limits;
pub mod nodes;
pub mod ports;
pub mod presence;
pub mod probe;
pub mod readiness;
mod redis_link;
pub mod store;
pub mod telemetry;
pub mod timers;
pub mod versions;
pub mod webhooks;
