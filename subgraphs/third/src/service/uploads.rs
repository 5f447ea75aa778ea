//! Beginning an upload, signing its parts, giving it up.

use std::time::Duration;

use openim_core::{Ctx, Result};
use openim_objects::{Download, Limits, Part};

use super::Files;
use crate::error;
use crate::model::{File, SignedPart, StartUpload, Started, Upload, UploadKind, WantedParts};
use crate::policy;
use crate::repository::{files as rows, uploads as upload_rows};

/// How long the address of a part is good; there are more where it came from.
const PART_TIME: Duration = Duration::from_secs(86_400);

impl Files {
    /// Returns what parts must keep to, for everybody with a token.
    pub(crate) fn limits(&self, ctx: &Ctx) -> Result<Limits> {
        ctx.principal()?;
        Ok(self.objects.limits())
    }

    /// Returns the size of the parts that a file is sent in, for everybody with a token.
    pub(crate) fn part_bytes(&self, ctx: &Ctx, size: i64) -> Result<u64> {
        let limits = self.limits(ctx)?;
        let size = u64::try_from(size).map_err(|_| error::refused("the size must be above 0"))?;
        limits.part_size(size).ok_or_else(|| error::refused("the size must be above 0 and fit into the parts"))
    }

    /// Begins an upload, or goes on with the one of the same content under the same name. What the caller has stored
    /// before is a file at once; content of others is not, whoever knows its hash.
    pub(crate) async fn start(&self, ctx: &Ctx, command: StartUpload) -> Result<Started> {
        let owner = ctx.principal()?.user_id.clone();
        policy::check_name(ctx, &command.name)?;
        policy::check_cause(&command.cause)?;
        let content_type = policy::content_type(&command.content_type, &command.name)?;
        let hash = policy::hash(&command.hash)?;
        let size = policy::size(command.size, &self.settings())?;
        let part_size = self.part_bytes(ctx, command.size)?;

        if let Some(known) = rows::of_content(self.store.read(), &owner, &hash, size).await? {
            let draft = File { name: command.name.clone(), content_type: content_type.clone(), cause: command.cause.clone(), ..known };
            if let Some(file) = self.name_again(ctx, draft).await? {
                return Ok(Started::File(Box::new(file)));
            }
        }
        let expires_at = ctx.now().plus(self.settings().upload_time);
        if let Some(open) = upload_rows::find_open(self.store.read(), &owner, (&command.name, &hash, size), ctx.now()).await? {
            let tx = self.store.begin().await?;
            let extended = upload_rows::extend(tx.connection(), &open.id, expires_at).await?;
            tx.commit().await?;
            if extended {
                return Ok(Started::Upload(Box::new(Upload { expires_at, ..open })));
            }
        }
        let kind = if size <= part_size { UploadKind::Whole } else { UploadKind::Parts };
        let mut upload = Upload {
            id: ctx.ids().hex32(),
            owner,
            kind,
            store_upload: String::new(),
            temp: None,
            key: None,
            name: command.name,
            hash,
            size,
            part_size,
            content_type,
            cause: command.cause,
            created_at: ctx.now(),
            expires_at,
            done: false,
        };
        match kind {
            UploadKind::Parts => {
                // Whoever has no room costs the object store nothing.
                self.check_upload(ctx, self.store.read(), &upload).await?;
                let key = self.fresh_key(ctx, "data")?;
                // As clean as a header of the store's must be.
                let download = Download { content_type: upload.content_type.clone(), file_name: None };
                upload.store_upload = self.objects.start_parts(&key, download.content_type()).await?;
                upload.key = Some(key);
            }
            UploadKind::Whole | UploadKind::Form => upload.temp = Some(self.fresh_key(ctx, "temp")?),
        }
        let kept = self.keep(ctx, &upload).await;
        if let (Err(_), Some(key)) = (&kept, &upload.key) {
            self.abandon_parts(key, &upload.store_upload).await;
        }
        kept.map(|()| Started::Upload(Box::new(upload)))
    }

    /// Notes an upload that begins.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`.
    pub(super) async fn keep(&self, ctx: &Ctx, upload: &Upload) -> Result<()> {
        let tx = self.begin_adding(&upload.owner).await?;
        self.check_upload(ctx, tx.connection(), upload).await?;
        upload_rows::insert(tx.connection(), upload).await?;
        tx.commit().await
    }

    /// Gives content that its owner has already another name; `None` when it is gone meanwhile.
    async fn name_again(&self, ctx: &Ctx, draft: File) -> Result<Option<File>> {
        if self.objects.stat(&draft.key).await?.is_none_or(|stat| stat.size != draft.size) {
            return Ok(None);
        }
        let tx = self.begin_adding(&draft.owner).await?;
        if rows::names_and_lock(tx.connection(), &draft.key).await?.is_empty() {
            return Ok(None);
        }
        let file = File { id: ctx.ids().hex32(), created_at: ctx.now(), ..draft };
        self.put(ctx, &tx, &file).await?;
        tx.commit().await?;
        Ok(Some(file))
    }

    /// Returns an upload of the caller's own; `None` also when its time is over.
    pub(crate) async fn upload(&self, ctx: &Ctx, id: &str) -> Result<Option<Upload>> {
        Ok(self.own(ctx, id).await?.filter(|upload| upload.expires_at > ctx.now()))
    }

    /// Signs addresses for parts of an upload of the caller's own.
    pub(crate) fn sign(&self, ctx: &Ctx, upload: &Upload, wanted: &WantedParts) -> Result<Vec<SignedPart>> {
        ctx.require_self_or_admin(&upload.owner)?;
        let numbers = policy::wanted_parts(upload, wanted)?;
        let left = ctx.now().until(upload.expires_at);
        let sign = |number: u32| {
            let bytes = upload.part_bytes(number).ok_or_else(error::no_upload)?;
            let signed = match (upload.kind, &upload.temp, &upload.key) {
                (UploadKind::Parts, _, Some(key)) => {
                    self.objects.sign_part(key, &upload.store_upload, number, bytes, ctx.now(), left.min(PART_TIME))?
                }
                (UploadKind::Whole, Some(temp), _) => self.objects.sign_put(temp, bytes, ctx.now(), left)?,
                _ => return Err(error::refused("the upload is a form")),
            };
            Ok(SignedPart { number, signed })
        };
        numbers.into_iter().map(sign).collect()
    }

    /// Returns the parts that have arrived, so that an interrupted upload can go on.
    pub(crate) async fn arrived(&self, ctx: &Ctx, upload: &Upload) -> Result<Vec<Part>> {
        ctx.require_self_or_admin(&upload.owner)?;
        match (&upload.temp, &upload.key) {
            _ if upload.done => Ok(Vec::new()),
            (Some(temp), _) => {
                let stat = self.objects.stat(temp).await?;
                Ok(stat.into_iter().map(|stat| Part { number: 1, size: stat.size, etag: stat.etag }).collect())
            }
            (None, Some(key)) => match self.objects.parts(key, &upload.store_upload).await {
                // Put together just now.
                Err(error) if error.code() == openim_core::ErrorCode::NotFound => Ok(Vec::new()),
                parts => parts,
            },
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Gives up an upload of the caller's own; tells whether there was one under way.
    pub(crate) async fn abort(&self, ctx: &Ctx, id: &str) -> Result<bool> {
        let Some(upload) = self.own(ctx, id).await?.filter(|upload| !upload.done) else { return Ok(false) };
        let tx = self.store.begin().await?;
        let deleted = upload_rows::delete_open(tx.connection(), &upload.id).await?;
        tx.commit().await?;
        if deleted {
            self.forget(&upload).await;
        }
        Ok(deleted)
    }

    /// Deletes what has arrived of an upload that will not be completed.
    pub(super) async fn forget(&self, upload: &Upload) {
        if let Some(temp) = &upload.temp {
            self.discard(std::slice::from_ref(temp)).await;
        }
        if let Some(key) = &upload.key {
            self.abandon_parts(key, &upload.store_upload).await;
        }
    }

    /// Forgets parts, and what they may have been put together to just before a failure.
    async fn abandon_parts(&self, key: &openim_objects::Key, store_upload: &str) {
        if let Err(error) = self.objects.abort_parts(key, store_upload).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the parts of an upload could not be deleted");
        }
        self.discard(std::slice::from_ref(key)).await;
    }
}
