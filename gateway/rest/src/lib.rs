//! Built step by step.
