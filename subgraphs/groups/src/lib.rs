//! The groups subgraph: groups, who is in them, and who wants to enter.
