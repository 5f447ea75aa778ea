//! One process leads: taken over after its death, never shared, and a late one does no harm.

use std::time::Duration;

use openim_core::ErrorCode;
use openim_platform::leader::{Leader, Term};
use openim_testing::{TestWorld, for_each_database};

const LEASE: Duration = Duration::from_secs(15);

fn leader(world: &TestWorld, node: &str) -> Leader {
    Leader::new(world.store().clone(), world.runtime().clone(), "tests", node, LEASE)
}

async fn may_write(world: &TestWorld, term: &Term) -> Result<(), ErrorCode> {
    let tx = world.store().begin().await.unwrap();
    term.check(&tx).await.map_err(|error| error.code())
}

#[tokio::test]
async fn one_process_leads_as_long_as_it_says_so() {
    for_each_database(async |world| {
        let (one, other) = (leader(world, "one"), leader(world, "other"));
        let term = one.lead().await.unwrap().expect("the first leads");
        for _ in 0..5 {
            assert_eq!(other.lead().await.unwrap(), None);
            world.advance(LEASE / 2);
            assert_eq!(one.lead().await.unwrap(), Some(term.clone()), "renewed, the same term");
        }
        assert_eq!(may_write(world, &term).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn a_dead_leader_is_followed_by_one_and_a_late_one_is_refused() {
    for_each_database(async |world| {
        let (dead, second, third) = (leader(world, "dead"), leader(world, "second"), leader(world, "third"));
        let old = dead.lead().await.unwrap().expect("it leads");
        world.advance(LEASE + Duration::from_millis(1));
        assert_eq!(may_write(world, &old).await, Ok(()), "nobody has taken over yet");
        let new = second.lead().await.unwrap().expect("it takes over");
        assert_eq!(third.lead().await.unwrap(), None);
        assert!(new.number() > old.number());
        assert_eq!(may_write(world, &old).await, Err(ErrorCode::Unavailable), "late work is fenced");
        assert_eq!(may_write(world, &new).await, Ok(()));
        assert_eq!(dead.lead().await.unwrap(), None, "it learns that it does not lead");
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_after_its_lease_has_a_new_term() {
    for_each_database(async |world| {
        let sleeper = leader(world, "sleeper");
        let old = sleeper.lead().await.unwrap().expect("it leads");
        world.advance(LEASE * 2);
        let new = sleeper.lead().await.unwrap().expect("nobody else wanted to");
        assert!(new.number() > old.number());
        assert_eq!(may_write(world, &old).await, Err(ErrorCode::Unavailable), "what it began before is over");
    })
    .await;
}

#[tokio::test]
async fn an_office_that_is_given_back_is_free_at_once() {
    for_each_database(async |world| {
        let (one, other) = (leader(world, "one"), leader(world, "other"));
        let term = one.lead().await.unwrap().expect("it leads");
        other.resign().await.unwrap();
        assert_eq!(other.lead().await.unwrap(), None, "nobody resigns for another");
        one.resign().await.unwrap();
        assert!(other.lead().await.unwrap().is_some());
        assert_eq!(may_write(world, &term).await, Err(ErrorCode::Unavailable));
    })
    .await;
}

#[tokio::test]
async fn many_that_come_at_once_agree_on_one() {
    for_each_database(async |world| {
        let leaders: Vec<_> = (0..8).map(|number| leader(world, &format!("node{number}"))).collect();
        for _ in 0..3 {
            let terms = futures_util::future::join_all(leaders.iter().map(Leader::lead)).await;
            let leading = terms.into_iter().filter_map(Result::unwrap).count();
            assert_eq!(leading, 1);
            world.advance(LEASE * 2);
        }
    })
    .await;
}
