//! Stored settings: who finds them, what is refused, what is remembered, who restarts.

use openim_core::Ctx;
use openim_platform::config::{Configuration, FlagSetting, Inputs, Loaded, MASK, SettingSource, load};
use openim_testing::{TestWorld, eventually, for_each_database};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn loaded(flags: &[(&str, &str)]) -> Loaded {
    let flag = |(key, value): &(&str, &str)| FlagSetting { flag: "--set".into(), key: (*key).into(), value: (*value).into() };
    let inputs = Inputs { file: Some("/dev/null".into()), environment: Vec::new(), flags: flags.iter().map(flag).collect() };
    load(&inputs).expect("good")
}

async fn open(world: &TestWorld, node: &str) -> Configuration {
    Configuration::open(loaded(&[("auth.secret", "hunter2-hunter2")]), world.store().clone(), node).await.expect("readable")
}

async fn update(configuration: &Configuration, ctx: &Ctx, changes: &[(&str, Value)]) -> Result<Vec<&'static str>, String> {
    let changes: Vec<_> = changes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    configuration.update(ctx, &changes).await.map_err(|error| error.message().to_owned())
}

#[tokio::test]
async fn a_stored_setting_survives_the_process_and_reaches_the_others() {
    for_each_database(async |world| {
        let (one, two) = (open(world, "one").await, open(world, "two").await);
        let stop = CancellationToken::new();
        let following = tokio::spawn(two.clone().follow(stop.clone()));
        let changed = update(&one, &world.admin(), &[("limits.user_per_minute", json!(3)), ("graphql.max_depth", json!(9))]).await;
        assert_eq!(changed, Ok(vec!["graphql.max_depth", "limits.user_per_minute"]));
        assert_eq!(one.now().config().limits.user_per_minute, 3, "at once");
        eventually("the other process knows", async || (two.now().config().limits.user_per_minute == 3).then_some(())).await;
        assert_eq!(two.now().config().graphql.max_depth, 15, "what is not live waits for a restart");
        let depth = two.settings().into_iter().find(|setting| setting.key == "graphql.max_depth").expect("a key");
        assert_eq!((depth.value, depth.restart_needed, depth.source), (json!(9), true, SettingSource::Stored));
        stop.cancel();
        following.await.expect("it ends");

        let third = open(world, "three").await;
        assert_eq!((third.now().config().limits.user_per_minute, third.now().config().graphql.max_depth), (3, 9));
        third.set_managed(&world.admin(), false).await.expect("switched off");
        assert_eq!(third.now().config().limits.user_per_minute, 12_000);
        assert!(update(&third, &world.admin(), &[("rest.enabled", json!(false))]).await.is_err());
        third.set_managed(&world.admin(), true).await.expect("switched on");
        assert_eq!(third.reset(&world.admin(), None).await.expect("taken back").len(), 2);
        assert_eq!(open(world, "four").await.now().config().graphql.max_depth, 15);
    })
    .await;
}

#[tokio::test]
async fn one_bad_value_stops_all_and_each_is_named() {
    for_each_database(async |world| {
        let one = open(world, "one").await;
        let cases = [
            ("limits.user_per_minute", json!("many"), "must be a whole number from 0 to 100000000, not \"many\""),
            ("limits.user_per_minut", json!(1), "did you mean limits.user_per_minute?"),
            ("nonsense", json!(1), "there is no such key"),
            ("auth.secret", json!("another secret"), "cannot be stored: secrets"),
            ("server.listen", json!(["0.0.0.0:1"]), "cannot be stored"),
            ("server.roles", json!(["users"]), "cannot be stored"),
            ("messages.queue_messages", json!(1), "is below messages.batch_messages"),
            ("notifications.changes", json!({"a": 1}), "must be a list of texts"),
            ("webhooks.url", json!("http://127.0.0.1/hooks"), "is no address of the internet"),
        ];
        for (key, value, expected) in cases {
            let error = update(&one, &world.admin(), &[("limits.admin_per_minute", json!(7)), (key, value)]).await.expect_err(key);
            assert!(error.contains(key) && error.contains(expected), "{key}: {error}");
        }
        let twice = [("rest.enabled", json!(true)), ("rest.enabled", json!(false))];
        assert!(update(&one, &world.admin(), &twice).await.expect_err("twice").contains("is named twice"));
        assert_eq!(one.history(None, 0, 10).await.expect("readable").changes, []);
        assert_eq!(one.now().config().limits.admin_per_minute, 600_000, "nothing was stored");
        let flagged = Configuration::open(loaded(&[("rest.enabled", "true")]), world.store().clone(), "f").await.expect("readable");
        let error = update(&flagged, &world.admin(), &[("rest.enabled", json!(false))]).await.expect_err("a flag wins");
        assert!(error.contains("is set by flag --set"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn secrets_are_masked_and_a_mask_that_comes_back_changes_nothing() {
    for_each_database(async |world| {
        let one = open(world, "one").await;
        let find = |key: &str| one.settings().into_iter().find(|setting| setting.key == key).expect("a key");
        assert_eq!((find("auth.secret").value, find("auth.secret").secret), (json!(MASK), true));
        assert!(!format!("{:?}", one.settings()).contains("hunter2"));
        assert_eq!(update(&one, &world.admin(), &[("auth.secret", json!(MASK))]).await, Ok(vec![]));

        let url = "https://im:hunter2@hooks.example.com/a";
        assert_eq!(update(&one, &world.admin(), &[("webhooks.url", json!(url))]).await, Ok(vec!["webhooks.url"]));
        let masked = json!("https://im:***@hooks.example.com/a");
        assert_eq!(find("webhooks.url").value, masked);
        assert_eq!(update(&one, &world.admin(), &[("webhooks.url", masked.clone())]).await, Ok(vec![]));
        assert_eq!(one.now().config().webhooks.url.expose(), url);
        let history = one.history(None, 0, 10).await.expect("readable").changes;
        let [change] = &history[..] else { panic!("{history:?}") };
        assert_eq!((change.by.as_str(), &change.old, &change.new), ("imAdmin", &None, &Some(masked)));
    })
    .await;
}

#[tokio::test]
async fn the_history_is_newest_first_and_in_pages() {
    for_each_database(async |world| {
        let one = open(world, "one").await;
        for number in 1..=3 {
            update(&one, &world.admin(), &[("limits.user_per_minute", json!(number))]).await.expect("stored");
        }
        one.reset(&world.admin(), Some(&["limits.user_per_minute".to_owned()])).await.expect("taken back");
        let page = one.history(None, 0, 2).await.expect("readable");
        assert!(page.has_next && !page.has_previous);
        let values: Vec<_> = page.changes.iter().map(|change| (change.old.clone(), change.new.clone())).collect();
        assert_eq!(values, [(Some(json!(3)), None), (Some(json!(2)), Some(json!(3)))]);
        let rest = one.history(page.changes.last().map(|change| change.id), 0, 2).await.expect("readable");
        assert_eq!((rest.changes.len(), rest.has_next, one.history_length().await.expect("countable")), (2, false, 4));
        assert!(one.reset(&world.admin(), Some(&["nonsense".to_owned()])).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_restart_is_for_whom_it_names_and_happens_once() {
    for_each_database(async |world| {
        let (one, two) = (open(world, "one").await, open(world, "two").await);
        one.ask_restart(&world.admin(), &["two".to_owned()]).await.expect("asked");
        for process in [&one, &two] {
            process.refresh().await.expect("readable");
        }
        assert!(!one.restart().is_cancelled() && two.restart().is_cancelled());
        let successor = open(world, "two").await;
        successor.refresh().await.expect("readable");
        assert!(!successor.restart().is_cancelled(), "the request is of the past");
        one.ask_restart(&world.admin(), &[]).await.expect("asked");
        for process in [&one, &successor] {
            process.refresh().await.expect("readable");
            assert!(process.restart().is_cancelled());
        }
    })
    .await;
}
