//! After-hooks: durable from the commit on, tried until the receiver takes them, never silently lost.

use std::time::Duration;

use openim_core::ErrorCode;
use openim_platform::store::Tx;
use openim_platform::timers::{Job as _, Turn, WebhookLog};
use openim_platform::webhooks::log::{self, DeliveryOutcome};
use openim_platform::webhooks::{Hook, ReplyKey, Webhooks, commands};
use openim_testing::{TestWorld, eventually, for_each_database};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::receiver::{Receiver, SECRET};
use super::{logged, webhooks};

fn hook() -> Hook {
    Hook::new(&commands::AFTER_QUIT_GROUP)
}

async fn happened(webhooks: &Webhooks, world: &TestWorld, group: &str) -> Tx {
    let tx = world.store().begin().await.unwrap();
    webhooks.after(&world.user("ann"), &tx, &commands::AFTER_QUIT_GROUP, &json!({"groupID": group})).await.unwrap();
    tx
}

#[tokio::test]
async fn what_was_committed_is_delivered_once_and_what_was_not_never() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(200, "ok").await;
        let webhooks = webhooks(world, receiver.settings().with(hook()));
        happened(&webhooks, world, "kept").await.commit().await.unwrap();
        happened(&webhooks, world, "undone").await.rollback().await;
        assert_eq!(webhooks.deliver_due().await.unwrap(), 1);
        assert_eq!(webhooks.deliver_due().await.unwrap(), 0);
        let [request] = &receiver.received()[..] else { panic!("one request") };
        assert!(request.is_signed_with(SECRET));
        assert_eq!(request.json(), json!({"callbackCommand": "callbackAfterQuitGroupCommand", "groupID": "kept"}));
        let [delivery] = &logged(world).await[..] else { panic!("one delivery") };
        assert_eq!((delivery.outcome, delivery.attempts, delivery.status), (DeliveryOutcome::Delivered, 1, Some(200)));
        assert_eq!((delivery.answer.as_deref(), delivery.next_attempt_at), (Some("ok"), None));
        assert_eq!(delivery.id, request.header("webhook-id"));
    })
    .await;
}

#[tokio::test]
async fn failed_attempts_are_repeated_with_the_same_id_later_each_time() {
    for_each_database(async |world| {
        let receiver = Receiver::failing_first(&[500, 503, 404]).await;
        let webhooks = webhooks(world, receiver.settings().with(hook()));
        happened(&webhooks, world, "g").await.commit().await.unwrap();
        for (attempt, wait) in [(1, 2), (2, 4), (3, 8)] {
            assert_eq!(webhooks.deliver_due().await.unwrap(), 1);
            let [delivery] = &logged(world).await[..] else { panic!("one delivery") };
            assert_eq!((delivery.outcome, delivery.attempts), (DeliveryOutcome::Pending, attempt));
            let wait = Duration::from_secs(wait);
            assert_eq!(delivery.next_attempt_at, Some(world.now().plus(wait)));
            assert_eq!(webhooks.deliver_due().await.unwrap(), 0, "not before its time");
            world.advance(wait);
        }
        assert_eq!(webhooks.deliver_due().await.unwrap(), 1);
        let [delivery] = &logged(world).await[..] else { panic!("one delivery") };
        assert_eq!((delivery.outcome, delivery.attempts, delivery.status), (DeliveryOutcome::Delivered, 4, Some(200)));
        assert_eq!(delivery.error, None);
        let received = receiver.received();
        assert_eq!(received.len(), 4);
        assert!(received.iter().all(|request| request.header("webhook-id") == delivery.id && request.is_signed_with(SECRET)));
        assert_ne!(received[0].header("webhook-timestamp"), received[3].header("webhook-timestamp"));
    })
    .await;
}

#[tokio::test]
async fn what_is_given_up_stays_in_the_log_and_can_be_sent_again() {
    for_each_database(async |world| {
        let receiver = Receiver::failing_first(&[500, 500]).await;
        let mut settings = receiver.settings().with(hook());
        settings.retry.max_attempts = 2;
        let webhooks = webhooks(world, settings);
        happened(&webhooks, world, "g").await.commit().await.unwrap();
        for _ in 0..4 {
            webhooks.deliver_due().await.unwrap();
            world.advance(Duration::from_secs(3600));
        }
        let [delivery] = &logged(world).await[..] else { panic!("one delivery") };
        assert_eq!((delivery.outcome, delivery.attempts, delivery.status), (DeliveryOutcome::Failed, 2, Some(500)));

        let tx = world.store().begin().await.unwrap();
        let queued = webhooks.redeliver(&world.admin(), &tx, &delivery.id).await.unwrap();
        assert_eq!(queued.outcome, DeliveryOutcome::Pending);
        tx.commit().await.unwrap();
        assert_eq!(webhooks.deliver_due().await.unwrap(), 1);
        let [delivery] = &logged(world).await[..] else { panic!("one delivery") };
        assert_eq!((delivery.outcome, delivery.attempts), (DeliveryOutcome::Delivered, 3));
        assert!(receiver.received().iter().all(|request| request.header("webhook-id") == delivery.id));
    })
    .await;
}

#[tokio::test]
async fn a_process_that_dies_loses_no_delivery() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(200, "{}").await;
        let dies = webhooks(world, receiver.settings().with(hook()));
        happened(&dies, world, "before the attempt").await.commit().await.unwrap();
        drop(dies);
        let next = webhooks(world, receiver.settings().with(hook()));
        assert_eq!(next.deliver_due().await.unwrap(), 1);

        // Taken by a process that is dropped in the middle of its attempt.
        let stuck = Receiver::start(|_| Box::pin(std::future::pending())).await;
        let dies = webhooks(world, stuck.settings().with(hook()));
        happened(&dies, world, "during the attempt").await.commit().await.unwrap();
        tokio::select! {
            _ = dies.deliver_due() => panic!("the receiver never answers"),
            () = eventually("the attempt is under way", async || (stuck.received().len() == 1).then_some(())) => {}
        }
        assert_eq!(next.deliver_due().await.unwrap(), 0, "it may still be under way");
        world.advance(Duration::from_secs(120));
        assert_eq!(next.deliver_due().await.unwrap(), 1);
        let ids = |receiver: &Receiver| receiver.received().last().unwrap().header("webhook-id").to_owned();
        assert_eq!(ids(&stuck), ids(&receiver));
    })
    .await;
}

#[tokio::test]
async fn hooks_that_are_off_leave_nothing_behind() {
    let world = TestWorld::sqlite().await;
    happened(&Webhooks::disabled(), &world, "g").await.commit().await.unwrap();
    let receiver = Receiver::saying(200, "{}").await;
    let others = webhooks(&world, receiver.settings().with(Hook::new(&commands::AFTER_DISMISS_GROUP)));
    happened(&others, &world, "g").await.commit().await.unwrap();
    assert!(logged(&world).await.is_empty());
    let tx = world.store().begin().await.unwrap();
    let refused = Webhooks::disabled().redeliver(&world.admin(), &tx, "x").await.map_err(|error| error.code());
    assert_eq!(refused, Err(ErrorCode::Args));
}

#[tokio::test]
async fn the_reply_key_travels_in_the_query() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(200, "{}").await;
        let webhooks = webhooks(world, receiver.settings().with(Hook::new(&commands::AFTER_SEND_SINGLE_MSG)));
        let key = ReplyKey { sender: "ann>", receiver: "bob?", group: "" };
        let prepared =
            webhooks.prepare(&world.user("ann"), &commands::AFTER_SEND_SINGLE_MSG, Some(&key), &json!({"recvID": "bob?"})).unwrap();
        let tx = world.store().begin().await.unwrap();
        webhooks.append(&tx, prepared.into_iter().collect()).await.unwrap();
        tx.commit().await.unwrap();
        webhooks.deliver_due().await.unwrap();
        let uri = receiver.received()[0].uri.to_string();
        let query = uri.strip_prefix("/hooks/callbackAfterSendSingleMsgCommand?key=").unwrap();
        assert_eq!(query, "eyJzZW5kSUQiOiJhbm4%2BIiwicmVjdklEIjoiYm9iPyIsImdyb3VwSUQiOiIifQ%3D%3D");
    })
    .await;
}

#[tokio::test]
async fn deliveries_run_side_by_side_in_the_background_and_end_when_asked() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(200, "{}").await;
        let mut settings = receiver.settings().with(hook());
        settings.max_deliveries = 4;
        let webhooks = webhooks(world, settings);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        webhooks.start(true, &tasks, &stop);
        for group in 0..30 {
            happened(&webhooks, world, &group.to_string()).await.commit().await.unwrap();
        }
        eventually("all are delivered and logged", async || {
            let log = logged(world).await;
            let done = log.iter().all(|delivery| delivery.outcome == DeliveryOutcome::Delivered && delivery.attempts == 1);
            (log.len() == 30 && done).then_some(())
        })
        .await;
        assert_eq!(receiver.received().len(), 30);
        assert!(receiver.most() <= 4);
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_the_work_and_send_nothing_twice() {
    for_each_database(async |world| {
        let receiver = Receiver::saying(200, "{}").await;
        let both = [webhooks(world, receiver.settings().with(hook())), webhooks(world, receiver.settings().with(hook()))];
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        for group in 0..40 {
            happened(&both[0], world, &group.to_string()).await.commit().await.unwrap();
        }
        both.iter().for_each(|webhooks| webhooks.start(true, &tasks, &stop));
        eventually("all are delivered", async || (receiver.received().len() >= 40).then_some(())).await;
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        assert_eq!(receiver.received().len(), 40);
        assert!(logged(world).await.iter().all(|delivery| delivery.attempts == 1));
    })
    .await;
}

#[tokio::test]
async fn old_deliveries_are_forgotten_but_never_those_that_wait() {
    for_each_database(async |world| {
        let receiver = Receiver::failing_first(&[200, 200, 200, 200, 500]).await;
        let mut settings = receiver.settings().with(hook());
        (settings.max_deliveries, settings.keep_at_most) = (1, 2);
        let webhooks = webhooks(world, settings);
        for group in ["old", "1", "2", "3", "waits"] {
            happened(&webhooks, world, group).await.commit().await.unwrap();
            if group == "old" {
                world.advance(Duration::from_secs(8 * 86_400));
            }
        }
        webhooks.deliver_due().await.unwrap();
        forget_old(&webhooks, world).await;
        let left: Vec<_> = logged(world).await.iter().map(|delivery| delivery.body.split('"').nth(7).unwrap().to_owned()).collect();
        assert_eq!(left, ["2", "3", "waits"]);
        world.advance(Duration::from_secs(8 * 86_400));
        forget_old(&webhooks, world).await;
        assert_eq!(log::count(world.store().read(), &log::DeliveryFilter::default()).await.unwrap(), 1);
    })
    .await;
}

async fn forget_old(webhooks: &Webhooks, world: &TestWorld) {
    let job = WebhookLog { webhooks: webhooks.clone(), every: Duration::from_secs(60) };
    job.run(&Turn::alone(world.store().clone(), world.runtime().clone())).await.unwrap();
}
