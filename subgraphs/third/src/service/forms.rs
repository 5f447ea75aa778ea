//! Beginning an upload by a browser's form.

use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_objects::{Download, Form};

use super::Files;
use crate::model::{StartForm, Upload, UploadKind};
use crate::policy;

impl Files {
    /// Begins an upload by a form.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`, `LIMIT_EXCEEDED`.
    pub(crate) async fn start_form(&self, ctx: &Ctx, command: StartForm) -> Result<(Upload, Form)> {
        let owner = ctx.principal()?.user_id.clone();
        policy::check_name(ctx, &command.name)?;
        policy::check_cause(&command.cause)?;
        let content_type = policy::content_type(&command.content_type, &command.name)?;
        let size = policy::size(command.size, &self.settings()).map_err(|error| Error::new(ErrorCode::Args, error.message().to_owned()))?;
        let temp = self.fresh_key(ctx, "temp")?;
        let time = policy::form_time(ctx, command.valid, &self.settings());
        let download = Download { content_type: content_type.clone(), file_name: None };
        let form = self.objects.sign_form(&temp, size, download.content_type(), ctx.now(), time)?;
        let upload = Upload {
            id: ctx.ids().hex32(),
            owner,
            kind: UploadKind::Form,
            store_upload: String::new(),
            temp: Some(temp),
            key: None,
            name: command.name,
            hash: String::new(),
            size,
            part_size: size,
            content_type,
            cause: command.cause,
            created_at: ctx.now(),
            // Whoever sent it in the last moment may still complete it.
            expires_at: ctx.now().plus(time).plus(policy::FORM_TIME),
            done: false,
        };
        self.keep(ctx, &upload).await?;
        Ok((upload, form))
    }
}
