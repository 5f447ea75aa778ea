//! From the configuration to the parts of the house: secrets, ports, domains.

mod domains;
mod live;
mod objects;
mod ports;
mod push;
mod secrets;
mod upkeep;

pub(crate) use domains::{Domains, Ground};
pub(crate) use live::door_quotas;
pub(crate) use objects::{ObjectStore, open_objects};
pub(crate) use ports::{data_folder, database_name, database_settings, migrate, open_ports};
use push::{push_sender, push_settings};
use secrets::webhook_secret;
pub(crate) use secrets::{auth_secrets, files_secret};
