//! The answers exactly as typed, right or wrong: nothing that a person wrote is lost to a mistake in it.

use serde::{Deserialize, Serialize};
use wardbook_domain::Instant;
use wardbook_domain::clock::day_of;

use crate::handlers::fields::Fields;
use crate::handlers::moment::{Needs, Said, Typed};
use crate::pages::choices::OWN_REPORTS;
use crate::pages::file::{Question, StaffRow};

/// Rows for members of staff on the page.
pub(super) const PEOPLE_MAX: usize = 20;

/// A form that is being filled in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    /// When it was begun.
    pub(super) started: Option<Instant>,
    /// When it was changed last.
    pub(super) changed: Option<Instant>,
    /// Typed in for somebody else.
    pub(super) typing_in: bool,
    pub(super) behalf: Behalf,
    pub(super) school: String,
    pub(super) danger: String,
    pub(super) image: String,
    pub(super) own: Vec<Own>,
    pub(super) about: String,
    pub(super) about_name: String,
    /// Boxes of the form and types of the profile, by code.
    pub(super) types: Vec<String>,
    pub(super) other_type: String,
    pub(super) when: String,
    pub(super) at: Typed,
    /// The instant at which "It has just happened" was answered.
    pub(super) just_now: Option<Instant>,
    pub(super) found_earlier: Vec<String>,
    pub(super) found: Typed,
    pub(super) what_happened: String,
    pub(super) location: String,
    pub(super) pupils_involved: String,
    pub(super) pupils: String,
    pub(super) staff_involved: String,
    pub(super) people: Vec<Person>,
    pub(super) already_reported: String,
    pub(super) reported_to: String,
    pub(super) immediate_action: String,
    pub(super) data_affected: Vec<String>,
    pub(super) individuals_affected: String,
    pub(super) dpo_told: String,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft(redacted)")
    }
}

/// Whose report it is, where somebody else types it in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Behalf {
    pub(super) channel: String,
    pub(super) name: String,
    pub(super) unnamed: Vec<String>,
    pub(super) role: String,
    pub(super) told: Typed,
}

/// A report of one's own to somebody outside.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Own {
    /// A value of [`OWN_REPORTS`].
    pub(super) to: String,
    pub(super) ticked: bool,
    pub(super) at: Typed,
    pub(super) reference: String,
}

/// A member of staff as typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) part: String,
}

impl Draft {
    /// Takes in the answer to one question. A field that the form did not send is an empty answer: an unticked box sends nothing.
    pub(super) fn take(&mut self, question: Question, fields: &Fields, now: Instant) {
        (self.started, self.changed) = (self.started.or(Some(now)), Some(now));
        let one = |name: &str| fields.one(name);
        match question {
            Question::Behalf => self.take_behalf(fields),
            Question::School => self.school = one("school"),
            Question::Danger => self.danger = one("danger"),
            Question::Emergency => {
                self.image = one("image");
                self.own = OWN_REPORTS.iter().map(|to| self.take_own(&to.value, fields, now)).collect();
            }
            Question::About => (self.about, self.about_name) = (one("about"), one("about_name")),
            Question::Kind => (self.types, self.other_type) = (fields.all("types"), one("other_type")),
            // Where a child could be in danger it was asked before, and what was answered there stays.
            Question::Advice if self.is_danger() => {}
            Question::Advice => self.image = one("image"),
            Question::When => self.take_when(fields, now),
            Question::What => (self.what_happened, self.location) = (one("what_happened"), one("location")),
            Question::Pupils => (self.pupils_involved, self.pupils) = (one("pupils_involved"), one("pupils")),
            Question::Staff => {
                self.staff_involved = one("staff_involved");
                let parts = fields.all("staff_part").into_iter().chain(std::iter::repeat(String::new()));
                self.people =
                    fields.all("staff_name").into_iter().zip(parts).map(|(name, part)| Person { name, part }).take(PEOPLE_MAX).collect();
            }
            Question::Told => {
                (self.already_reported, self.reported_to) = (one("already_reported"), one("reported_to"));
                self.immediate_action = one("immediate_action");
            }
            Question::Data => {
                self.data_affected = fields.all("data_affected");
                (self.individuals_affected, self.dpo_told) = (one("individuals_affected"), one("dpo_told"));
            }
        }
    }

    fn take_behalf(&mut self, fields: &Fields) {
        if fields.get("mine").is_some() {
            (self.typing_in, self.behalf) = (false, Behalf::default());
            return;
        }
        self.typing_in = true;
        self.behalf = Behalf {
            channel: fields.one("channel"),
            name: fields.one("behalf_name"),
            unnamed: fields.all("behalf_unnamed"),
            role: fields.one("behalf_role"),
            told: Typed::read(fields, "told_", &self.behalf.told),
        };
    }

    fn take_own(&self, to: &str, fields: &Fields, now: Instant) -> Own {
        let before = self.own(to);
        let prefix = format!("own_{to}_");
        let mut at = Typed::read(fields, &prefix, &before.at);
        // The page offers today; without an hour it says nothing.
        if at == Typed::of(day_of(now)) {
            at = Typed::default();
        }
        let ticked = fields.all("own").iter().any(|value| value == to);
        Own { to: to.to_owned(), ticked, at, reference: fields.one(&format!("{prefix}reference")) }
    }

    /// What was typed about a report to one of [`OWN_REPORTS`].
    pub(super) fn own(&self, to: &str) -> Own {
        self.own.iter().find(|own| own.to == to).cloned().unwrap_or_else(|| Own { to: to.to_owned(), ..Own::default() })
    }

    fn take_when(&mut self, fields: &Fields, now: Instant) {
        // Pressed again later, "It has just happened" still means the moment of the first answer.
        let since = if self.when == "now" { self.just_now } else { None };
        self.when = fields.one("when");
        self.just_now = (self.when == "now").then(|| since.unwrap_or(now));
        self.at = Typed::read(fields, "", &self.at);
        self.found_earlier = fields.all("found_earlier");
        self.found = Typed::read(fields, "found_", &self.found);
    }

    /// One more empty row, up to the bound.
    pub(super) fn add_person(&mut self) {
        if self.people.len() < PEOPLE_MAX {
            self.people.push(Person::default());
        }
    }

    /// The rows as the page shows them: at least one.
    pub(super) fn rows(&self) -> Vec<StaffRow> {
        let rows: Vec<_> = self.people.iter().map(|person| StaffRow { name: person.name.clone(), part: person.part.clone() }).collect();
        if rows.is_empty() { vec![StaffRow::default()] } else { rows }
    }

    /// The people who were named, with the number of their row from 1.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &Person)> {
        let asked = self.staff_involved == "yes";
        self.people
            .iter()
            .enumerate()
            .filter(move |(_, person)| asked && !person.name.trim().is_empty())
            .map(|(row, person)| (row + 1, person))
    }

    /// When it happened, as far as that is settled: an instant, or a day.
    pub(super) fn happened(&self) -> Said {
        match self.when.as_str() {
            "now" => self.just_now.map_or(Said::Nothing, Said::At),
            "earlier" => self.at.said(Needs::Day).unwrap_or(Said::Nothing),
            _ => Said::Nothing,
        }
    }

    /// Whether a child could be in danger.
    pub(super) fn is_danger(&self) -> bool {
        matches!(self.danger.as_str(), "yes" | "unsure")
    }

    /// Whether anything about data was answered.
    pub(super) fn says_data(&self) -> bool {
        !self.data_affected.is_empty() || !self.dpo_told.is_empty() || !self.individuals_affected.trim().is_empty()
    }

    /// The pupils, a line each: name, and year group where the line ends in one.
    pub(super) fn pupil_lines(&self) -> Vec<(String, Option<String>)> {
        if self.pupils_involved != "yes" {
            return vec![];
        }
        self.pupils.lines().map(str::trim).filter(|line| !line.is_empty()).map(pupil).collect()
    }
}

/// `Sam Okafor, Year 5` is a name and a year group; a comma that is followed by neither a number nor a class is part of the name.
fn pupil(line: &str) -> (String, Option<String>) {
    let is_year = |text: &str| {
        let text = text.to_lowercase();
        let short = text.chars().count() <= 20;
        short && (text.chars().any(|c| c.is_ascii_digit()) || ["reception", "nursery", "preschool", "pre-school"].contains(&text.as_str()))
    };
    match line.rsplit_once(',').map(|(name, year)| (name.trim(), year.trim())) {
        Some((name, year)) if !name.is_empty() && is_year(year) => (name.to_owned(), Some(year.to_owned())),
        _ => (line.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Fields {
        Fields::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_pupil_s_line_is_a_name_and_perhaps_a_year() {
        assert_eq!(pupil("Sam Okafor, Year 5"), ("Sam Okafor".to_owned(), Some("Year 5".to_owned())));
        assert_eq!(pupil("Okafor, Sam, 5B"), ("Okafor, Sam".to_owned(), Some("5B".to_owned())));
        assert_eq!(pupil("Okafor, Sam"), ("Okafor, Sam".to_owned(), None));
        assert_eq!(pupil("Mia, reception"), ("Mia".to_owned(), Some("reception".to_owned())));
        assert_eq!(pupil(", Year 5"), (", Year 5".to_owned(), None));
    }

    #[test]
    fn just_now_is_the_moment_of_the_first_answer() {
        let (first, later) = (Instant::from_micros(1_000_000), Instant::from_micros(9_000_000));
        let mut draft = Draft::default();
        draft.take(Question::When, &fields("when=now"), first);
        draft.take(Question::When, &fields("when=now"), later);
        assert_eq!((draft.happened(), draft.started), (Said::At(first), Some(first)));
        draft.take(Question::When, &fields("when=unknown"), later);
        assert_eq!(draft.happened(), Said::Nothing);
        draft.take(Question::When, &fields("when=now"), later);
        assert_eq!(draft.happened(), Said::At(later));
        draft.take(Question::When, &fields("when=earlier&day=29&month=10&year=2026&hour=&minute="), later);
        assert_eq!(draft.happened(), Said::Day("2026-10-29".parse().unwrap()));
    }

    #[test]
    fn today_without_an_hour_says_nothing_of_a_report_of_one_s_own() {
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        let mut draft = Draft::default();
        let sent = "own=police&own_police_day=30&own_police_month=10&own_police_year=2026&own_police_reference=CAD+1&own_other_day=1";
        draft.take(Question::Emergency, &fields(sent), now);
        let police = draft.own("police");
        assert!(police.ticked && police.at == Typed::default() && police.reference == "CAD 1");
        assert!(!draft.own("other").ticked && draft.own("other").at.day == "1");
        assert_eq!(draft.own("social_care").to, "social_care");
    }

    #[test]
    fn what_was_typed_is_kept_as_it_was_also_when_it_is_nonsense() {
        let mut draft = Draft::default();
        draft.take(
            Question::Staff,
            &fields("staff_involved=yes&staff_name=Tess+Evans&staff_part=witness&staff_name=&staff_part=x"),
            Instant::from_micros(0),
        );
        assert_eq!(draft.rows().len(), 2);
        assert_eq!(draft.rows()[1].part, "x");
        assert_eq!(draft.named().map(|(row, _)| row).collect::<Vec<_>>(), [1]);
        draft.take(Question::Kind, &fields("types=fire&other_type=+x"), Instant::from_micros(0));
        assert_eq!((draft.types, draft.other_type), (vec!["fire".to_owned()], " x".to_owned()));
    }
}
