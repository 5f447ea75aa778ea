//! What single values cannot tell: each section looks at itself, then all are looked at together.

use super::layers::Settings;
use super::objects::{ObjectEngine, Objects};
use super::problem::{Origin, Problem};
use super::push::Push;
use super::roles::Role;
use super::sections::{Auth, Config, Documents, Graphql, Messages};
use super::webhooks::Webhooks;
use crate::webhooks::{SigningKey, guard};

/// Collects problems and knows where each value came from.
pub(super) struct Report<'a> {
    settings: &'a Settings,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn problem(&mut self, key: &str, message: impl Into<String>) {
        let origin = self.settings.get(key).map_or(Origin::Default, |setting| setting.origin.clone());
        self.problems.push(Problem { key: key.into(), message: message.into(), origin });
    }
}

/// Looks at every section and at all together.
pub(super) fn check(config: &Config, settings: &Settings) -> Vec<Problem> {
    let mut report = Report { settings, problems: Vec::new() };
    config.auth.check(&mut report);
    config.graphql.check(&mut report);
    config.messages.check(&mut report);
    config.objects.check(&mut report);
    config.push.check(&mut report);
    config.webhooks.check(&mut report);
    deployment(config, &mut report);
    report.problems
}

impl Auth {
    fn check(&self, report: &mut Report<'_>) {
        if self.admin_nicknames.len() > self.admin_user_ids.len() {
            report.problem(
                "auth.admin_nicknames",
                "has more entries than auth.admin_user_ids; give one for each administrator, in the same order",
            );
        }
    }
}

impl Graphql {
    fn check(&self, report: &mut Report<'_>) {
        if self.documents == Documents::Only && self.registered_documents.as_os_str().is_empty() {
            report
                .problem("graphql.documents", "\"only\" needs registered documents; say where they are with graphql.registered_documents");
        }
    }
}

impl Messages {
    fn check(&self, report: &mut Report<'_>) {
        if self.queue_messages < self.batch_messages {
            report.problem("messages.queue_messages", format!("is below messages.batch_messages; give at least {}", self.batch_messages));
        }
    }
}

impl Objects {
    fn check(&self, report: &mut Report<'_>) {
        for (key, what) in self.missing() {
            report.problem(key, format!("is not set, but objects.engine is s3; give {what}"));
        }
        if self.expire_days > 0 && self.expire_causes.is_empty() {
            report.problem("objects.expire_causes", "is empty, but objects.expire_days is set; name the causes whose files are deleted");
        }
    }
}

impl Push {
    fn check(&self, report: &mut Report<'_>) {
        for (key, what) in self.missing(self.enable) {
            report.problem(key, format!("is not set, but push.enable is {}; give {what}", self.enable.word()));
        }
        if !self.fcm_account.is_empty() && !self.fcm_auth_url.is_empty() {
            report.problem("push.fcm_auth_url", "is set beside push.fcm_account; give one of them");
        }
    }
}

impl Webhooks {
    fn check(&self, report: &mut Report<'_>) {
        for (key, message) in self.hooks().1 {
            report.problem(key, message);
        }
        if !self.secret.is_empty()
            && let Err(error) = SigningKey::new(self.secret.expose())
        {
            report.problem("webhooks.secret", error.to_string());
        }
        if self.url.is_empty() {
            if !self.enabled.is_empty() {
                report.problem("webhooks.url", "is not set, but webhooks.enabled names hooks; say where they go");
            }
            return;
        }
        let private = "webhooks.allow_private_targets is off";
        match self.host() {
            None => report.problem("webhooks.url", "is no URL of the form http://host/path; it may have no query"),
            Some(_) if self.allow_private_targets => {}
            Some(host) if host == "localhost" || host.ends_with(".localhost") => {
                report.problem("webhooks.url", format!("{host} is this machine, and {private}"));
            }
            Some(host) => match guard::literal_address(&host) {
                Some(address) if !guard::is_public(address) => {
                    report.problem("webhooks.url", format!("{host} is no address of the internet, and {private}"));
                }
                _ => {}
            },
        }
    }
}

/// Processes that share the work must share the data: embedded adapters live in one process only.
fn deployment(config: &Config, report: &mut Report<'_>) {
    let roles = &config.server.roles;
    if roles.is_all() {
        return;
    }
    let split = format!("roles {roles} is a part of a deployment of several processes");
    if !config.database.is_postgres() {
        report.problem("database.url", format!("{split} and needs PostgreSQL, postgres://…; with SQLite only roles all is possible"));
    }
    if config.redis.url.is_empty() {
        report.problem("redis.url", format!("{split} and needs Redis, redis://…"));
    }
    if config.amqp.url.is_empty() {
        report.problem("amqp.url", format!("{split} and needs RabbitMQ, amqp://…"));
    }
    if config.auth.secret.is_empty() {
        report.problem("auth.secret", format!("{split}; give all of them the same secret or secret_file"));
    }
    if config.internal.secret.is_empty() {
        report.problem("internal.secret", format!("{split}; give all of them the same secret or secret_file"));
    }
    if !config.webhooks.url.is_empty() && config.webhooks.secret.is_empty() {
        report.problem("webhooks.secret", format!("{split}; give all of them the same secret or secret_file"));
    }
    if config.objects.engine == ObjectEngine::Folder && config.objects.folder.as_os_str().is_empty() {
        report.problem("objects.folder", format!("{split}; give a folder that all of them share, or objects.engine s3"));
    }
    if roles.has(Role::Gateway) {
        let subgraphs = &config.subgraphs;
        let places = [
            (Role::Users, &subgraphs.users),
            (Role::Relations, &subgraphs.relations),
            (Role::Groups, &subgraphs.groups),
            (Role::Messages, &subgraphs.messages),
            (Role::Conversations, &subgraphs.conversations),
            (Role::Third, &subgraphs.third),
        ];
        for (role, url) in places {
            if !roles.has(role) && url.is_empty() {
                let name = role.word();
                report.problem(
                    &format!("subgraphs.{name}"),
                    format!("a gateway without role {name} must be told where it is, http://host:port"),
                );
            }
        }
    }
}
