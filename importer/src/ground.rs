//! Whether an import may begin, and how far one has come.

use std::collections::BTreeMap;
use std::time::Duration;

use openim_entities::importing::{import_file, import_run};
use openim_entities::platform::node;
use openim_entities::{conversations, groups, messages, relations, users};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QuerySelect as _,
};

use crate::source::Source;
use crate::{Error, Importer};

/// A server says much more often than this that it is there.
const ALIVE: Duration = Duration::from_secs(30);
/// The level of app administrators, who are there before anybody else.
const ADMIN: i32 = 2;
const RUN: i32 = 1;

/// How far the files of an import were read.
pub(crate) struct Progress {
    /// Everything that is written counts as stored then.
    pub(crate) started_at: i64,
    pub(crate) files: BTreeMap<String, import_file::Model>,
}

impl Importer<'_> {
    /// Looks whether nobody else works with the database.
    pub(crate) async fn alone(&self) -> Result<(), Error> {
        let since = self.runtime.clock.now().minus(ALIVE).0;
        let alive = node::Entity::find().filter(node::Column::SeenAt.gte(since)).filter(node::Column::Stopping.eq(false));
        match alive.one(self.store()?.read()).await? {
            Some(node) => Err(Error::InUse(node.id)),
            None => Ok(()),
        }
    }

    /// Finds or makes the row of the import, as the settings say.
    pub(crate) async fn begin(&self, sources: &[Source]) -> Result<Progress, Error> {
        let db = self.store()?.read();
        let run = import_run::Entity::find_by_id(RUN).one(db).await?;
        let settings = self.settings;
        match run {
            Some(run) if settings.resume => return self.progress(run.started_at, sources).await,
            Some(run) if run.finished_at == 0 => return Err(Error::Unfinished),
            None if settings.resume => return Err(Error::NothingToResume),
            _ => {}
        }
        if !settings.merge
            && let Some(table) = self.filled().await?
        {
            return Err(Error::NotEmpty(table));
        }
        let started_at = self.runtime.clock.now().0;
        let tx = self.store()?.begin().await?;
        import_file::Entity::delete_many().exec(tx.connection()).await?;
        note_run(tx.connection(), started_at, 0).await?;
        tx.commit().await?;
        self.progress(started_at, sources).await
    }

    /// Reads how far the files were read; a file that is another one now cannot be gone on with.
    pub(crate) async fn progress(&self, started_at: i64, sources: &[Source]) -> Result<Progress, Error> {
        let rows = import_file::Entity::find().all(self.store()?.read()).await?;
        let files: BTreeMap<_, _> = rows.into_iter().map(|row| (row.name.clone(), row)).collect();
        for source in sources {
            if files.get(&source.name).is_some_and(|row| row.size != size(source)) {
                return Err(Error::Changed(source.name.clone()));
            }
        }
        Ok(Progress { started_at, files })
    }

    /// Notes that everything is there.
    pub(crate) async fn finished(&self, started_at: i64) -> Result<(), Error> {
        let tx = self.store()?.begin().await?;
        note_run(tx.connection(), started_at, self.runtime.clock.now().0).await?;
        Ok(tx.commit().await?)
    }

    /// Names a table that has rows, if there is one. Administrators are there from the first start on.
    async fn filled(&self) -> Result<Option<&'static str>, Error> {
        let db = self.store()?.read();
        let people = users::user_account::Entity::find().filter(users::user_account::Column::Level.ne(ADMIN));
        if people.limit(1).one(db).await?.is_some() {
            return Ok(Some("users"));
        }
        if any::<groups::group_info::Entity>(db).await? {
            return Ok(Some("groups"));
        }
        if any::<relations::friendship::Entity>(db).await? {
            return Ok(Some("friends"));
        }
        if any::<messages::conversation::Entity>(db).await? {
            return Ok(Some("logs"));
        }
        Ok(any::<conversations::user_conv::Entity>(db).await?.then_some("conversations"))
    }
}

async fn any<E: EntityTrait>(db: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(E::find().limit(1).one(db).await?.is_some())
}

async fn note_run(db: &impl ConnectionTrait, started_at: i64, finished_at: i64) -> Result<(), Error> {
    let row = import_run::ActiveModel { id: Set(RUN), started_at: Set(started_at), finished_at: Set(finished_at) };
    let again = OnConflict::column(import_run::Column::Id)
        .update_columns([import_run::Column::StartedAt, import_run::Column::FinishedAt])
        .to_owned();
    import_run::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Notes how far a file was read, in the transaction of what was made of it.
pub(crate) async fn note_file(db: &impl ConnectionTrait, row: &import_file::Model) -> Result<(), Error> {
    use import_file::Column::{Damaged, Done, Line, Name, Position, Records, Size, Written};
    let again = OnConflict::column(Name).update_columns([Size, Position, Line, Records, Damaged, Written, Done]).to_owned();
    let row = row.clone().into_active_model().reset_all();
    import_file::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// Makes the row of a file that was not begun.
pub(crate) fn fresh(source: &Source) -> import_file::Model {
    let (position, line, records, damaged, written) = (0, 0, 0, 0, 0);
    import_file::Model { name: source.name.clone(), size: size(source), position, line, records, damaged, written, done: false }
}

fn size(source: &Source) -> i64 {
    i64::try_from(source.size).unwrap_or(i64::MAX)
}
