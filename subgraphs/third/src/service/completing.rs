//! Completing an upload: what has arrived is checked, put in its place and gets its name. The same call again answers the
//! same file.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_graphql::loader_error;
use openim_objects::{Key, Objects, Stat};
use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use super::{Files, gone};
use crate::error;
use crate::model::{CompleteUpload, File, Upload, UploadKind};
use crate::policy;
use crate::repository::{files as rows, uploads as upload_rows};

/// How long after the end of a request nothing of it can be at work any more.
const CHECK_AFTER: Duration = Duration::from_secs(3_600);

/// A file's parts that are being put together.
type Join = Shared<BoxFuture<'static, Result<Stat, Arc<Error>>>>;

/// What is being put together in this process. A big file takes longer than a caller waits: the work goes on, and who
/// calls again waits for the same.
#[derive(Clone)]
pub(super) struct Joins {
    running: Arc<Mutex<HashMap<String, Join>>>,
    tasks: TaskTracker,
}

impl Joins {
    pub(super) fn new(tasks: TaskTracker) -> Self {
        Self { running: Arc::default(), tasks }
    }

    async fn join(&self, id: &str, work: impl Future<Output = Result<Stat>> + Send + 'static) -> Result<Stat> {
        let join = {
            let mut running = self.running.lock();
            match running.get(id) {
                Some(join) => join.clone(),
                None => {
                    let (all, own) = (self.running.clone(), id.to_owned());
                    let task = self.tasks.spawn(async move {
                        let outcome = work.await.map_err(Arc::new);
                        all.lock().remove(&own);
                        outcome
                    });
                    let join = task.map(|ended| ended.unwrap_or_else(|cause| Err(Arc::new(Error::internal(cause))))).boxed().shared();
                    running.insert(id.to_owned(), join.clone());
                    join
                }
            }
        };
        join.await.map_err(loader_error)
    }
}

/// What a file is called in the end.
struct Called {
    name: String,
    content_type: String,
    cause: String,
}

impl Files {
    /// Completes an upload of the caller's own.
    pub(crate) async fn complete(&self, ctx: &Ctx, command: CompleteUpload) -> Result<File> {
        // Before anything else, as OpenIM does.
        if let Some(name) = &command.name {
            policy::check_name(ctx, name)?;
        }
        let upload = self.own(ctx, &command.id).await?.ok_or_else(gone)?;
        if upload.kind == UploadKind::Form {
            return Err(error::refused("the upload is a form"));
        }
        let name = command.name.unwrap_or_else(|| upload.name.clone());
        let cause = command.cause.filter(|cause| !cause.is_empty()).unwrap_or_else(|| upload.cause.clone());
        policy::check_cause(&cause)?;
        let given = command.content_type.filter(|given| !given.is_empty()).unwrap_or_else(|| upload.content_type.clone());
        let content_type = policy::content_type(&given, &name)?;
        let hashes = policy::part_hashes(&upload, &command.hashes)?;
        let called = Called { name, content_type, cause };
        if upload.done {
            return self.again(ctx, &upload, called).await;
        }
        if upload.expires_at <= ctx.now() {
            return Err(gone());
        }
        let key = match (upload.kind, &upload.temp, &upload.key) {
            (UploadKind::Parts, _, Some(key)) => self.put_together(&upload, key, hashes).await?,
            (_, Some(temp), _) => {
                let announced = hashes.first().cloned();
                match self.take_over(ctx, &upload, temp, announced.as_deref()).await? {
                    Some((key, _)) => key,
                    None => return self.meanwhile(ctx, &upload, called).await,
                }
            }
            _ => return Err(gone()),
        };
        let hash = upload.hash.clone();
        self.publish(ctx, &upload, key, hash, called).await
    }

    /// Completes a form of the caller's own.
    ///
    /// # Errors
    /// `ARGS_ERROR` when there is none, `DATA_ERROR` when something else was sent than announced.
    pub(crate) async fn complete_form(&self, ctx: &Ctx, id: &str) -> Result<File> {
        let none = || Error::new(ErrorCode::Args, "there is no such form, or its time is over");
        let upload = self.own(ctx, id).await?.filter(|upload| upload.kind == UploadKind::Form).ok_or_else(none)?;
        let called = Called { name: upload.name.clone(), content_type: upload.content_type.clone(), cause: upload.cause.clone() };
        policy::check_name(ctx, &called.name)?;
        if upload.done {
            return self.again(ctx, &upload, called).await;
        }
        let temp = upload.temp.clone().filter(|_| upload.expires_at > ctx.now()).ok_or_else(none)?;
        match self.take_over(ctx, &upload, &temp, None).await? {
            Some((key, stat)) => self.publish(ctx, &upload, key, format!("etag_{}", stat.etag), called).await,
            None => self.meanwhile(ctx, &upload, called).await,
        }
    }

    /// Puts parts together; they were compared one by one by the store.
    async fn put_together(&self, upload: &Upload, key: &Key, hashes: Vec<String>) -> Result<Key> {
        let (objects, place, store_upload, size) = (self.objects.clone(), key.clone(), upload.store_upload.clone(), upload.size);
        let work = async move { joined(&*objects, &place, &store_upload, &hashes, size).await };
        self.joins.join(&upload.id, work).await?;
        Ok(key.clone())
    }

    /// Copies what was sent in one piece to a place that nobody has an address for, and checks the copy: the address it was
    /// sent to stays valid. `None` when nothing is there.
    async fn take_over(&self, ctx: &Ctx, upload: &Upload, temp: &Key, announced: Option<&str>) -> Result<Option<(Key, Stat)>> {
        let Some(sent) = self.objects.stat(temp).await? else { return Ok(None) };
        check(upload, &sent, announced)?;
        let key = self.fresh_key(ctx, "data")?;
        self.watch(ctx, &key).await?;
        match self.objects.copy(temp, &key).await {
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            copied => copied?,
        }
        let copy = self.objects.stat(&key).await?.ok_or_else(|| Error::unavailable("the object store lost a copy"))?;
        if let Err(error) = check(upload, &copy, announced) {
            self.discard(&[key]).await;
            return Err(error);
        }
        Ok(Some((key, copy)))
    }

    /// Orders a look at content that is about to come into being: a process that dies before it has a name leaves it behind.
    async fn watch(&self, ctx: &Ctx, key: &Key) -> Result<()> {
        let tx = self.store.begin().await?;
        self.look_at(ctx, &tx, key, ctx.deadline().max(ctx.now()).plus(CHECK_AFTER)).await?;
        tx.commit().await
    }

    /// Notes the file; whoever completed the upload a moment earlier has done so already.
    async fn publish(&self, ctx: &Ctx, upload: &Upload, key: Key, hash: String, called: Called) -> Result<File> {
        let tx = self.begin_adding(&upload.owner).await?;
        if !upload_rows::finish(tx.connection(), &upload.id, &key).await? {
            tx.rollback().await;
            self.discard_copy(upload, key).await;
            return self.meanwhile(ctx, upload, called).await;
        }
        let file = file(ctx, upload, key, hash, called);
        if let Err(error) = self.put(ctx, &tx, &file).await {
            tx.rollback().await;
            self.discard_copy(upload, file.key).await;
            return Err(error);
        }
        tx.commit().await?;
        if let Some(temp) = &upload.temp {
            self.discard(std::slice::from_ref(temp)).await;
        }
        metrics::counter!("openim_files_stored_total").increment(1);
        metrics::counter!("openim_files_stored_bytes_total").increment(file.size);
        Ok(file)
    }

    /// Deletes a copy that did not get a name. Parts are put together once and stay until the end of their upload.
    async fn discard_copy(&self, upload: &Upload, key: Key) {
        if upload.temp.is_some() {
            self.discard(&[key]).await;
        }
    }

    /// Answers for an upload that somebody else has ended since it was read.
    async fn meanwhile(&self, ctx: &Ctx, upload: &Upload, called: Called) -> Result<File> {
        match self.own(ctx, &upload.id).await? {
            Some(ended) if ended.done => self.again(ctx, &ended, called).await,
            Some(open) if open.kind == UploadKind::Form => Err(Error::new(ErrorCode::Data, "nothing was sent")),
            Some(_) => Err(error::refused("nothing was sent")),
            None => Err(gone()),
        }
    }

    /// Answers for an upload that was completed before: its content may get another name.
    async fn again(&self, ctx: &Ctx, upload: &Upload, called: Called) -> Result<File> {
        let key = upload.key.clone().ok_or_else(gone)?;
        let tx = self.begin_adding(&upload.owner).await?;
        let mut named = rows::names_and_lock(tx.connection(), &key).await?;
        if let Some(place) = named.iter().position(|file| file.name == called.name) {
            return Ok(named.swap_remove(place));
        }
        let Some(first) = named.first() else { return Err(error::refused("the file was deleted")) };
        let file = file(ctx, upload, key, first.hash.clone(), called);
        self.put(ctx, &tx, &file).await?;
        tx.commit().await?;
        Ok(file)
    }
}

fn file(ctx: &Ctx, upload: &Upload, key: Key, hash: String, called: Called) -> File {
    File {
        name: called.name,
        id: ctx.ids().hex32(),
        owner: upload.owner.clone(),
        key,
        hash,
        size: upload.size,
        content_type: called.content_type,
        cause: called.cause,
        created_at: ctx.now(),
    }
}

async fn joined(objects: &dyn Objects, key: &Key, store_upload: &str, hashes: &[String], size: u64) -> Result<Stat> {
    let stat = match objects.complete_parts(key, store_upload, hashes).await {
        Ok(stat) => stat,
        Err(error) if error.code() == ErrorCode::Args => return Err(error::refused("parts are missing or differ from their hashes")),
        // An earlier call may have got as far as this.
        Err(error) if error.code() == ErrorCode::NotFound => objects.stat(key).await?.ok_or_else(gone)?,
        Err(error) => return Err(error),
    };
    if stat.size == size { Ok(stat) } else { Err(error::refused("the parts have another size than announced")) }
}

/// Checks what was sent in one piece.
fn check(upload: &Upload, stat: &Stat, announced: Option<&str>) -> Result<()> {
    match (announced, stat.size == upload.size) {
        (None, true) => Ok(()),
        (None, false) => Err(Error::new(ErrorCode::Data, "the file has another size than announced")),
        (Some(_), false) => Err(error::refused("the file has another size than announced")),
        (Some(hash), true) if stat.etag.eq_ignore_ascii_case(hash) => Ok(()),
        (Some(_), true) => Err(Error::new(ErrorCode::Args, "md5 mismatching: the file has another content than announced")),
    }
}
