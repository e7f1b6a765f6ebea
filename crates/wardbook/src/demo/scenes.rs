//! What the people did in the demo's last three weeks: early and late, well and not. Each scene is an ordinary use case at its time.
//!
//! Reports are named by the reference of their paper (`fixtures/year/reports.jsonl`), those filed here by a word. To add a scene: a line
//! of [`SCENES`], and a new `EDITION` in `mod.rs`, so that older demos are made anew.
//! Nobody touches F00158, F00159 and F00161: the breach clocks that just ran out, have under six hours, and have just begun.

use std::collections::BTreeMap;

use serde_json::json;
use wardbook_app::cases::{CaseAct, parse_id};
use wardbook_app::reports::Conditions;
use wardbook_app::{App, Caller};
use wardbook_domain::Instant;
use wardbook_domain::case::{Close, Note, Outcome};
use wardbook_domain::profile::reading::CASE_WORK;
use wardbook_domain::report::{Assess, AssessmentCategory, Declaration, Form};

use super::PASSWORD;
use crate::failure::Failure;

/// The longest list that is searched for a paper.
const LISTED_MAX: u32 = 1000;

/// What one person did at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    at: &'static str,
    who: &'static str,
    does: Does,
}

#[derive(Debug, Clone, Copy)]
enum Does {
    /// Files a report, which has a name here as it has no paper.
    Reports { name: &'static str, school: &'static str, kind: &'static str, about: &'static str, story: &'static str },
    /// Confirms that a paper arrived.
    Receives(&'static str),
    /// Says what a paper is, why, and what others may know of it.
    Assesses(&'static str, AssessmentCategory, &'static str, Option<&'static str>),
    /// Acts on the case of a paper, by the verb and body of the API.
    Acts(&'static str, (&'static str, &'static str)),
    /// Notes something on the case of a paper.
    Notes(&'static str, &'static str),
    /// Closes the case of a paper.
    Closes(&'static str, Outcome, &'static str),
}
use AssessmentCategory::{DataBreach, DisciplinaryMatter, LowLevelConcern, PolicyReview, SafeguardingConcern};
use Does::{Acts, Assesses, Closes, Notes, Receives, Reports};

const NADIA: &str = "nadia.nash@example.org";
const SUNIL: &str = "sunil.young@example.org";
const UMA: &str = "uma.jones@example.org";
const WREN: &str = "wren.szab-hussain@example.org";
const PRIYA: &str = "priya.anand@example.org";
const GWEN: &str = "gwen.talbot@example.org";
const BEN: &str = "ben.evans@example.org";
const HANA: &str = "hana.kemp@example.org";

const fn scene(at: &'static str, who: &'static str, does: Does) -> Scene {
    Scene { at, who, does }
}

const SCENES: &[Scene] = &[
    // A breach that was dealt with in time: closed.
    scene("2026-10-09T13:20+01:00", NADIA, Receives("F00152")),
    scene(
        "2026-10-09T14:05+01:00",
        NADIA,
        Assesses("F00152", DataBreach, "A child’s report went to people who had no business with it.", None),
    ),
    scene(
        "2026-10-09T15:30+01:00",
        PRIYA,
        Notes("F00152", "Rang the other school’s office: the message was deleted unread, and they say so in writing."),
    ),
    scene(
        "2026-10-12T10:30+01:00",
        PRIYA,
        Closes(
            "F00152",
            Outcome::ActionTaken,
            "Deleted unread within the hour. Unlikely to put anybody at risk; recorded, and no notice to the ICO.",
        ),
    ),
    // Received, and then left: late and not assessed.
    scene("2026-10-15T11:00+01:00", SUNIL, Receives("F00153")),
    // A child’s case in hand.
    scene("2026-10-16T08:20+01:00", WREN, Receives("F00154")),
    scene("2026-10-16T08:50+01:00", WREN, Assesses("F00154", SafeguardingConcern, "A stranger knows where a child lives.", None)),
    scene(
        "2026-10-16T12:30+01:00",
        WREN,
        Notes("F00154", "Spoke to the parents of all three. They have blocked the account and kept the messages."),
    ),
    scene("2026-10-20T16:15+01:00", WREN, Notes("F00154", "The police took the details. The child is calmer and knows whom to come to.")),
    // A breach that was assessed in time and then left: open and late.
    scene("2026-10-19T17:00+01:00", NADIA, Receives("F00155")),
    scene("2026-10-20T09:10+01:00", NADIA, Assesses("F00155", DataBreach, "A class list may have been on the laptop.", None)),
    scene(
        "2026-10-20T11:45+01:00",
        PRIYA,
        Notes("F00155", "Asked IT whether the disk was encrypted, and for what was on it. No answer yet."),
    ),
    // A low-level concern, talked over and closed.
    scene("2026-10-20T08:10+01:00", SUNIL, Receives("F00156")),
    scene(
        "2026-10-20T08:40+01:00",
        SUNIL,
        Assesses("F00156", LowLevelConcern, "Not in line with the code of conduct; nothing suggests harm.", None),
    ),
    scene("2026-10-21T15:45+01:00", SUNIL, Notes("F00156", "Talked it over. The door sticks; it will be wedged open from now on.")),
    scene(
        "2026-10-22T09:00+01:00",
        SUNIL,
        Closes("F00156", Outcome::ActionTaken, "The code of conduct was explained and the door is mended."),
    ),
    // Something for the IT lead: a filter that let a page through.
    scene(
        "2026-10-22T11:20+01:00",
        HANA,
        Reports {
            name: "filter",
            school: "SCH01",
            kind: "filtering_or_monitoring_failure",
            about: "nobody",
            story: "In a search for castles a page came up that the filter should have stopped. I closed it at once; no child saw it.",
        },
    ),
    scene("2026-10-22T13:00+01:00", UMA, Receives("filter")),
    scene(
        "2026-10-22T13:10+01:00",
        UMA,
        Assesses("filter", PolicyReview, "The filter’s list is behind. IT must look at it with the supplier.", None),
    ),
    scene(
        "2026-10-23T09:30+01:00",
        UMA,
        Notes("filter", "The supplier has added the page; Callum Reid checks the settings of the other schools."),
    ),
    // A breach that turned out to be none, closed the next day.
    scene("2026-10-27T12:00+00:00", NADIA, Receives("F00157")),
    scene("2026-10-27T12:20+00:00", NADIA, Assesses("F00157", DataBreach, "It may have left the trust.", None)),
    scene(
        "2026-10-28T10:10+00:00",
        PRIYA,
        Closes("F00157", Outcome::Unfounded, "The supplier’s mail system refused the message: nobody received it."),
    ),
    // An adult’s misuse: a disciplinary matter for HR, who are told what the headteacher passes on.
    scene("2026-10-29T08:15+00:00", NADIA, Receives("F00160")),
    scene(
        "2026-10-29T09:00+00:00",
        NADIA,
        Assesses(
            "F00160",
            DisciplinaryMatter,
            "Gambling in lesson time on a machine of the school.",
            Some("A member of staff used a betting site in lesson time on a shared machine. Please begin fact-finding."),
        ),
    ),
    scene(
        "2026-10-29T11:30+00:00",
        GWEN,
        Acts(
            "F00160",
            (
                "share",
                r#"{"person":"SCH03-003","named_for":"investigation","reason":"She does not manage whom it is about, and has no part in it."}"#,
            ),
        ),
    ),
    // A lost laptop, from the train to closed.
    scene(
        "2026-10-23T17:40+01:00",
        HANA,
        Reports {
            name: "laptop",
            school: "SCH01",
            kind: "loss_of_equipment",
            about: "nobody",
            story: "I left my school laptop on the 17:05 train. I rang the railway from the platform; the train had gone on to the depot.",
        },
    ),
    scene("2026-10-23T17:55+01:00", UMA, Receives("laptop")),
    scene(
        "2026-10-23T18:00+01:00",
        UMA,
        Assesses("laptop", AssessmentCategory::Other, "Equipment is out of our hands; whether data is, IT must say.", None),
    ),
    scene("2026-10-23T18:02+01:00", UMA, Acts("laptop", ("tell", r#"{"whom":"it_department","name":"Callum Reid","how":"By telephone"}"#))),
    scene(
        "2026-10-23T18:05+01:00",
        UMA,
        Acts(
            "laptop",
            ("plan", r#"{"what":"Lock it from afar and say whether its disk is encrypted","owner":"Callum Reid","due_on":"2026-10-26"}"#),
        ),
    ),
    scene(
        "2026-10-26T08:40+00:00",
        UMA,
        Acts(
            "laptop",
            (
                "assess",
                r#"{"facts":{"asset":"OAK-0042","holder":"Hana Kemp; lent to her for the year","encrypted":"yes","stolen":"no","wiped":"locked","provider_blocked":"none","password_changed":"yes","personal_data":"no","illegal_or_serious":"no"}}"#,
            ),
        ),
    ),
    scene(
        "2026-10-26T15:10+00:00",
        UMA,
        Notes("laptop", "The railway’s office at the depot has it. Hana Kemp fetches it on her way in tomorrow."),
    ),
    scene(
        "2026-10-27T09:00+00:00",
        UMA,
        Closes(
            "laptop",
            Outcome::ActionTaken,
            "It is back, was locked the whole time and its disk is encrypted. Reminded everybody at briefing.",
        ),
    ),
    // Yesterday: a teaching assistant reports the headteacher.
    scene(
        "2026-10-29T16:40+00:00",
        BEN,
        Reports {
            name: "head",
            school: "SCH02",
            kind: "low_level_concern",
            about: "headteacher",
            story: "After assembly the head gave a pupil a lift home in his own car, alone. I am sure that it was meant kindly. Nobody else knew of it.",
        },
    ),
    // This afternoon: the DSL of Oakfield has not seen it yet.
    scene(
        "2026-10-30T15:20+00:00",
        HANA,
        Reports {
            name: "game",
            school: "SCH01",
            kind: "online_safety_concern",
            about: "nobody",
            story: "At pick-up a pupil told me that a stranger in a game asks her every evening which school she goes to. She has not said. I told her that she did well to tell me.",
        },
    ),
    // This morning the head of Oakfield confirms Tuesday’s report; its clock goes on.
    scene("2026-10-30T08:05+00:00", UMA, Receives("F00159")),
];

/// Every scene with its instant.
pub(super) fn all() -> Vec<(Instant, Scene)> {
    SCENES.iter().map(|scene| (Instant::parse(scene.at).expect("a scene has an instant"), *scene)).collect()
}

/// The people of the scenes, signed in as they come on.
pub(super) struct Players<'a> {
    app: &'a App,
    signed_in: BTreeMap<&'static str, (String, Caller)>,
    /// Reports met so far, by paper or name, and the cases that they became.
    reports: BTreeMap<&'static str, [u8; 16]>,
    cases: BTreeMap<&'static str, [u8; 16]>,
}

impl<'a> Players<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, signed_in: BTreeMap::new(), reports: BTreeMap::new(), cases: BTreeMap::new() }
    }

    /// Plays one scene.
    pub(super) async fn play(&mut self, scene: &Scene) -> Result<(), Failure> {
        let caller = self.caller(scene.who).await?;
        let (app, once) = (self.app, Conditions::default());
        match scene.does {
            Reports { name, school, kind, about, story } => {
                let form = json!({
                    "school": school, "types": [kind], "about": { "whom": about }, "what_happened": story,
                    "danger": "no", "data_affected": ["no_data"], "declaration": { "name": caller.name },
                });
                let form: Form = serde_json::from_value(form).expect("the scene's form is a form");
                let shown = app.file_report(&caller, &form, once).await?;
                self.reports.insert(name, parse_id(&shown.id)?);
            }
            Receives(paper) => {
                let report = self.report(&caller, paper).await?;
                app.receive(&caller, report, once).await?;
            }
            Assesses(paper, category, reason, shared) => {
                let report = self.report(&caller, paper).await?;
                let shared = shared.map(str::to_owned);
                let ask = Assess {
                    categories: vec![category],
                    reason: reason.to_owned(),
                    action: None,
                    shared,
                    subjects: vec![],
                    other: (category == AssessmentCategory::Other).then(|| "Lost equipment".to_owned()),
                    told: vec![],
                    follow_up: None,
                    review_on: None,
                    declaration: Some(Declaration { name: caller.name.clone() }),
                };
                let shown = app.assess(&caller, report, &ask, once).await?;
                for opened in shown.iter().filter_map(|shown| shown.assessment.as_ref()).flat_map(|assessed| &assessed.categories) {
                    self.cases.insert(paper, parse_id(&opened.case)?);
                }
            }
            Acts(paper, act) => {
                let case = self.case(paper)?;
                let (verb, body) = act;
                app.act_on_case(&caller, case, &CaseAct::read(verb, body.as_bytes())?, once).await?;
            }
            Notes(paper, text) => {
                let case = self.case(paper)?;
                app.act_on_case(&caller, case, &CaseAct::Note(Note { text: text.to_owned() }), once).await?;
            }
            Closes(paper, outcome, reason) => {
                let case = self.case(paper)?;
                Box::pin(super::working::deal_with(app, &caller, case, reason)).await?;
                app.act_on_case(&caller, case, &CaseAct::Close(Close { outcome, reason: reason.to_owned() }), once).await?;
            }
        }
        Ok(())
    }

    /// Signs everybody out.
    pub(super) async fn leave(self) -> Result<(), Failure> {
        for (session, _) in self.signed_in.values() {
            self.app.sign_out(session).await?;
        }
        Ok(())
    }

    async fn caller(&mut self, email: &'static str) -> Result<Caller, Failure> {
        if let Some((_, caller)) = self.signed_in.get(email) {
            return Ok(caller.clone());
        }
        let nobody = || Failure::failed(format!("the cast has nobody called {email}"));
        let session = self.app.sign_in_for_demonstration(email, PASSWORD).await?.ok_or_else(nobody)?;
        let caller = self.app.by_session(&session).await?.ok_or_else(nobody)?;
        // What a page would have asked: they open what they work on.
        let caller = caller.with_purpose(Some(CASE_WORK.to_owned()));
        self.signed_in.insert(email, (session, caller.clone()));
        Ok(caller)
    }

    /// A report that this person owes, by its paper or name.
    async fn report(&mut self, caller: &Caller, paper: &'static str) -> Result<[u8; 16], Failure> {
        if let Some(id) = self.reports.get(paper) {
            return Ok(*id);
        }
        let queue = self.app.queue(caller, None, Some(LISTED_MAX)).await?;
        let item = queue.items.iter().find(|item| item.source_reference.as_deref() == Some(paper)).ok_or_else(|| missing(paper))?;
        let id = parse_id(&item.id)?;
        self.reports.insert(paper, id);
        Ok(id)
    }

    fn case(&self, paper: &str) -> Result<[u8; 16], Failure> {
        self.cases.get(paper).copied().ok_or_else(|| missing(paper))
    }
}

fn missing(paper: &str) -> Failure {
    Failure::failed(format!("nothing is owed for {paper} in this scene of the demo"))
}
