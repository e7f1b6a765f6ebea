//! Why a report goes where it goes: `wardbook profile explain`. It asks the functions that route reports and adds the reasons.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{
    Address, Duty, Invalid, PersonId, RecordClass,
    directory::{Directory, DutyGranted, PersonRecorded},
    duty::SAFEGUARDING_LEADS,
    profile::Profile,
    report::{Form, ReportType},
    routing::{self, IMAGE, Subjects, is_reached},
    words::words,
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// A type or extra type by code, or `image`.
    pub kind: &'a str,
    /// The duty of the person whom the report is about.
    pub subject: Option<Duty>,
    /// The school's code; needed where the directory has several.
    pub school: Option<&'a str>,
}

words! {
    /// For what somebody has a report.
    pub enum Part {
        Owner = "owner", "Owns the report";
        Second = "reads_along", "Reads along, where a child could be in danger";
        Facts = "first_facts", "Has the first facts";
        Clock = "clock", "Answers for the 72 hours";
    }
}

words! {
    /// Where a duty stands.
    pub enum Stand {
        Receives = "receives", "receives it";
        StandsIn = "stands_in", "stands in";
        Subject = "subject", "passed over: it is about them";
        Vacant = "vacant", "passed over: nobody holds this duty";
        Waits = "waits", "it waits until somebody holds this duty";
    }
}

/// When somebody has it.
fn when(part: Part, stand: Stand) -> &'static str {
    match (stand, part) {
        (Stand::Receives, Part::Owner | Part::Facts) => "at once, at filing",
        (Stand::Receives, Part::Second) => "at once, at filing, where a child could be in danger",
        (Stand::Receives, Part::Clock) => "at once, at filing; 72 hours from first knowledge",
        (Stand::StandsIn, _) => "when the one before is the subject or absent, or the post is vacant",
        (Stand::Subject, _) => "never, of this report",
        (Stand::Vacant | Stand::Waits, _) => "when somebody holds the duty",
    }
}

/// One duty of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// For what.
    pub part: Part,
    /// Its place in the chain, from 1.
    pub order: usize,
    /// The duty.
    pub duty: Duty,
    /// The trust's word for it.
    pub title: String,
    /// Who holds it, where people were asked for.
    pub people: Vec<String>,
    /// Where it stands.
    pub stand: Stand,
    /// When it gets there.
    pub when: String,
    /// The clause that puts it there.
    pub clause: String,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The profile, `id@version`.
    pub profile: String,
    /// The type in words.
    pub kind: String,
    /// The record's class.
    pub class: RecordClass,
    /// The school, where people were asked for.
    pub school: Option<String>,
    /// The chains, step by step.
    pub steps: Vec<Step>,
    /// Whom to ring, where nobody owns it to whom it may come.
    pub ring: Option<String>,
}

/// A school in which each duty has a person of its own, for a question without a directory.
const MODEL: &str = "-";

/// Explains where a report of one type goes. Without a directory each duty counts as held by a person of its own.
pub fn explain(profile: &Profile, directory: Option<&Directory>, question: Question<'_>) -> Result<Explanation, Invalid> {
    let school = match directory {
        Some(directory) => school(directory, question.school)?,
        None => MODEL.to_owned(),
    };
    let form = form(profile, question.kind, &school)?;
    let model = directory.is_none().then(model);
    let people = directory.or(model.as_ref()).expect("there is a model where there is no directory");
    let holders = question.subject.map(|duty| people.holders(&Address::of(duty, &school))).unwrap_or_default();
    let subjects = Subjects::of(holders, people);
    let class = if question.subject.is_some() { RecordClass::Conduct } else { routing::class(&form, profile) };
    let asked = Asked { profile, people, school: &school, subjects: &subjects, named: directory.is_some() };
    let steps = asked.steps(&form, class);
    let reached = steps.iter().any(|step| step.part == Part::Owner && step.stand == Stand::Receives);
    let lado = profile.contact("lado").filter(|_| !reached);
    Ok(Explanation {
        profile: profile.name(),
        kind: profile.listed(question.kind).to_owned(),
        class,
        ring: lado.map(|lado| format!("{}: {}", lado.name, lado.how)),
        school: directory.is_some().then_some(school),
        steps,
    })
}

fn school(directory: &Directory, given: Option<&str>) -> Result<String, Invalid> {
    let mut codes = directory.schools.keys();
    match (given, codes.next(), codes.next()) {
        (Some(given), ..) if directory.schools.contains_key(given) => Ok(given.to_owned()),
        (Some(_), ..) | (None, None, _) => Err(Invalid::one("school", "is no school of this trust")),
        (None, Some(only), None) => Ok(only.clone()),
        (None, ..) => Err(Invalid::one("school", "is needed: this trust has several schools")),
    }
}

fn form(profile: &Profile, kind: &str, school: &str) -> Result<Form, Invalid> {
    let (mut types, mut extra, mut image) = (vec![], vec![], None);
    if let Some(kind) = ReportType::parse(kind) {
        types.push(kind);
    } else if kind == IMAGE {
        image = Some("yes");
    } else if profile.extra(kind).is_some() {
        extra.push(kind);
    } else {
        let own = profile.extra_types.iter().map(|kind| kind.code.as_str());
        let all: Vec<&str> = ReportType::ALL.iter().map(|kind| kind.as_str()).chain(own).chain([IMAGE]).collect();
        return Err(Invalid::one("type", format!("is none of {}", all.join(", "))));
    }
    let form = serde_json::json!({ "school": school, "types": types, "extra_types": extra, "image": image, "what_happened": "" });
    let form: Form = serde_json::from_value(form).expect("every other field of the form has a default");
    Ok(profile.with_boxes(&form).expect("the profile has the type").0)
}

fn model() -> Directory {
    let mut directory = Directory::default();
    for (n, duty) in (1u8..).zip(Duty::ALL) {
        let person = PersonId::from_bytes([n; 16]);
        let recorded = PersonRecorded { person, name: duty.label().into(), email: None, staff: None, source: None, row_digest: None };
        let address = Address::of(*duty, MODEL);
        let granted = DutyGranted::at_once(person, address, "a model", false);
        directory.apply(&recorded.into());
        directory.apply(&granted.into());
    }
    directory
}

struct Asked<'a> {
    profile: &'a Profile,
    people: &'a Directory,
    school: &'a str,
    subjects: &'a Subjects,
    /// Whether the people are real, and so are named.
    named: bool,
}

impl Asked<'_> {
    fn steps(&self, form: &Form, class: RecordClass) -> Vec<Step> {
        let codes = routing::form_codes(form);
        let (chain, clause) = routing::report_chain(class, &codes, self.profile);
        let mut steps = self.chain(Part::Owner, chain, clause);
        let owner = steps.iter().find(|step| step.stand == Stand::Receives).map(|step| step.duty);
        if routing::dsl_reads(form) {
            let clause = if form.image.is_some() { "IMG-1" } else { "P0-ROUTE-1" };
            let seconds = self.chain(Part::Second, &SAFEGUARDING_LEADS, clause);
            // The owner reads it anyway; a post that is vacant gets nothing to read along.
            let one = seconds.iter().any(|step| step.stand == Stand::Receives && Some(step.duty) != owner);
            steps.extend(seconds.into_iter().filter(|_| one));
        }
        for facts in self.profile.facts.iter().filter(|facts| facts.types.iter().any(|code| codes.contains(code))) {
            steps.extend(self.chain(Part::Facts, &facts.chain, &facts.clause));
        }
        if crate::report::may_be_breach(&form.data_affected, &routing::losses(&form.types)) {
            steps.extend(self.chain(Part::Clock, self.profile.clock_chain(), "BRE-3"));
        }
        steps
    }

    fn chain(&self, part: Part, chain: &[Duty], clause: &str) -> Vec<Step> {
        let chosen = routing::owner(chain, self.school, self.subjects, self.people);
        let step = |(index, duty): (usize, &Duty)| {
            let address = Address::of(*duty, self.school);
            let holders = self.people.holders(&address);
            let stand = match (is_reached(&address, self.subjects, self.people), address == chosen) {
                (true, true) => Stand::Receives,
                (true, false) => Stand::StandsIn,
                (false, true) if holders.is_empty() => Stand::Waits,
                (false, _) if holders.is_empty() => Stand::Vacant,
                (false, _) => Stand::Subject,
            };
            let names = holders.iter().filter(|_| self.named).map(|person| self.people.people[person].name.clone());
            let (title, people) = (self.profile.title(*duty).to_owned(), names.collect());
            Step {
                part,
                order: index + 1,
                duty: *duty,
                title,
                people,
                stand,
                when: when(part, stand).to_owned(),
                clause: clause.to_owned(),
            }
        };
        chain.iter().enumerate().map(step).collect()
    }
}
