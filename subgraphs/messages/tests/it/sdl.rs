//! The committed SDL is the schema's.

use expect_test::expect_file;
use openim_testing::TestWorld;

use crate::stage::Stage;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let stage = Stage::start(&world);
    expect_file!["../../../../schema/subgraphs/messages.graphql"].assert_eq(&stage.subgraph.sdl());
    stage.stop().await;
}
