//! A school with its people, and reports that become cases of theirs: for scenarios of cases.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wardbook_app::setup::SHIPPED_PROFILES;
use wardbook_domain::Duty;
use wardbook_system_tests::{Answer, Engine, Places, Trust, report};

/// A trust with its people.
pub(crate) struct Town {
    pub(crate) trust: Trust,
    pub(crate) reporter: String,
    /// Who may own a record, with their tokens.
    owners: Vec<(Duty, String)>,
}

const OWNERS: [(&str, Duty); 7] = [
    ("Uma Jones", Duty::Headteacher),
    ("George Xu", Duty::Dsl),
    ("Priya Anand", Duty::Dpo),
    ("Callum Reid", Duty::Hr),
    ("Milo Reid", Duty::ItLead),
    ("Imogen Barlow", Duty::OnlineSafetyLead),
    ("Ines Okoye", Duty::TrustLead),
];

/// A report, the category of its assessment, the matter that its case is then said to be (where that is another), and what it asks for:
/// code and clause of each fact and step.
pub(crate) struct Asks {
    form: Value,
    category: &'static str,
    said_to_be: Option<&'static str>,
    matter: &'static str,
    for_what: &'static [(&'static str, &'static str)],
}

pub(crate) fn asks(kind: &str, category: &'static str, matter: &'static str, for_what: &'static [(&'static str, &'static str)]) -> Asks {
    Asks { form: of_type(kind), category, said_to_be: None, matter, for_what }
}

impl Asks {
    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.form[field] = value;
        self
    }

    pub(crate) fn about_an_adult(self) -> Self {
        self.with("staff", json!([{ "name": "Quentin Ellison", "part": "subject" }]))
    }

    pub(crate) fn about_agency_staff(self) -> Self {
        self.with("staff", json!([{ "staff_id": "SCH01-015", "name": "Robin Williams-Dunne", "part": "subject" }]))
    }

    pub(crate) fn said_to_be(mut self, matter: &'static str) -> Self {
        (self.said_to_be, self.matter) = (Some(matter), matter);
        self
    }
}

/// A report of one of the thirteen types, or of one of the profile's own.
pub(crate) fn of_type(kind: &str) -> Value {
    let mut form = report("SCH01", "other", "What was seen, in plain words.");
    form["other_type"] = Value::Null;
    if wardbook_domain::report::ReportType::parse(kind).is_some() {
        form["types"] = json!([kind]);
    } else {
        form["types"] = json!([]);
        form["extra_types"] = json!([kind]);
    }
    form
}

impl Town {
    pub(crate) async fn new(engine: Engine, seed: u64, profile: usize) -> Self {
        let trust = Trust::following(Places::new(engine, seed).await, SHIPPED_PROFILES[profile].1).await.and_directory().await;
        let reporter = trust.holder("Hana Kemp", Duty::Reporter).await;
        let mut owners = vec![];
        for (name, duty) in OWNERS {
            owners.push((duty, trust.holder(name, duty).await));
        }
        Self { trust, reporter, owners }
    }

    pub(crate) fn token(&self, duty: Duty) -> &str {
        &self.owners.iter().find(|(held, _)| *held == duty).expect("a duty of the town").1
    }

    pub(crate) async fn file(&self, form: &Value) -> String {
        self.trust.file(&self.reporter, form).await
    }

    /// Files one report of each type and looks at whose queue it stands on, and by which clause.
    pub(crate) async fn sends(&self, rows: &[(&str, Duty, &str)]) {
        for (kind, owner, clause) in rows {
            let id = self.file(&of_type(kind)).await;
            for (duty, token) in &self.owners {
                let queue = self.trust.call("GET", "/api/v1/queue?limit=200", Some(token), None).await.ok();
                let row = queue["items"].as_array().unwrap().iter().find(|row| row["id"] == json!(id));
                let asked = row.is_some_and(|row| row["next_action"].as_str().unwrap().contains("receive"));
                assert_eq!(asked, duty == owner, "{kind}: {duty} {row:?}");
                if asked {
                    assert_eq!(row.unwrap()["why"], *clause, "{kind}");
                }
            }
        }
    }

    /// The case of a report that is received and assessed by its owner: its path, and the token of who works on it.
    pub(crate) async fn open(&self, asks: &Asks) -> (String, &str) {
        let id = self.file(&asks.form).await;
        let mut case = None;
        for (_, token) in &self.owners {
            let path = format!("/api/v1/reports/{id}");
            if self.trust.call("POST", &format!("{path}/receive"), Some(token), None).await.status == StatusCode::OK {
                let mut assess = json!({ "categories": [asks.category], "reason": "As it reads.", "shared": "What others may know." });
                if asks.category == "other" {
                    assess["other"] = json!("To be dealt with by its receiver");
                }
                let assessed = self.trust.call("POST", &format!("{path}/assessment"), Some(token), Some(&assess)).await.ok();
                case = assessed["assessment"]["categories"][0]["case"].as_str().map(str::to_owned);
                break;
            }
        }
        let path = format!("/api/v1/cases/{}", case.unwrap_or_else(|| panic!("{}: nobody assessed it", asks.form)));
        for (duty, token) in &self.owners {
            let answer = self.trust.call("GET", &path, Some(token), None).await;
            if answer.status == StatusCode::OK && answer.json()["owner"]["duty"] == duty.as_str() {
                if let Some(matter) = asks.said_to_be {
                    let say = json!({ "matter": matter, "reason": "That is what it was." });
                    self.trust.call("POST", &format!("{path}/reclassify"), Some(token), Some(&say)).await.ok();
                }
                return (path, token);
            }
        }
        panic!("nobody owns {path}");
    }

    /// That a case asks for each of these with its clause, is not closed before, keeps the answers, and is closed then.
    pub(crate) async fn opens_and_closes(&self, rows: Vec<Asks>) {
        for asks in rows {
            let (path, token) = self.open(&asks).await;
            let case = self.trust.call("GET", &path, Some(token), None).await.ok();
            assert_eq!(case["matter"], asks.matter, "{}", asks.form);
            let listed: Vec<(String, String)> = ["facts", "steps"]
                .iter()
                .flat_map(|list| case[list].as_array().unwrap())
                .map(|one| (text(&one["code"]), text(&one["clause"])))
                .collect();
            for (code, clause) in asks.for_what {
                assert!(listed.contains(&((*code).to_owned(), (*clause).to_owned())), "{}: {code} {clause}: {listed:?}", asks.matter);
            }
            let close = json!({ "outcome": "action_taken", "reason": "All of it is done." });
            let early = self.trust.call("POST", &format!("{path}/close"), Some(token), Some(&close)).await;
            assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", asks.matter, early.text);
            let dealt = self.trust.deal_with(path.rsplit('/').next().unwrap(), token).await;
            for (code, _) in asks.for_what {
                let fact = dealt["facts"].as_array().unwrap().iter().find(|fact| fact["code"] == *code);
                assert!(fact.is_none_or(|fact| !fact["answer"].is_null() && !fact["by"].is_null()), "{}: {fact:?}", asks.matter);
            }
            let closed = self.trust.call("POST", &format!("{path}/close"), Some(token), Some(&close)).await.ok();
            assert_eq!(closed["state"], "closed", "{}", asks.matter);
        }
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Town {
    /// What an act on a case is answered with.
    pub(crate) async fn answer(&self, path: &str, verb: &str, token: &str, body: &Value) -> Answer {
        self.trust.call("POST", &format!("{path}/{verb}"), Some(token), Some(body)).await
    }

    /// The case after an act that is not refused.
    pub(crate) async fn act(&self, path: &str, verb: &str, token: &str, body: Value) -> Value {
        self.answer(path, verb, token, &body).await.ok()
    }

    /// What a path shows.
    pub(crate) async fn see(&self, path: &str, token: &str) -> Value {
        self.trust.call("GET", path, Some(token), None).await.ok()
    }

    /// The rows of somebody's queue that are about this record.
    pub(crate) async fn queued(&self, path: &str, token: &str) -> Vec<Value> {
        let queue = self.see("/api/v1/queue?limit=200", token).await;
        let id = id(path);
        queue["items"].as_array().unwrap().iter().filter(|row| row["id"] == id).cloned().collect()
    }
}

/// The id at the end of a path.
pub(crate) fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}
