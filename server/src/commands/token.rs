//! `openim token`: a token for a user, made by the same mutation that an administrator would send.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use async_graphql::{InputType as _, Request, Value, Variables};
use openim_core::{Ctx, OperationId, Platform, Runtime};
use openim_platform::config::{Configuration, Loaded};

use crate::build::{Domains, Ground, auth_secrets, expect_database, files_secret, migrate, open_objects, open_ports};
use crate::cli::Token;
use crate::shutdown::Lifecycle;

const FOR_ADMIN: &str = "mutation($user: ID!, $secret: String!) {
  made: createAdminToken(input: {userId: $user, secret: $secret}) { token expiresAt }
}";
const FOR_USER: &str = "mutation($user: ID!, $platform: Platform!) {
  made: createUserToken(input: {userId: $user, platform: $platform}) { token expiresAt }
}";

pub(super) async fn run(loaded: &Loaded, command: Token, runtime: Runtime) -> anyhow::Result<ExitCode> {
    expect_database(&loaded.config)?;
    let ports = open_ports(&loaded.config, &runtime).await?;
    migrate(&ports, &loaded.config).await?;
    let configuration = Configuration::open(loaded.clone(), ports.store.clone(), "token").await?;
    let state = configuration.now();
    let config = state.config();
    let secrets = auth_secrets(config, loaded.origin("auth.secret"), &runtime)?;
    let objects = open_objects(config, &files_secret(config, &runtime)?, &runtime).await?;
    let ground = Ground { ports: &ports, objects: &objects, lifecycle: &Lifecycle::default(), configuration: &configuration };
    let domains = Domains::new(config, &secrets, &ground, &runtime)?;
    domains.users.ensure_admins().await.context("the administrators cannot be registered")?;

    let admin = config.auth.admin_user_ids.contains(&command.user);
    let platform = command.platform.unwrap_or(if admin { Platform::ADMIN } else { Platform::WEB });
    let request = request(&command, admin && platform == Platform::ADMIN, platform, secrets.known().current.expose())?;
    let ctx = Ctx::system(&runtime, OperationId::fresh(&*runtime.ids));
    let answer = domains.users.subgraph().execute(ctx, request).await;
    ports.close(Duration::from_secs(1)).await;

    if let Some(error) = answer.errors.first() {
        bail!("no token for {}: {}", command.user, error.message);
    }
    let answer = serde_json::to_value(&answer.data).context("the answer cannot be read")?;
    let token = answer.pointer("/made/token").and_then(serde_json::Value::as_str).context("the answer has no token")?;
    super::print(&format!("{token}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn request(command: &Token, for_admin: bool, platform: Platform, secret: &str) -> anyhow::Result<Request> {
    let mut variables = Variables::default();
    variables.insert(async_graphql::Name::new("user"), Value::from(command.user.as_str()));
    if for_admin {
        variables.insert(async_graphql::Name::new("secret"), Value::from(secret));
        return Ok(Request::new(FOR_ADMIN).variables(variables));
    }
    let platform = openim_graphql::Platform::from_number(platform.number()).context("no such platform")?;
    variables.insert(async_graphql::Name::new("platform"), platform.to_value());
    Ok(Request::new(FOR_USER).variables(variables))
}
