//! The domain over a folder that is really served.

use std::sync::Arc;

use md5::{Digest, Md5};
use openim_core::Ctx;
use openim_graphql::Subgraph;
use openim_objects::{Folder, FolderSettings, Objects};
use openim_platform::config::{Configuration, Inputs, load};
use openim_platform::presence::MemoryPresence;
use openim_platform::webhooks::Webhooks;
use openim_testing::{Answer, MemoryGroups, TestWorld, ask};
use openim_third::{FileSettings, PushPorts, Third, ThirdPorts};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use crate::push::{Logs, Options};

/// Bytes of a part of the folder.
pub(crate) const PART: usize = 5 << 20;

pub(crate) const START: &str = "mutation($name: String!, $size: Long!, $hash: String!, $type: String, $cause: String, $parts: Int = -1) {
    startUpload(input: {name: $name, size: $size, hash: $hash, contentType: $type, cause: $cause}) {
        file { name url }
        upload { id kind partSize partCount expiresAt signedParts(first: $parts) { parts { number url } } uploadedParts { number size hash } } } }";
pub(crate) const COMPLETE: &str = "mutation($id: ID!, $parts: [String!]!, $name: String) {
    completeUpload(input: {uploadId: $id, partHashes: $parts, name: $name}) { file { name url size hash contentType cause ownerId } } }";
pub(crate) const ACCESS: &str = "query($name: String!, $image: ImageInput) { fileAccess(name: $name, image: $image) { url expiresAt } }";
pub(crate) const DELETE: &str = "mutation($name: String!) { deleteFile(input: {name: $name}) { deleted } }";

/// The domain, its store and somebody who sends.
pub(crate) struct House {
    pub(crate) third: Third,
    pub(crate) subgraph: Arc<dyn Subgraph>,
    pub(crate) http: reqwest::Client,
    pub(crate) root: TempDir,
}

impl House {
    pub(crate) async fn new(world: &TestWorld) -> Self {
        Self::with(world, FileSettings::default()).await
    }

    pub(crate) async fn with(world: &TestWorld, settings: FileSettings) -> Self {
        let root = TempDir::new().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let folder = FolderSettings { root: root.path().join("objects"), secret: "a test's secret".into(), public_url };
        let folder = Folder::open(folder, world.runtime().clone()).await.unwrap();
        let router = folder.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self::over(world, root, Arc::new(folder), settings)
    }

    /// Puts the domain over any store; `root` is where that lies.
    pub(crate) fn over(world: &TestWorld, root: TempDir, objects: Arc<dyn Objects>, settings: FileSettings) -> Self {
        let third = third(world, objects, settings);
        for handler in third.handlers() {
            world.register(handler);
        }
        let http = client();
        Self { subgraph: third.subgraph(), third, http, root }
    }

    pub(crate) async fn ask(&self, ctx: Ctx, document: &str, variables: Value) -> Answer {
        ask(&*self.subgraph, ctx, document, variables).await
    }

    /// Begins an upload.
    pub(crate) async fn start(&self, ctx: Ctx, name: &str, content: &[u8]) -> Answer {
        self.ask(ctx, START, announced(name, content)).await
    }

    /// Sends parts to their addresses.
    pub(crate) async fn send(&self, upload: &Value, content: &[u8]) {
        for (part, bytes) in upload["signedParts"]["parts"].as_array().unwrap().iter().zip(content.chunks(PART)) {
            assert_eq!(self.put(part["url"].as_str().unwrap(), bytes.to_vec()).await, StatusCode::OK);
        }
    }

    pub(crate) async fn put(&self, url: &str, bytes: Vec<u8>) -> StatusCode {
        self.http.put(url).body(bytes).send().await.unwrap().status()
    }

    /// Stores a file and returns its data.
    pub(crate) async fn store(&self, ctx: impl Fn() -> Ctx, name: &str, content: &[u8]) -> Value {
        let upload = self.start(ctx(), name, content).await.data()["startUpload"]["upload"].clone();
        self.send(&upload, content).await;
        let variables = json!({"id": upload["id"], "parts": parts(content)});
        self.ask(ctx(), COMPLETE, variables).await.data()["completeUpload"]["file"].clone()
    }

    /// Reads a file by its name.
    pub(crate) async fn read(&self, ctx: Ctx, name: &str) -> Vec<u8> {
        let url = self.ask(ctx, ACCESS, json!({"name": name})).await.data()["fileAccess"]["url"].clone();
        let answer = self.http.get(url.as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap().to_vec()
    }

    /// Returns the paths of everything that is stored, in order.
    pub(crate) fn stored(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.path().join("objects/data").join(folder)];
        while let Some(next) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(next) else { continue };
            for entry in entries.flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    found.push(entry.path().display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

/// Follows nothing.
pub(crate) fn client() -> reqwest::Client {
    // A second test of the process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A configuration of defaults under which nothing is stored yet.
pub(crate) fn configuration(world: &TestWorld) -> Configuration {
    let loaded = load(&Inputs { file: Some("/dev/null".into()), ..Inputs::default() }).unwrap();
    Configuration::unread(loaded, world.store().clone(), "a test")
}

fn third(world: &TestWorld, objects: Arc<dyn Objects>, settings: FileSettings) -> Third {
    Third::new(settings, ports_over(world, objects), world.runtime().clone())
}

/// Returns what the domain stands on, over a folder that nobody serves.
pub(crate) async fn ports(world: &TestWorld) -> (TempDir, ThirdPorts) {
    let root = TempDir::new().unwrap();
    let folder = FolderSettings { root: root.path().into(), secret: "a test's secret".into(), public_url: String::new() };
    let objects = Arc::new(Folder::open(folder, world.runtime().clone()).await.unwrap());
    let ports = ports_over(world, objects);
    (root, ports)
}

fn ports_over(world: &TestWorld, objects: Arc<dyn Objects>) -> ThirdPorts {
    ThirdPorts {
        store: world.store().clone(),
        webhooks: Webhooks::disabled(),
        objects,
        tasks: TaskTracker::new(),
        configuration: configuration(world),
        push: nobody_pushes(),
    }
}

/// Returns what offline push stands on where there is none.
pub(crate) fn nobody_pushes() -> PushPorts {
    PushPorts {
        sender: None,
        presence: Arc::new(MemoryPresence::default()),
        groups: Arc::new(MemoryGroups::default()),
        conversations: Arc::new(Options::default()),
        logs: Arc::new(Logs::default()),
    }
}

/// Returns the MD5s of a content's parts.
pub(crate) fn parts(content: &[u8]) -> Vec<String> {
    content.chunks(PART).map(md5).collect()
}

pub(crate) fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns what an upload begins with.
pub(crate) fn announced(name: &str, content: &[u8]) -> Value {
    json!({"name": name, "size": content.len(), "hash": md5(parts(content).join(",").as_bytes()), "type": "image/png", "cause": "msg-picture"})
}

/// Makes content of some length that is not the same everywhere.
pub(crate) fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}
