//! The committed SDL is the schema's.

use expect_test::expect_file;
use openim_testing::TestWorld;

use crate::house::House;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let house = House::new(&world).await;
    expect_file!["../../../../schema/subgraphs/third.graphql"].assert_eq(&house.subgraph.sdl());
}
