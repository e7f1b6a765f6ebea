//! What a profile must be before it is used. What is merely unwise is for [`crate::profile_check`].

use super::{Profile, ProfileError};
use crate::{
    Duty, RecordClass,
    report::{ReportType, TYPES_MAX, ToldWhom},
    routing::IMAGE,
};

const ENTRIES_MAX: usize = 200;
const TEXT_MAX: usize = 500;

impl Profile {
    pub(super) fn validate(&self) -> Result<(), ProfileError> {
        let checks = [
            Self::check_head,
            Self::check_types,
            Self::check_lists,
            Self::check_chains,
            Self::check_reading,
            Self::check_words,
            Self::check_places,
            Self::check_alerts,
            Self::check_sign_in,
            Self::check_case_rules,
            Self::check_times,
        ];
        checks.iter().try_for_each(|check| check(self)).map_err(ProfileError::Wrong)
    }

    fn check_head(&self) -> Result<(), String> {
        if self.id.is_empty() || !self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err("id: letters, digits and hyphens".into());
        }
        // Hr records come of a decision, never of a report.
        let classes = RecordClass::ALL.iter().filter(|class| **class != RecordClass::Hr);
        for class in classes {
            if !self.routes.iter().any(|route| route.class == *class && route.types.is_empty()) {
                return Err(format!("route: class {class} has no route for all its types"));
            }
        }
        Ok(())
    }

    fn check_sign_in(&self) -> Result<(), String> {
        self.passwords.validate().and_then(|()| self.sessions.validate())
    }

    fn check_case_rules(&self) -> Result<(), String> {
        let told: Vec<String> = self.told_list().into_iter().map(|(code, _)| code).collect();
        crate::case::rules::wrong(&self.case_facts, &self.case_steps, &told).map_or(Ok(()), Err)
    }

    fn check_times(&self) -> Result<(), String> {
        self.notices.validate().and_then(|()| self.receiving.validate())
    }

    fn check_types(&self) -> Result<(), String> {
        for (index, kind) in self.extra_types.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if kind.code.is_empty() || !kind.code.chars().all(plain) {
                return Err(format!("type {}: code: lower-case letters, digits and underscores", kind.code));
            }
            let taken = kind.code == IMAGE || ReportType::parse(&kind.code).is_some();
            if taken || self.extra_types[..index].iter().any(|other| other.code == kind.code) {
                return Err(format!("type {}: the code is taken", kind.code));
            }
        }
        if self.extra_types.len() > TYPES_MAX {
            return Err("type: too many".into());
        }
        for (index, entry) in self.told.iter().enumerate() {
            if ToldWhom::parse(&entry.code).is_some() || self.told[..index].iter().any(|other| other.code == entry.code) {
                return Err(format!("told {}: the code is taken", entry.code));
            }
        }
        for (index, contact) in self.contacts.iter().enumerate() {
            if self.contacts[..index].iter().any(|other| other.code == contact.code) {
                return Err(format!("contact {}: the code is taken", contact.code));
            }
        }
        Ok(())
    }

    fn check_lists(&self) -> Result<(), String> {
        let known = |code: &String| self.type_label(code).is_some();
        let routes = self.routes.iter().map(|route| (&route.clause, &route.types));
        let mut routes_and_advice = routes.chain(self.advice.iter().map(|advice| (&advice.clause, &advice.types)));
        let wrong = |clause: &str, code: &str| format!("{clause}: {code} is no type of the form and none that this profile adds");
        let unknown = routes_and_advice
            .find_map(|(clause, types)| types.iter().find(|code| !known(code) && *code != IMAGE).map(|code| wrong(clause, code)));
        let of_facts =
            self.facts.iter().find_map(|facts| facts.types.iter().find(|code| !known(code)).map(|code| wrong(&facts.clause, code)));
        unknown.or(of_facts).map_or(Ok(()), Err)
    }

    fn check_chains(&self) -> Result<(), String> {
        for (clause, chain) in self.chains() {
            if chain.is_empty() {
                return Err(format!("route {clause}: chain is empty"));
            }
            if chain.iter().enumerate().any(|(index, duty)| chain[..index].contains(duty)) {
                return Err(format!("route {clause}: chain names one duty twice"));
            }
            // Administrators, auditors and governors read no case content, so nothing may be sent to them.
            if let Some(duty) = chain.iter().find(|duty| !duty.opens_records() || **duty == Duty::Investigator) {
                return Err(format!("route {clause}: {duty} may not receive records"));
            }
        }
        for facts in &self.facts {
            if let Some(duty) = facts.chain.iter().find(|duty| !crate::need_to_know::may_have_facts(**duty)) {
                return Err(format!("facts {}: {duty} may not have first facts", facts.clause));
            }
        }
        Ok(())
    }

    /// Lists and texts that end up on pages are bounded, and nothing that is shown is blank.
    fn check_words(&self) -> Result<(), String> {
        let lengths = [
            ("route", self.routes.len()),
            ("case", self.cases.len()),
            ("facts", self.facts.len()),
            ("advice", self.advice.len()),
            ("told", self.told.len()),
            ("contact", self.contacts.len()),
            ("differs", self.differs.len()),
            ("purpose", self.own_purposes.len()),
            ("case-fact", self.case_facts.len()),
            ("case-step", self.case_steps.len()),
        ];
        if let Some((key, _)) = lengths.iter().find(|(_, length)| *length > ENTRIES_MAX) {
            return Err(format!("{key}: more than {ENTRIES_MAX} entries"));
        }
        let titles = self.titles.values().map(|text| ("titles", text));
        let types = self.extra_types.iter().map(|kind| ("type: label", &kind.label));
        let steps = self.advice.iter().flat_map(|advice| &advice.steps).map(|step| ("advice: steps", step));
        let told = self.told.iter().map(|entry| ("told: label", &entry.label));
        let contacts = self.contacts.iter().flat_map(|contact| [("contact: name", &contact.name), ("contact: how", &contact.how)]);
        let differs = self.differs.iter().map(|differs| ("differs: text", &differs.text));
        let purposes = self.own_purposes.iter().map(|purpose| ("purpose: label", &purpose.label));
        let questions = self.case_facts.iter().map(|rule| ("case-fact: question", &rule.question));
        let whats = self.case_steps.iter().map(|rule| ("case-step: what", &rule.what));
        let differs = differs.chain(questions).chain(whats);
        for (key, text) in titles.chain(types).chain(steps).chain(told).chain(contacts).chain(differs).chain(purposes) {
            if text.trim().is_empty() || text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
                return Err(format!("{key}: a text is blank, longer than {TEXT_MAX} characters or more than one line"));
            }
        }
        Ok(())
    }

    /// What stands in braces in a first step is filled in; nothing else may.
    fn check_places(&self) -> Result<(), String> {
        let steps = self.advice.iter().flat_map(|advice| advice.steps.iter().map(move |step| (&advice.clause, step)));
        for (clause, step) in steps {
            let rest = super::PLACES.iter().fold(step.clone(), |step, place| step.replace(place, ""));
            if rest.contains(['{', '}']) {
                return Err(format!("advice {clause}: steps: what may stand in braces is {}", super::PLACES.join(" and ")));
            }
        }
        Ok(())
    }

    pub(super) fn chains(&self) -> impl Iterator<Item = (&str, &[Duty])> {
        let routes = self.routes.iter().map(|route| (route.clause.as_str(), route.chain.as_slice()));
        let routes = routes.chain(self.cases.iter().map(|route| (route.clause.as_str(), route.chain.as_slice())));
        routes.chain(self.facts.iter().map(|facts| (facts.clause.as_str(), facts.chain.as_slice())))
    }
}
