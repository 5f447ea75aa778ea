//! From the configuration to the parts of the house: secrets, ports, domains.

mod domains;
mod objects;
mod ports;
mod secrets;

pub(crate) use domains::{Domains, Ground};
pub(crate) use objects::{ObjectStore, open_objects};
pub(crate) use ports::{data_folder, database_name, database_settings, migrate, open_ports};
pub(crate) use secrets::auth_secret;
use secrets::webhook_secret;
