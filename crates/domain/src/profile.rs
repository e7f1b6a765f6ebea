//! A trust's policy profile: its rules as data (`ops/profiles/*.toml`). Code holds no trust's rule.
//!
//! To extend: a field here with its doc, its check in `validate.rs`, its row in `docs/profiles.md`. A profile is kept in the book as text
//! and read again at every start, so what was once valid stays valid: a new check must not refuse what a book may hold.

pub mod alerts;
mod moves;
pub mod reading;
mod validate;

use std::collections::BTreeMap;

use serde::Deserialize;

use alerts::AlertSource;
pub use moves::moves;
use reading::{Purpose, Reading};

use crate::{
    Duty, Instant, RecordClass,
    calendar::end_of_working_day,
    case::{
        CaseKind, Matter,
        rules::{FactRule, StepRule},
    },
    field::Invalid,
    notice::NoticeRules,
    password::{PasswordRules, SessionRules},
    report::{ExtraTaken, Form, ReportType, ToldWhom},
    routing::IMAGE,
};

/// A profile as loaded and validated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Short id, for example `clpt`.
    pub id: String,
    /// The trust or policy that it serves.
    pub title: String,
    /// Raised with every change; stored with each decision.
    pub version: u32,
    /// The statutory guidance in force, by edition (ED-1).
    pub guidance_edition: String,
    /// This trust's words for a duty, for example `headteacher = "Headteacher/DHT"`.
    #[serde(default)]
    pub titles: BTreeMap<Duty, String>,
    /// What a password must be; P2-AUTH-1 where the trust says nothing.
    #[serde(default)]
    pub passwords: PasswordRules,
    /// How long a session lasts.
    #[serde(default)]
    pub sessions: SessionRules,
    /// Routes of reports; the first that matches is taken.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
    /// Routes of cases by kind.
    #[serde(rename = "case")]
    pub cases: Vec<CaseRoute>,
    /// Types that the trust adds to the thirteen of the form.
    #[serde(default, rename = "type")]
    pub extra_types: Vec<ExtraType>,
    /// Facts that this trust asks for beside those of the law, by matter.
    #[serde(default, rename = "case-fact")]
    pub case_facts: Vec<FactRule>,
    /// Steps that this trust asks for beside those of the law, by matter.
    #[serde(default, rename = "case-step")]
    pub case_steps: Vec<StepRule>,
    /// Who gets the first facts of some types beside the owner of the breach clock.
    #[serde(default, rename = "facts")]
    pub facts: Vec<FactsRoute>,
    /// First steps that the form shows for some types while it is filled in.
    #[serde(default, rename = "advice")]
    pub advice: Vec<Advice>,
    /// Whom else this trust tells, beside the list of the form (P0-FORM-11).
    #[serde(default, rename = "told")]
    pub told: Vec<ToldEntry>,
    /// Whom to ring where a chain has run out, and in an emergency.
    #[serde(default, rename = "contact")]
    pub contacts: Vec<Contact>,
    /// Rules of the trust that differ from guidance, kept and said aloud (ED-4).
    #[serde(default, rename = "differs")]
    pub differs: Vec<Differs>,
    /// Which records ask for a purpose, what counts as unusual, when an idle page blanks itself.
    #[serde(default)]
    pub reading: Reading,
    /// The purposes that may be given for a look, where they are not the shipped ones.
    #[serde(default, rename = "purpose")]
    pub own_purposes: Vec<Purpose>,
    /// The trust's monitoring products, and how their columns are read.
    #[serde(default)]
    pub alerts: Vec<AlertSource>,
    /// When people are told by e-mail, and how often.
    #[serde(default)]
    pub notices: NoticeRules,
    /// How long a report may wait for who receives it.
    #[serde(default)]
    pub receiving: Receiving,
}

/// How long a report may wait for who receives it, before the next of the chain is asked too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Receiving {
    /// Minutes, where a child could be in danger; 15 to 1,440.
    pub danger_minutes: u16,
    /// Working days until it is received; 1 to 20.
    pub receive_working_days: u16,
    /// Working days from then until it is assessed; 1 to 20.
    pub assess_working_days: u16,
}

impl Default for Receiving {
    fn default() -> Self {
        Self { danger_minutes: 60, receive_working_days: 1, assess_working_days: 3 }
    }
}

impl Receiving {
    /// By when something is received, or decided about, that has been waiting since then. A year that the calendar does not have makes
    /// nothing later: it is late at once.
    pub fn receive_by(&self, since: Instant) -> Instant {
        end_of_working_day(since, self.receive_working_days).unwrap_or(since)
    }

    /// By when something is assessed that was received then.
    pub fn assess_by(&self, received: Instant) -> Instant {
        end_of_working_day(received, self.assess_working_days).unwrap_or(received)
    }

    /// Seconds that something may wait where a child could be in danger.
    pub fn danger_seconds(&self) -> i64 {
        i64::from(self.danger_minutes) * 60
    }

    /// What is wrong with it.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let days = [self.receive_working_days, self.assess_working_days];
        if !(15..=1_440).contains(&self.danger_minutes) {
            return Err("receiving: danger minutes are from 15 to 1440".into());
        }
        if days.iter().all(|days| (1..=20).contains(days)) { Ok(()) } else { Err("receiving: working days are from 1 to 20".into()) }
    }
}

/// A type of incident that a profile adds; it also ticks the box of the form under which it counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExtraType {
    /// Its code: lower-case letters, digits and underscores.
    pub code: String,
    /// Its words on the form.
    pub label: String,
    /// The box under which it counts (P0-FORM-2).
    pub counts_as: ReportType,
    /// The record class, where it is narrower than that of the box.
    #[serde(default)]
    pub class: Option<RecordClass>,
    /// What a case deals with that comes of it, where that does not follow from the box.
    #[serde(default)]
    pub matter: Option<Matter>,
    /// Whether the first facts may name it: it tells of a loss, malware or a breach, and nothing of a person.
    #[serde(default)]
    pub fact: bool,
    /// The clause that asks for it.
    pub clause: String,
}

/// Who gets the first facts of reports of some types (design §6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactsRoute {
    /// Types or extra types, by code.
    pub types: Vec<String>,
    /// The receiver and the stand-ins, in order.
    pub chain: Vec<Duty>,
    /// The clause that says so.
    pub clause: String,
}

/// Whom the law's steps tell beside the list of the form.
const BESIDE: [(&str, &str); 2] =
    [(crate::case::SAFEGUARDING_RECORD, "Child's safeguarding record (MyConcern, CPOMS)"), ("social_care", "Children's social care")];

/// What may stand in a first step for a title: of the DSL and of the headteacher, or of who is told instead where the report is about them.
pub const PLACES: [&str; 2] = ["{dsl}", "{head}"];

/// First steps for some types, shown while the report is filed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Advice {
    /// Types or extra types, by code, or `image` for whatever may hold an image of a child.
    pub types: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// The clause that says so.
    pub clause: String,
}

/// An entry of the told list beside those of the form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToldEntry {
    /// Its code.
    pub code: String,
    /// Its words.
    pub label: String,
}

/// Somebody outside the chains.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contact {
    /// `lado`, `police`, `social_care`...
    pub code: String,
    /// Who, in words.
    pub name: String,
    /// How to reach them.
    pub how: String,
}

/// A rule of the trust that differs from guidance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Differs {
    /// The clause of the policy.
    pub clause: String,
    /// What differs, and from which guidance.
    pub text: String,
}

/// Who receives reports of a class, or of some types of that class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Route {
    /// The record class.
    pub class: RecordClass,
    /// Only reports with one of these types or extra types, by code, or `image` for reports that may hold an image of a child; any, where
    /// it is empty.
    #[serde(default)]
    pub types: Vec<String>,
    /// The receiver and the stand-ins, in order.
    pub chain: Vec<Duty>,
    /// The clause that says so.
    pub clause: String,
}

/// Who owns cases of a kind; a kind without a route stays with the duty that assessed the report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseRoute {
    /// The kind of case.
    pub kind: CaseKind,
    /// The owner and the stand-ins, in order.
    pub chain: Vec<Duty>,
    /// The clause that says so.
    pub clause: String,
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML of the profile's shape; the message names line and key.
    #[error("the profile cannot be read: {0}")]
    Syntax(String),
    /// Readable, and wrong.
    #[error("the profile is wrong: {0}")]
    Wrong(String),
}

impl Profile {
    /// Reads and validates a profile.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|error| ProfileError::Syntax(error.to_string()))?;
        profile.validate()?;
        Ok(profile)
    }

    /// `id@version`, as stored with every decision.
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// The type that this profile adds under a code.
    pub fn extra(&self, code: &str) -> Option<&ExtraType> {
        self.extra_types.iter().find(|kind| kind.code == code)
    }

    /// The words of a type or extra type, by code.
    pub fn type_label(&self, code: &str) -> Option<&str> {
        ReportType::parse(code).map(ReportType::label).or_else(|| self.extra(code).map(|kind| kind.label.as_str()))
    }

    /// The words of an entry of a list of types: a type's, or those of [`IMAGE`].
    pub fn listed<'a>(&'a self, code: &'a str) -> &'a str {
        let image = (code == IMAGE).then_some("Whatever may hold an image of a child");
        image.or_else(|| self.type_label(code)).unwrap_or(code)
    }

    /// The whole told list, code and words: the form's, then this trust's (P0-FORM-11), then those whom the law's steps name wherever the
    /// trust has no words of its own for them; `other` stays last.
    pub fn told_list(&self) -> Vec<(String, String)> {
        let beside = BESIDE.iter().filter(|(code, _)| !self.told.iter().any(|entry| entry.code == *code));
        let beside = beside.map(|(code, label)| ((*code).to_owned(), (*label).to_owned()));
        let form = ToldWhom::ALL.iter().filter(|whom| **whom != ToldWhom::Other);
        let form = form.map(|whom| (whom.as_str().to_owned(), whom.label().to_owned()));
        let own = self.told.iter().map(|entry| (entry.code.clone(), entry.label.clone()));
        let other = (ToldWhom::Other.as_str().to_owned(), ToldWhom::Other.label().to_owned());
        form.chain(own).chain(beside).chain(std::iter::once(other)).collect()
    }

    /// The form with the boxes ticked under which its extra types count, and those types as they are named today. A code that this
    /// profile does not know is refused.
    pub fn with_boxes(&self, form: &Form) -> Result<(Form, Vec<ExtraTaken>), Invalid> {
        let (mut form, mut taken) = (form.clone(), vec![]);
        for (index, code) in form.extra_types.iter().enumerate() {
            let Some(kind) = self.extra(code) else {
                return Err(Invalid::one(format!("extra_types[{index}]"), "is not a type of this trust's profile"));
            };
            if !form.types.contains(&kind.counts_as) {
                form.types.push(kind.counts_as);
            }
            if kind.counts_as == ReportType::Other && form.other_type.as_deref().is_none_or(|text| text.trim().is_empty()) {
                form.other_type = Some(kind.label.clone());
            }
            taken.push(ExtraTaken { code: kind.code.clone(), label: kind.label.clone(), counts_as: kind.counts_as });
        }
        Ok((form, taken))
    }

    /// First steps for what was ticked so far: each piece of advice once, in the profile's order.
    pub fn advice_for<'a>(&'a self, codes: &'a [String]) -> impl Iterator<Item = &'a Advice> {
        self.advice.iter().filter(|advice| advice.types.iter().any(|code| codes.contains(code)))
    }

    /// Somebody outside the chains, by code.
    pub fn contact(&self, code: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.code == code)
    }

    /// Whether reports or cases can be sent to this duty.
    pub fn receives(&self, duty: Duty) -> bool {
        self.chains().any(|(_, chain)| chain.contains(&duty))
    }

    /// This trust's word for a duty.
    pub fn title(&self, duty: Duty) -> &str {
        self.titles.get(&duty).map_or(duty.label(), String::as_str)
    }

    /// The chain of the owners of a breach clock: those who own data-breach cases.
    pub fn clock_chain(&self) -> &[Duty] {
        let route = self.cases.iter().find(|route| route.kind == CaseKind::DataBreach);
        route.map_or(&[Duty::Dpo], |route| route.chain.as_slice())
    }
}

#[cfg(test)]
mod manual_tests;
#[cfg(test)]
pub(crate) mod tests;
