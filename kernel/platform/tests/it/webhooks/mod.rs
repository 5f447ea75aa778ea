//! Webhooks against a real receiver.

mod asking;
mod delivering;
mod receiver;

use openim_platform::webhooks::log::{Delivery, DeliveryFilter, deliveries};
use openim_platform::webhooks::{WebhookSettings, Webhooks};
use openim_testing::TestWorld;

fn webhooks(world: &TestWorld, settings: WebhookSettings) -> Webhooks {
    Webhooks::new(settings, world.store().clone(), world.runtime().clone()).unwrap()
}

/// Returns what the log has, oldest first.
async fn logged(world: &TestWorld) -> Vec<Delivery> {
    let mut found = deliveries(world.store().read(), &DeliveryFilter::default(), None, 0, 100).await.unwrap();
    found.reverse();
    found
}
