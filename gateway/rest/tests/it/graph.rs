//! The documents against the real graph: its schema, and answers of every shape it allows.
