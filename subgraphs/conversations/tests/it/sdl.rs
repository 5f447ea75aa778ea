//! The committed SDL is the schema's.

use expect_test::expect_file;
use openim_testing::TestWorld;

use crate::support::House;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let house = House::new(&world);
    expect_file!["../../../../schema/subgraphs/conversations.graphql"].assert_eq(&house.domain.subgraph().sdl());
}
