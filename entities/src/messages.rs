//! Rows of the messages domain.
