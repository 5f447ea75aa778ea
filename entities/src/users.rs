//! Rows of the users domain.
