//! Rows of the conversations domain.
