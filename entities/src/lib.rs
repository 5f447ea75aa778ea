//! Rows as they lie in the database, one module per owner. Only the owner's repository reads or writes them.

pub mod conversations;
pub mod groups;
pub mod importing;
pub mod messages;
pub mod platform;
pub mod relations;
pub mod third;
pub mod users;
