//! The trust in which every route is asked: somebody for each duty in each relationship, and one matter of each class.

use serde_json::{Value, json};
use wardbook_app::{accounts::NewUser, import::ImportKind};
use wardbook_domain::{Address, Duty, Scope};
use wardbook_system_tests::{
    Engine, Trust,
    people::{Person, Wanted},
    registry::{Ids, Route, has},
    scenes::row,
};

use crate::{NO_ID, beside::Beside};

/// Stands in every text of every record.
pub(crate) const CANARY: &str = "kanaryword";
/// The family name that was given without an id: everybody who has it could be the subject.
const GIVEN: &str = "Quillon";

/// What somebody is to the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    Own,
    OtherSchool,
    Subject,
    Possible,
    Aside,
    Former,
    Reporter,
    OtherTrust,
    Nobody,
}

impl Relation {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Own => "own school",
            Self::OtherSchool => "other school",
            Self::Subject => "its subject",
            Self::Possible => "possible subject",
            Self::Aside => "stood aside",
            Self::Former => "former holder",
            Self::Reporter => "reported it",
            Self::OtherTrust => "other trust",
            Self::Nobody => "nobody",
        }
    }

    /// Whether the record does not exist for them, whatever their duty.
    pub(crate) const fn is_shut_out(self) -> bool {
        matches!(self, Self::Subject | Self::Possible | Self::Aside | Self::Former | Self::OtherTrust | Self::Nobody)
    }
}

/// Somebody who asks; none is nobody at all.
pub(crate) struct Actor {
    pub(crate) relation: Relation,
    /// None where the duty does not matter.
    pub(crate) duty: Option<Duty>,
    pub(crate) person: Option<Person>,
}

/// A matter of one class: its report, a case of it, a file.
pub(crate) struct Matter {
    pub(crate) class: &'static str,
    pub(crate) ids: Ids,
}

/// The trust with its people and records.
pub(crate) struct World {
    pub(crate) trust: Trust,
    pub(crate) actors: Vec<Actor>,
    pub(crate) matters: Vec<Matter>,
    pub(crate) beside: Beside,
}

/// The class, the type that makes it, and the category of the case.
const MATTERS: [(&str, &str, &str); 5] = [
    ("conduct", "low_level_concern", "low_level_concern"),
    ("safeguarding", "online_safety_concern", "safeguarding_concern"),
    ("hr", "low_level_concern", "disciplinary_matter"),
    ("data-protection", "loss_of_data", "data_breach"),
    ("it", "loss_of_equipment", "training_need"),
];

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let trust = Trust::new(engine, 71).await;
        import_lists(&trust).await;
        let mut actors = people(&trust).await;
        actors.extend(former(&trust).await);
        actors.extend(strangers(engine).await);
        let beside = Beside::new(&trust, &actors).await;
        let mut world = Self { trust, actors, matters: vec![], beside };
        for (class, kind, category) in MATTERS {
            let matter = world.matter(class, kind, category).await;
            world.matters.push(matter);
        }
        world.actors.sort_by_key(|actor| (actor.relation, actor.duty));
        world
    }

    pub(crate) fn of(&self, relation: Relation) -> impl Iterator<Item = &Actor> {
        self.actors.iter().filter(move |actor| actor.relation == relation)
    }

    async fn call(&self, person: &Person, path: &str, body: &Value) -> Value {
        let answer = self.trust.call("POST", path, Some(&person.token), Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
        if answer.text.is_empty() { Value::Null } else { answer.json() }
    }

    /// Whoever of the holders may read this report.
    async fn reader(&self, report: &str) -> &Person {
        for actor in self.of(Relation::Own) {
            let person = actor.person.as_ref().unwrap();
            let may = self.trust.call("GET", &format!("/api/v1/reports/{report}"), Some(&person.token), None).await;
            if may.status.is_success() && actor.duty != Some(Duty::Reporter) {
                return person;
            }
        }
        panic!("nobody may read the report");
    }

    async fn matter(&self, class: &'static str, kind: &str, category: &str) -> Matter {
        let reporter = self.of(Relation::Reporter).next().unwrap().person.clone().unwrap();
        let text = |what: &str| format!("{CANARY} {class} {what}");
        let adult = if category == "low_level_concern" || class == "hr" { "subject" } else { "witness" };
        let form = json!({ "school": "SCH01", "types": [kind], "what_happened": text("story"), "location": text("place"), "danger": "no",
            "staff": [{ "staff_id": "SUB-reporter", "name": text("adult"), "part": adult }],
            "pupils": [{ "name": text("pupil") }], "reported_to": text("told"), "immediate_action": text("action"),
            "data_affected": if class == "data-protection" { json!(["pupil_personal_data"]) } else { json!([]) } });
        let filed = self.call(&reporter, "/api/v1/reports", &form).await;
        let report = filed["id"].as_str().unwrap().to_owned();
        let (what, name) = (text("file"), format!("{CANARY}.txt"));
        let parts: [(&str, Option<&str>, &[u8]); 3] =
            [("image", None, b"no"), ("what", None, what.as_bytes()), ("file", Some(&name), what.as_bytes())];
        let added = self.trust.upload(&format!("/api/v1/reports/{report}/evidence"), &reporter.token, &parts, &[]).await.ok();
        let subjects = Duty::ALL.iter().map(|duty| json!({ "staff_id": format!("SUB-{duty}"), "name": "as listed" }));
        let subjects: Vec<Value> = subjects.chain([json!({ "name": GIVEN })]).collect();
        let settle = json!({ "subjects": subjects, "reason": text("settled") });
        self.call(self.reader(&report).await, &format!("/api/v1/reports/{report}/subjects"), &settle).await;
        let assess = json!({ "categories": [category], "reason": text("reason"), "shared": text("shared") });
        let assessed = self.call(self.reader(&report).await, &format!("/api/v1/reports/{report}/assessment"), &assess).await;
        let case = assessed["assessment"]["categories"][0]["case"].as_str().unwrap().to_owned();
        let source: [(&str, Option<&str>, &[u8]); 5] =
            [parts[0], parts[1], ("given_by", None, what.as_bytes()), ("how", None, what.as_bytes()), parts[2]];
        let of_case = format!("/api/v1/cases/{case}/evidence");
        let of_case = self.trust.upload(&of_case, &self.owner(&case).await.token, &source, &[]).await.ok();
        self.arrange(&report, &case).await;
        let [evidence, case_evidence] = [added, of_case].map(|file| file["id"].as_str().unwrap().to_owned());
        Matter { class, ids: Ids { report, case, evidence, case_evidence, ..Ids::all(NO_ID) } }
    }
}

impl World {
    /// Has those who stand aside stand aside, and the investigator named on the case.
    async fn arrange(&self, report: &str, case: &str) {
        let reader = self.reader(report).await.clone();
        let owner = self.owner(case).await.clone();
        for actor in self.of(Relation::Aside) {
            let ask = json!({ "person": actor.person.as_ref().unwrap().email, "reason": "A neighbour." });
            self.call(&reader, &format!("/api/v1/reports/{report}/recuse"), &ask).await;
        }
        if has("POST", "/api/v1/cases/{id}/share") {
            let named = self.of(Relation::Own).find(|actor| actor.duty == Some(Duty::Investigator)).unwrap();
            let ask = json!({ "person": named.person.as_ref().unwrap().email, "named_for": "investigation", "reason": "From outside." });
            self.call(&owner, &format!("/api/v1/cases/{case}/share"), &ask).await;
        }
    }

    /// Whoever owns this case, by who may act on it.
    async fn owner(&self, case: &str) -> &Person {
        let route = Route { path: "/api/v1/cases/{id}/close".into(), method: "POST" };
        let ids = Ids { case: case.to_owned(), ..Ids::default() };
        for actor in self.of(Relation::Own) {
            let person = actor.person.as_ref().unwrap();
            if self.trust.ask(&route, &ids, Some(person)).await.status.as_u16() == 412 {
                return person;
            }
        }
        panic!("nobody owns the case");
    }
}

async fn import(trust: &Trust, kind: ImportKind, rows: Vec<Value>) {
    let rows = rows.into_iter().zip(2..).map(|(fields, line)| row(line, fields)).collect();
    assert_eq!(trust.import(kind, rows).await.refused, vec![], "{kind:?}");
}

async fn import_schools(trust: &Trust, who: &str) {
    let school = |code: &str, who: &str| {
        json!({ "code": code, "name": format!("School {code}"), "head_staff_id": format!("{who}-headteacher"),
            "dsl_staff_id": format!("{who}-dsl"), "deputy_staff_id": format!("{who}-deputy-head") })
    };
    import(trust, ImportKind::Schools, vec![school("SCH01", who), school("SCH02", "AWAY")]).await;
}

/// Duties that the list of schools gives.
const LISTED: [Duty; 3] = [Duty::Headteacher, Duty::Dsl, Duty::DeputyHead];

pub(crate) fn email(relation: &str, duty: Duty) -> String {
    format!("{relation}-{duty}@example.org").to_lowercase()
}

/// One word of letters for a duty, so that no name is like another.
fn word(duty: Duty) -> String {
    duty.as_str().replace('-', "")
}

pub(crate) fn name(relation: &str, duty: Duty) -> String {
    match relation {
        "POSS" => format!("Poss{} {GIVEN}", word(duty)),
        relation => format!("{}{} Abernathy", relation.to_lowercase(), word(duty)),
    }
}

async fn import_lists(trust: &Trust) {
    import_schools(trust, "PRESENT").await;
    let entry = |relation: &str, duty: Duty, school: &str| json!({ "staff_id": format!("{relation}-{duty}"), "name": name(relation, duty), "email": email(relation, duty), "school": school });
    let mut rows = vec![];
    for duty in Duty::ALL {
        rows.extend([entry("SUB", *duty, "SCH01"), entry("POSS", *duty, "SCH01"), entry("ASIDE", *duty, "SCH01")]);
    }
    for duty in LISTED {
        rows.extend([entry("PRESENT", duty, "SCH01"), entry("AWAY", duty, "SCH02")]);
    }
    import(trust, ImportKind::Staff, rows).await;
}

async fn people(trust: &Trust) -> Vec<Actor> {
    let mut actors = vec![];
    let mut plan = vec![
        (Relation::Own, "OWN", "SCH01"),
        (Relation::OtherSchool, "OTHER", "SCH02"),
        (Relation::Subject, "SUB", "SCH01"),
        (Relation::Possible, "POSS", "SCH01"),
    ];
    if has("POST", "/api/v1/reports/{id}/recuse") {
        plan.push((Relation::Aside, "ASIDE", "SCH01"));
    }
    for (relation, prefix, school) in plan {
        let duties =
            Duty::ALL.iter().filter(|duty| relation != Relation::OtherSchool || !matches!(duty.scope(), Scope::Trust | Scope::Case));
        for duty in duties {
            let (email, name) = (email(prefix, *duty), name(prefix, *duty));
            let person = trust.person(Wanted { email: &email, name: &name, duty: *duty, school }).await;
            actors.push(Actor { relation, duty: Some(*duty), person: Some(person) });
        }
    }
    let wanted = Wanted { email: "wrote@example.org", name: "Wanda Wrote", duty: Duty::Reporter, school: "SCH01" };
    actors.push(Actor { relation: Relation::Reporter, duty: None, person: Some(trust.person(wanted).await) });
    actors
}

/// Somebody for each duty who held it once, and is still at the school.
async fn former(trust: &Trust) -> Vec<Actor> {
    let mut actors = vec![];
    for duty in Duty::ALL.iter().copied().filter(|duty| duty.scope() != Scope::Case && *duty != Duty::Reporter) {
        let (email, name) = (email("FORMER", duty), name("FORMER", duty));
        let still = NewUser { email: email.clone(), name: name.clone(), duty: Duty::Reporter, school: Some("SCH01".to_owned()) };
        trust.app.add_user(&still).await.unwrap();
        let person = trust.person(Wanted { email: &email, name: &name, duty, school: "SCH01" }).await;
        let held = Address { duty, school: (duty.scope() != Scope::Trust).then(|| "SCH01".to_owned()) };
        let id = trust.app.directory().await.unwrap().by_email(&email).unwrap();
        trust.app.end_duty_of(None, id, Some(&held), "Another holds it now.").await.unwrap();
        let session = trust.session(&email).await;
        actors.push(Actor { relation: Relation::Former, duty: Some(duty), person: Some(Person { session, ..person }) });
    }
    actors
}

/// People of another trust, whose duties there are of use to nobody here, and nobody.
async fn strangers(engine: Engine) -> Vec<Actor> {
    let other = Trust::new(engine, 72).await;
    import_schools(&other, "ELSEWHERE").await;
    let mut strangers = vec![Actor { relation: Relation::Nobody, duty: None, person: None }];
    for duty in [Duty::Headteacher, Duty::Dsl, Duty::Dpo, Duty::TrustLead, Duty::TrustSafeguardingLead, Duty::Administrator, Duty::Auditor]
    {
        let (email, name) = (email("FAR", duty), name("FAR", duty));
        let person = other.person(Wanted { email: &email, name: &name, duty, school: "SCH01" }).await;
        strangers.push(Actor { relation: Relation::OtherTrust, duty: Some(duty), person: Some(person) });
    }
    strangers
}
