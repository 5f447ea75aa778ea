//! The committed SDL is the schema's.

use expect_test::expect_file;

use crate::support::Node;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let sdl = Node::new().hub.subgraph().sdl();
    expect_file!["../../../../schema/subgraphs/realtime.graphql"].assert_eq(&sdl);
}
