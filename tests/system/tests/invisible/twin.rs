//! One of two trusts that are equal but for one hidden record and everything done to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wardbook_app::import::{ImportKind, ImportRow};
use wardbook_domain::{Duty, Scope};
use wardbook_system_tests::{
    Answer, Engine, Places, Trust,
    people::{Person, Wanted},
    plain::Plain,
    registry::{Ids, Route, routes},
};

use crate::{
    counting::counted,
    questions::{About, Question},
};

/// No record has this id.
const NO_ID: &str = "00000000000000000000000000000000";

/// What happens in both trusts, or to the hidden record in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Both: an ordinary report of this kind, received and assessed by whoever it is for.
    Ordinary(Kind),
    /// Both: the people concerned file something of their own.
    Own,
    /// Both: hours go by.
    Hours(u16),
    /// Hidden: filed, of this kind.
    File(Kind),
    /// Hidden: received by its reader.
    Receive,
    /// Hidden: assessed into cases of this category.
    Assess(&'static str),
    /// Hidden: a note on a case.
    Note,
    /// Hidden: a case closed.
    Close,
    /// Hidden: report and case corrected.
    Correct,
    /// Hidden: a file added.
    Evidence,
    /// Hidden: a file added to its case.
    CaseFile,
    /// Hidden: an image named and acted on.
    Image,
    /// Hidden: its breach clock moved and confirmed.
    Clock,
    /// Hidden: settled once more on the same people.
    Settle,
    /// Hidden: one of its readers stands aside from report and case, and somebody is named on the case.
    Aside,
    /// Hidden: its case planned, told of, asked about, marked, handed over, put off, reviewed, printed.
    Work,
    /// Hidden: its case opened again.
    Reopen,
    /// Hidden: the file of its case put into quarantine.
    Quarantine,
    /// Hidden: its case linked to the ordinary one.
    Link,
    /// Hidden: monitoring alerts about the people concerned come in.
    Alerts,
    /// Hidden: these are raised, or dismissed, by whoever receives them.
    DecideAlerts(&'static str),
    /// Both: the headteacher is away, and one of the people concerned covers.
    Cover,
    /// Both: each of the people concerned who may opens the queue of the DSL by break-glass.
    Glass,
    /// Both: everybody else looks at whatever they may, in the one trust the hidden record too.
    Read,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Conduct,
    Safeguarding,
    Breach,
    Equipment,
}

/// How the record names the people concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// By staff id: its subjects.
    ById,
    /// By a family name that is theirs: its possible subjects.
    ByName,
    /// They reported it about themselves; the record is in both trusts, what is done to it in one.
    SelfReferral,
}

impl Kind {
    fn form(self) -> Value {
        let (kind, data) = match self {
            Self::Conduct => ("low_level_concern", json!([])),
            Self::Safeguarding => ("online_safety_concern", json!([])),
            Self::Breach => ("loss_of_data", json!(["pupil_personal_data"])),
            Self::Equipment => ("loss_of_equipment", json!([])),
        };
        json!({ "school": "SCH01", "types": [kind], "what_happened": "It was seen in the corridor.", "data_affected": data,
            "danger": if self == Self::Safeguarding { "yes" } else { "no" } })
    }
}

/// A trust, its people, and what is known of its records.
pub(crate) struct Twin {
    pub(crate) trust: Trust,
    has_hidden: bool,
    named: Named,
    others: Vec<Person>,
    concerned: Vec<(Duty, Person)>,
    /// The last ordinary record, and the own one of each of the people concerned.
    ordinary: Ids,
    own: BTreeMap<Duty, Ids>,
    hidden: Option<Ids>,
}

const FAMILY: &str = "Quillon";

impl Twin {
    /// A trust of one seed: with the hidden record, or without.
    pub(crate) async fn new(has_hidden: bool, named: Named, duties: &[Duty]) -> Self {
        let trust = Trust::create(Places::new(Engine::Sqlite, 81).await).await;
        import(&trust, duties).await;
        let mut others = vec![];
        for duty in Duty::ALL {
            let (email, name) = (format!("other-{duty}@example.org"), format!("Oth{} Abernathy", duty.as_str().replace('-', "")));
            others.push(trust.person(Wanted { email: &email, name: &name, duty: *duty, school: "SCH01" }).await);
        }
        let mut concerned = vec![];
        for duty in duties {
            let (email, name) = (email(*duty), name(*duty));
            concerned.push((*duty, trust.person(Wanted { email: &email, name: &name, duty: *duty, school: "SCH01" }).await));
        }
        let mut twin = Self { trust, has_hidden, named, others, concerned, ordinary: Ids::all(NO_ID), own: BTreeMap::new(), hidden: None };
        for (duty, person) in twin.concerned.clone() {
            let caller = twin.trust.app.by_token(&person.token).await.unwrap().unwrap();
            let draft = twin.trust.app.start_draft(&caller, &json!({ "what_happened": "Not finished." })).await.unwrap();
            twin.own.insert(duty, Ids { draft: hex::encode(draft), ..Ids::all(NO_ID) });
        }
        // Notices begin here. No mail server is set up, so that every one of them is to be seen by an administrator.
        twin.trust.app.wait_for_views().await.unwrap();
        twin.trust.app.give_notices(None).await.unwrap();
        twin
    }

    /// Does a step; what it changed for everybody is told, so that both trusts can be compared.
    pub(crate) async fn step(&mut self, step: Step) -> String {
        // No two things happen at one instant: the order of a list is then the clock's, not that of random ids.
        self.trust.places.tick(61);
        let is_hidden_step = !matches!(step, Step::Ordinary(_) | Step::Own | Step::Hours(_) | Step::Read | Step::Cover | Step::Glass);
        let is_for_both = step_is_for_both(step, self.named);
        if is_hidden_step && !self.has_hidden && !is_for_both {
            return String::new();
        }
        match step {
            Step::Ordinary(kind) => self.ordinary(kind).await,
            Step::Own => self.own_reports().await,
            Step::Hours(hours) => {
                self.trust.places.tick(i64::from(hours) * 3600);
                self.trust.app.wait_for_views().await.unwrap();
                // What is late goes on, as it does by itself in a running service.
                self.trust.app.follow_dates(None).await.unwrap();
                self.trust.app.wait_for_views().await.unwrap();
                self.trust.app.give_notices(None).await.unwrap();
                String::new()
            }
            Step::Read => {
                self.everybody_reads().await;
                String::new()
            }
            Step::Cover => {
                let head = self.others.iter().find(|other| other.email == "other-headteacher@example.org").unwrap();
                let until = self.trust.places.clock().now().plus_seconds(100 * 3600);
                let ask = json!({ "duty": "headteacher", "school": "SCH01", "covered_by": self.concerned[0].1.email, "until": until,
                    "reason": "At a conference." });
                format!("cover {}", self.post(head, "/api/v1/covers", &ask).await.status)
            }
            Step::Glass => {
                let ask = json!({ "duty": "dsl", "school": "SCH01", "hours": 4, "reason": "Nobody answers the telephone of the DSL." });
                let mut told = String::new();
                for (_, person) in &self.concerned {
                    self.trust.places.tick(1);
                    told.push_str(self.post(person, "/api/v1/glass", &ask).await.status.as_str());
                }
                told
            }
            Step::Alerts => {
                self.bring_in_alerts().await;
                String::new()
            }
            Step::DecideAlerts(decision) => {
                self.decide_alerts(decision).await;
                String::new()
            }
            hidden => {
                self.do_to_hidden(hidden).await;
                String::new()
            }
        }
    }

    async fn post(&self, person: &Person, path: &str, body: &Value) -> Answer {
        let answer = self.trust.call("POST", path, Some(&person.token), Some(body)).await;
        assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.text);
        answer
    }

    /// Whoever may read it, of those whom it does not concern.
    async fn reader(&self, path: &str) -> Option<&Person> {
        for person in &self.others {
            let answer = self.trust.call("GET", path, Some(&person.token), None).await;
            if answer.status.is_success() && answer.json()["own_words"] != true {
                return Some(person);
            }
        }
        None
    }

    async fn ordinary(&mut self, kind: Kind) -> String {
        let reporter = self.others[0].clone();
        let filed = self.post(&reporter, "/api/v1/reports", &kind.form()).await.ok();
        let report = filed["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/reports/{report}");
        let reader = self.reader(&path).await.expect("an ordinary report has its reader").clone();
        let assess = json!({ "categories": ["training_need"], "reason": "To be looked into." });
        let assessed = self.post(&reader, &format!("{path}/assessment"), &assess).await;
        let case = assessed.json()["assessment"]["categories"][0]["case"].as_str().map_or_else(|| NO_ID.to_owned(), str::to_owned);
        self.ordinary = Ids { report, case, ..Ids::all(NO_ID) };
        format!("ordinary {}", assessed.status)
    }

    async fn own_reports(&mut self) -> String {
        let mut told = String::new();
        for (duty, person) in self.concerned.clone() {
            self.trust.places.tick(61);
            let mut form = Kind::Equipment.form();
            if self.named == Named::SelfReferral {
                form["types"] = json!(["low_level_concern"]);
                form["self_referral"] = json!(true);
            }
            let filed = self.post(&person, "/api/v1/reports", &form).await;
            told.push_str(filed.status.as_str());
            let id = filed.ok()["id"].as_str().unwrap().to_owned();
            self.own.entry(duty).and_modify(|own| own.report.clone_from(&id));
            if self.named == Named::SelfReferral {
                self.hidden = Some(Ids { report: id, ..Ids::all(NO_ID) });
            }
        }
        told
    }

    /// The gravest that there are, so that they go on within the hour. By the family name that all have: each could be meant.
    async fn bring_in_alerts(&self) {
        let importer = self.others.iter().find(|other| other.email == "other-trust-lead@example.org").unwrap();
        let at = self.trust.places.clock().now();
        let row = |number: u8| {
            json!({ "alert_id": format!("M{number}-{}", at.as_micros()), "occurred_at": at, "school": "SCH01", "user": FAMILY,
                "category": "weapons", "severity": "5", "device": "PC-1" })
        };
        let taken = self.post(importer, "/api/v1/alerts", &json!({ "source": "paper", "rows": [row(1), row(2)] })).await.ok();
        assert_eq!((&taken["accepted"], &taken["refused"]), (&json!(2), &json!([])), "{taken}");
    }

    async fn decide_alerts(&self, decision: &str) {
        for person in &self.others {
            let list = self.trust.call("GET", "/api/v1/alerts", Some(&person.token), None).await;
            if !list.status.is_success() {
                continue;
            }
            for group in list.json()["groups"].as_array().unwrap() {
                let ids: Vec<&Value> = group["alerts"].as_array().unwrap().iter().map(|alert| &alert["id"]).collect();
                let ask = json!({ "alerts": ids, "decision": decision, "reason": "Looked at it." });
                self.post(person, "/api/v1/alerts/decide", &ask).await;
            }
        }
    }

    async fn do_to_hidden(&mut self, step: Step) {
        if let Step::File(kind) = step {
            self.hidden = Some(self.file_hidden(kind).await);
        }
        let Some(ids) = self.hidden.clone() else { return };
        let report = format!("/api/v1/reports/{}", ids.report);
        let Some(reader) = self.reader(&report).await.cloned() else { panic!("the hidden record has a reader") };
        let reason = "Seen by two.";
        let case = format!("/api/v1/cases/{}", ids.case);
        let of_case = self.reader(&case).await.cloned();
        match step {
            Step::Receive => drop(self.post(&reader, &format!("{report}/receive"), &Value::Null).await),
            Step::Assess(category) => {
                let assess = json!({ "categories": [category], "reason": reason, "shared": "What others may know.", "other": if category == "other" { json!("x") } else { json!(null) } });
                let assessed = self.post(&reader, &format!("{report}/assessment"), &assess).await;
                if assessed.status.is_success() {
                    let case = assessed.json()["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
                    self.hidden = Some(Ids { case, ..ids });
                }
            }
            Step::Note | Step::Close => {
                let (verb, body) = match step {
                    Step::Note => ("note", json!({ "text": "Spoke to them." })),
                    _ => ("close", json!({ "outcome": "action_taken", "reason": reason })),
                };
                if let Some(owner) = of_case {
                    // Named in another order it may have gone elsewhere meanwhile.
                    if step == Step::Close && self.trust.call("GET", &case, Some(&owner.token), None).await.status.is_success() {
                        self.trust.deal_with(&ids.case, &owner.token).await;
                    }
                    self.post(&owner, &format!("{case}/{verb}"), &body).await;
                }
            }
            Step::Work | Step::Reopen | Step::Quarantine | Step::Link => self.work_on_hidden(step, &ids, of_case.as_ref()).await,
            Step::Correct => {
                let correct = json!({ "field": "location", "text": "The hall", "reason": reason });
                self.post(&reader, &format!("{report}/correct"), &correct).await;
            }
            Step::Evidence => {
                let parts: [(&str, Option<&str>, &[u8]); 2] = [("image", None, b"no"), ("file", Some("note.txt"), b"What was seen.")];
                let added = self.trust.upload(&format!("{report}/evidence"), &reader.token, &parts, &[]).await;
                if added.status.is_success() {
                    self.hidden = Some(Ids { evidence: added.json()["id"].as_str().unwrap().to_owned(), ..ids });
                }
            }
            Step::CaseFile => {
                let parts: [(&str, Option<&str>, &[u8]); 4] = [
                    ("image", None, b"no"),
                    ("given_by", None, b"A colleague"),
                    ("how", None, b"On paper"),
                    ("file", Some("note.eml"), b"From: a@example.org\nDate: Fri, 30 Oct 2026 16:00:00 +0000\n\nWhat was seen."),
                ];
                if let Some(owner) = of_case {
                    let added = self.trust.upload(&format!("{case}/evidence"), &owner.token, &parts, &[]).await;
                    if added.status.is_success() {
                        let file = added.json()["id"].as_str().unwrap().to_owned();
                        let says = json!({ "sender": "a@example.org" });
                        self.post(&owner, &format!("/api/v1/evidence/{file}/message"), &says).await;
                        self.hidden = Some(Ids { case_evidence: file, ..ids });
                    }
                }
            }
            Step::Image | Step::Clock => self.act_on_hidden(step, &ids, &reader).await,
            Step::Settle => {
                let subjects: Vec<Value> =
                    self.concerned.iter().map(|(duty, _)| json!({ "staff_id": staff_id(*duty), "name": name(*duty) })).collect();
                self.post(&reader, &format!("{report}/subjects"), &json!({ "subjects": subjects, "reason": reason })).await.ok();
            }
            Step::Aside => {
                let other = self.others.iter().find(|other| other.email != reader.email).unwrap();
                let ask = json!({ "person": other.email, "reason": reason });
                self.post(&reader, &format!("{report}/recuse"), &ask).await;
                if let Some(owner) = of_case {
                    self.post(&owner, &format!("{case}/recuse"), &ask).await;
                    let ask = json!({ "person": self.others[1].email, "named_for": "help", "reason": reason });
                    self.post(&owner, &format!("{case}/share"), &ask).await;
                }
            }
            // Done before, or to nothing hidden.
            Step::Alerts
            | Step::DecideAlerts(_)
            | Step::File(_)
            | Step::Ordinary(_)
            | Step::Own
            | Step::Hours(_)
            | Step::Read
            | Step::Cover
            | Step::Glass => {}
        }
    }

    /// An image, or its clock, by whoever may.
    async fn act_on_hidden(&self, step: Step, ids: &Ids, reader: &Person) {
        let report = format!("/api/v1/reports/{}", ids.report);
        let reason = "Seen by two.";
        if step == Step::Image {
            self.post(reader, &format!("{report}/image"), &json!({ "answer": "unsure" })).await;
        }
        for person in &self.others {
            if step == Step::Image {
                self.post(person, &format!("{report}/image/taken-up"), &json!({ "action": "Called the police." })).await;
            } else {
                let moved = json!({ "aware_at": "2026-10-30T15:00:00Z", "reason": reason });
                self.post(person, &format!("/api/v1/breaches/{}/aware", ids.report), &moved).await;
                let confirmed = json!({ "decision": "confirmed", "reason": reason });
                self.post(person, &format!("/api/v1/breaches/{}/decision", ids.report), &confirmed).await;
            }
        }
    }

    /// What is done on the case of the hidden record, where it has one.
    async fn work_on_hidden(&self, step: Step, ids: &Ids, owner: Option<&Person>) {
        let (case, reason) = (format!("/api/v1/cases/{}", ids.case), "Seen by two.");
        match step {
            Step::Work => {
                let due = json!({ "until": self.trust.places.clock().now().plus_seconds(20 * 3600), "reason": reason });
                let head = json!({ "person": "other-headteacher@example.org", "reason": reason });
                for (verb, body) in [
                    ("plan", json!({ "what": "Speak to them", "owner": "The head" })),
                    ("tell", json!({ "whom": "lado", "how": "By telephone", "reference": "L-1" })),
                    ("ask", json!({ "question": "Who else was there?" })),
                    ("mark", json!({ "marking": "confidential", "reason": reason })),
                    ("place", json!({ "name": "Somebody else", "part": "witness" })),
                    ("hand-over", head),
                    ("plan", json!({ "what": "Ring the mother", "person": "other-headteacher@example.org" })),
                    ("snooze", due),
                    ("review", json!({ "finding": "Nothing new." })),
                    ("print", json!({ "kind": "record", "purpose": "case_work" })),
                ] {
                    if let Some(owner) = owner {
                        self.post(owner, &format!("{case}/{verb}"), &body).await;
                    }
                }
            }
            Step::Reopen => {
                if let Some(owner) = owner {
                    self.post(owner, &format!("{case}/reopen"), &json!({ "reason": reason })).await;
                }
            }
            Step::Quarantine => {
                for person in &self.others {
                    let path = format!("/api/v1/evidence/{}/quarantine", ids.case_evidence);
                    self.post(person, &path, &json!({ "reason": reason })).await;
                }
            }
            Step::Link => {
                for person in &self.others {
                    let ask = json!({ "case": self.ordinary.case, "relation": "same_event", "reason": reason });
                    // From this side alone: an act on the ordinary case shows it, and so is a look at it that everybody may know of.
                    self.post(person, &format!("{case}/link"), &ask).await;
                }
            }
            _ => {}
        }
    }

    async fn file_hidden(&self, kind: Kind) -> Ids {
        let mut form = kind.form();
        let adult = |duty: &Duty| match self.named {
            Named::ByName => json!({ "name": format!("Mr {FAMILY}"), "part": "subject" }),
            _ => json!({ "staff_id": staff_id(*duty), "name": name(*duty), "part": "subject" }),
        };
        form["staff"] = self.concerned.iter().map(|(duty, _)| adult(duty)).collect();
        let filed = self.post(&self.others[0], "/api/v1/reports", &form).await.ok();
        Ids { report: filed["id"].as_str().unwrap().to_owned(), ..Ids::all(NO_ID) }
    }

    async fn everybody_reads(&self) {
        let hidden = self.hidden.clone().unwrap_or_else(|| Ids::all(MADE_UP));
        for person in &self.others {
            for route in routes().iter().filter(|route| route.method == "GET" && route.path.starts_with("/api/v1/")) {
                self.trust.ask(route, &self.ordinary, Some(person)).await;
                self.trust.ask(route, &hidden, Some(person)).await;
            }
        }
    }

    /// Lists are up to date, and each of the people concerned begins a session: the clock has moved, and the last one may be over.
    pub(crate) async fn begin_to_ask(&mut self) {
        self.trust.app.wait_for_views().await.unwrap();
        self.trust.app.give_notices(None).await.unwrap();
        for (_, person) in &mut self.concerned {
            person.session = self.trust.session(&person.email).await;
        }
        // Its place in the book is no other thing to ask about.
        if !self.has_hidden || self.named == Named::SelfReferral {
            self.hidden = None;
        }
    }

    /// One of the people concerned asks: the answer with its random values replaced, and what it cost.
    pub(crate) async fn told(&self, question: &Question, plain: &mut Plain) -> (String, Vec<String>) {
        let (made_up, none) = (Ids::all(MADE_UP), Ids::all(NO_ID));
        let ids = match question.about {
            About::Own => &self.own[&question.duty],
            About::Ordinary => &self.ordinary,
            About::Hidden => self.hidden.as_ref().unwrap_or(&made_up),
            About::Nothing => &none,
        };
        let (_, person) = self.concerned.iter().find(|(duty, _)| *duty == question.duty).unwrap();
        let ids = &Ids { person: self.person_of(question, person).await, ..ids.clone() };
        let (answer, cost) = counted(self.trust.ask(&question.route, ids, Some(person))).await;
        assert!(!answer.status.is_server_error(), "{question}: {}", answer.text);
        let found = self.found(question, &answer, person).await;
        let answer = plain.answer(&answer);
        let (answer, cost) = match found {
            Some((found, more)) => (format!("{answer}\n{}", plain.answer(&found)), [cost, more].concat()),
            None => (answer, cost),
        };
        (if question.route.path == "/account/factor" { without_picture(&answer) } else { answer }, cost)
    }
}

impl Twin {
    /// The person about whom something is asked: whoever asks, who reads ordinary records, who reads hidden ones, and nobody.
    async fn person_of(&self, question: &Question, asks: &Person) -> String {
        let other = |duty: Duty| self.others.iter().zip(Duty::ALL).find(|(_, held)| **held == duty).map(|(person, _)| person.email.clone());
        let email = match question.about {
            About::Own => Some(asks.email.clone()),
            About::Ordinary => other(Duty::Dsl),
            About::Hidden => other(Duty::Headteacher),
            About::Nothing => None,
        };
        let directory = self.trust.app.directory().await.unwrap();
        email.map_or_else(|| NO_ID.to_owned(), |email| directory.by_email(&email).expect("everybody is in the directory").to_string())
    }

    /// What a search that was just begun finds: it stands at an id of its own.
    async fn found(&self, question: &Question, begun: &Answer, person: &Person) -> Option<(Answer, Vec<String>)> {
        let Route { path, method } = &question.route;
        if *method != "POST" || !["/search", "/api/v1/search"].contains(&path.as_str()) {
            return None;
        }
        let id = match begun.header("location").rsplit_once('/') {
            Some((_, id)) => id.to_owned(),
            None => begun.json()["id"].as_str().unwrap().to_owned(),
        };
        let route = Route { path: format!("{path}/{{id}}"), method: "GET" };
        let (found, cost) = counted(self.trust.ask(&route, &Ids::all(&id), Some(person))).await;
        assert!(found.status.is_success(), "{question}: {}", found.text);
        Some((found, cost))
    }
}

/// A page with a fresh key of a second factor: its picture is as random as the key beneath it, and so is how long it is.
fn without_picture(answer: &str) -> String {
    let lines = answer.lines().filter(|line| !line.starts_with("content-length:"));
    let text = lines.collect::<Vec<_>>().join("\n");
    match (text.find("<svg"), text.find("</code>")) {
        (Some(start), Some(end)) if start < end => format!("{}{}", &text[..start], &text[end..]),
        _ => text,
    }
}

/// Asked for in the place of the hidden record where there is none.
const MADE_UP: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A self-referral is filed in both trusts; nothing else that is done to it is.
fn step_is_for_both(step: Step, named: Named) -> bool {
    named == Named::SelfReferral && matches!(step, Step::File(_))
}

fn staff_id(duty: Duty) -> String {
    format!("CON-{duty}")
}

fn email(duty: Duty) -> String {
    format!("concerned-{duty}@example.org")
}

fn name(duty: Duty) -> String {
    format!("Con{} {FAMILY}", duty.as_str().replace('-', ""))
}

async fn import(trust: &Trust, duties: &[Duty]) {
    let row = |line, fields: Value| ImportRow { line, fields: fields.as_object().unwrap().clone() };
    let schools = ["SCH01", "SCH02"].map(|code| row(2, json!({ "code": code, "name": format!("School {code}") }))).to_vec();
    assert_eq!(trust.import(ImportKind::Schools, schools).await.refused, vec![]);
    let people = duties
        .iter()
        .map(|duty| row(2, json!({ "staff_id": staff_id(*duty), "name": name(*duty), "email": email(*duty), "school": "SCH01" })));
    assert_eq!(trust.import(ImportKind::Staff, people.collect()).await.refused, vec![]);
    assert!(duties.iter().all(|duty| duty.scope() != Scope::Case || *duty == Duty::Investigator));
}
