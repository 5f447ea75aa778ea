//! The REST door over graphs that answer as each test says.

mod contract;
mod door;
mod graph;
mod openapi;
mod pages;
mod sending;
mod support;
