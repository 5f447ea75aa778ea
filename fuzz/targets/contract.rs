//! Any bytes as the body of a REST route: the first two choose the route and the form.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use openim_rest::Bodies;

static BODIES: LazyLock<Bodies> = LazyLock::new(|| Bodies::load().expect("the contract"));

fuzz_target!(|bytes: &[u8]| {
    let [route, form, body @ ..] = bytes else { return };
    let content_type = if form & 1 == 0 { "" } else { "application/x-protobuf" };
    BODIES.takes(usize::from(*route), content_type, body);
});
