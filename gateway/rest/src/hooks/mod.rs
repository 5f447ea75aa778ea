//! What directives cannot say. A hook makes one variable of a document (`$input: .. @hook(name: "..")`); each is listed here.

mod applications;
mod client_config;
mod content;
mod groups;
mod input;
mod messages;
mod objects;
mod send_message;

use async_graphql::Value;
use openim_core::Error;

use crate::contract::Enums;

/// Makes a variable's value from the decoded body.
pub(crate) type Hook = fn(&Value, &Enums) -> Result<Value, Error>;

/// All hooks: the name, and why the route is irregular.
const HOOKS: &[(&str, Hook)] = &[
    // content is free JSON whose needed fields depend on contentType; options are folded into two switches
    ("send_message", send_message::one),
    // the same with many receivers, or all
    ("send_message_batch", send_message::many),
    // one of two fields names the recipient, a number stands for a switch
    ("business_notification", applications::notification),
    // the key comes with the URL
    ("simple_message", applications::answer),
    // a day stands for a stretch of time, zero for everything
    ("message_filter", messages::filter),
    // a map with free keys, of which four ask for a smaller picture
    ("image", objects::image),
    // a map with free keys is no input type
    ("client_config", client_config::entries),
    // each entry's two fields of a version are an object of their own in the graph
    ("group_versions", groups::versions),
    // one number stands for several roles
    ("member_roles", groups::roles),
];

/// Finds a hook.
pub(crate) fn find(name: &str) -> Option<Hook> {
    HOOKS.iter().find(|(known, _)| *known == name).map(|(_, hook)| *hook)
}
