//! The behaviour of both adapters, over real HTTP: the folder serves itself, S3 is a server of the S3 API in this process.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod folder;
mod places;
mod suite;
