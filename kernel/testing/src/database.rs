//! Databases for tests: a template is migrated once per build of a test binary, each test gets a clone of it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use openim_core::{IdSource, RandomIds};
use openim_platform::fanout::{Fanout, MemoryFanout};
use openim_platform::store::{DatabaseSettings, Store};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

/// The lock that lets one test process make the template while the others wait.
const TEMPLATE_LOCK: i64 = 0x7465_7374;

/// A database of one test; dropping it removes it.
pub(crate) enum TestDatabase {
    Sqlite { _folder: TempDir, url: String },
    Postgres { admin_url: String, name: String },
}

impl TestDatabase {
    pub(crate) async fn sqlite() -> Self {
        let template = sqlite_template().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("openim.sqlite");
        std::fs::copy(&template, &file).expect("a copy of the template");
        Self::Sqlite { url: sqlite_url(&file), _folder: folder }
    }

    pub(crate) async fn postgres(admin_url: &str) -> Self {
        let template = postgres_template(admin_url).await;
        let name = format!("openim_w_{}", RandomIds.hex32());
        let admin = admin(admin_url).await;
        execute(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        admin.close().await.expect("a closed connection");
        Self::Postgres { admin_url: admin_url.to_owned(), name }
    }

    pub(crate) fn settings(&self) -> DatabaseSettings {
        match self {
            Self::Sqlite { url, .. } => DatabaseSettings::new(url),
            Self::Postgres { admin_url, name } => postgres_settings(admin_url, name),
        }
    }

    /// Removes the database; needed on PostgreSQL only.
    pub(crate) async fn remove(&self) {
        if let Self::Postgres { admin_url, name } = self {
            let admin = admin(admin_url).await;
            execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            admin.close().await.expect("a closed connection");
        }
    }
}

fn postgres_settings(admin_url: &str, name: &str) -> DatabaseSettings {
    let (server, rest) = admin_url.rsplit_once('/').expect("an address that ends with a database's name");
    let options = rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
    DatabaseSettings { max_connections: 8, ..DatabaseSettings::new(format!("{server}/{name}{options}")) }
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Names this build of this test binary: another build may bring other migrations.
fn build_key() -> (PathBuf, String, u64) {
    let binary = std::env::current_exe().expect("the test binary");
    let facts = std::fs::metadata(&binary).expect("the test binary's facts");
    let mut hasher = DefaultHasher::new();
    (&binary, facts.len(), facts.modified().unwrap_or(SystemTime::UNIX_EPOCH)).hash(&mut hasher);
    let folder = binary.parent().and_then(Path::parent).expect("the target folder").join("test-templates");
    let name = binary.file_name().expect("a file name").to_string_lossy().into_owned();
    (folder, name, hasher.finish())
}

async fn migrate(settings: &DatabaseSettings) {
    let fanout: Arc<dyn Fanout> = Arc::new(MemoryFanout::new());
    let store = Store::connect(settings, fanout).await.expect("the template database");
    store.migrate().await.expect("the template's migrations");
    store.close().await;
}

async fn sqlite_template() -> PathBuf {
    let (folder, name, key) = build_key();
    let template = folder.join(format!("{name}.{key:016x}.sqlite"));
    if template.exists() {
        return template;
    }
    std::fs::create_dir_all(&folder).expect("a folder for templates");
    forget_older_builds(&folder, &name, &template);
    // Several processes may do this at the same time; the last rename wins and all are alike.
    let making = tempfile::tempdir_in(&folder).expect("a temporary folder");
    let file = making.path().join("template.sqlite");
    migrate(&DatabaseSettings::new(sqlite_url(&file))).await;
    std::fs::rename(&file, &template).expect("the template in its place");
    template
}

fn forget_older_builds(folder: &Path, name: &str, current: &Path) {
    let prefix = format!("{name}.");
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path() != current && entry.file_name().to_string_lossy().starts_with(&prefix) {
            // Another process may have removed it already.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

async fn postgres_template(admin_url: &str) -> String {
    let (_, _, key) = build_key();
    let name = format!("openim_t_{key:016x}");
    let admin = admin(admin_url).await;
    if exists(&admin, &name).await {
        return name;
    }
    execute(&admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    if !exists(&admin, &name).await {
        let making = format!("{name}_making");
        execute(&admin, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
        execute(&admin, &format!("CREATE DATABASE {making}")).await;
        migrate(&postgres_settings(admin_url, &making)).await;
        execute(&admin, &format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    // The lock goes with its connection.
    admin.close().await.expect("a closed connection");
    name
}

async fn admin(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the PostgreSQL of OPENIM_TEST_POSTGRES_URL")
}

async fn execute(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.expect("a statement on the PostgreSQL of OPENIM_TEST_POSTGRES_URL");
}

async fn exists(admin: &DatabaseConnection, name: &str) -> bool {
    let statement = Statement::from_string(DbBackend::Postgres, format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"));
    admin.query_one_raw(statement).await.expect("the list of databases").is_some()
}
