//! Pages of the history.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_graphql::{DateTime, Long, Page, PageInfo, Place, admin_only, caller};
use openim_platform::config::{Change, ChangePage};
use serde_json::Value as Json;

use crate::schema::long;
use crate::service::Settings;

pub(crate) struct SettingChangeConnection(ChangePage);

impl SettingChangeConnection {
    pub(super) async fn load(ctx: &Context<'_>, page: &Page) -> Result<Self> {
        Ok(Self(ctx.data::<Settings>()?.history(caller(ctx)?, page).await?))
    }
}

/// A page of changes of settings, newest first.
#[Object]
impl SettingChangeConnection {
    /// The changes of this page.
    async fn edges(&self) -> Vec<SettingChangeEdge> {
        self.0.changes.iter().map(|change| SettingChangeEdge { cursor: cursor(change), node: SettingChange(change.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.0.has_next,
            has_previous_page: self.0.has_previous,
            start_cursor: self.0.changes.first().map(cursor),
            end_cursor: self.0.changes.last().map(cursor),
        }
    }

    /// How many changes are remembered. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(ctx.data::<Settings>()?.history_length(caller(ctx)?).await?)?)
    }
}

/// A change's place in the history.
#[derive(SimpleObject)]
pub(crate) struct SettingChangeEdge {
    /// The place, for `after`.
    cursor: String,
    /// The change.
    node: SettingChange,
}

pub(crate) struct SettingChange(Change);

/// One change of one setting.
#[Object(directive = admin_only::apply())]
impl SettingChange {
    /// Its id.
    async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// When.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// The id of who did it.
    async fn changed_by(&self) -> &str {
        &self.0.by
    }

    /// The setting's key; `configuration.managed` is the switch of all stored settings.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What was stored before, without passwords; null when nothing was.
    async fn old_value(&self) -> Option<&Json> {
        self.0.old.as_ref()
    }

    /// What is stored since, without passwords; null when the value was taken back.
    async fn new_value(&self) -> Option<&Json> {
        self.0.new.as_ref()
    }
}

fn cursor(change: &Change) -> String {
    Place { at: change.at, id: change.id.to_string() }.text()
}
