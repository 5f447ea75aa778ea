//! The use cases: authorise, begin, write, append events, commit.

mod profiles;
mod sessions;

pub(crate) use profiles::{ListPage, Profiles};
pub(crate) use sessions::Sessions;
