//! Users as targets: each is named once to the provider, in slices of its size, and every target gets its outcome.

use std::collections::HashMap;

use crate::{Address, MAX_TARGETS, PushOutcome, Target};

/// The users among the targets.
pub(crate) struct Aliases<'a> {
    /// Each once, in the order of their first place.
    pub(crate) names: Vec<&'a str>,
    /// For each target the place of its user; `None` for devices.
    places: Vec<Option<usize>>,
}

impl<'a> Aliases<'a> {
    pub(crate) fn of(targets: &'a [Target]) -> Self {
        let (mut names, mut known) = (Vec::new(), HashMap::new());
        let place = |target: &'a Target| match &target.address {
            Address::Alias(user) => Some(*known.entry(user.as_str()).or_insert_with(|| {
                names.push(user.as_str());
                names.len() - 1
            })),
            Address::Device { .. } => None,
        };
        let places = targets.iter().take(MAX_TARGETS).map(place).collect();
        Self { names, places }
    }

    /// Returns the outcome of every target; `outcomes` are those of the names.
    pub(crate) fn spread(&self, outcomes: &[PushOutcome], not_for_us: &PushOutcome, targets: usize) -> Vec<PushOutcome> {
        let outcome = |place: &Option<usize>| place.and_then(|place| outcomes.get(place)).unwrap_or(not_for_us).clone();
        let mut all: Vec<PushOutcome> = self.places.iter().map(outcome).collect();
        all.resize_with(targets, too_many);
        all
    }
}

/// Returns the outcome of targets beyond the most.
pub(crate) fn too_many() -> PushOutcome {
    PushOutcome::refused(format!("one notification has at most {MAX_TARGETS} targets"))
}
