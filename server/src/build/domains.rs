//! The domains over the ports. Each knows the others only by the narrow readers of the contracts crate.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use openim_conversations::{Conversations, Ports as ConversationsPorts};
use openim_core::Runtime;
use openim_graphql::Subgraph;
use openim_groups::{Groups, Readers, Shared};
use openim_messages::{Messages, MessagesPorts, MessagesSettings};
use openim_platform::config::{Config, Configuration, Live, Role, Roles, SigningSecrets};
use openim_platform::events::{Consumer, EventHandler, EventPlan};
use openim_platform::limits::{AttemptQuotas, Attempts, DoorQuotas};
use openim_platform::ports::Ports;
use openim_platform::store::Store;
use openim_platform::telemetry::Telemetry;
use openim_platform::timers::{Job, Timetable};
use openim_platform::webhooks::Webhooks;
use openim_relations::Relations;
use openim_third::{MonitoringSettings, PushPorts, Third, ThirdPorts, ThirdSettings};
use openim_users::{Users, UsersPorts, UsersSettings};

use super::live::{LiveParts, attempt_quotas, file_settings, groups_settings, messages_settings, webhook_settings};
use super::upkeep::{self, Auditing};
use super::{ObjectStore, push_sender, push_settings};
use crate::shutdown::Lifecycle;

/// What the domains stand on.
pub(crate) struct Ground<'a> {
    pub(crate) ports: &'a Ports,
    pub(crate) objects: &'a ObjectStore,
    pub(crate) lifecycle: &'a Lifecycle,
    pub(crate) configuration: &'a Configuration,
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
    attempt_quotas: Live<AttemptQuotas>,
    /// Whether somebody pushes to devices.
    pushes: bool,
    auditing: Auditing,
    house_timers: Vec<Arc<dyn Job>>,
    runtime: Runtime,
}

impl Domains {
    /// Puts the domains together.
    ///
    /// # Errors
    /// A setting that does not fit.
    pub(crate) fn new(config: &Config, secrets: &SigningSecrets, ground: &Ground<'_>, runtime: &Runtime) -> anyhow::Result<Self> {
        let ports = ground.ports;
        let store = &ports.store;
        let webhooks = webhooks(config, ports, runtime)?;
        let attempt_quotas = Live::new(attempt_quotas(config));
        let users_ports = UsersPorts {
            store: store.clone(),
            cache: ports.cache.clone(),
            presence: ports.presence.clone(),
            webhooks: webhooks.clone(),
            attempts: Attempts::new("auth", attempt_quotas.clone(), ports.rate_limiter.clone(), runtime.clock.clone()),
        };
        let users = Users::new(users_settings(config, secrets), users_ports, runtime.clone()).context("auth")?;
        let cursors = openim_conversations::reader(store.clone());
        let shared = Shared::new(store.clone());
        let members = shared.reader();
        let standings = openim_relations::reader(store.clone(), ports.cache.clone());
        let sender = push_sender(config, runtime)?;
        let pushes = sender.is_some();
        let push = PushPorts {
            sender,
            presence: ports.presence.clone(),
            groups: members.clone(),
            conversations: cursors.clone(),
            logs: openim_messages::log_reader(store.clone()),
        };
        let push_is_used = push.are_used(&webhooks);
        let messages_ports = MessagesPorts {
            store: store.clone(),
            users: users.reader(),
            conversations: cursors,
            groups: members.clone(),
            relations: standings.clone(),
            webhooks: webhooks.clone(),
            cache: ports.cache.clone(),
            figures: ports.figures.clone(),
        };
        let messages_settings = MessagesSettings { push: push_is_used, ..messages_settings(config)? };
        let messages = Messages::new(messages_settings, messages_ports, runtime.clone());
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
            push,
            configuration: ground.configuration.clone(),
        };
        let third = Third::new(third_settings(config), third_ports, runtime.clone());
        let auditing = Auditing::new(config, store, &ground.lifecycle.workers);
        let house_timers = upkeep::house_timers(config, store, &webhooks);
        let runtime = runtime.clone();
        Ok(Self {
            users,
            relations,
            groups,
            messages,
            conversations,
            third,
            webhooks,
            attempt_quotas,
            pushes,
            auditing,
            house_timers,
            runtime,
        })
    }

    /// Returns what can be replaced while everything runs.
    pub(crate) fn live(&self, telemetry: &Telemetry, door_quotas: Live<DoorQuotas>, store: &Store) -> LiveParts {
        LiveParts {
            telemetry: telemetry.clone(),
            door_quotas,
            attempt_quotas: self.attempt_quotas.clone(),
            groups: self.groups.settings(),
            messages: self.messages.settings(),
            files: self.third.file_settings(),
            pushes: self.pushes,
            webhooks: self.webhooks.clone(),
            store: store.clone(),
            runtime: self.runtime.clone(),
        }
    }

    /// Returns the subgraphs with the roles that offer them; administrators' acts are noted around each.
    pub(crate) fn subgraphs(&self) -> [(Role, Arc<dyn Subgraph>); 6] {
        let subgraphs = [
            (Role::Users, self.users.subgraph()),
            (Role::Relations, self.relations.subgraph()),
            (Role::Groups, self.groups.subgraph()),
            (Role::Messages, self.messages.subgraph()),
            (Role::Conversations, self.conversations.subgraph()),
            (Role::Third, self.third.subgraph()),
        ];
        subgraphs.map(|(role, subgraph)| (role, self.auditing.around(subgraph)))
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
            for work in self.third.workers(draining) {
                workers.spawn(work);
            }
            let timetable = Timetable::new(ports.store.clone(), self.runtime.clone(), &ports.node_id, self.timers());
            workers.spawn(timetable.run(draining.clone()));
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

    /// Returns everything that is done by the clock, by one process of the deployment.
    fn timers(&self) -> Vec<Arc<dyn Job>> {
        let own = [self.users.timers(), self.messages.timers(), self.conversations.timers(), self.third.timers()];
        [own.concat(), self.house_timers.clone()].concat()
    }

    fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        let own = [self.users.handlers(), self.relations.handlers(), self.groups.handlers(), self.messages.handlers()];
        [own.concat(), self.conversations.handlers(), self.third.handlers()].concat()
    }
}

fn webhooks(config: &Config, ports: &Ports, runtime: &Runtime) -> anyhow::Result<Webhooks> {
    let webhooks = Webhooks::disabled();
    webhooks.reconfigure(webhook_settings(config, runtime)?, ports.store.clone(), runtime.clone()).context("webhooks")?;
    Ok(webhooks)
}

fn users_settings(config: &Config, secrets: &SigningSecrets) -> UsersSettings {
    let auth = &config.auth;
    let ids: Vec<String> = auth.admin_user_ids.iter().map(ToString::to_string).collect();
    // An administrator without a nickname is shown by the id.
    let nicknames = ids.iter().enumerate().map(|(at, id)| auth.admin_nicknames.get(at).unwrap_or(id).clone()).collect();
    UsersSettings {
        secrets: secrets.clone(),
        admin_nicknames: nicknames,
        admin_ids: ids,
        token_lifetime: Duration::from_secs(auth.token_lifetime_seconds),
        login_policy: auth.login_policy,
        max_per_platform: auth.max_per_platform,
        cleanup_interval: upkeep::cleanup_interval(config),
    }
}

fn third_settings(config: &Config) -> ThirdSettings {
    ThirdSettings {
        files: file_settings(config),
        push: push_settings(config),
        monitoring: MonitoringSettings {
            discovery_networks: config.telemetry.discovery_networks.clone(),
            dashboard_url: config.telemetry.dashboard_url.expose().to_owned(),
        },
        audit: upkeep::audit_settings(config),
        client_logs: upkeep::client_log_settings(config),
        retention_interval: upkeep::retention_interval(config),
    }
}
