//! Logs that apps uploaded.

use sea_orm::entity::prelude::*;

/// One file of a client's log.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_log")]
pub struct Model {
    /// OpenIM's logID: ten digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Who uploaded it.
    pub user_id: String,
    /// The platform number the uploader named.
    pub platform: i32,
    /// The address of the file.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// The file's name on the device.
    pub file_name: String,
    /// The operating system.
    pub system_type: String,
    /// The framework of the app.
    pub app_framework: String,
    /// The version of the app.
    pub version: String,
    /// Free data of the application.
    #[sea_orm(column_type = "Text")]
    pub ex: String,
    /// When it was uploaded, in milliseconds.
    pub created_at: i64,
}

/// None.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
