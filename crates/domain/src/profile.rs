//! A trust's policy profile: its rules as data (`ops/profiles/*.toml`). Code holds no trust's rule.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Duty, RecordClass, case::CaseKind, report::ReportType};

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
    /// Routes of reports; the first that matches is taken.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
    /// Routes of cases by kind.
    #[serde(rename = "case")]
    pub cases: Vec<CaseRoute>,
}

/// Who receives reports of a class, or of some types of that class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Route {
    /// The record class.
    pub class: RecordClass,
    /// Only reports with one of these types; any, where it is empty.
    #[serde(default)]
    pub types: Vec<ReportType>,
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

    /// This trust's word for a duty.
    pub fn title(&self, duty: Duty) -> &str {
        self.titles.get(&duty).map_or(duty.label(), String::as_str)
    }

    fn validate(&self) -> Result<(), ProfileError> {
        let wrong = |text: String| Err(ProfileError::Wrong(text));
        if self.id.is_empty() || !self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return wrong("id: letters, digits and hyphens".into());
        }
        for class in RecordClass::ALL {
            // Hr records come of a decision, never of a report.
            if *class != RecordClass::Hr && !self.routes.iter().any(|route| route.class == *class && route.types.is_empty()) {
                return wrong(format!("route: class {class} has no route for all its types"));
            }
        }
        for (clause, chain) in self.chains() {
            if chain.is_empty() {
                return wrong(format!("route {clause}: chain is empty"));
            }
            if chain.iter().enumerate().any(|(index, duty)| chain[..index].contains(duty)) {
                return wrong(format!("route {clause}: chain names one duty twice"));
            }
            // These duties read no case content (design: administrators, auditors, governors), so nothing may be sent to them.
            let barred = [Duty::Reporter, Duty::Governor, Duty::Auditor, Duty::Administrator];
            if let Some(duty) = chain.iter().find(|duty| barred.contains(duty)) {
                return wrong(format!("route {clause}: {duty} may not receive records"));
            }
        }
        Ok(())
    }

    fn chains(&self) -> impl Iterator<Item = (&str, &[Duty])> {
        let routes = self.routes.iter().map(|route| (route.clause.as_str(), route.chain.as_slice()));
        routes.chain(self.cases.iter().map(|route| (route.clause.as_str(), route.chain.as_slice())))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const CLPT: &str = include_str!("../../../ops/profiles/clpt.toml");

    #[test]
    fn the_shipped_profile_loads_and_routes_every_class() {
        let profile = Profile::parse(CLPT).unwrap();
        assert_eq!(profile.name(), "clpt@1");
        assert_eq!(profile.title(Duty::DeputyHead), "DHT");
    }

    #[test]
    fn a_wrong_profile_is_refused_and_says_where() {
        let text = |find: &str, put: &str| Profile::parse(&CLPT.replacen(find, put, 1)).unwrap_err().to_string();
        assert!(text("version = 1", "versoin = 1").contains("versoin"));
        assert!(text("\"headteacher\", \"dsl\"", "\"administrator\", \"dsl\"").contains("administrator may not receive"));
        assert!(text("class = \"conduct\"", "class = \"it\"").contains("class conduct has no route"));
    }
}
