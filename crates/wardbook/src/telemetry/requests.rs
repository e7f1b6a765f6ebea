//! What is counted of HTTP requests: by route template, method and class of status; and the page that shows it.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, MeterProvider as _, UpDownCounter};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder as _, TextEncoder};
use tracing::Instrument as _;

/// The label of requests that no route takes: their paths are the visitor's words, not ours.
const NO_ROUTE: &str = "none";
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The instruments and what reads them.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    count: Counter<u64>,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
    registry: prometheus::Registry,
}

impl Requests {
    /// Instruments of this provider, whose text form is in `registry`.
    pub(crate) fn new(provider: &SdkMeterProvider, registry: prometheus::Registry) -> Self {
        let meter = provider.meter("wardbook");
        Self {
            count: meter.u64_counter("http.server.requests").with_description("HTTP requests answered").build(),
            duration: meter
                .f64_histogram("http.server.request.duration")
                .with_description("Time to answer an HTTP request")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            active: meter.i64_up_down_counter("http.server.active_requests").with_description("HTTP requests being answered").build(),
            registry,
        }
    }

    /// Everything in Prometheus' text format.
    pub(crate) fn text(&self) -> Response {
        let mut text = Vec::new();
        match TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            Ok(()) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
            Err(error) => {
                tracing::error!(%error, "telemetry.metrics.failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Ends the count of an active request also when its visitor goes away and the answer is dropped half-way.
struct Active<'a>(&'a UpDownCounter<i64>);

impl<'a> Active<'a> {
    fn begin(counter: &'a UpDownCounter<i64>) -> Self {
        counter.add(1, &[]);
        Self(counter)
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.add(-1, &[]);
    }
}

/// Counts a request and gives it its span. The span has the route's template, never the path.
pub(crate) async fn count(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let method = known_method(request.method());
    let span = tracing::info_span!(
        "http.request.answer",
        otel.kind = "server",
        http.route = route,
        http.request.method = method,
        http.response.status_code = tracing::field::Empty
    );
    let active = Active::begin(&requests.active);
    let began = tokio::time::Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    let labels = [
        KeyValue::new("http.route", route),
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.response.status_class", class(status)),
    ];
    requests.count.add(1, &labels);
    requests.duration.record(began.elapsed().as_secs_f64(), &labels);
    drop(active);
    response
}

/// A method's name, from a closed list: a visitor may send any word as one.
fn known_method(method: &Method) -> &'static str {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        .iter()
        .position(|known| known == method)
        .map_or("_OTHER", |at| ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"][at])
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    async fn body(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn requests_are_counted_by_template_and_never_by_path() {
        let registry = prometheus::Registry::new();
        let reader = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build().unwrap();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let requests = Requests::new(&provider, registry);
        let router =
            Router::new().route("/cases/{id}", get(|| async { "x" })).layer(middleware::from_fn_with_state(requests.clone(), count));
        for (method, path) in [("GET", "/cases/canary-id"), ("GET", "/canary-path"), ("CANARYMETHOD", "/cases/1?q=canary-query")] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let text = body(requests.text()).await;
        let counted = |line: &str| assert!(text.lines().any(|one| one.contains(line)), "{line}\n{text}");
        counted("http_route=\"/cases/{id}\"");
        counted("http_response_status_class=\"2xx\"");
        counted("http_request_method=\"_OTHER\"");
        counted("http_server_request_duration_seconds_bucket");
        assert!(text.contains("http_server_requests_total"), "{text}");
        assert!(!text.to_lowercase().contains("canary"), "{text}");
    }
}
