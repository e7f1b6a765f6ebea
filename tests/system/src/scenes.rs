//! What the people of a scenario do again and again: they are given a duty, file a report, look at their queue, and learn nothing of what is
//! kept from them.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::import::{ImportKind, ImportRow};
use wardbook_domain::{
    Duty, FieldGroup, Scope,
    event::AnyEvent,
    trace::{Shown, TraceEvent},
};

use crate::{Engine, Trust, report};

/// The e-mail of whoever has this name.
pub fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

/// A row of a list.
pub fn row(line: u64, fields: Value) -> ImportRow {
    let Value::Object(fields) = fields else { unreachable!("a row is an object") };
    ImportRow { line, fields }
}

/// A school's row of the list of schools.
pub fn school_row(line: u64, code: &str) -> ImportRow {
    row(line, json!({ "code": code, "name": format!("{code} Primary") }))
}

/// A report of this type at SCH01, about an adult with this name.
pub fn concern(kind: &str, name: &str) -> Value {
    let mut form = report("SCH01", kind, "KANARE-story of what was seen.");
    form["about"] = json!({ "whom": "another", "name": name });
    form
}

impl Trust {
    /// A new trust of these schools, with nobody in a post yet.
    pub async fn with_schools(engine: Engine, seed: u64, codes: &[&str]) -> Self {
        let trust = Self::new(engine, seed).await;
        let rows = (2..).zip(codes).map(|(line, code)| school_row(line, code)).collect();
        assert_eq!(trust.import(ImportKind::Schools, rows).await.refused, vec![]);
        trust
    }

    /// Gives somebody a duty, at SCH01 where it is held at a school; an API token for them.
    pub async fn holder(&self, name: &str, duty: Duty) -> String {
        self.holder_at(name, duty, "SCH01").await
    }

    /// The same at another school.
    pub async fn holder_at(&self, name: &str, duty: Duty, school: &str) -> String {
        let school = (duty.scope() == Scope::School || duty == Duty::Reporter).then_some(school);
        self.token(&email(name), name, duty, school).await
    }

    /// Files a report; its id.
    pub async fn file(&self, token: &str, form: &Value) -> String {
        let filed = self.call("POST", "/api/v1/reports", Some(token), Some(form)).await;
        assert_eq!(filed.status, StatusCode::CREATED, "{form}: {}", filed.text);
        filed.json()["id"].as_str().expect("a report has an id").to_owned()
    }

    /// What stands on somebody's queue, by id.
    pub async fn queue(&self, token: &str) -> Vec<String> {
        let page = self.call("GET", "/api/v1/queue", Some(token), None).await.ok();
        let items = page["items"].as_array().expect("a queue has items").iter();
        items.map(|item| item["id"].as_str().expect("an item has an id").to_owned()).collect()
    }

    /// How somebody is answered who opens a report.
    pub async fn opens(&self, token: &str, id: &str) -> StatusCode {
        self.call("GET", &format!("/api/v1/reports/{id}"), Some(token), None).await.status
    }

    /// Nothing of this record reaches this person by any route of the API.
    pub async fn knows_nothing(&self, token: &str, id: &str) {
        for path in ["/api/v1/queue", "/api/v1/reports", "/api/v1/cases", "/api/v1/breaches", "/api/v1/breaches?old_papers=yes"] {
            let page = self.call("GET", path, Some(token), None).await.ok();
            assert!(!page.to_string().contains(id), "{path}: {page}");
        }
        for path in [format!("/api/v1/reports/{id}"), format!("/api/v1/breaches/{id}"), format!("/api/v1/cases/{id}")] {
            let known = self.call("GET", &path, Some(token), None).await;
            let unknown = self.call("GET", &path.replace(id, &"0".repeat(32)), Some(token), None).await;
            assert_eq!((known.status, known.text), (unknown.status, unknown.text), "{path}: the same answer as for nothing at all");
        }
    }

    /// Every look in the book, in order.
    pub async fn looks(&self) -> Vec<Shown> {
        let mut all = vec![];
        for stored in self.app.read_book(0, 10_000).await.expect("the book can be read") {
            let opened = self.app.opener().open(&stored, &FieldGroup::ALL).await.expect("every event opens");
            if let AnyEvent::Trace(TraceEvent::Shown(shown)) = opened.event {
                all.push(*shown);
            }
        }
        all
    }
}
