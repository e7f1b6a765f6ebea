//! Logs, traces and metrics: to stderr, and by OTLP where `[telemetry] otlp_endpoint` is set.
//!
//! Spans and events hold ids, never content; other libraries are kept at warnings, because their details quote headers and bodies.
//! Metrics (`requests.rs`) go through one set of instruments, exported by OTLP and as `/metrics`.
//!
//! To add a metric: an instrument in `requests.rs` with labels that tell of no record: no ids, no kinds, classes or duties.

pub(crate) mod requests;

use std::io::IsTerminal as _;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{Compression, LogExporter, MetricExporter, SpanExporter, WithExportConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

use crate::failure::Failure;
use crate::settings::{LogFormat, LogLevel, Telemetry};
use requests::Requests;

/// What has been started; [`Running::stop`] sends what is still held.
#[derive(Debug)]
pub(crate) struct Running {
    traces: Option<SdkTracerProvider>,
    logs: Option<SdkLoggerProvider>,
    meters: SdkMeterProvider,
    /// What counts the requests.
    pub(crate) requests: Requests,
}

/// Starts logs, traces and metrics. Once a process, inside its runtime (the exporters need it).
pub(crate) fn start(settings: &Telemetry) -> Result<Running, Failure> {
    let resource = Resource::builder_empty()
        .with_attributes([KeyValue::new("service.name", "wardbook"), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))])
        .build();
    let endpoint = settings.otlp_endpoint.as_deref();
    let traces = endpoint.map(|endpoint| traces(endpoint, &resource)).transpose()?;
    let logs = endpoint.map(|endpoint| logs(endpoint, &resource)).transpose()?;
    let (meters, registry) = meters(endpoint, &resource)?;

    let level = settings.log_level;
    let trace_layer = traces.as_ref().map(|provider| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("wardbook"));
        layer.with_location(false).with_threads(false).with_filter(exported(level))
    });
    let log_layer = logs.as_ref().map(|provider| OpenTelemetryTracingBridge::new(provider).with_filter(exported(level)));
    tracing_subscriber::registry().with(stderr(settings.log, level)).with(trace_layer).with(log_layer).init();
    Ok(Running { traces, logs, requests: Requests::new(&meters, registry), meters })
}

/// For commands that do not serve: warnings to stderr, so that a failure's causes can be seen.
pub(crate) fn start_quiet() {
    let layer =
        fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).without_time().with_target(false).compact();
    tracing_subscriber::registry().with(layer.with_filter(filter(LogLevel::Warn))).init();
}

impl Running {
    /// Sends what is still held. What the collector does not take in time is lost; the book is not.
    pub(crate) async fn stop(self) {
        let work = tokio::task::spawn_blocking(move || {
            let _ = self.meters.shutdown();
            let _ = self.traces.map(|provider| provider.shutdown());
            let _ = self.logs.map(|provider| provider.shutdown());
        });
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), work).await;
    }
}

fn stderr<S>(format: LogFormat, level: LogLevel) -> Box<dyn tracing_subscriber::Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => layer.with_target(false).with_filter(filter(level)).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(filter(level)).boxed(),
    }
}

/// Ours from this level up, everything else from warnings up: no setting lets a library print what passes through it.
fn filter(level: LogLevel) -> EnvFilter {
    let (ours, theirs) = match level {
        LogLevel::Error => ("error", "error"),
        LogLevel::Warn => ("warn", "warn"),
        LogLevel::Info => ("info", "warn"),
        LogLevel::Debug => ("debug", "warn"),
    };
    EnvFilter::new(format!("{theirs},wardbook={ours}"))
}

/// As [`filter`], without what the export itself says: it would be exported, and say more.
fn exported(level: LogLevel) -> EnvFilter {
    let quiet = ["opentelemetry", "tonic", "h2", "hyper", "tower"].map(|target| format!("{target}=off"));
    quiet.into_iter().fold(filter(level), |filter, target| filter.add_directive(target.parse().expect("a target and a level")))
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::caused("telemetry cannot be started", error)
}

fn traces(endpoint: &str, resource: &Resource) -> Result<SdkTracerProvider, Failure> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).with_compression(Compression::Gzip).build();
    let exporter = exporter.map_err(|error| failed(&error))?;
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.clone()).build())
}

fn logs(endpoint: &str, resource: &Resource) -> Result<SdkLoggerProvider, Failure> {
    let exporter = LogExporter::builder().with_tonic().with_endpoint(endpoint).with_compression(Compression::Gzip).build();
    let exporter = exporter.map_err(|error| failed(&error))?;
    Ok(SdkLoggerProvider::builder().with_batch_exporter(exporter).with_resource(resource.clone()).build())
}

fn meters(endpoint: Option<&str>, resource: &Resource) -> Result<(SdkMeterProvider, prometheus::Registry), Failure> {
    let registry = prometheus::Registry::new();
    let text = opentelemetry_prometheus::exporter().with_registry(registry.clone()).scope_info_enabled(false).build();
    let mut builder = SdkMeterProvider::builder().with_resource(resource.clone()).with_reader(text.map_err(|error| failed(&error))?);
    if let Some(endpoint) = endpoint {
        let exporter = MetricExporter::builder().with_tonic().with_endpoint(endpoint).with_compression(Compression::Gzip).build();
        builder = builder.with_periodic_exporter(exporter.map_err(|error| failed(&error))?);
    }
    Ok((builder.build(), registry))
}
