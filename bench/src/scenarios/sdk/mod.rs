//! `sdk`: what official clients cost. Sockets that chat in pairs, a group in which everybody is online, sockets that are
//! silent, and the first login of a user with many conversations.
//!
//! A message that is acknowledged and missing, repeated or misordered at any of its sockets fails the run.

mod chat;
mod group;
mod idle;
mod login;
mod seat;

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::client::Caller;
use crate::report::{Goal, Report};
use crate::server::Server;
use chat::Plan;

/// How many sockets are open while their memory is measured.
const SILENT: usize = 5_000;
/// Messages a second that many deployments never reach.
const STEADY: f64 = 1000.0;

/// Runs everything against one server and stops it; `goal` is the bound of CPU time for each 1:1 message, in microseconds.
pub(crate) async fn run(server: Server, report: &mut Report, deployment: &str, goal: f64, full: bool) -> anyhow::Result<()> {
    let (sockets, seconds) = if full { (2000, 20) } else { (300, 4) };
    let name = |what: &str| format!("{deployment}: {what}");
    let admin = Caller::admin(&server).await?;

    if let Some(each) = idle::run(&server, &admin, SILENT).await? {
        report.goal("sdk", name(&format!("memory of one silent socket ({SILENT} open)")), each, "KB", Goal::AtMost(12.0));
    }

    let seats = seat::take(&server, &admin, sockets).await?;
    let duration = Duration::from_secs(seconds);
    let (seats, flat) = chat::run(&server, seats, Plan { duration, rate: None }).await?;
    report.figure("sdk", name(&format!("{sockets} sockets flat out, stored and delivered")), flat.rate, "msg/s");
    if let Some(cpu) = flat.cpu_micros {
        report.goal("sdk", name("server CPU a 1:1 message"), cpu, "µs", Goal::AtMost(goal));
    }
    let (seats, half) = chat::run(&server, seats, Plan { duration, rate: Some(flat.rate / 2.0) }).await?;
    report.latency("sdk", &name("acknowledgement at half of that"), &half.ack);
    report.figure("sdk", name("delivery at half of that p50"), millis(&half.delivery, 0.5), "ms");
    report.goal("sdk", name("delivery at half of that p99"), millis(&half.delivery, 0.99), "ms", Goal::AtMost(30.0));
    let (mut seats, steady) = chat::run(&server, seats, Plan { duration, rate: Some(STEADY) }).await?;
    report.figure("sdk", name("sent at 1,000 a second"), steady.rate, "msg/s");
    if let Some(cpu) = steady.cpu_micros {
        report.figure("sdk", name("server CPU a 1:1 message at that rate"), cpu, "µs");
    }
    report.latency("sdk", &name("delivery at that rate"), &steady.delivery);
    for (phase, outcome) in [("flat out", &flat), ("at half load", &half), ("at 1,000 a second", &steady)] {
        for problem in outcome.faults.told() {
            report.failure(format!("sdk: {deployment} {phase}: {problem}"));
        }
    }

    let fanout = group::run(&server, &admin, &mut seats).await?;
    if let Some(each) = fanout.each_micros {
        let what = format!("server CPU for each further online member ({} members)", fanout.members);
        report.goal("sdk", name(&what), each, "µs", Goal::AtMost(15.0));
    }
    for problem in fanout.faults.told() {
        report.failure(format!("sdk: {deployment} group: {problem}"));
    }
    drop(seats);

    match login::run(&server, &admin).await {
        Ok(login) => {
            if let Some(cpu) = login.cpu_millis {
                report.goal("sdk", name("first login with 1,000 conversations, server time"), cpu, "ms", Goal::AtMost(300.0));
            }
            report.figure("sdk", name("the same, by the clock"), login.elapsed_millis, "ms");
        }
        Err(error) => report.failure(format!("sdk: {deployment} login: {error:#}")),
    }
    server.stop().await
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a latency")]
fn millis(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1000.0
}
