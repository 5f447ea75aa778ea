//! The timetable: runs what is due, while this process leads.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use openim_core::{Error, Result, Runtime, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::rows::{self, TimerOutcome};
use super::{Job, Turn};
use crate::leader::{Leader, Term};
use crate::store::Store;

/// What the timetable's leader leads.
const OFFICE: &str = "timers";
/// How long the timers of a dead leader stand still at most.
const LEASE: Duration = Duration::from_secs(15);
/// How often is looked who leads.
const LOOK: Duration = Duration::from_secs(4);
/// The longest time between two looks at what is due.
const TICK: Duration = Duration::from_secs(1);

/// All periodic work of a deployment, as one of its processes would run it.
#[derive(Clone)]
pub struct Timetable {
    store: Store,
    runtime: Runtime,
    leader: Leader,
    jobs: Arc<[Arc<dyn Job>]>,
}

impl Timetable {
    /// Takes the jobs, the same in all processes, and this process's name among them.
    pub fn new(store: Store, runtime: Runtime, node: &str, jobs: Vec<Arc<dyn Job>>) -> Self {
        metrics::describe_counter!("openim_timer_runs_total", "runs of periodic jobs by job and outcome");
        metrics::describe_counter!("openim_timer_work_total", "what periodic jobs have done, by job");
        metrics::describe_histogram!("openim_timer_seconds", metrics::Unit::Seconds, "time of a run by job");
        metrics::describe_gauge!("openim_timer_last_success_seconds", "when a job last went well, in seconds since 1970");
        metrics::describe_gauge!("openim_timers_leading", "1 in the process that runs the periodic jobs");
        let leader = Leader::new(store.clone(), runtime.clone(), OFFICE, node, LEASE);
        Self { store, runtime, leader, jobs: jobs.into() }
    }

    /// Runs what is due, in the process that leads, until `stop`; then gives the office back.
    pub async fn run(self, stop: CancellationToken) {
        let mut held: Option<Office> = None;
        // Tasks of their own: a job must not wait inside a transaction while this one wants to open another.
        let mut running = JoinSet::new();
        let mut looked: Option<Instant> = None;
        while !stop.is_cancelled() {
            if looked.is_none_or(|at| at.elapsed() >= LOOK) {
                looked = Some(Instant::now());
                held = self.look(held, &stop).await;
            }
            if let Some(office) = &mut held {
                let now = self.runtime.clock.now();
                let due: Vec<_> = self.jobs.iter().filter(|job| office.is_due(job.name(), now)).collect();
                for job in due {
                    office.begin(&**job, now);
                    running.spawn(self.clone().turn(job.clone(), office.term.clone(), office.over.clone(), now));
                }
            }
            tokio::select! {
                Some(ended) = running.join_next(), if !running.is_empty() => {
                    if let (Some(office), Ok(name)) = (&mut held, ended) {
                        office.ended(name);
                    }
                }
                () = tokio::time::sleep(TICK) => {}
                () = stop.cancelled() => {}
            }
        }
        if let Some(office) = held {
            office.over.cancel();
        }
        while running.join_next().await.is_some() {}
        if let Err(error) = self.leader.resign().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the timers' office was not given back and will run out");
        }
        metrics::gauge!("openim_timers_leading").set(0.0);
    }

    /// Runs everything that is due now, one after the other, if this process leads, and returns the jobs' names: for tests.
    ///
    /// # Errors
    /// As any statement.
    pub async fn run_due(&self) -> Result<Vec<&'static str>> {
        let Some(term) = self.leader.lead().await? else { return Ok(Vec::new()) };
        let office = self.enter(term, &CancellationToken::new()).await?;
        let now = self.runtime.clock.now();
        let mut ran = Vec::new();
        for job in self.jobs.iter().filter(|job| office.is_due(job.name(), now)) {
            ran.push(self.clone().turn(job.clone(), office.term.clone(), office.over.clone(), now).await);
        }
        Ok(ran)
    }

    /// Looks who leads.
    async fn look(&self, held: Option<Office>, stop: &CancellationToken) -> Option<Office> {
        let looked = self.leader.lead().await;
        let leading = match (looked, held) {
            (Ok(Some(term)), Some(office)) if office.term == term => Some(office),
            (Ok(term), before) => {
                if let Some(office) = before {
                    tracing::warn!(timers.term = office.term.number(), "this process does not run the timers any more");
                    office.over.cancel();
                }
                match term {
                    Some(term) => self.entered(term, stop).await,
                    None => None,
                }
            }
            // Its lease may still last; every transaction of a job asks.
            (Err(error), held) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "it cannot be told who runs the timers");
                held
            }
        };
        metrics::gauge!("openim_timers_leading").set(if leading.is_some() { 1.0 } else { 0.0 });
        leading
    }

    async fn entered(&self, term: Term, stop: &CancellationToken) -> Option<Office> {
        let number = term.number();
        match self.enter(term, stop).await {
            Ok(office) => {
                tracing::info!(timers.term = number, timers.jobs = self.jobs.len(), "this process runs the timers");
                Some(office)
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the timetable cannot be read");
                None
            }
        }
    }

    async fn enter(&self, term: Term, stop: &CancellationToken) -> Result<Office> {
        let states = rows::all(self.store.read()).await?;
        // What a dead leader left in the middle is due at once, as is what was never run.
        let left = |state: &rows::TimerState| state.outcome == TimerOutcome::Running;
        let next = states.into_iter().filter(|state| !left(state)).map(|state| (state.name, state.next_at)).collect();
        Ok(Office { term, next, running: Vec::new(), over: stop.child_token() })
    }

    /// Runs a job once and writes down how it went; returns its name.
    async fn turn(self, job: Arc<dyn Job>, term: Term, over: CancellationToken, now: Timestamp) -> &'static str {
        let name = job.name();
        let turn = Turn::new(self.store.clone(), self.runtime.clone(), term.clone(), over);
        let started = Instant::now();
        let ran = match self.note_beginning(&turn, &*job, term.number(), now).await {
            Ok(()) => AssertUnwindSafe(job.run(&turn)).catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("a timer panicked"))),
            Err(error) => Err(error),
        };
        let took = started.elapsed();
        let (outcome, work) = match &ran {
            Ok(work) => (TimerOutcome::Done, *work),
            Err(_) => (TimerOutcome::Failed, 0),
        };
        let word = if ran.is_ok() { "done" } else { "failed" };
        metrics::counter!("openim_timer_runs_total", "timer" => name, "outcome" => word).increment(1);
        metrics::counter!("openim_timer_work_total", "timer" => name).increment(work);
        metrics::histogram!("openim_timer_seconds", "timer" => name).record(took.as_secs_f64());
        match &ran {
            Ok(work) => {
                #[expect(clippy::cast_precision_loss, reason = "a gauge")]
                metrics::gauge!("openim_timer_last_success_seconds", "timer" => name).set(self.runtime.clock.now().seconds() as f64);
                if *work > 0 {
                    tracing::info!(timer = name, work, duration_ms = took.as_millis(), "a timer has done something");
                } else {
                    tracing::debug!(timer = name, duration_ms = took.as_millis(), "a timer had nothing to do");
                }
            }
            Err(error) => tracing::warn!(timer = name, error = error as &dyn std::error::Error, "a timer failed and comes again"),
        }
        if let Err(error) = self.note_end(&turn, name, outcome, work).await {
            tracing::warn!(timer = name, error = &error as &dyn std::error::Error, "how a timer went cannot be written down");
        }
        name
    }

    async fn note_beginning(&self, turn: &Turn, job: &dyn Job, term: i64, now: Timestamp) -> Result<()> {
        let tx = turn.begin().await?;
        rows::begin(tx.connection(), job.name(), term, now, now.plus(job.every())).await?;
        tx.commit().await
    }

    async fn note_end(&self, turn: &Turn, name: &str, outcome: TimerOutcome, work: u64) -> Result<()> {
        let tx = turn.begin().await?;
        rows::end(tx.connection(), name, self.runtime.clock.now(), outcome, work).await?;
        tx.commit().await
    }
}

/// A time in office: what is due when, and what runs.
struct Office {
    term: Term,
    next: HashMap<String, Timestamp>,
    running: Vec<&'static str>,
    over: CancellationToken,
}

impl Office {
    fn is_due(&self, name: &'static str, now: Timestamp) -> bool {
        !self.running.contains(&name) && self.next.get(name).is_none_or(|next| *next <= now)
    }

    fn begin(&mut self, job: &dyn Job, now: Timestamp) {
        self.next.insert(job.name().to_owned(), now.plus(job.every()));
        self.running.push(job.name());
    }

    fn ended(&mut self, name: &'static str) {
        self.running.retain(|running| *running != name);
    }
}
