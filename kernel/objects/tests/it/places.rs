//! Where the suite runs.

use std::sync::Arc;

use axum::Router;
use openim_core::{ManualClock, Runtime, Timestamp};
use openim_objects::{Folder, FolderSettings, Objects, S3, S3Settings};
use openim_testing::s3_service;
use tempfile::TempDir;

/// A store and what it needs to live.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) objects: Arc<dyn Objects>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) root: TempDir,
    pub(crate) client: reqwest::Client,
}

impl Place {
    pub(crate) fn now(&self) -> Timestamp {
        self.runtime().clock.now()
    }

    fn runtime(&self) -> Runtime {
        Runtime { clock: self.clock.clone(), ids: Runtime::system().ids }
    }
}

fn client() -> reqwest::Client {
    // A second test of the process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn place(name: &'static str, clock: &Arc<ManualClock>, root: TempDir, objects: Arc<dyn Objects>) -> Place {
    Place { name, objects, clock: clock.clone(), root, client: client() }
}

fn clock() -> Arc<ManualClock> {
    // The S3 server compares with the machine's time.
    Arc::new(ManualClock::new(Runtime::system().clock.now()))
}

pub(crate) async fn folder() -> Place {
    let (root, clock) = (TempDir::new().expect("a folder"), clock());
    let runtime = Runtime { clock: clock.clone(), ids: Runtime::system().ids };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let public_url = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = FolderSettings { root: root.path().join("objects"), secret: "a test's secret".into(), public_url };
    let folder = Folder::open(settings, runtime).await.expect("a folder");
    let router = folder.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    place("folder", &clock, root, Arc::new(folder))
}

pub(crate) async fn s3() -> Place {
    let (root, clock) = (TempDir::new().expect("a folder"), clock());
    let endpoint = serve(s3_service(root.path())).await;
    let settings = S3Settings {
        endpoint,
        public_endpoint: String::new(),
        bucket: "bucket".into(),
        region: "us-east-1".into(),
        path_style: true,
        access_key: "id".into(),
        secret_key: "key".into(),
    };
    let runtime = Runtime { clock: clock.clone(), ids: Runtime::system().ids };
    let objects = S3::new(settings, client(), runtime).expect("an adapter");
    place("s3", &clock, root, Arc::new(objects))
}
