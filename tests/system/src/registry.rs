//! Every route of the product and how a test asks it.
//!
//! [`routes`] reads the `.route("...", get(..).post(..))` calls of `crates/web`, so that a new route is found the moment it is written.
//! [`Route::at`] fills in ids, [`Route::body`] and [`Route::form`] are what a test sends: where a record is asked to change, it is asked
//! with the mark of an older state ([`OLD`]), so that whoever may change it hears 412 and nothing changes.
//!
//! A new route with a body of its own gets a line in [`Route::body`] or [`Route::form`]; without one it is sent `{}`.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use wardbook_app::cases::CaseAct;

/// What no page and no answer ever showed: whoever may change a record is told that it has changed since.
pub const OLD: &str = "\"0000\"";

/// Which way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// The JSON API, with a token.
    Api,
    /// A page, with a session.
    Page,
    /// The local socket.
    Local,
}

/// A method of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The path with its parameters in braces.
    pub path: String,
    /// `GET`, `POST`...
    pub method: &'static str,
}

/// What stands in the place of parameters.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    /// A report; also whatever else has no name here.
    pub report: String,
    /// A case.
    pub case: String,
    /// A file of the report.
    pub evidence: String,
    /// A file of the case.
    pub case_evidence: String,
    /// A form not filed yet.
    pub draft: String,
    /// A person.
    pub person: String,
    /// A cover.
    pub cover: String,
    /// An opening by break-glass.
    pub glass: String,
    /// A request that waits for a second person.
    pub request: String,
    /// A profile that waits for a second person.
    pub proposal: String,
    /// A search.
    pub search: String,
}

impl Ids {
    /// The same id everywhere.
    pub fn all(id: &str) -> Self {
        let id = || id.to_owned();
        Self {
            report: id(),
            case: id(),
            evidence: id(),
            case_evidence: id(),
            draft: id(),
            person: id(),
            cover: id(),
            glass: id(),
            request: id(),
            proposal: id(),
            search: id(),
        }
    }

    /// All of them.
    pub fn each(&self) -> [&str; 11] {
        let Self { report, case, evidence, case_evidence, draft, person, cover, glass, request, proposal, search } = self;
        [report, case, evidence, case_evidence, draft, person, cover, glass, request, proposal, search]
    }

    /// Takes these ids out of an answer, so that two answers can be compared.
    pub fn out_of(&self, text: &str) -> String {
        self.each().iter().fold(text.to_owned(), |text, id| text.replace(id, "ID"))
    }
}

/// Takes one of several ids.
type IdOf = fn(&Ids) -> &str;

/// Which id stands in the paths that begin so.
const OTHERS: &[(&str, IdOf)] = &[
    ("/covers/{id}", |ids| &ids.cover),
    ("/access/cover/{id}", |ids| &ids.cover),
    ("/glass/{id}", |ids| &ids.glass),
    ("/access/glass/{id}", |ids| &ids.glass),
    ("/people/waiting/{id}", |ids| &ids.request),
    ("/people/{id}", |ids| &ids.person),
    ("/profile/proposals/{id}", |ids| &ids.proposal),
    ("/search/{id}", |ids| &ids.search),
];

impl Route {
    /// Which way in.
    pub fn door(&self) -> Door {
        match self.path.split('/').nth(1) {
            Some("api") => Door::Api,
            Some("local") => Door::Local,
            _ => Door::Page,
        }
    }

    /// Whether it is asked about one record.
    pub fn is_of_a_record(&self) -> bool {
        let path = self.path.trim_start_matches("/api/v1");
        ["/reports/{id}", "/cases/{id}", "/breaches/{id}", "/receipts/{id}", "/evidence/{id}"].iter().any(|start| path.starts_with(start))
    }

    /// Whether it is asked about something that is no record and has an id of its own.
    pub fn is_of_something(&self) -> bool {
        let of = |(start, _): &(&str, _)| self.path.trim_start_matches("/api/v1").starts_with(start);
        self.path.contains("/{draft}") || OTHERS.iter().any(of)
    }

    /// Whether it ends the session or the account's ways in: asked last.
    pub fn ends_the_session(&self) -> bool {
        self.method == "POST"
            && ["sign-out", "sessions", "tokens", "enrol", "password", "factor"].iter().any(|word| self.path.contains(word))
    }

    /// The path with its parameters filled in.
    pub fn at(&self, ids: &Ids) -> String {
        let of_case = self.path.contains("/cases/");
        let of_file = self.path.starts_with("/api/v1/evidence/");
        let other = OTHERS.iter().find(|(start, _)| self.path.trim_start_matches("/api/v1").starts_with(start));
        let other = other.map(|(_, id)| id(ids).to_owned());
        let fill = |part: &str| match part {
            "{id}" if of_case => ids.case.clone(),
            // Of a case, as that is where more can be done with a file.
            "{id}" if of_file => ids.case_evidence.clone(),
            "{id}" if other.is_some() => other.clone().unwrap_or_default(),
            "{evidence}" if of_case => ids.case_evidence.clone(),
            "{evidence}" => ids.evidence.clone(),
            "{draft}" => ids.draft.clone(),
            "{step}" => "what".to_owned(),
            "{name}" => "app.css".to_owned(),
            "{stop}" => "1".to_owned(),
            part if part.starts_with('{') => ids.report.clone(),
            part => part.to_owned(),
        };
        let path = self.path.split('/').map(fill).collect::<Vec<_>>().join("/");
        path.replace("={id}", &format!("={}", ids.report)).replace("={person}", &format!("={}", ids.person))
    }

    /// What the API and the local socket are sent.
    pub fn body(&self) -> Option<Value> {
        if self.method == "GET" {
            return None;
        }
        let reason = "A reason.";
        Some(match self.path.trim_start_matches("/api/v1") {
            "/reports" => json!({ "school": "NOWHERE", "types": ["other"], "what_happened": "x" }),
            "/alerts" => json!({ "source": "paper", "rows": [{ "school": "NOWHERE" }] }),
            "/alerts/decide" => json!({ "alerts": ["0".repeat(32)], "decision": "dismiss", "reason": reason }),
            "/reports/{id}/receive" => return None,
            "/reports/{id}/assessment" => json!({ "categories": ["training_need"], "reason": reason }),
            "/reports/{id}/correct" => json!({ "field": "location", "text": "x", "reason": reason }),
            "/reports/{id}/subjects" => json!({ "subjects": [], "reason": reason }),
            "/reports/{id}/image" => json!({ "answer": "no" }),
            "/evidence/{id}/message" => json!({ "sender": "x" }),
            "/reports/{id}/image/taken-up" => json!({ "action": "x" }),
            "/breaches/{id}/aware" => json!({ "aware_at": "2026-10-30T10:00:00Z", "reason": reason }),
            "/breaches/{id}/decision" => json!({ "decision": "confirmed", "reason": reason }),
            "/reports/{id}/recuse" | "/cases/{id}/recuse" | "/cases/{id}/reopen" | "/evidence/{id}/quarantine" => {
                json!({ "reason": reason })
            }
            "/reports/{id}/end-recusal" | "/cases/{id}/end-recusal" | "/cases/{id}/unshare" => {
                json!({ "person": "ASIDE-dsl", "reason": reason })
            }
            "/covers/{id}/end" | "/profile/proposals/{id}/refuse" => json!({ "reason": reason }),
            "/glass/{id}/review" => json!({ "justified": true, "finding": "x" }),
            "/cases/{id}/share" => json!({ "person": "ASIDE-dsl", "named_for": "help", "reason": reason }),
            "/cases/{id}/note" => json!({ "text": "x" }),
            "/cases/{id}/assess" => json!({ "facts": { "encrypted": "yes" } }),
            "/cases/{id}/plan" => json!({ "what": "x", "owner": "x" }),
            "/cases/{id}/complete" => json!({ "action": "00", "result": "x" }),
            "/cases/{id}/tell" => json!({ "whom": "police", "how": "x" }),
            "/cases/{id}/ask" => json!({ "question": "x" }),
            "/cases/{id}/answer" | "/reports/{id}/answer" => json!({ "question": "00", "answer": "x" }),
            "/cases/{id}/decide" => json!({ "about": "other", "decision": "x", "reason": reason }),
            "/cases/{id}/set-aside" => json!({ "step": "dpo", "reason": reason }),
            "/cases/{id}/place" => json!({ "name": "x", "part": "witness" }),
            "/cases/{id}/link" => json!({ "case": "0000-0000", "relation": "same_event", "reason": reason }),
            "/cases/{id}/merge" => json!({ "into": "0000-0000", "reason": reason }),
            "/cases/{id}/reclassify" => json!({ "matter": "other", "reason": reason }),
            "/cases/{id}/mark" => json!({ "marking": "confidential", "reason": reason }),
            "/cases/{id}/hand-over" => json!({ "person": "ASIDE-dsl", "reason": reason }),
            "/cases/{id}/snooze" | "/reports/{id}/snooze" => json!({ "until": "2026-11-02T08:00:00Z", "reason": reason }),
            "/cases/{id}/print" => json!({ "kind": "record", "purpose": "case_work" }),
            "/reports/{id}/hand-over" => json!({ "duty": "headteacher", "school": "SCH01", "reason": reason }),
            "/reports/{id}/print" => json!({ "purpose": "case_work" }),
            "/cases/{id}/review" => json!({ "finding": "x" }),
            "/search" => json!({ "words": "corridor", "from": "2020-01-01" }),
            "/cases/{id}/close" => json!({ "outcome": "action_taken", "reason": reason }),
            "/cases/{id}/correct" => json!({ "field": "summary", "text": "x", "reason": reason }),
            _ => json!({}),
        })
    }

    /// What a form of a page sends, beside the hidden fields.
    pub fn form(&self) -> Vec<(&'static str, &'static str)> {
        let fields: &[(&str, &str)] = match self.path.as_str() {
            "/reports/{id}/assess" => &[("assessment", "training_need"), ("reason", "A reason."), ("declaration", "A. Name")],
            "/reports/{id}/settle" => &[("settle_nobody", "yes"), ("settle_reason", "A reason.")],
            "/reports/{id}/evidence" | "/cases/{id}/evidence" => &[("image", "no")],
            "/reports/{id}/evidence/{evidence}/quarantine" | "/cases/{id}/evidence/{evidence}/quarantine" => {
                &[("quarantine_reason", "A reason.")]
            }
            "/cases/{id}/evidence/{evidence}/message" => &[("sender", "x"), ("recipients_count", "0"), ("attachments_count", "0")],
            "/reports/{id}/image/taken-up" => &[("action", "x")],
            "/breaches/{id}/aware" => {
                &[("day", "30"), ("month", "10"), ("year", "2026"), ("hour", "10"), ("minute", "0"), ("aware_reason", "A reason.")]
            }
            "/breaches/{id}/decision" => &[("decision", "confirmed"), ("decision_reason", "A reason.")],
            "/access/cover/{id}/end" => &[("end_reason", "A reason.")],
            "/people/waiting/{id}/refuse" => &[("reason", "A reason.")],
            "/access/glass/{id}/review" => &[("justified", "yes"), ("finding", "x")],
            "/alerts/dismiss" | "/alerts/raise" => &[("alerts", "00000000000000000000000000000000"), ("reason", "A reason.")],
            "/assets" => &[("tag", "A1006")],
            "/cases/{id}/note" => &[("note", "x")],
            "/cases/{id}/share" => &[("name_person", "ASIDE-dsl"), ("named_for", "help"), ("name_reason", "A reason.")],
            "/cases/{id}/unshare" => &[("person", "ASIDE-dsl"), ("reason", "A reason.")],
            "/search" => &[("words", "corridor"), ("purpose", "case_work")],
            "/cases/{id}/close" => &[("outcome", "no_further_action"), ("close_reason", "A reason.")],
            "/cases/{id}/correct" => &[("field", "summary"), ("new_text", "x"), ("correct_reason", "A reason.")],
            _ => &[],
        };
        fields.to_vec()
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Acts whose page is asked for: one that anybody with the case in hand may do, one of its owner's alone, one that is about something open.
/// All go through one handler, and the API is asked for every verb.
const PAGES_OF_ACTS: &[&str] = &["plan", "reclassify", "set-aside"];
/// Of a report every act with a page of its own.
const PAGES_OF_REPORT_ACTS: &[&str] = &["hand-over", "snooze", "print"];

/// Every route, in order; a path that takes a verb is a route for each verb.
pub fn routes() -> Vec<Route> {
    let verbs = |route: Route| -> Vec<Route> {
        let pages = if route.path.starts_with("/reports/") { PAGES_OF_REPORT_ACTS } else { PAGES_OF_ACTS };
        let parts = [("{action}", CaseAct::VERBS), ("{verb}", pages)];
        let found = parts.iter().find_map(|(part, verbs)| route.path.strip_suffix(part).map(|start| (start.to_owned(), *verbs)));
        match found {
            Some((start, verbs)) => verbs.iter().map(|verb| Route { path: format!("{start}{verb}"), ..route.clone() }).collect(),
            None => vec![route],
        }
    };
    written().into_iter().flat_map(verbs).collect()
}

/// Whether there is such a route.
pub fn has(method: &str, path: &str) -> bool {
    routes().iter().any(|route| route.method == method && route.path == path)
}

/// Every route as it is written in the source.
fn written() -> Vec<Route> {
    let mut found = BTreeSet::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/web/src"), &mut found);
    assert!(found.len() > 50, "the routes are found in the source: {}", found.len());
    found.into_iter().collect()
}

fn read_folder(folder: &Path, found: &mut BTreeSet<Route>) {
    for entry in fs::read_dir(folder).expect("the source is beside the tests") {
        let path = entry.expect("a folder of the source can be read").path();
        if path.is_dir() {
            read_folder(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a file of the source can be read");
            read(&text, &path.display().to_string(), found);
        }
    }
}

const METHODS: [(&str, &str); 5] = [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("patch(", "PATCH"), ("delete(", "DELETE")];

fn read(text: &str, file: &str, found: &mut BTreeSet<Route>) {
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String = product.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for other in [".nest(", ".nest_service(", ".route_service(", "any(", "MethodRouter"] {
        assert!(!code.contains(&format!("{other}\"")) && !code.contains(&format!(", {other}")), "{file}: {other} is not read here");
    }
    for call in code.split(".route(").skip(1) {
        let quoted = call.trim_start().strip_prefix('"').unwrap_or_else(|| panic!("{file}: a route has a literal path"));
        let (path, rest) = quoted.split_once('"').expect("a literal ends");
        let mut depth = 1_i32;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let handlers = &rest[..end.unwrap_or_else(|| panic!("{file}: the route {path} does not end"))];
        let before = found.len();
        for (call, method) in METHODS {
            let is_call = |(at, _): (usize, &str)| !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if handlers.match_indices(call).any(is_call) {
                found.insert(Route { path: path.to_owned(), method });
            }
        }
        assert!(found.len() > before, "{file}: {path} has a method, and stands once");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        read(text, "text", &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn routes_are_read_as_they_are_written() {
        let text = "Router::new().route(\"/a\", get(x::target(1)).post(y))\n  .route(\n   \"/b/{id}\",\n delete(z),\n)";
        assert_eq!(found(text), ["GET /a", "POST /a", "DELETE /b/{id}"]);
        assert_eq!(found("// .route(\"/no\", get(x))\n#[cfg(test)]\n.route(\"/no\", get(x))"), [""; 0]);
    }

    #[test]
    fn every_path_of_the_openapi_document_is_a_route_and_the_other_way_round() {
        let document = serde_json::to_value(wardbook_web::openapi_document()).expect("the document is JSON");
        let paths = document["paths"].as_object().expect("a document has paths");
        let documented = paths.iter().flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
        });
        let documented: BTreeSet<String> = documented.collect();
        let routed = written().into_iter().filter(|route| route.path.starts_with("/api/v1/"));
        assert_eq!(documented, routed.map(|route| route.to_string()).collect());
    }
}
