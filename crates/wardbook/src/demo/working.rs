//! What somebody does on a case before they close it, so that the demo's closed cases are as a school's would be.

use serde_json::{Map, Value, json};
use wardbook_app::{
    App, Caller,
    cases::CaseAct,
    reports::Conditions,
    shown::{CaseShown, FactShown, OpenShown},
};

use crate::failure::Failure;

/// More than any matter asks for.
const ACTS_MAX: usize = 40;

/// Answers what is not known, tells who is to be told and decides what is to be decided.
pub(super) async fn deal_with(app: &App, caller: &Caller, case: [u8; 16], result: &str) -> Result<(), Failure> {
    for _ in 0..ACTS_MAX {
        let shown = app.case_to_act_on(caller, case).await?;
        let Some((verb, body)) = shown.open.iter().find(|open| open.blocks_closing).and_then(|open| act(&shown, open, result)) else {
            return Ok(());
        };
        app.act_on_case(caller, case, &CaseAct::read(verb, body.to_string().as_bytes())?, Conditions::default()).await?;
    }
    Err(Failure::failed("a case of the demo has no end"))
}

fn act(shown: &CaseShown, open: &OpenShown, result: &str) -> Option<(&'static str, Value)> {
    let step = shown.steps.iter().find(|step| step.code == open.of);
    match (open.kind.as_str(), step) {
        ("facts", _) => Some(("assess", json!({ "facts": facts(&shown.facts, result) }))),
        ("step", Some(step)) => Some(match (&step.decides, step.tells.first()) {
            (Some(about), _) => ("decide", json!({ "about": about, "decision": step.options.last()?.0, "reason": result })),
            (None, whom) => ("tell", json!({ "whom": whom?, "how": "By telephone", "reference": "noted on the day" })),
        }),
        ("action", _) => Some(("complete", json!({ "action": open.of, "result": result }))),
        ("review", _) => Some(("review", json!({ "finding": result }))),
        _ => None,
    }
}

fn facts(asked: &[FactShown], result: &str) -> Map<String, Value> {
    let answer = |fact: &FactShown| match fact.kind.as_str() {
        _ if !fact.settled.is_empty() => fact.settled[0].clone(),
        "yes_no" | "yes_no_unsure" if fact.code == "illegal_or_serious" || fact.code == "personal_data" => "no".to_owned(),
        "yes_no" | "yes_no_unsure" => "yes".to_owned(),
        "choice" => fact.choices.first().map(|(code, _)| code.clone()).unwrap_or_default(),
        "number" => "0".to_owned(),
        _ => result.to_owned(),
    };
    asked
        .iter()
        .filter(|fact| fact.answer.is_none() && fact.kind != "day")
        .map(|fact| (fact.code.clone(), Value::String(answer(fact))))
        .collect()
}
