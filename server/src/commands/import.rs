//! `openim import`: an export of OpenIM's database into this one.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use openim_core::Runtime;
use openim_importer::{Error, Importer, News, OnError, Report, Settings};
use openim_platform::config::{Config, Loaded};
use openim_platform::fanout::MemoryFanout;
use openim_platform::store::Store;

use crate::build::{data_folder, database_settings};
use crate::cli::{Import, OnDamage};
use crate::shutdown::{Lifecycle, watch_signals};

/// How often progress is told.
const OFTEN: Duration = Duration::from_secs(1);

pub(super) async fn run(loaded: &Loaded, command: Import, runtime: Runtime) -> anyhow::Result<ExitCode> {
    let store = if command.dry_run { None } else { Some(open(&loaded.config).await?) };
    let settings = Settings {
        folder: command.folder,
        problem_file: command.problems,
        on_error: match command.on_error {
            OnDamage::Stop => OnError::Stop,
            OnDamage::Skip => OnError::Skip,
        },
        resume: command.resume,
        merge: command.merge,
        sample: command.sample,
    };
    let lifecycle = Lifecycle::default();
    let signals = tokio::spawn(watch_signals(lifecycle.clone()));
    let told = std::sync::Mutex::new(Instant::now());
    let tell = |news: &News<'_>| tell(&told, news);
    let importer = Importer { store: store.as_ref(), runtime: &runtime, settings: &settings, cancel: &lifecycle.stopping, tell: &tell };
    let result = match (command.dry_run, command.verify) {
        (true, _) => importer.rehearse().await,
        (false, true) => importer.verify().await,
        (false, false) => importer.import().await,
    };
    signals.abort();
    if let Some(store) = &store {
        store.close().await;
    }
    conclude(result, &settings)
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    data_folder(config)?;
    let settings = database_settings(config);
    let store = Store::connect(&settings, Arc::new(MemoryFanout::new())).await.context("the database cannot be reached")?;
    store.migrate().await.context("the schema cannot be brought up to date")?;
    Ok(store)
}

fn conclude(result: Result<Report, Error>, settings: &Settings) -> anyhow::Result<ExitCode> {
    let report = result?;
    super::print(&report.to_string())?;
    if report.damaged() > 0 {
        super::print(&format!("what could not be used is named in {}\n", settings.problem_file.display()))?;
    }
    if report.complete() {
        return Ok(ExitCode::SUCCESS);
    }
    super::print("NOT everything is there as it was exported\n")?;
    Ok(ExitCode::from(super::FOUND_WRONG))
}

/// Tells how it goes, once a second.
fn tell(told: &std::sync::Mutex<Instant>, news: &News<'_>) {
    let text = match news {
        News::Progress { file, records, rate, done, left } => {
            let mut last = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if last.elapsed() < OFTEN {
                return;
            }
            *last = Instant::now();
            let left = left.map_or_else(String::new, |left| format!(", {} left", span(left)));
            format!("{:>5.1} %  {file}: {records} records, {rate}/s{left}\n", u32::try_from(*done).map_or(100.0, f64::from) / 10.0)
        }
        News::Begins(what) => format!("         {what}\n"),
        _ => return,
    };
    // Progress is not worth failing for.
    let _ = super::print(&text);
}

fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
