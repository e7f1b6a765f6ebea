//! The answers exactly as typed, right or wrong: nothing that a person wrote is lost to a mistake in it.

use serde::{Deserialize, Serialize};
use wardbook_domain::Instant;

use super::when;
use crate::handlers::fields::Fields;
use crate::pages::file::{DateTimeParts, Question, StaffRow};

/// Rows for members of staff on the page.
pub(super) const PEOPLE_MAX: usize = 20;

/// A form that is being filled in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    pub(super) school: String,
    pub(super) about: String,
    pub(super) about_name: String,
    pub(super) types: Vec<String>,
    pub(super) other_type: String,
    pub(super) when: String,
    pub(super) at: At,
    /// Which of two readings, `0` or `1`, where the clocks went back.
    pub(super) which: String,
    /// The instant at which "It has just happened" was answered.
    pub(super) just_now: Option<Instant>,
    pub(super) what_happened: String,
    pub(super) location: String,
    pub(super) pupils_involved: String,
    pub(super) pupils: String,
    pub(super) staff_involved: String,
    pub(super) people: Vec<Person>,
    pub(super) danger: String,
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

/// Date and time as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct At {
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(crate) hour: String,
    pub(crate) minute: String,
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
        let one = |name: &str| fields.one(name);
        match question {
            Question::School => self.school = one("school"),
            Question::About => (self.about, self.about_name) = (one("about"), one("about_name")),
            Question::Kind => (self.types, self.other_type) = (fields.all("types"), one("other_type")),
            Question::When => self.take_when(fields, now),
            Question::What => self.what_happened = one("what_happened"),
            Question::Where => self.location = one("location"),
            Question::Pupils => (self.pupils_involved, self.pupils) = (one("pupils_involved"), one("pupils")),
            Question::Staff => {
                self.staff_involved = one("staff_involved");
                let parts = fields.all("staff_part").into_iter().chain(std::iter::repeat(String::new()));
                self.people =
                    fields.all("staff_name").into_iter().zip(parts).map(|(name, part)| Person { name, part }).take(PEOPLE_MAX).collect();
            }
            Question::Danger => self.danger = one("danger"),
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

    fn take_when(&mut self, fields: &Fields, now: Instant) {
        let one = |name: &str| fields.one(name);
        // Pressed again later, "It has just happened" still means the moment of the first answer.
        let since = if self.when == "now" { self.just_now } else { None };
        self.when = one("when");
        self.just_now = (self.when == "now").then(|| since.unwrap_or(now));
        let at = At { day: one("day"), month: one("month"), year: one("year"), hour: one("hour"), minute: one("minute") };
        // The reading belongs to the time for which it was asked.
        self.which = if at == self.at { one("which") } else { String::new() };
        self.at = at;
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

    /// When it happened, as far as that is settled.
    pub(super) fn incident_at(&self) -> Option<Instant> {
        match self.when.as_str() {
            "now" => self.just_now,
            "earlier" => when::settled(&self.at, &self.which),
            _ => None,
        }
    }

    /// The pupils, a line each: name, and year group where the line ends in one.
    pub(super) fn pupil_lines(&self) -> Vec<(String, Option<String>)> {
        if self.pupils_involved != "yes" {
            return vec![];
        }
        self.pupils.lines().map(str::trim).filter(|line| !line.is_empty()).map(pupil).collect()
    }
}

impl At {
    /// As the page shows it.
    pub(super) fn parts(&self) -> DateTimeParts {
        let Self { day, month, year, hour, minute } = self.clone();
        DateTimeParts { day, month, year, hour, minute }
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
        assert_eq!(draft.incident_at(), Some(first));
        draft.take(Question::When, &fields("when=unknown"), later);
        assert_eq!(draft.incident_at(), None);
        draft.take(Question::When, &fields("when=now"), later);
        assert_eq!(draft.incident_at(), Some(later));
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
