//! The way through the files: batch by batch, each with its progress in one transaction.

use std::time::Instant;

use openim_entities::importing::import_file;

use crate::batch::{self, Batch};
use crate::ground::{self, Progress};
use crate::problems::Problems;
use crate::report::{CollectionReport, News, Report};
use crate::source::{Damage, Export, Place, Source};
use crate::write::{Outcome, Writer};
use crate::{Error, Importer};

/// What is known of the speed.
struct Pace {
    begun: Instant,
    records: u64,
    /// Bytes of all files on the disk, and of those that were read before this one.
    whole: u64,
    before: u64,
    /// Bytes that earlier runs had read.
    skipped: u64,
}

impl Importer<'_> {
    /// Imports everything, or goes on with it, and looks at the result.
    ///
    /// # Errors
    /// [`Error`]; it can be gone on with.
    pub async fn import(&self) -> Result<Report, Error> {
        let export = Export::find(&self.settings.folder)?;
        self.alone().await?;
        let progress = self.begin(&export.sources).await?;
        let mut report = self.read(&export, &progress, Mode::Write).await?;
        (self.tell)(&News::Begins("putting groups and conversations in order"));
        self.finish(progress.started_at).await?;
        self.finished(progress.started_at).await?;
        let checked = self.look_again(&export, progress.started_at).await?;
        for (one, seen) in report.collections.iter_mut().zip(&checked.collections) {
            one.missing = seen.missing;
        }
        report.logs = checked.logs;
        Ok(report)
    }

    /// Reads everything and writes nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn rehearse(&self) -> Result<Report, Error> {
        let export = Export::find(&self.settings.folder)?;
        let nothing = Progress { started_at: self.runtime.clock.now().0, files: std::collections::BTreeMap::new() };
        self.read(&export, &nothing, Mode::Rehearse).await
    }

    pub(crate) async fn read(&self, export: &Export, progress: &Progress, mode: Mode) -> Result<Report, Error> {
        let mut problems = Problems::new(&self.settings.problem_file, self.settings.on_error);
        let mut report = Report { left_out: export.left_out.clone(), ..Report::default() };
        let whole = export.sources.iter().map(|source| source.size).sum();
        let mut pace = Pace { begun: Instant::now(), records: 0, whole, before: 0, skipped: 0 };
        let writer = Writer::new(progress.started_at);
        for source in &export.sources {
            let row = progress.files.get(&source.name).cloned().unwrap_or_else(|| ground::fresh(source));
            let row = self.file(source, row, mode, writer, &mut problems, &mut pace).await?;
            pace.before += source.size;
            let number = |value: i64| u64::try_from(value).unwrap_or(0);
            report.collections.push(CollectionReport {
                name: source.collection.name(),
                file: source.name.clone(),
                records: number(row.records),
                damaged: number(row.damaged),
                written: if mode == Mode::Write { number(row.written) } else { 0 },
                missing: if mode == Mode::Look { number(row.written) } else { 0 },
            });
        }
        Ok(report)
    }

    async fn file(
        &self,
        source: &Source,
        mut row: import_file::Model,
        mode: Mode,
        writer: Writer,
        problems: &mut Problems,
        pace: &mut Pace,
    ) -> Result<import_file::Model, Error> {
        let number = |value: i64| u64::try_from(value).unwrap_or(0);
        if row.done {
            pace.skipped += source.size;
            return Ok(row);
        }
        let from = Place { offset: number(row.position), line: number(row.line) };
        pace.skipped += from.offset.min(source.size);
        let mut batches = batch::read(source, from);
        while let Some(batch) = batches.recv().await {
            let batch = batch.map_err(|error| Error::File(source.name.clone(), error))?;
            let (last, before) = (batch.last, row.records);
            self.piece(source, &mut row, batch, mode, writer, problems).await?;
            pace.records += number(row.records - before);
            self.tell_pace(source, &row, pace);
            if self.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            if last {
                break;
            }
        }
        Ok(row)
    }

    async fn piece(
        &self,
        source: &Source,
        row: &mut import_file::Model,
        batch: Batch,
        mode: Mode,
        writer: Writer,
        problems: &mut Problems,
    ) -> Result<(), Error> {
        let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let Batch { records, mut damaged, until, last } = batch;
        let mut mapped = writer.map(source.collection, records);
        damaged.append(&mut mapped.damaged);
        let good = count(mapped.good);
        let tx = if mode == Mode::Rehearse { None } else { Some(self.store()?.begin().await?) };
        let outcome = match &tx {
            Some(tx) => writer.write(tx.connection(), mapped.rows).await?,
            None => Outcome::default(),
        };
        damaged.extend(outcome.refused);
        damaged.sort_by_key(|damage: &Damage| damage.place.offset);
        if mode != Mode::Look {
            // Before the commit: what is left out has been named, whatever happens next.
            problems.note(source, &damaged)?;
        }
        row.position = i64::try_from(until.offset).unwrap_or(i64::MAX);
        row.line = i64::try_from(until.line).unwrap_or(i64::MAX);
        row.records += good;
        row.damaged += count(damaged.len());
        row.written += i64::try_from(outcome.written).unwrap_or(i64::MAX);
        row.done = last;
        match tx {
            Some(tx) if mode == Mode::Write => {
                ground::note_file(tx.connection(), row).await?;
                tx.commit().await?;
            }
            // A look changes nothing.
            Some(tx) => tx.rollback().await,
            None => {}
        }
        Ok(())
    }

    fn tell_pace(&self, source: &Source, row: &import_file::Model, pace: &Pace) {
        let read = u64::try_from(row.position).unwrap_or(0).min(source.size);
        let read = pace.before + if row.done { source.size } else { read };
        let spent = pace.begun.elapsed();
        let fresh = read.saturating_sub(pace.skipped).max(1);
        let left = pace.whole.saturating_sub(read);
        let left = u32::try_from((left / fresh).min(1_000_000)).ok().map(|times| {
            let rest = u32::try_from((left % fresh) * 1_000 / fresh).unwrap_or(0);
            spent * times + spent * rest / 1_000
        });
        (self.tell)(&News::Progress {
            file: &source.name,
            records: u64::try_from(row.records).unwrap_or(0),
            rate: pace.records * 1_000 / u64::try_from(spent.as_millis()).unwrap_or(u64::MAX).max(1),
            done: (read * 1_000).checked_div(pace.whole).unwrap_or(1_000),
            left,
        });
    }
}

/// What the files are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To write them.
    Write,
    /// To find out what is wrong with them.
    Rehearse,
    /// To find out whether everything is there: it is written and taken back, and what was written was missing.
    Look,
}
