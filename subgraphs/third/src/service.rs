//! The use cases.

mod deliveries;

pub(crate) use deliveries::Deliveries;
