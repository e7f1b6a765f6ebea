//! What reaches a collector: spans with ids and templates, and nothing of what people write.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{MetricsService, MetricsServiceServer};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use serde_json::json;
use tonic::codec::CompressionEncoding;
use tonic::{Request, Response, Status, async_trait};

use crate::support::Folder;

/// Keeps the text form of everything that it is sent.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<String>>,
    metrics: Arc<Mutex<String>>,
    logs: Arc<Mutex<String>>,
}

fn keep(held: &Mutex<String>, message: &impl std::fmt::Debug) {
    let _ = writeln!(held.lock().unwrap(), "{message:?}");
}

#[async_trait]
impl TraceService for Collector {
    async fn export(&self, request: Request<ExportTraceServiceRequest>) -> Result<Response<ExportTraceServiceResponse>, Status> {
        keep(&self.spans, request.get_ref());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[async_trait]
impl MetricsService for Collector {
    async fn export(&self, request: Request<ExportMetricsServiceRequest>) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        keep(&self.metrics, request.get_ref());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[async_trait]
impl LogsService for Collector {
    async fn export(&self, request: Request<ExportLogsServiceRequest>) -> Result<Response<ExportLogsServiceResponse>, Status> {
        keep(&self.logs, request.get_ref());
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

/// Starts a collector on a free port; its address.
async fn start(collector: &Collector) -> String {
    let gzip = CompressionEncoding::Gzip;
    let mut routes = tonic::service::Routes::new(TraceServiceServer::new(collector.clone()).accept_compressed(gzip));
    routes = routes.add_service(MetricsServiceServer::new(collector.clone()).accept_compressed(gzip));
    routes = routes.add_service(LogsServiceServer::new(collector.clone()).accept_compressed(gzip));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes.into_axum_router()).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_is_sent_spans_metrics_and_logs_without_content() {
    let collector = Collector::default();
    let endpoint = start(&collector).await;
    let folder = Folder::with_people();
    let token = folder.token("hana.kemp@example.org", "Hana Kemp", "reporter");
    let server = folder.serve(&[("WARDBOOK__TELEMETRY__OTLP_ENDPOINT", &endpoint), ("WARDBOOK__TELEMETRY__LOG_LEVEL", "debug")]);

    let (canary, named) = ("canary-story-8c1f", "Canary Person-5d2e");
    let body = json!({ "school": "SCH01", "what_happened": canary, "types": ["online_safety_concern"], "pupils": [{ "name": named }] });
    let (status, answer) = server.ask("POST", "/api/v1/reports", Some(&token), &body.to_string()).await;
    assert_eq!(status, 201, "{answer}");
    // A refusal is an answer too: what was wrong must not be quoted to the collector.
    let wrong = json!({ "school": "SCH01", "what_happened": "x", "types": [canary] });
    assert_eq!(server.ask("POST", "/api/v1/reports", Some(&token), &wrong.to_string()).await.0, 422);
    // Stopping sends what is still held.
    let (code, log) = tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
    assert_eq!(code, 0, "{log}");

    let (spans, metrics, logs) =
        (collector.spans.lock().unwrap().clone(), collector.metrics.lock().unwrap().clone(), collector.logs.lock().unwrap().clone());
    // The controls: the search below looks where something is.
    assert!(spans.contains("http.request.answer") && spans.contains("/api/v1/reports"), "{spans}");
    assert!(metrics.contains("http.server.request.duration"), "{metrics}");
    assert!(logs.contains("server.listener.ready"), "{logs}");
    assert!(log.contains("server.listener.ready"), "{log}");
    for (place, text) in [("spans", &spans), ("metrics", &metrics), ("logs", &logs), ("stderr", &log)] {
        for secret in [canary, named, "hana.kemp", "Hana Kemp", token.as_str()] {
            assert!(!text.contains(secret), "{secret} is in the {place}: {text}");
        }
    }
}
