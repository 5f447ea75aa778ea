//! Whether everything is there: each collection is written once more and taken back, and whatever that would have added was
//! missing. Messages are counted, and some blocks of them compared field by field.

use std::collections::BTreeMap;

use openim_entities::importing::import_run;
use openim_entities::messages::{conv_seq, conversation, message};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use sha2::{Digest as _, Sha256};

use crate::collection::Collection;
use crate::ground::Progress;
use crate::map::messages::{Block, Message};
use crate::report::{CollectionReport, LogReport, News, Report};
use crate::run::Mode;
use crate::source::{Export, Place, Source};
use crate::write::{Rows, Writer};
use crate::{Error, Importer, batch};

impl Importer<'_> {
    /// Compares an export with what is in the database, and changes nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn verify(&self) -> Result<Report, Error> {
        let export = Export::find(&self.settings.folder)?;
        self.alone().await?;
        let run = import_run::Entity::find().one(self.store()?.read()).await?;
        let Some(run) = run.filter(|run| run.finished_at > 0) else { return Err(Error::NothingToResume) };
        self.look_again(&export, run.started_at).await
    }

    pub(crate) async fn look_again(&self, export: &Export, started_at: i64) -> Result<Report, Error> {
        (self.tell)(&News::Begins("comparing with the export"));
        let (blocks, others): (Vec<_>, Vec<_>) = export.sources.iter().cloned().partition(|one| one.collection == Collection::Messages);
        let order: Vec<_> = export.sources.iter().map(|source| source.name.clone()).collect();
        let others = Export { sources: others, left_out: export.left_out.clone() };
        let nothing = Progress { started_at, files: BTreeMap::new() };
        let mut report = self.read(&others, &nothing, Mode::Look).await?;
        let mut logs = self.logs(started_at).await?;
        for source in &blocks {
            report.collections.push(self.compare(source, started_at, &mut logs).await?);
        }
        report.collections.sort_by_key(|one| order.iter().position(|name| *name == one.file));
        report.logs = Some(logs);
        Ok(report)
    }

    /// Counts the logs that were imported and their messages.
    async fn logs(&self, started_at: i64) -> Result<LogReport, Error> {
        let db = self.store()?.read();
        let span = "COALESCE(SUM(CASE WHEN max_seq >= min_seq THEN max_seq - min_seq + 1 ELSE 0 END), 0)";
        let span = if self.store()?.kind() == openim_platform::store::DatabaseKind::Postgres {
            format!("({span})::bigint")
        } else {
            span.to_owned()
        };
        let ends = conv_seq::Entity::find().select_only().column_as(Expr::cust("COUNT(*)"), "logs").column_as(Expr::cust(span), "places");
        let ends = ends.filter(conv_seq::Column::LastStoredAt.eq(started_at)).into_tuple::<(i64, i64)>().one(db).await?;
        let (logs, places) = ends.unwrap_or_default();
        let seen = "EXISTS (SELECT 1 FROM conv_seq s WHERE s.conv_no = message.conv_no AND message.seq BETWEEN s.min_seq AND s.max_seq)";
        let count = message::Entity::find().select_only().column_as(Expr::cust("COUNT(*)"), "messages");
        let count = count.filter(message::Column::StoredAt.eq(started_at));
        let messages = count.clone().into_tuple::<i64>().one(db).await?.unwrap_or(0);
        let visible = count.filter(Expr::cust(seen)).into_tuple::<i64>().one(db).await?.unwrap_or(0);
        let number = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(LogReport { logs: number(logs), messages: number(messages), holes: number(places - visible), compared: 0, different: 0 })
    }

    /// Reads the blocks of messages once more: some are compared, and all are counted.
    async fn compare(&self, source: &Source, at: i64, logs: &mut LogReport) -> Result<CollectionReport, Error> {
        let mut report = CollectionReport { name: source.collection.name(), file: source.name.clone(), ..CollectionReport::default() };
        let writer = Writer::new(at);
        let mut batches = batch::read(source, Place::default());
        while let Some(batch) = batches.recv().await {
            let batch = batch.map_err(|error| Error::File(source.name.clone(), error))?;
            report.damaged += u64::try_from(batch.damaged.len()).unwrap_or(0);
            let mapped = writer.map(source.collection, batch.records);
            report.damaged += u64::try_from(mapped.damaged.len()).unwrap_or(0);
            report.records += u64::try_from(mapped.good).unwrap_or(0);
            if let Rows::Messages(blocks) = mapped.rows {
                for (_, block) in blocks {
                    if self.sampled(&block) {
                        self.compare_block(block, at, &mut report, logs).await?;
                    }
                }
            }
            if self.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
        }
        Ok(report)
    }

    fn sampled(&self, block: &Block) -> bool {
        let first = block.messages.first().map_or(0, |message| message.seq);
        let digest: [u8; 32] = Sha256::digest(format!("{}:{first}", block.id)).into();
        let [a, b, c, d, ..] = digest;
        u32::from_be_bytes([a, b, c, d]).is_multiple_of(self.settings.sample.max(1))
    }

    async fn compare_block(&self, block: Block, at: i64, report: &mut CollectionReport, logs: &mut LogReport) -> Result<(), Error> {
        let (Some(first), Some(last)) = (block.messages.first().map(|one| one.seq), block.messages.last().map(|one| one.seq)) else {
            return Ok(());
        };
        let db = self.store()?.read();
        let log = conversation::Entity::find().filter(conversation::Column::ConversationId.eq(block.id.as_str())).one(db).await?;
        let Some(log) = log else {
            // Whose log it is could not be told: the import has named it.
            return Ok(());
        };
        let rows = message::Entity::find()
            .filter(message::Column::ConvNo.eq(log.conv_no))
            .filter(message::Column::Seq.between(first, last))
            .all(db)
            .await?;
        let rows: BTreeMap<i64, message::Model> = rows.into_iter().map(|row| (row.seq, row)).collect();
        for message in block.messages {
            logs.compared += 1;
            match rows.get(&message.seq) {
                None => report.missing += 1,
                // A log that was here before stays as it is.
                Some(row) if row.stored_at != at => {}
                Some(row) if stored(row) != exported(&message, &row.client_msg_id) => logs.different += 1,
                Some(_) => {}
            }
        }
        Ok(())
    }
}

fn stored(row: &message::Model) -> [u8; 32] {
    let numbers = [row.seq, row.send_time, row.create_time, row.content_type];
    digest([&row.sender_id, &row.client_msg_id, &row.server_msg_id], numbers, [Some(&row.body), row.state.as_ref()])
}

/// What was sent twice under one id has a second one here, made of the first.
fn exported(message: &Message, stored_id: &str) -> [u8; 32] {
    let second = stored_id.split_once('~').is_some_and(|(id, _)| message.client_id.starts_with(id));
    let client_id = if second { stored_id } else { &message.client_id };
    let numbers = [message.seq, message.sent_at, message.created_at, message.content_type.into()];
    digest([&message.sender, client_id, &message.server_id], numbers, [Some(&message.body), message.state.as_ref()])
}

fn digest(texts: [&str; 3], numbers: [i64; 4], bytes: [Option<&Vec<u8>>; 2]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    for number in numbers {
        hash.update(number.to_be_bytes());
    }
    for bytes in bytes {
        hash.update(bytes.map_or(u64::MAX, |bytes| u64::try_from(bytes.len()).unwrap_or(0)).to_be_bytes());
        hash.update(bytes.map_or(&[][..], Vec::as_slice));
    }
    hash.finalize().into()
}
