//! What can be changed.

use async_graphql::{Context, ID, InputObject, MergedObject, Object, Result, SimpleObject};
use openim_graphql::{admin_only, caller};

use super::client_logs::ClientLogsMutation;
use super::configuration::ConfigurationMutation;
use super::files::File;
use super::inputs::{
    AbortUploadInput, CompleteFormUploadInput, CompleteUploadInput, DeleteFileInput, StartFormUploadInput, StartUploadInput,
};
use super::push::PushMutation;
use super::types::WebhookDelivery;
use super::uploads::{Upload, UploadForm};
use crate::model::Started;
use crate::service::{Deliveries, Files};

/// What can be changed.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(Exchange, PushMutation, ClientLogsMutation, ConfigurationMutation);

/// Files and webhooks.
#[derive(Default)]
pub(crate) struct Exchange;

#[Object(name = "MutationExchange")]
impl Exchange {
    /// Sends a webhook once more, with the same id and a full number of attempts, also when it was delivered before. One
    /// that waits is sent at once. Before-hooks cannot be repeated: their operation is over.
    #[graphql(directive = admin_only::apply())]
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: RedeliverWebhookInput,
    ) -> Result<RedeliverWebhookPayload> {
        let delivery = ctx.data::<Deliveries>()?.redeliver(caller(ctx)?, &input.id).await?;
        Ok(RedeliverWebhookPayload { delivery: WebhookDelivery(delivery) })
    }

    /// Begins an upload: its parts are sent directly to the object store, then it is completed. The same call again goes on
    /// with the same upload. Content that the caller has stored before becomes a file at once.
    async fn start_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is uploaded.")] input: StartUploadInput,
    ) -> Result<StartUploadPayload> {
        Ok(match ctx.data::<Files>()?.start(caller(ctx)?, input.into()).await? {
            Started::File(file) => StartUploadPayload { file: Some(File(*file)), upload: None },
            Started::Upload(upload) => StartUploadPayload { file: None, upload: Some(Upload(*upload)) },
        })
    }

    /// Makes a file of the parts that were sent. The same call again answers the same file; with another name, the content
    /// gets that name too.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload, and what was sent.")] input: CompleteUploadInput,
    ) -> Result<CompleteUploadPayload> {
        let file = ctx.data::<Files>()?.complete(caller(ctx)?, input.into()).await?;
        Ok(CompleteUploadPayload { file: File(file) })
    }

    /// Gives up an upload and deletes what was sent.
    async fn abort_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which upload.")] input: AbortUploadInput,
    ) -> Result<AbortUploadPayload> {
        Ok(AbortUploadPayload { aborted: ctx.data::<Files>()?.abort(caller(ctx)?, &input.upload_id).await? })
    }

    /// Begins an upload by a form, which a browser sends without a script.
    async fn start_form_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is uploaded.")] input: StartFormUploadInput,
    ) -> Result<StartFormUploadPayload> {
        let (upload, form) = ctx.data::<Files>()?.start_form(caller(ctx)?, input.into()).await?;
        Ok(StartFormUploadPayload { upload: Upload(upload), form: UploadForm(form) })
    }

    /// Makes a file of a form that was sent. The same call again answers the same file.
    async fn complete_form_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which form.")] input: CompleteFormUploadInput,
    ) -> Result<CompleteUploadPayload> {
        Ok(CompleteUploadPayload { file: File(ctx.data::<Files>()?.complete_form(caller(ctx)?, &input.upload_id).await?) })
    }

    /// Deletes a file, for its owner and app administrators. Its content is deleted when no other name stands for it.
    async fn delete_file(&self, ctx: &Context<'_>, #[graphql(desc = "Which file.")] input: DeleteFileInput) -> Result<DeleteFilePayload> {
        Ok(DeleteFilePayload { deleted: ctx.data::<Files>()?.delete(caller(ctx)?, &input.name).await? })
    }
}

/// Which webhook is sent once more.
#[derive(InputObject)]
pub(crate) struct RedeliverWebhookInput {
    /// The delivery's id.
    id: ID,
}

/// A webhook that is sent once more.
#[derive(SimpleObject)]
pub(crate) struct RedeliverWebhookPayload {
    /// The delivery, waiting again.
    delivery: WebhookDelivery,
}

/// What an upload led to: a file, or something to send.
#[derive(SimpleObject)]
pub(crate) struct StartUploadPayload {
    /// The file, when its content was there already.
    file: Option<File>,
    /// The upload, when the content has to be sent.
    upload: Option<Upload>,
}

/// An upload that became a file.
#[derive(SimpleObject)]
pub(crate) struct CompleteUploadPayload {
    /// The file.
    file: File,
}

/// What became of an upload.
#[derive(SimpleObject)]
pub(crate) struct AbortUploadPayload {
    /// Whether it was under way.
    aborted: bool,
}

/// A form to send.
#[derive(SimpleObject)]
pub(crate) struct StartFormUploadPayload {
    /// The upload.
    upload: Upload,
    /// The form.
    form: UploadForm,
}

/// What became of a file.
#[derive(SimpleObject)]
pub(crate) struct DeleteFilePayload {
    /// Whether there was one.
    deleted: bool,
}
