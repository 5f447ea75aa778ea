//! From the configuration to the parts of the house: secrets, ports, domains.

mod data;
mod domains;
mod live;
mod objects;
mod ports;
mod push;
mod secrets;
mod trial;
mod upkeep;

pub(crate) use data::{data_folder, database_file, expect_database, hold_database};
pub(crate) use domains::{Domains, Ground};
pub(crate) use live::door_quotas;
pub(crate) use objects::{ObjectStore, open_objects};
pub(crate) use ports::{database_name, database_settings, migrate, open_ports};
use push::{push_sender, push_settings};
use secrets::webhook_secret;
pub(crate) use secrets::{auth_secrets, files_secret};
pub(crate) use trial::trial;
