//! The relations subgraph through its schema, on both databases.

mod answers;
mod bad_input;
mod blocks;
mod changes;
mod hooks;
mod house;
mod imports;
mod lists;
mod permissions;
mod profiles;
mod references;
mod requests;
mod standings;
mod syncing;
