//! All ports of a process together.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Causes, ErrorCode, IdSource, RandomIds, Runtime};
use openim_platform::events::EventPlan;
use openim_platform::ports::{PortSettings, Ports};
use openim_platform::readiness::Readiness;
use openim_platform::store::DatabaseSettings;
use openim_testing::{TestWorld, eventually};

use crate::support::{Recorder, append};

async fn settings() -> Vec<(TestWorld, PortSettings)> {
    let world = TestWorld::sqlite().await;
    let mut all = vec![(PortSettings::new(world.database(), None, None, "one"), world)];
    if let Some(world) = TestWorld::postgres().await {
        let (redis, amqp) = (openim_testing::redis_url(), openim_testing::amqp_url());
        let prefix = RandomIds.hex32();
        all.push((PortSettings { prefix, ..PortSettings::new(world.database(), redis, amqp, "one") }, world));
    }
    all.into_iter().map(|(settings, world)| (world, settings)).collect()
}

#[tokio::test]
async fn a_process_opens_uses_and_closes_its_ports() {
    for (world, settings) in settings().await {
        let ports = Arc::new(Ports::connect(&settings, &Runtime::system()).await.unwrap());
        let readiness = Readiness::new(ports.clone(), true);
        let recorder = Recorder::new("recorder", |_| Ok(()));
        ports.start_events(EventPlan::new(vec![recorder.clone()], &[]));
        eventually("everything is ready", async || readiness.signs().await.iter().all(|(_, ready)| ready.is_ok()).then_some(())).await;
        append(&ports.store, &world.user("ann"), 0..5).await;
        eventually("events are handled", async || (recorder.seen().len() == 5).then_some(())).await;
        ports.cache.set("a", b"x", Duration::from_secs(9)).await.unwrap();
        ports.close(Duration::from_secs(5)).await;
        assert!(ports.store.begin().await.is_err(), "closed");
    }
}

#[tokio::test]
async fn the_port_that_cannot_be_opened_is_named() {
    let world = TestWorld::sqlite().await;
    let nowhere = |redis: Option<&str>, amqp: Option<&str>| {
        PortSettings::new(world.database(), redis.map(str::to_owned), amqp.map(str::to_owned), "one")
    };
    let cases = [
        (nowhere(Some("redis://127.0.0.1:1/0"), None), "cache (redis)", ErrorCode::Unavailable),
        (nowhere(Some("redis://"), None), "cache (redis)", ErrorCode::Args),
        (PortSettings::new(DatabaseSettings::new("sqlite:/nowhere/at/all"), None, None, "one"), "database", ErrorCode::Unavailable),
    ];
    let runtime = Arc::new(Runtime::system());
    for (settings, name, code) in cases {
        let Err(error) = Ports::connect(&settings, &runtime).await else { panic!("{name} was opened") };
        assert!(error.message().contains(name), "{error}");
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_named_with_its_cause_and_without_its_password() {
    let mut settings = DatabaseSettings::new("postgres://ann:hunter2@127.0.0.1:1/openim");
    settings.acquire_timeout = Duration::from_millis(100);
    let Err(error) = Ports::connect(&PortSettings::new(settings, None, None, "one"), &Runtime::system()).await else {
        panic!("it was opened")
    };
    let told = Causes(&error).to_string();
    assert!(told.starts_with("the database cannot be opened: PostgreSQL at 127.0.0.1:1 takes no connection: "), "{told}");
    assert!(told.contains("refused") && !told.contains("hunter2") && told.matches("refused").count() == 1, "{told}");
}
