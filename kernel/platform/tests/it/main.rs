//! The behaviour of every port, asked of each adapter that can be had: the embedded ones always, the production ones
//! when the `OPENIM_TEST_*` addresses are set.

mod events;
mod store;
mod support;
