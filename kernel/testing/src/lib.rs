//! What tests of the whole house stand on: a fresh migrated database per test, a clock that the test moves, ids that
//! count, recorded signals, and events that are handled when the test says so. For tests only: it panics.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod asking;
mod database;
mod environment;
mod readers;
mod receiver;
mod recording;
mod s3;
mod services;
mod wait;
mod world;

pub use asking::{Answer, ask};
pub use environment::{amqp_url, large_megabytes, postgres_url, redis_url, services_script};
pub use readers::{MemoryGroups, MemoryRelations};
pub use receiver::WebhookReceiver;
pub use recording::RecordingFanout;
pub use s3::s3_service;
pub use services::PrivateServices;
pub use wait::{PATIENCE, eventually};
pub use world::{START, TestWorld, for_each_database};
