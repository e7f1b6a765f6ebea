//! What is no record and has an id of its own: a cover and an opening by break-glass that are over, so that whoever may end them changes
//! nothing; a search, a form that is not filed yet, a person; a request and a profile that wait for a second person. What an answer used up
//! is made anew for the next who asks.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::sync::Mutex;
use wardbook_app::{
    Caller,
    accounts::{Days, NewUser, WaitingFor},
    reports::Conditions,
    setup::SHIPPED_PROFILES,
};
use wardbook_domain::{Duty, RecordClass, routing};
use wardbook_system_tests::{
    Trust,
    registry::{Ids, Route},
};

use crate::{
    NO_ID,
    world::{Actor, Relation, email, name},
};

pub(crate) struct Beside {
    ids: Mutex<Ids>,
    administrator: Caller,
    writer: Caller,
    made: AtomicU32,
}

async fn post(trust: &Trust, path: &str, token: &str, body: Value) -> String {
    let answer = trust.call("POST", path, Some(token), Some(&body)).await;
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    if answer.text.is_empty() { String::new() } else { answer.json()["id"].as_str().unwrap_or_default().to_owned() }
}

impl Beside {
    pub(crate) async fn new(trust: &Trust, actors: &[Actor]) -> Self {
        let of = |duty| actors.iter().find(|actor| actor.relation == Relation::Own && actor.duty == Some(duty)).unwrap();
        let token = |duty| of(duty).person.as_ref().unwrap().token.as_str();
        // None of those who ask: nobody sees more or less of the records by it.
        let listed = async |duty| trust.token(&email("PRESENT", duty), &name("PRESENT", duty), duty, Some("SCH01")).await;
        let (absent, opener) = (listed(Duty::Dsl).await, listed(Duty::Headteacher).await);
        trust.token("stands-in@example.org", "Cory Vander", Duty::Reporter, Some("SCH01")).await;
        let ask = json!({ "duty": "dsl", "school": "SCH01", "covered_by": "stands-in@example.org", "until": "2026-11-06T17:00:00Z", "reason": "x" });
        let cover = post(trust, "/api/v1/covers", &absent, ask).await;
        post(trust, &format!("/api/v1/covers/{cover}/end"), &absent, json!({ "reason": "x" })).await;
        let ask = json!({ "duty": "dsl", "school": "SCH01", "hours": 1, "reason": "Nobody answers the telephone there." });
        let glass = post(trust, "/api/v1/glass", &opener, ask).await;
        post(trust, &format!("/api/v1/glass/{glass}/close"), &opener, json!({})).await;
        let review = json!({ "justified": true, "finding": "x" });
        post(trust, &format!("/api/v1/glass/{glass}/review"), token(Duty::TrustLead), review).await;
        let search = json!({ "words": "corridor", "from": "2020-01-01" });
        let search = post(trust, "/api/v1/search", token(Duty::Dsl), search).await;
        let person = trust.app.directory().await.unwrap().by_email(&email("PRESENT", Duty::Dsl)).unwrap().to_string();
        let caller = async |token: &str| trust.app.by_token(token).await.unwrap().unwrap();
        Self {
            ids: Mutex::new(Ids { cover, glass, search, person, ..Ids::all(NO_ID) }),
            administrator: caller(token(Duty::Administrator)).await,
            writer: caller(token(Duty::Dsl)).await,
            made: AtomicU32::new(0),
        }
    }

    /// The ids of all this, as good as new.
    pub(crate) async fn ids(&self, trust: &Trust, route: &Route) -> Ids {
        let mut ids = self.ids.lock().await;
        if route.path.contains("{draft}") {
            ids.draft = self.draft(trust, &ids.draft).await;
        }
        if route.path.contains("/proposals/") {
            ids.proposal = self.proposal(trust, &ids.proposal).await;
        }
        if route.path.contains("/waiting/") {
            ids.request = self.request(trust, &ids.request).await;
        }
        ids.clone()
    }

    fn next(&self) -> u32 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    async fn draft(&self, trust: &Trust, last: &str) -> String {
        let id = hex::decode(last).unwrap().try_into().unwrap();
        if trust.app.draft::<Value>(&self.writer, id).await.is_ok() {
            return last.to_owned();
        }
        let draft = trust.app.start_draft(&self.writer, &json!({ "what_happened": "Not finished." })).await.unwrap();
        hex::encode(draft)
    }

    /// A request of the administrator for a duty that opens records.
    async fn request(&self, trust: &Trust, last: &str) -> String {
        let waiting = async || {
            let all = trust.app.asked_by(&self.administrator).await.unwrap();
            all.into_iter().filter(|waiting| matches!(waiting.what, WaitingFor::Duty(_))).collect::<Vec<_>>()
        };
        if waiting().await.iter().any(|waiting| waiting.id.to_string() == last) {
            return last.to_owned();
        }
        let number = self.next();
        let email = format!("asked-for-{number}@example.org");
        let user = NewUser { email, name: "Wim Vesper".to_owned(), duty: Duty::DeputyDsl, school: Some("SCH02".to_owned()) };
        let asked = trust.app.ask_user(&self.administrator, &user, Days::default(), "A reason.").await.unwrap();
        assert!(asked.duty_waits);
        waiting().await.last().unwrap().id.to_string()
    }

    /// A profile of the administrator's by which concerns about adults come to the DPO first, or no longer do.
    async fn proposal(&self, trust: &Trust, last: &str) -> String {
        let waiting = trust.app.proposals(&self.administrator).await.unwrap();
        if waiting.iter().any(|proposal| proposal.id == last && proposal.state == "waiting") {
            return last.to_owned();
        }
        let shipped = SHIPPED_PROFILES[0].1;
        let chain = "class = \"conduct\"\nchain = [\"headteacher\"";
        assert!(shipped.contains(chain));
        let version = shipped.lines().find(|line| line.starts_with("version = ")).unwrap();
        let text = shipped.replacen(version, &format!("version = {}", 900 + self.next()), 1);
        let first = routing::report_chain(RecordClass::Conduct, &[], &trust.app.profile()).0[0];
        let text = if first == Duty::Dpo { text } else { text.replace(chain, "class = \"conduct\"\nchain = [\"dpo\", \"headteacher\"") };
        let proposed = trust.app.propose_profile(&self.administrator, &text, "A reason.", Conditions::default()).await.unwrap();
        assert_eq!(proposed.state, "waiting");
        proposed.id
    }
}
