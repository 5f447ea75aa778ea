//! Clients' logs in the graph.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_core::Platform as PlatformNumber;
use openim_graphql::{DateTime, Long, Page, PageInfo, Place, Platform, admin_only, caller};

use super::files::User;
use super::long;
use crate::model::{self, ClientLogFilter, ClientLogPage, LogFile, UploadLogs};
use crate::service::ClientLogs;

#[derive(Default)]
pub(crate) struct ClientLogsAdmin;

#[Object]
impl ClientLogsAdmin {
    /// Logs that apps uploaded, newest first.
    #[expect(clippy::too_many_arguments, reason = "each argument of the field is one here")]
    async fn client_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only those whose user id, file name, version or free data have this in them, in any case.")] search: Option<
            String,
        >,
        #[graphql(desc = "Not before this moment.")] since: Option<DateTime>,
        #[graphql(desc = "Not after this moment.")] until: Option<DateTime>,
    ) -> Result<ClientLogConnection> {
        let search = search.filter(|text| !text.is_empty());
        let filter = ClientLogFilter { search, since: since.map(|time| time.0), until: until.map(|time| time.0) };
        let page = ctx.data::<ClientLogs>()?.page(caller(ctx)?, &filter, &Page::new(first, after, offset)?).await?;
        Ok(ClientLogConnection { page, filter })
    }
}

#[derive(Default)]
pub(crate) struct ClientLogsMutation;

#[Object]
impl ClientLogsMutation {
    /// Tells where files of the caller's log are, for whoever looks into its trouble. The files are uploaded before.
    async fn upload_client_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files, and of what they are.")] input: UploadClientLogsInput,
    ) -> Result<UploadClientLogsPayload> {
        let platform = input.platform.map(Platform::to_core).transpose()?;
        let upload = UploadLogs {
            platform,
            system_type: input.system_type.unwrap_or_default(),
            app_framework: input.app_framework.unwrap_or_default(),
            version: input.version.unwrap_or_default(),
            ex: input.ex.unwrap_or_default(),
            files: input.files.into_iter().map(|file| LogFile { name: file.name, url: file.url }).collect(),
        };
        let logs = ctx.data::<ClientLogs>()?.upload(caller(ctx)?, upload).await?;
        Ok(UploadClientLogsPayload { logs: logs.into_iter().map(ClientLog).collect() })
    }

    /// Forgets logs, all of them or, when one does not exist, none. Their files stay: `deleteFile` deletes those.
    #[graphql(directive = admin_only::apply())]
    async fn delete_client_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which logs.")] input: DeleteClientLogsInput,
    ) -> Result<DeleteClientLogsPayload> {
        let ids = input.ids.into_iter().map(|id| id.0).collect();
        let deleted = ctx.data::<ClientLogs>()?.delete(caller(ctx)?, ids).await?;
        Ok(DeleteClientLogsPayload { deleted: i32::try_from(deleted).unwrap_or(i32::MAX) })
    }
}

/// Files of a log.
#[derive(InputObject)]
pub(crate) struct UploadClientLogsInput {
    /// The device class.
    platform: Option<Platform>,
    /// The operating system; at most 256 bytes.
    system_type: Option<String>,
    /// The framework of the app; at most 256 bytes.
    app_framework: Option<String>,
    /// The version of the app; at most 256 bytes.
    version: Option<String>,
    /// Free data of the application; at most 4,096 bytes.
    ex: Option<String>,
    /// The files, 1 to 100.
    files: Vec<ClientLogFileInput>,
}

/// One file of a log.
#[derive(InputObject)]
pub(crate) struct ClientLogFileInput {
    /// Its name on the device; at most 512 bytes.
    name: String,
    /// Where it can be read: an http or https address of at most 2,048 bytes.
    url: String,
}

/// Logs that were noted.
#[derive(SimpleObject)]
pub(crate) struct UploadClientLogsPayload {
    /// One for each file, in their order.
    logs: Vec<ClientLog>,
}

/// Logs to forget.
#[derive(InputObject)]
pub(crate) struct DeleteClientLogsInput {
    /// Their ids, 1 to 1,000.
    ids: Vec<ID>,
}

/// What became of logs.
#[derive(SimpleObject)]
pub(crate) struct DeleteClientLogsPayload {
    /// How many were forgotten.
    deleted: i32,
}

pub(crate) struct ClientLog(model::ClientLog);

/// One file of a client's log.
#[Object]
impl ClientLog {
    /// Ten digits (OpenIM `logID`).
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// Who uploaded it.
    async fn user_id(&self) -> ID {
        ID::from(self.0.user_id.as_str())
    }

    /// Who uploaded it; null when the account is gone.
    async fn user(&self) -> Option<User> {
        Some(User::new(&self.0.user_id))
    }

    /// The device class; null when it was not told.
    async fn platform(&self) -> Option<Platform> {
        Platform::from_number(self.0.platform?.number())
    }

    /// OpenIM's name of the device class; empty when it was not told.
    async fn platform_name(&self) -> &str {
        self.0.platform.map(PlatformNumber::name).unwrap_or_default()
    }

    /// Where the file can be read. It is what the client said: follow it with care.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// The file's name on the device.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// The operating system.
    async fn system_type(&self) -> &str {
        &self.0.system_type
    }

    /// The framework of the app.
    async fn app_framework(&self) -> &str {
        &self.0.app_framework
    }

    /// The version of the app.
    async fn version(&self) -> &str {
        &self.0.version
    }

    /// Free data of the application.
    async fn ex(&self) -> &str {
        &self.0.ex
    }

    /// When it was uploaded.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

pub(crate) struct ClientLogConnection {
    page: ClientLogPage,
    filter: ClientLogFilter,
}

/// A page of clients' logs, newest first.
#[Object]
impl ClientLogConnection {
    /// The logs of this page.
    async fn edges(&self) -> Vec<ClientLogEdge> {
        self.page.logs.iter().map(|log| ClientLogEdge { cursor: cursor(log), node: ClientLog(log.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.logs.first().map(cursor),
            end_cursor: self.page.logs.last().map(cursor),
        }
    }

    /// How many logs the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(ctx.data::<ClientLogs>()?.count(caller(ctx)?, &self.filter).await?)?)
    }
}

/// A log's place in the list.
#[derive(SimpleObject)]
pub(crate) struct ClientLogEdge {
    /// The place, for `after`.
    cursor: String,
    /// The log.
    node: ClientLog,
}

fn cursor(log: &model::ClientLog) -> String {
    Place { at: log.created_at, id: log.id.clone() }.text()
}
