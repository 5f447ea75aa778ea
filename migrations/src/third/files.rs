//! Files, their uploads and the smaller pictures made of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, string_len, string_len_uniq};

#[derive(DeriveIden, Clone, Copy)]
enum File {
    Table,
    Name,
    Id,
    OwnerId,
    ObjectKey,
    Hash,
    Size,
    ContentType,
    Cause,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Upload {
    Table,
    Id,
    OwnerId,
    Kind,
    StoreId,
    TempKey,
    ObjectKey,
    Name,
    Hash,
    Size,
    PartSize,
    ContentType,
    Cause,
    CreatedAt,
    ExpiresAt,
    Done,
}

#[derive(DeriveIden)]
enum Thumbnail {
    Table,
    ObjectKey,
    Variant,
}

/// Tables of files.
pub(super) struct Files;

impl MigrationName for Files {
    fn name(&self) -> &str {
        "third_0001_files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Files {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        files(manager).await?;
        uploads(manager).await?;
        manager
            .create_table(
                Table::create()
                    .table(Thumbnail::Table)
                    .col(string_len(Thumbnail::ObjectKey, 128))
                    .col(string_len(Thumbnail::Variant, 64))
                    .primary_key(Index::create().col(Thumbnail::ObjectKey).col(Thumbnail::Variant))
                    .to_owned(),
            )
            .await
    }
}

async fn files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(File::Table)
                .col(string_len(File::Name, 1024).primary_key())
                .col(string_len_uniq(File::Id, 32))
                .col(string_len(File::OwnerId, 64))
                .col(string_len(File::ObjectKey, 128))
                .col(string_len(File::Hash, 128))
                .col(big_integer(File::Size))
                .col(string_len(File::ContentType, 255))
                .col(string_len(File::Cause, 64))
                .col(big_integer(File::CreatedAt))
                .to_owned(),
        )
        .await?;
    // Lists of one owner and of all, pages without sorting; what of a cause is too old; what content an owner has already;
    // which names stand for an object.
    let indexes: [(&str, &[File]); 5] = [
        ("file_owner_order", &[File::OwnerId, File::CreatedAt, File::Id]),
        ("file_order", &[File::CreatedAt, File::Id]),
        ("file_cause", &[File::Cause, File::CreatedAt]),
        ("file_owner_hash", &[File::OwnerId, File::Hash]),
        ("file_object", &[File::ObjectKey]),
    ];
    for (name, columns) in indexes {
        let mut index = Index::create();
        index.name(name).table(File::Table);
        for column in columns {
            index.col(*column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn uploads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Upload::Table)
                .col(string_len(Upload::Id, 32).primary_key())
                .col(string_len(Upload::OwnerId, 64))
                .col(integer(Upload::Kind))
                .col(string_len(Upload::StoreId, 1024))
                .col(string_len(Upload::TempKey, 128))
                .col(string_len(Upload::ObjectKey, 128))
                .col(string_len(Upload::Name, 1024))
                .col(string_len(Upload::Hash, 128))
                .col(big_integer(Upload::Size))
                .col(big_integer(Upload::PartSize))
                .col(string_len(Upload::ContentType, 255))
                .col(string_len(Upload::Cause, 64))
                .col(big_integer(Upload::CreatedAt))
                .col(big_integer(Upload::ExpiresAt))
                .col(boolean(Upload::Done))
                .to_owned(),
        )
        .await?;
    // What an owner has open.
    manager
        .create_index(
            Index::create()
                .name("upload_owner")
                .table(Upload::Table)
                .col(Upload::OwnerId)
                .col(Upload::Done)
                .col(Upload::ExpiresAt)
                .to_owned(),
        )
        .await?;
    manager.create_index(Index::create().name("upload_expires_at").table(Upload::Table).col(Upload::ExpiresAt).to_owned()).await
}
