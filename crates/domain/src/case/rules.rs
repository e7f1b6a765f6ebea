//! What must be known and done about a matter before its case is closed: the law's list (`matters.toml`), and what a trust's profile adds.
//!
//! To add a fact or a step: an entry in `matters.toml` where law or guidance asks for it, in the profile where a trust does.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{events::CaseKind, matter::Matter};
use crate::{profile::Profile, words::words};

words! {
    /// How a fact is answered.
    pub enum FactKind {
        Text = "text", "In words";
        YesNo = "yes_no", "Yes or no";
        YesNoUnsure = "yes_no_unsure", "Yes, no, or not sure";
        Choice = "choice", "One of a list";
        Day = "day", "A day";
        Number = "number", "A whole number";
        Asset = "asset", "An asset tag or serial number";
    }
}

/// One of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The code that is kept.
    pub code: String,
    /// Its words.
    pub label: String,
}

/// A fact that must be known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactRule {
    /// Its code.
    pub code: String,
    /// The matters that ask for it.
    pub matters: Vec<Matter>,
    /// The question.
    pub question: String,
    /// More about it.
    #[serde(default)]
    pub hint: Option<String>,
    /// How it is answered.
    pub kind: FactKind,
    /// The list, where it is one of a list.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Asked only where another fact has this answer: `stolen=yes`, or one of several `result=oral|written`.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The answers with which the case may be closed; any, where none is listed.
    #[serde(default)]
    pub settled: Vec<String>,
    /// Whether the case may not be closed without it.
    #[serde(default = "yes")]
    pub required: bool,
    /// The clause that asks for it.
    pub clause: String,
}

/// A step that must be taken, or set aside with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepRule {
    /// Its code.
    pub code: String,
    /// The matters that ask for it.
    #[serde(default)]
    pub matters: Vec<Matter>,
    /// The kinds of case that ask for it, whatever their matter.
    #[serde(default)]
    pub kinds: Vec<CaseKind>,
    /// What is to be done, in words.
    pub what: String,
    /// Done when one of these was told, by the codes of the told list: `dpo`, `police|social_care`.
    #[serde(default)]
    pub tell: Option<String>,
    /// Done when this was decided.
    #[serde(default)]
    pub decide: Option<String>,
    /// The answers of the decision.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Asked only where a fact has this answer.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Asked until a fact has this answer: what is not known yet counts as the worse.
    #[serde(default)]
    pub unless: Option<Condition>,
    /// Asked once this was decided: `police=told`.
    #[serde(default)]
    pub decided: Option<Condition>,
    /// Late after so many elapsed hours.
    #[serde(default)]
    pub hours: Option<u16>,
    /// Late at the end of so many working days.
    #[serde(default)]
    pub working_days: Option<u16>,
    /// An action that is opened with the first telling: what follows from it.
    #[serde(default)]
    pub then_plan: Option<String>,
    /// The clause that asks for it.
    pub clause: String,
}

const fn yes() -> bool {
    true
}

/// That a fact has one of some answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The fact's code.
    pub fact: String,
    /// The answers.
    pub answers: Vec<String>,
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (fact, answers) = text.split_once('=').ok_or_else(|| serde::de::Error::custom("write FACT=ANSWER"))?;
        Ok(Self { fact: fact.to_owned(), answers: answers.split('|').map(str::to_owned).collect() })
    }
}

impl Condition {
    /// Whether it holds for an answer; what is not answered holds for nothing.
    pub fn holds(&self, answer: Option<&str>) -> bool {
        answer.is_some_and(|answer| self.answers.iter().any(|one| one == answer))
    }
}

impl FactRule {
    /// Whether a case may be closed with this answer.
    pub fn settles(&self, answer: &str) -> bool {
        self.settled.is_empty() || self.settled.iter().any(|one| one == answer)
    }
}

impl StepRule {
    /// Whether a case of this kind and matter asks for it.
    pub fn is_of(&self, kind: CaseKind, matter: Matter) -> bool {
        self.matters.contains(&matter) || self.kinds.contains(&kind)
    }

    /// Whom it asks to tell, any of them.
    pub fn tells(&self) -> impl Iterator<Item = &str> {
        self.tell.iter().flat_map(|list| list.split('|'))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fact: Vec<FactRule>,
    step: Vec<StepRule>,
}

static LAW: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("matters.toml")).expect("the list is compiled in, and a test reads it"));

/// The facts that a case asks for, in order: the law's, then the trust's.
pub fn facts_of<'a>(case: &super::Case, profile: &'a Profile) -> impl Iterator<Item = &'a FactRule> {
    let matters = case.matters();
    LAW.fact.iter().chain(&profile.case_facts).filter(move |rule| rule.matters.iter().any(|matter| matters.contains(matter)))
}

/// The steps that a case asks for, in order: the law's, then the trust's.
pub fn steps_of<'a>(case: &super::Case, profile: &'a Profile) -> impl Iterator<Item = &'a StepRule> {
    let (kind, matters) = (case.opened.kind, case.matters());
    LAW.step.iter().chain(&profile.case_steps).filter(move |rule| matters.iter().any(|matter| rule.is_of(kind, *matter)))
}

/// Whether a fact can be answered so.
fn is_answer(rule: &FactRule, answer: &str) -> bool {
    match rule.kind {
        FactKind::YesNo => ["yes", "no"].contains(&answer),
        FactKind::YesNoUnsure => ["yes", "no", "unsure"].contains(&answer),
        FactKind::Choice => rule.choices.iter().any(|one| one.code == answer),
        FactKind::Text | FactKind::Day | FactKind::Number | FactKind::Asset => false,
    }
}

/// What is wrong with facts and steps that a profile adds; empty for nothing.
pub(crate) fn wrong(facts: &[FactRule], steps: &[StepRule], told: &[String]) -> Option<String> {
    let known: Vec<&str> = LAW.fact.iter().chain(facts).map(|rule| rule.code.as_str()).collect();
    let codes = facts.iter().map(|rule| &rule.code).chain(steps.iter().map(|rule| &rule.code));
    let plain = |code: &str| !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    for code in codes {
        let lists = [
            LAW.fact.iter().chain(facts).map(|rule| &rule.code).collect::<Vec<_>>(),
            LAW.step.iter().chain(steps).map(|rule| &rule.code).collect(),
        ];
        if !plain(code) || lists.iter().any(|list| list.iter().filter(|known| **known == code).count() > 1) {
            return Some(format!("{code}: the code is taken, or has other signs than lower-case letters, digits and underscores"));
        }
    }
    for rule in facts {
        if (rule.kind == FactKind::Choice) == rule.choices.is_empty() {
            return Some(format!("case-fact {}: choices belong to a choice, and to nothing else", rule.code));
        }
        if let Some(unknown) = rule.settled.iter().find(|answer| !is_answer(rule, answer)) {
            return Some(format!("case-fact {}: {unknown} is none of its answers", rule.code));
        }
    }
    for rule in steps {
        if rule.tell.is_some() == rule.decide.is_some() || (rule.decide.is_some() == rule.options.is_empty()) {
            return Some(format!("case-step {}: either tell, or decide with its options", rule.code));
        }
        if rule.matters.is_empty() && rule.kinds.is_empty() {
            return Some(format!("case-step {}: no matter and no kind asks for it", rule.code));
        }
        if let Some(whom) = rule.tells().find(|whom| !told.iter().any(|known| known == whom)) {
            return Some(format!("case-step {}: {whom} is not on the told list", rule.code));
        }
    }
    let conditions = facts.iter().filter_map(|rule| rule.when.as_ref());
    let conditions = conditions.chain(steps.iter().flat_map(|rule| rule.when.iter().chain(&rule.unless)));
    let unknown = conditions.map(|condition| condition.fact.as_str()).find(|fact| !known.contains(fact));
    unknown.map(|fact| format!("{fact}: no fact has this code"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_law_s_list_names_each_fact_once_and_asks_nothing_unknown() {
        let facts: BTreeSet<&str> = LAW.fact.iter().map(|rule| rule.code.as_str()).collect();
        assert_eq!(facts.len(), LAW.fact.len());
        let told: Vec<String> = crate::profile::tests::clpt().told_list().into_iter().map(|(code, _)| code).collect();
        for rule in &LAW.fact {
            assert_eq!(rule.kind == FactKind::Choice, !rule.choices.is_empty(), "{}", rule.code);
            assert!(rule.settled.iter().all(|answer| is_answer(rule, answer)), "{}: {:?}", rule.code, rule.settled);
            if let Some(when) = &rule.when {
                let other = LAW.fact.iter().find(|other| other.code == when.fact).expect("a fact that is asked");
                assert!(rule.matters.iter().all(|matter| other.matters.contains(matter)), "{} asks after what is not asked", rule.code);
            }
        }
        for rule in &LAW.step {
            assert!(rule.tell.is_some() != rule.decide.is_some(), "{}", rule.code);
            assert!(rule.hours.is_some() || rule.working_days.is_some(), "{} is never late", rule.code);
            assert!(!rule.matters.is_empty() || !rule.kinds.is_empty(), "{} is asked of nothing", rule.code);
            if let Some(decided) = &rule.decided {
                let asks = |other: &&StepRule| other.decide.as_ref() == Some(&decided.fact);
                let other = LAW.step.iter().find(asks).expect("something that is decided");
                assert!(decided.answers.iter().all(|answer| other.options.iter().any(|one| one.code == *answer)), "{}", rule.code);
            }
            assert!(rule.tells().all(|whom| told.iter().any(|known| known == whom)), "{}: {:?}", rule.code, rule.tell);
            for condition in rule.when.iter().chain(&rule.unless) {
                assert!(facts.contains(condition.fact.as_str()), "{}", rule.code);
            }
        }
    }

    #[test]
    fn every_matter_but_the_owner_s_own_asks_for_something() {
        let profile = crate::profile::tests::clpt();
        // A breach and a low-level concern have capabilities of their own; what is nothing in particular asks for nothing in particular.
        let bare = [Matter::DataBreach, Matter::LowLevelConcern, Matter::Other];
        for matter in Matter::ALL.iter().filter(|matter| !bare.contains(matter)) {
            let mut case = crate::case::tests::open(CaseKind::Other);
            case.work.matter = Some(*matter);
            assert!(facts_of(&case, &profile).next().is_some(), "{matter}");
        }
    }

    #[test]
    fn a_condition_holds_for_one_of_its_answers_and_not_for_none() {
        #[derive(Deserialize)]
        struct One {
            when: Condition,
        }
        let when = toml::from_str::<One>("when = \"result=oral|written\"").unwrap().when;
        assert!(when.holds(Some("oral")) && when.holds(Some("written")));
        assert!(!when.holds(Some("no_case")) && !when.holds(None));
        assert!(toml::from_str::<One>("when = \"result\"").is_err());
    }
}
