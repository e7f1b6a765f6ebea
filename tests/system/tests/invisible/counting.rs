//! What a request costs: its statements with their row counts, and the fields that were opened for it.
//!
//! Every statement begins with its name (`-- views.list`), and the database library tells each with its rows; what runs beside the request
//! (views, traces, the book's writer) is not counted, as it runs outside its span.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{Instrument as _, field::Visit, span};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _, registry::LookupSpan};

/// What one request cost, line by line, in the order of the lines.
type Cost = Arc<Mutex<Vec<String>>>;

/// The requests that are under way, by number.
static ASKED: Mutex<BTreeMap<u64, Cost>> = Mutex::new(BTreeMap::new());

/// Runs a request and counts what it costs.
pub(crate) async fn counted<T>(request: impl Future<Output = T>) -> (T, Vec<String>) {
    static START: std::sync::Once = std::sync::Once::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    START.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Counter)).unwrap();
    });
    let cost = Cost::default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    ASKED.lock().unwrap().insert(number, Arc::clone(&cost));
    let answer = request.instrument(tracing::info_span!("asked", number)).await;
    ASKED.lock().unwrap().remove(&number);
    let mut lines = std::mem::take(&mut *cost.lock().unwrap());
    lines.sort_unstable();
    (answer, lines)
}

struct Counter;

#[derive(Default)]
struct Fields {
    number: Option<u64>,
    summary: String,
    rows: u64,
    opened: Option<u64>,
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        match field.name() {
            "number" => self.number = Some(value),
            "rows_returned" | "rows_affected" => self.rows += value,
            "fields" => self.opened = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        if field.name() == "summary" {
            value.clone_into(&mut self.summary);
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Counter {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if attributes.metadata().name() == "asked" {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            let cost = Arc::clone(&ASKED.lock().unwrap()[&fields.number.unwrap()]);
            context.span(id).unwrap().extensions_mut().insert(cost);
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let is_statement = event.metadata().target() == "sqlx::query";
        let is_opened = event.metadata().target().starts_with("wardbook_views::open");
        if !is_statement && !is_opened {
            return;
        }
        let Some(scope) = context.event_scope(event) else { return };
        let Some(cost) = scope.into_iter().find_map(|span| span.extensions().get::<Cost>().cloned()) else { return };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = match fields.opened {
            Some(opened) => format!("opened {opened} fields"),
            None => format!("{}: {} rows", fields.summary.trim_end_matches(" …"), fields.rows),
        };
        // The service's own secrets are loaded once a process, whoever comes first; keys of records do count.
        if !line.contains("key_store.load_secret") {
            cost.lock().unwrap().push(line);
        }
    }
}
