//! Corrections of what was written down on a case (design §1.1): what it says, a note, the name of somebody in it, who was told and how. What
//! was written stays in the book. Facts are answered anew, decisions made anew and actions planned anew, each with its reason: see there.

use super::{Case, CaseEvent, events::Corrected};
use crate::{
    Instant,
    field::Invalid,
    report::{Correct, Refused},
};

/// Something that can be corrected.
#[derive(Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Correctable {
    /// How `correct` names it: `summary`, `notes.2`, `people.NAME`, `told.1.reference`; the second note, and the first that was told.
    pub field: String,
    /// What it is, in words.
    pub label: String,
    /// How it reads now.
    pub text: String,
}

crate::redacted::redacted!(Correctable);

const SUMMARY: &str = "summary";
/// The forms of a field.
const KINDS: &[&str] = &[SUMMARY, "notes.N", "people.NAME", "told.N.name", "told.N.how", "told.N.reference"];
const NAME_MAX: usize = 200;
const TOLD_MAX: usize = 500;

/// Everything on a case that can be corrected, in the order in which it stands there.
pub fn correctable(case: &Case) -> Vec<Correctable> {
    let one = |field: String, label: String, text: &str| Correctable { field, label, text: text.to_owned() };
    let mut all = vec![one(SUMMARY.to_owned(), "What the matter is".to_owned(), case.summary())];
    let notes = case.notes.iter().enumerate();
    all.extend(notes.map(|(n, note)| {
        one(format!("notes.{}", n + 1), format!("The note of {}, {}", note.noted_at.in_london_short(), note.by), &note.text)
    }));
    let people = case.work.people.iter();
    all.extend(people.map(|placed| {
        one(format!("people.{}", placed.name), format!("The name {} ({})", placed.name, placed.part.label().to_lowercase()), &placed.name)
    }));
    for (n, told) in case.work.told.iter().enumerate() {
        let (n, label) = (n + 1, &told.label);
        let (name, how, reference) = (told.name.as_deref(), told.told.how.as_deref(), told.told.reference.as_deref());
        all.push(one(format!("told.{n}.name"), format!("Told, {label}: their name"), name.unwrap_or_default()));
        all.push(one(format!("told.{n}.how"), format!("Told, {label}: how"), how.unwrap_or_default()));
        all.push(one(format!("told.{n}.reference"), format!("Told, {label}: their reference"), reference.unwrap_or_default()));
    }
    all
}

/// Corrects something that was written down.
pub fn correct(case: &Case, correct: &Correct, by: &str, now: Instant) -> Result<Corrected, Refused> {
    let all = correctable(case);
    let known = all.iter().find(|one| one.field == correct.field);
    // What is on the case stands in no answer to somebody's slip: it could be logged.
    correct.check(&known.map_or_else(|| KINDS.to_vec(), |one| vec![one.field.as_str()]))?;
    let Some(known) = known else {
        return Err(Invalid::one("field", "is not on this case").into());
    };
    let longest = match correct.field.split('.').next() {
        Some("people") => NAME_MAX,
        Some("told") => TOLD_MAX,
        _ => usize::MAX,
    };
    if correct.text.chars().count() > longest {
        return Err(Invalid::one("text", format!("has more than {longest} characters")).into());
    }
    if known.text == correct.text {
        return Err(Invalid::one("text", "is what the record says already").into());
    }
    let renames = correct.field.starts_with("people.");
    if renames && case.work.people.iter().any(|placed| placed.name == correct.text.trim()) {
        return Err(Invalid::one("text", "is the name of somebody who is in this case already").into());
    }
    let Correct { field, text, reason } = correct.clone();
    Ok(Corrected { field, text, reason, by: by.to_owned(), corrected_at: now })
}

/// What was corrected, in words: its kind, without anything of what it said.
pub fn what_was_corrected(field: &str) -> &'static str {
    match field.split('.').next() {
        Some("notes") => "a note",
        Some("people") => "a name",
        Some("told") => "who was told",
        _ => "what the matter is",
    }
}

/// Of each of a case's events, in order, whether what it wrote down reads otherwise by now.
pub fn corrected_later(events: &[&CaseEvent]) -> Vec<bool> {
    let (mut notes, mut told) = (0, 0);
    // What each wrote down, as a correction names it; of who was told, whichever part of it.
    let fields = events.iter().map(|event| match event {
        CaseEvent::Noted(_) => {
            notes += 1;
            format!("notes.{notes}")
        }
        CaseEvent::ToldOf(_) => {
            told += 1;
            format!("told.{told}.")
        }
        CaseEvent::PersonPlaced(placed) => format!("people.{}", placed.name),
        _ => String::new(),
    });
    let corrects = |field: &str, event: &&CaseEvent| match event {
        CaseEvent::Corrected(e) if field.ends_with('.') => e.field.starts_with(field),
        CaseEvent::Corrected(e) => e.field == field,
        _ => false,
    };
    fields.enumerate().map(|(at, field)| !field.is_empty() && events[at + 1..].iter().any(|later| corrects(&field, later))).collect()
}

impl Case {
    /// Folds a correction; one of something that is not there changes nothing.
    pub(super) fn take_correction(&mut self, corrected: &Corrected) {
        let (kind, rest) = corrected.field.split_once('.').unwrap_or((&corrected.field, ""));
        let text = || corrected.text.clone();
        match kind {
            "notes" => {
                if let Some(note) = at(rest).and_then(|n| self.notes.get_mut(n)) {
                    note.text = text();
                }
            }
            "people" => {
                if let Some(placed) = self.work.people.iter_mut().find(|placed| placed.name == rest) {
                    corrected.text.trim().clone_into(&mut placed.name);
                }
            }
            "told" => {
                let (n, part) = rest.split_once('.').unwrap_or((rest, ""));
                if let Some(told) = at(n).and_then(|n| self.work.told.get_mut(n)) {
                    match part {
                        "name" => told.name = Some(text()),
                        "how" => told.told.how = Some(text()),
                        "reference" => told.told.reference = Some(text()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// A number as people count: from 1.
fn at(text: &str) -> Option<usize> {
    text.parse::<usize>().ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseEvent, CaseKind, CasePart, Note, Place, note, place, tests};

    fn ask(field: &str, text: &str) -> Correct {
        Correct { field: field.into(), text: text.into(), reason: "It was misheard.".into() }
    }

    fn worked_on() -> Case {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::with(tests::open(CaseKind::Other), &by, tests::tell("police"));
        let placed = place(&case, &Place { name: "Alun Husain".into(), part: CasePart::Witness, detail: None }, &by).unwrap();
        let noted = note(&case, &Note { text: "He rang at nine.".into() }, by.name, by.now).unwrap();
        [CaseEvent::from(placed), noted.into()].into_iter().fold(Some(case), Case::evolve).unwrap()
    }

    fn after(case: &Case, ask: &Correct) -> Case {
        Case::evolve(Some(case.clone()), correct(case, ask, "x", tests::now()).unwrap().into()).unwrap()
    }

    #[test]
    fn a_correction_shows_the_new_text_and_keeps_the_old() {
        let case = after(&worked_on(), &ask("summary", "Two laptops"));
        assert_eq!((case.summary(), case.opened.summary.as_str()), ("Two laptops", "A laptop was left on the train."));
        assert!(correct(&case, &ask("summary", "Two laptops"), "x", tests::now()).is_err());
    }

    #[test]
    fn a_note_a_name_and_who_was_told_are_corrected() {
        let case = worked_on();
        let case = after(&case, &ask("notes.1", "He rang at ten."));
        let case = after(&case, &ask("people.Alun Husain", " Alun Hussain "));
        let case = after(&case, &ask("told.1.reference", "NY-2"));
        assert_eq!(case.notes[0].text, "He rang at ten.");
        assert_eq!(case.work.people[0].name, "Alun Hussain");
        assert_eq!(case.work.told[0].told.reference.as_deref(), Some("NY-2"));
        assert_eq!(case.corrections.len(), 3);
    }

    #[test]
    fn what_reads_otherwise_by_now_is_known_and_what_came_after_is_not() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = worked_on();
        let noted: CaseEvent = note(&case, &Note { text: "x".into() }, by.name, by.now).unwrap().into();
        let told: CaseEvent = case.work.told[0].clone().into();
        let placed: CaseEvent = case.work.people[0].clone().into();
        let corrects = |field: &str| CaseEvent::from(correct(&case, &ask(field, "Another"), "x", tests::now()).unwrap());
        let (note_1, told_1, name) = (corrects("notes.1"), corrects("told.1.how"), corrects("people.Alun Husain"));
        let events = [&noted, &told, &placed, &note_1, &told_1, &name, &noted, &told, &placed];
        assert_eq!(corrected_later(&events), [true, true, true, false, false, false, false, false, false]);
        assert_eq!(corrected_later(&[&note_1, &noted]), [false, false]);
    }

    #[test]
    fn what_is_not_there_or_would_be_another_is_refused() {
        let case = worked_on();
        for (field, text) in [
            ("notes.0", "x"),
            ("notes.2", "x"),
            ("told.1.at", "x"),
            ("people.Nobody", "x"),
            ("people.Alun Husain", "Alun Husain"),
            ("opened_at", "x"),
            ("notes.1", " "),
            ("notes.1", "He rang at nine."),
        ] {
            assert!(matches!(correct(&case, &ask(field, text), "x", tests::now()), Err(Refused::Invalid(_))), "{field}");
        }
        assert!(correct(&case, &ask("people.Alun Husain", &"x".repeat(201)), "x", tests::now()).is_err());
        for one in correctable(&case) {
            assert!(correct(&case, &ask(&one.field, "Another"), "x", tests::now()).is_ok(), "{}", one.field);
        }
    }
}
