//! The object store that the configuration asks for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::{Method, header};
use openim_core::Runtime;
use openim_objects::{Folder, FolderSettings, Objects, S3, S3Settings};
use openim_platform::config::{Config, ObjectEngine, Secret};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::data_folder;

/// How long a connection to the S3 service may take, and how long it may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where files lie.
pub(crate) struct ObjectStore {
    /// The port.
    pub(crate) port: Arc<dyn Objects>,
    /// The routes of signed addresses, when this server serves them.
    pub(crate) router: Option<Router>,
}

/// Opens the object store. A folder is made; an S3 service is not asked yet.
///
/// # Errors
/// Names the setting that cannot be used.
pub(crate) async fn open_objects(config: &Config, secret: &Secret, runtime: &Runtime) -> anyhow::Result<ObjectStore> {
    let section = &config.objects;
    match section.engine {
        ObjectEngine::Folder => {
            let root = if section.folder.as_os_str().is_empty() { data_folder(config)?.join("objects") } else { section.folder.clone() };
            let context = format!("objects.folder: {} cannot be used", root.display());
            let public_url = section.public_url.expose().to_owned();
            let settings = FolderSettings { root, secret: secret.expose().to_owned(), public_url };
            let folder = Folder::open(settings, runtime.clone()).await.context(context)?;
            let router = folder.router().layer(any_origin());
            Ok(ObjectStore { port: Arc::new(folder), router: Some(router) })
        }
        ObjectEngine::S3 => {
            let client = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(PATIENCE)
                .read_timeout(PATIENCE * 6)
                .build()
                .context("no HTTP client can be made")?;
            let settings = S3Settings {
                endpoint: section.s3_endpoint.expose().to_owned(),
                public_endpoint: section.s3_public_endpoint.expose().to_owned(),
                bucket: section.s3_bucket.clone(),
                region: section.s3_region.clone(),
                path_style: section.s3_path_style,
                access_key: section.s3_access_key.expose().to_owned(),
                secret_key: section.s3_secret_key.expose().to_owned(),
            };
            let port = S3::new(settings, client, runtime.clone()).context("objects.s3_endpoint")?;
            Ok(ObjectStore { port: Arc::new(port), router: None })
        }
    }
}

/// Lets pages of every origin send and read: what may be done stands in the signature of the address, and no cookie or token
/// is looked at.
fn any_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::HEAD, Method::PUT, Method::POST])
        .allow_headers(AllowHeaders::any())
        .expose_headers([header::ETAG, header::CONTENT_RANGE, header::ACCEPT_RANGES])
        .max_age(Duration::from_secs(86_400))
}
