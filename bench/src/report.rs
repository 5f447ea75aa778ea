//! What a scenario found: rows of figures, printed as a table for people and as JSON for machines.
//!
//! A figure is a plain measurement or a ratio against something named in the same run; a goal beside it makes it pass or miss.

use std::fmt::Write as _;

use hdrhistogram::Histogram;
use serde::Serialize;

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// The scenario it belongs to.
    pub(crate) scenario: &'static str,
    /// What was measured.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: f64,
    /// Its unit; `x` for ratios.
    pub(crate) unit: &'static str,
    /// The bound to keep, if there is one.
    pub(crate) goal: Option<Goal>,
}

/// A bound of the project.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Goal {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

impl Goal {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtMost(bound) => value <= bound,
            Self::AtLeast(bound) => value >= bound,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(bound) => format!("≤ {}", number(bound)),
            Self::AtLeast(bound) => format!("≥ {}", number(bound)),
        }
    }
}

/// All figures of a run and the correctness failures found on the way.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// The figures in the order measured.
    pub(crate) figures: Vec<Figure>,
    /// Lost, repeated or misordered messages and the like: any entry fails the run.
    pub(crate) failures: Vec<String>,
}

impl Report {
    /// Notes a figure.
    pub(crate) fn figure(&mut self, scenario: &'static str, name: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure { scenario, name: name.into(), value, unit, goal: None });
    }

    /// Notes a figure that has a goal.
    pub(crate) fn goal(&mut self, scenario: &'static str, name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        self.figures.push(Figure { scenario, name: name.into(), value, unit, goal: Some(goal) });
    }

    /// Notes that something was wrong.
    pub(crate) fn failure(&mut self, text: impl Into<String>) {
        self.failures.push(text.into());
    }

    /// Notes the usual three points of a latency distribution recorded in microseconds.
    pub(crate) fn latency(&mut self, scenario: &'static str, name: &str, histogram: &Histogram<u64>) {
        for (label, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            let micros = histogram.value_at_quantile(quantile);
            self.figure(scenario, format!("{name} {label}"), millis(micros), "ms");
        }
    }

    /// Renders a Markdown table.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from("| scenario | figure | value | goal | |\n|---|---|---:|---:|---|\n");
        for figure in &self.figures {
            let (goal, verdict) = match figure.goal {
                Some(goal) => (goal.text(), if goal.met(figure.value) { "met" } else { "missed" }),
                None => (String::new(), ""),
            };
            let _ =
                writeln!(text, "| {} | {} | {} {} | {goal} | {verdict} |", figure.scenario, figure.name, number(figure.value), figure.unit);
        }
        for failure in &self.failures {
            let _ = writeln!(text, "\n**failure:** {failure}");
        }
        text
    }
}

/// Makes a histogram for microseconds up to a minute.
///
/// # Errors
/// Never in practice: the bounds are fixed.
pub(crate) fn histogram() -> anyhow::Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

#[expect(clippy::cast_precision_loss, reason = "latencies are far below 2^52 microseconds")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

fn number(value: f64) -> String {
    if value.abs() >= 1000.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}
