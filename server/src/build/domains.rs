//! The domains over the ports. Each knows the others only by the narrow readers of the contracts crate.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use openim_conversations::{Conversations, Ports as ConversationsPorts};
use openim_core::Runtime;
use openim_graphql::Subgraph;
use openim_groups::{Groups, Readers, Shared};
use openim_messages::{Messages, MessagesPorts, MessagesSettings, NotificationPolicies};
use openim_platform::config::{Config, Role, Roles, Secret};
use openim_platform::events::{Consumer, EventHandler, EventPlan};
use openim_platform::limits::{AttemptQuotas, Attempts};
use openim_platform::ports::Ports;
use openim_platform::webhooks::Webhooks;
use openim_relations::Relations;
use openim_third::{FileSettings, Third, ThirdPorts};
use openim_users::{Users, UsersPorts, UsersSettings};

use super::{ObjectStore, webhook_secret};
use crate::shutdown::Lifecycle;

/// How often expired tokens are deleted.
const TOKEN_CLEANUP: Duration = Duration::from_secs(600);

/// What the domains stand on.
pub(crate) struct Ground<'a> {
    pub(crate) ports: &'a Ports,
    pub(crate) objects: &'a ObjectStore,
    pub(crate) lifecycle: &'a Lifecycle,
}

/// Every domain of the house. All processes have all of them, because all read the shared database; roles decide which
/// are offered to gateways and which work in the background.
pub(crate) struct Domains {
    pub(crate) users: Users,
    relations: Relations,
    groups: Groups,
    messages: Messages,
    conversations: Conversations,
    third: Third,
    webhooks: Webhooks,
}

impl Domains {
    /// Puts the domains together.
    ///
    /// # Errors
    /// A setting that does not fit.
    pub(crate) fn new(config: &Config, secret: &Secret, ground: &Ground<'_>, runtime: &Runtime) -> anyhow::Result<Self> {
        let ports = ground.ports;
        let store = &ports.store;
        let webhooks = webhooks(config, ports, runtime)?;
        let users_ports = UsersPorts {
            store: store.clone(),
            cache: ports.cache.clone(),
            presence: ports.presence.clone(),
            webhooks: webhooks.clone(),
            attempts: attempts(config, ports, runtime),
        };
        let users = Users::new(users_settings(config, secret), users_ports, runtime.clone()).context("auth")?;
        let cursors = openim_conversations::reader(store.clone());
        let shared = Shared::new(store.clone());
        let members = shared.reader();
        let standings = openim_relations::reader(store.clone(), ports.cache.clone());
        let messages_ports = MessagesPorts {
            store: store.clone(),
            users: users.reader(),
            conversations: cursors,
            groups: members.clone(),
            relations: standings.clone(),
            webhooks: webhooks.clone(),
            cache: ports.cache.clone(),
        };
        let messages = Messages::new(messages_settings(config)?, messages_ports, runtime.clone());
        let conversations_ports = ConversationsPorts {
            store: store.clone(),
            logs: messages.log_reader(),
            groups: members,
            users: users.reader(),
            relations: standings,
            webhooks: webhooks.clone(),
        };
        let conversations = Conversations::new(openim_conversations::Settings::default(), conversations_ports, runtime.clone());
        let relations = Relations::new(store.clone(), ports.cache.clone(), webhooks.clone(), users.reader());
        let readers = Readers { users: users.reader(), logs: messages.log_reader() };
        let groups = Groups::new(groups_settings(config), &shared, readers, webhooks.clone());
        let third_ports = ThirdPorts {
            store: store.clone(),
            webhooks: webhooks.clone(),
            objects: ground.objects.port.clone(),
            tasks: ground.lifecycle.workers.clone(),
        };
        let third = Third::new(file_settings(config), third_ports, runtime.clone());
        Ok(Self { users, relations, groups, messages, conversations, third, webhooks })
    }

    /// Returns the subgraphs with the roles that offer them.
    pub(crate) fn subgraphs(&self) -> [(Role, Arc<dyn Subgraph>); 6] {
        [
            (Role::Users, self.users.subgraph()),
            (Role::Relations, self.relations.subgraph()),
            (Role::Groups, self.groups.subgraph()),
            (Role::Messages, self.messages.subgraph()),
            (Role::Conversations, self.conversations.subgraph()),
            (Role::Third, self.third.subgraph()),
        ]
    }

    /// Starts what the roles do in the background.
    pub(crate) fn start_work(&self, roles: &Roles, ports: &Ports, lifecycle: &Lifecycle) {
        let Lifecycle { draining, workers, .. } = lifecycle;
        self.webhooks.start(roles.has(Role::Worker), workers, draining);
        // A worker stores notifications, and what it notes in memory has to be written as well.
        if roles.has(Role::Messages) || roles.has(Role::Worker) {
            self.messages.start_workers(workers, draining);
        }
        // Every process but a gateway remembers groups and must hear when they change.
        if Self::carry_events(roles) {
            for work in self.groups.workers(draining) {
                workers.spawn(work);
            }
        }
        if roles.has(Role::Worker) {
            for work in
                [self.users.workers(draining), self.conversations.workers(draining), self.third.workers(draining)].into_iter().flatten()
            {
                workers.spawn(work);
            }
        }
        // Whoever writes relays at once what it wrote; workers relay what others left and handle everything.
        if Self::carry_events(roles) {
            let handlers = self.handlers();
            let consumers: Vec<_> = handlers.iter().map(|handler| Consumer::of(&**handler)).collect();
            let here = if roles.has(Role::Worker) { handlers } else { Vec::new() };
            ports.start_events(EventPlan::new(here, &consumers));
        }
    }

    /// Tells whether processes with these roles carry events.
    pub(crate) fn carry_events(roles: &Roles) -> bool {
        roles.iter().any(|role| role != Role::Gateway)
    }

    fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        let own = [self.users.handlers(), self.relations.handlers(), self.groups.handlers(), self.messages.handlers()];
        [own.concat(), self.conversations.handlers(), self.third.handlers()].concat()
    }
}

fn webhooks(config: &Config, ports: &Ports, runtime: &Runtime) -> anyhow::Result<Webhooks> {
    if config.webhooks.url.is_empty() {
        return Ok(Webhooks::disabled());
    }
    let settings = config.webhooks.settings(&webhook_secret(config, runtime)?);
    Webhooks::new(settings, ports.store.clone(), runtime.clone()).context("webhooks")
}

/// Returns what keeps the secret of `auth.secret` from being guessed.
fn attempts(config: &Config, ports: &Ports, runtime: &Runtime) -> Attempts {
    let section = &config.limits;
    let quotas = AttemptQuotas {
        address: section.wrong_secrets_per_address,
        together: section.wrong_secrets_together,
        window: Duration::from_secs(section.wrong_secrets_minutes * 60),
    };
    Attempts::new("auth", quotas, ports.rate_limiter.clone(), runtime.clock.clone())
}

fn users_settings(config: &Config, secret: &Secret) -> UsersSettings {
    let auth = &config.auth;
    let ids: Vec<String> = auth.admin_user_ids.iter().map(ToString::to_string).collect();
    // An administrator without a nickname is shown by the id.
    let nicknames = ids.iter().enumerate().map(|(at, id)| auth.admin_nicknames.get(at).unwrap_or(id).clone()).collect();
    UsersSettings {
        secret: secret.expose().to_owned(),
        admin_nicknames: nicknames,
        admin_ids: ids,
        token_lifetime: Duration::from_secs(auth.token_lifetime_seconds),
        login_policy: auth.login_policy,
        max_per_platform: auth.max_per_platform,
        cleanup_interval: TOKEN_CLEANUP,
    }
}

fn file_settings(config: &Config) -> FileSettings {
    let section = &config.objects;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    FileSettings {
        public_url: section.public_url.expose().to_owned(),
        public_read: section.public_read,
        upload_time: hours(section.upload_hours),
        link_time: hours(section.link_hours),
        max_file_bytes: section.max_file_bytes,
        max_open_uploads: section.max_open_uploads,
        quota_bytes: section.quota_bytes,
        expire_causes: section.expire_causes.clone(),
        expire_after: hours(section.expire_days * 24),
        ..FileSettings::default()
    }
}

fn groups_settings(config: &Config) -> openim_groups::Settings {
    let section = &config.groups;
    openim_groups::Settings { history_for_new_members: section.enable_history_for_new_members, max_listed_ids: section.max_listed_ids }
}

fn messages_settings(config: &Config) -> anyhow::Result<MessagesSettings> {
    let section = &config.messages;
    Ok(MessagesSettings {
        friend_verify: section.friend_verify,
        search: section.search,
        edit_within: Duration::from_secs(section.edit_within_seconds),
        notifications: NotificationPolicies::parse(&config.notifications.changes).context("notifications.changes")?,
        max_content_bytes: section.max_content_bytes,
        batch_messages: section.batch_messages,
        queue: section.queue_messages,
        ..MessagesSettings::default()
    })
}
