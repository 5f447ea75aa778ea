//! The committed SDL is the schema's.

use expect_test::expect_file;
use openim_platform::webhooks::Webhooks;
use openim_testing::TestWorld;
use openim_third::Third;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let domain = Third::new(world.store().clone(), Webhooks::disabled());
    expect_file!["../../../../schema/subgraphs/third.graphql"].assert_eq(&domain.subgraph().sdl());
}
