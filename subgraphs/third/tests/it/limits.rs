//! How much a user may store.

use openim_testing::for_each_database;
use openim_third::FileSettings;
use serde_json::json;

use crate::house::{COMPLETE, DELETE, House, parts};

#[tokio::test]
async fn uploads_under_way_and_bytes_are_bounded_for_each_user() {
    for_each_database(async |world| {
        let settings = FileSettings { max_open_uploads: 2, quota_bytes: 10, max_file_bytes: 20, ..FileSettings::default() };
        let house = House::with(world, settings).await;
        let start = async |ctx, name: &str, content: &[u8]| house.start(ctx, name, content).await;
        house.store(|| world.user("ann"), "ann/a", b"12345").await;
        assert_eq!(start(world.user("ann"), "ann/b", b"123456").await.refused().0, "LIMIT_EXCEEDED");
        assert_eq!(start(world.user("ann"), "ann/b", &[7; 21]).await.refused().0, "FILE_REFUSED");
        start(world.user("ann"), "ann/b", b"1").await.data();
        start(world.user("ann"), "ann/b", b"1").await.data();
        start(world.user("ann"), "ann/c", b"2").await.data();
        assert_eq!(start(world.user("ann"), "ann/d", b"3").await.refused().0, "LIMIT_EXCEEDED", "a third upload");
        start(world.user("bob"), "bob/d", b"3").await.data();
        start(world.admin(), "ann/d", &[7; 20]).await.data();
    })
    .await;
}

#[tokio::test]
async fn what_is_completed_is_counted_once_more() {
    for_each_database(async |world| {
        let house = House::with(world, FileSettings { quota_bytes: 10, ..FileSettings::default() }).await;
        let upload = house.start(world.user("ann"), "ann/a", b"12345").await.data()["startUpload"]["upload"].clone();
        house.send(&upload, b"12345").await;
        let complete = async |name: &str| {
            let variables = json!({"id": upload["id"], "parts": parts(b"12345"), "name": name});
            house.ask(world.user("ann"), COMPLETE, variables).await
        };
        // Less is allowed than when it began.
        house.third.file_settings().set(FileSettings { quota_bytes: 4, ..FileSettings::default() });
        assert_eq!(complete("ann/a").await.refused().0, "LIMIT_EXCEEDED");
        assert_eq!((house.stored("data").len(), house.stored("temp").len()), (0, 1), "it may be completed yet");
        house.third.file_settings().set(FileSettings { quota_bytes: 10, ..FileSettings::default() });
        complete("ann/a").await.data();
        // Each name counts.
        complete("ann/b").await.data();
        assert_eq!(complete("ann/c").await.refused().0, "LIMIT_EXCEEDED");
        assert_eq!(house.start(world.user("ann"), "ann/c", b"12345").await.refused().0, "LIMIT_EXCEEDED");
        complete("ann/b").await.data();
        house.ask(world.user("ann"), DELETE, json!({"name": "ann/b"})).await.data();
        world.drain_events().await;
        complete("ann/c").await.data();
    })
    .await;
}

#[tokio::test]
async fn everybody_with_a_token_learns_what_parts_must_keep_to() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let limits = "query($size: Long!) { uploadLimits { minPartBytes maxPartBytes maxParts maxFileBytes } partBytes(size: $size) }";
        let ask = async |ctx, size: i64| house.ask(ctx, limits, json!({"size": size})).await;
        let data = ask(world.user("ann"), 100_i64 << 30).await.data();
        let expected = json!({"minPartBytes": 5 << 20, "maxPartBytes": 5_i64 << 30, "maxParts": 10_000, "maxFileBytes": 5_i64 << 30});
        assert_eq!((&data["uploadLimits"], &data["partBytes"]), (&expected, &json!(10_737_419)));
        for bad in [0, -1, i64::MAX] {
            assert_eq!(ask(world.user("ann"), bad).await.refused().0, "FILE_REFUSED");
        }
        assert_eq!(ask(world.anonymous(), 1).await.refused().0, "UNAUTHENTICATED");
    })
    .await;
}
