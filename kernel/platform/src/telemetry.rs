//! Logs, traces and metrics of a process, started once by `main` from the configuration.
//!
//! The operation id is a field of the request's span, so every log line below it carries it. Traces leave by OTLP only when
//! an endpoint is set; the W3C `traceparent` header is taken from callers and given to other processes.

pub mod catalogue;
mod filter;
mod metric;
mod propagation;

use std::fmt;
use std::io::IsTerminal as _;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

use crate::config;

pub use propagation::{TRACE_HEADERS, adopt_parent, inject_current};

/// How long the last traces may take: a collector that is away must not hold up the end of the process.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often metrics are tidied.
const TIDY: Duration = Duration::from_secs(5);

/// Why telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter has a mistake.
    #[error("telemetry.log_filter cannot be used")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The exporter cannot be built.
    #[error("telemetry.otlp_endpoint cannot be used")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The log has ended.
    #[error("telemetry.log_filter cannot be replaced")]
    Gone(#[from] reload::Error),
    /// Another one was started in this process.
    #[error("telemetry was started before")]
    Started(#[from] tracing_subscriber::util::TryInitError),
    /// The metrics cannot be recorded.
    #[error("metrics cannot be recorded")]
    Metrics(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What was started; [`Telemetry::flush`] sends what is still here.
#[derive(Debug, Clone)]
pub struct Telemetry {
    metrics: Option<PrometheusHandle>,
    traces: Option<SdkTracerProvider>,
    filters: Option<Filters>,
}

/// What lets the filters of log and traces be replaced.
#[derive(Clone)]
struct Filters {
    log: reload::Handle<EnvFilter, WithSpans>,
    spans: reload::Handle<EnvFilter, Registry>,
}

impl fmt::Debug for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filters").finish_non_exhaustive()
    }
}

impl Telemetry {
    /// Starts logs, traces and metrics for this whole process.
    ///
    /// # Errors
    /// When a part cannot be built from the configuration, or when it was started before.
    pub fn start(config: &config::Telemetry) -> Result<Self, TelemetryError> {
        let traces = if config.otlp_endpoint.is_empty() { None } else { Some(exporter(config)?) };
        // The same filter as the log's: without one, every span of every library would be sent.
        let (filter, spans_filter) = reload::Layer::new(EnvFilter::builder().parse(&config.log_filter)?);
        let spans = traces
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("openim")).with_filter(filter::limited(filter)));
        let (log, log_filter) = log(config)?;
        Registry::default().with(spans).with(log).try_init()?;

        let metrics = if config.metrics {
            let recorder = recorder()?;
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).map_err(|error| TelemetryError::Metrics(error.to_string().into()))?;
            catalogue::register();
            Some(handle)
        } else {
            None
        };
        Ok(Self { metrics, traces, filters: Some(Filters { log: log_filter, spans: spans_filter }) })
    }

    /// Makes telemetry that records nothing: for several servers in one process, in tests.
    pub fn off() -> Self {
        Self { metrics: recorder().ok().map(|recorder| recorder.handle()), traces: None, filters: None }
    }

    /// Logs by another filter from now on.
    ///
    /// # Errors
    /// When it has a mistake; then nothing changes.
    pub fn set_filter(&self, filter: &str) -> Result<(), TelemetryError> {
        let (log, spans) = (EnvFilter::builder().parse(filter)?, EnvFilter::builder().parse(filter)?);
        if let Some(filters) = &self.filters {
            filters.log.reload(log)?;
            // Without traces nobody holds their filter.
            let _ = filters.spans.reload(spans);
        }
        Ok(())
    }

    /// Returns the filter by which is logged now; `None` when nothing is.
    pub fn filter(&self) -> Option<String> {
        self.filters.as_ref()?.log.with_current(ToString::to_string).ok()
    }

    /// Returns what renders the metrics, when they are recorded.
    pub fn metrics(&self) -> Option<&PrometheusHandle> {
        self.metrics.as_ref()
    }

    /// Tidies what the metrics have collected, until it is dropped: histograms grow until somebody reads or tidies them.
    pub async fn keep_tidy(&self) {
        let Some(metrics) = &self.metrics else { return };
        let mut tick = tokio::time::interval(TIDY);
        loop {
            tick.tick().await;
            metrics.run_upkeep();
        }
    }

    /// Sends the traces that wait and stops sending.
    pub fn flush(&self) {
        if let Some(Err(error)) = self.traces.as_ref().map(|traces| traces.shutdown_with_timeout(LAST_WORDS)) {
            tracing::warn!(error.cause = %error, "the last traces could not be sent");
        }
    }
}

type Log = (Box<dyn Layer<WithSpans> + Send + Sync>, reload::Handle<EnvFilter, WithSpans>);

fn log(config: &config::Telemetry) -> Result<Log, TelemetryError> {
    let (filter, handle) = reload::Layer::new(EnvFilter::builder().parse(&config.log_filter)?);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match config.log_format {
        config::LogFormat::Text => layer.with_ansi(std::io::stderr().is_terminal()).with_filter(filter::limited(filter)).boxed(),
        config::LogFormat::Json => layer.json().flatten_event(true).with_filter(filter::limited(filter)).boxed(),
    };
    Ok((layer, handle))
}

type Spans =
    Filtered<tracing_opentelemetry::OpenTelemetryLayer<Registry, opentelemetry_sdk::trace::Tracer>, filter::Limited<Registry>, Registry>;
type WithSpans = tracing_subscriber::layer::Layered<Option<Spans>, Registry>;

fn exporter(config: &config::Telemetry) -> Result<SdkTracerProvider, TelemetryError> {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(config.otlp_endpoint.expose())
        .with_timeout(Duration::from_secs(5))
        .build()?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sampling_ratio)));
    let resource = Resource::builder().with_service_name("openim").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_sampler(sampler).with_resource(resource).build())
}

fn recorder() -> Result<PrometheusRecorder, TelemetryError> {
    let builder = metric::buckets(metrics_exporter_prometheus::PrometheusBuilder::new());
    Ok(builder.map_err(|error| TelemetryError::Metrics(error.into()))?.build_recorder())
}
