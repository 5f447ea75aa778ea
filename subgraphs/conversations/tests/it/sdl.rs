//! The committed SDL is the schema's.

use std::sync::Arc;

use expect_test::expect_file;
use openim_conversations::{Conversations, Settings};
use openim_testing::TestWorld;

use crate::support::Logs;

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let domain = Conversations::new(
        Settings::default(),
        world.store().clone(),
        Arc::new(Logs::default()),
        Arc::new(openim_testing::MemoryGroups::default()),
    );
    expect_file!["../../../../schema/subgraphs/conversations.graphql"].assert_eq(&domain.subgraph().sdl());
}
