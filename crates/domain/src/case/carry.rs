//! What goes along when a case goes on in another: what waits for an answer, the earlier clock, what is known, and files. The history stays where
//! it was written.

use super::{CaseEvent, CaseFile, CaseKind, ClockMoved, FactsRecorded, Matter, Merge, Open, QuestionAsked, SAFEGUARDING_RECORD, What};
use crate::profile::Profile;

/// What waits for an answer in a case that goes on in another: it waits there from now on, under the same id, so that whoever was asked sees
/// no difference and their answer stands where somebody works.
#[must_use]
pub fn questions_taken(case: &super::Case) -> Vec<QuestionAsked> {
    case.work.open_questions().cloned().collect()
}

/// What must be settled before a case goes on as another kind, as nobody would come back to it: the copy in the child's safeguarding record
/// (P1-ROUTE-1), which no other kind asks for, and, where the story stays, what is planned and asked here, as the new owner hears nothing of
/// it.
#[must_use]
pub fn left_behind(case: &super::Case, kind: CaseKind, profile: &Profile) -> Vec<Open> {
    let story = super::carries_story(case.opened.class, kind.class(case.opened.class));
    let is_left = |what: &What| match what {
        What::Step(code) => kind != CaseKind::Safeguarding && code == SAFEGUARDING_RECORD,
        What::Action(_) | What::Question(_) => !story,
        What::Facts | What::Clock | What::TakeUp | What::Review | What::Close => false,
    };
    super::open_ends(case, profile).into_iter().filter(|open| is_left(&open.what)).collect()
}

/// The earlier clock of a case that goes on in another, where the other's runs out later: what the school knew first starts it (BRE-3).
pub fn clock_taken(this: &super::Case, into: &super::Case, ask: &Merge, by: &super::By<'_>) -> Option<ClockMoved> {
    let earlier = into.legal_clock().is_some() && this.aware_at() < into.aware_at();
    earlier.then(|| ClockMoved {
        corrected_aware_at: this.aware_at(),
        reason: ask.reason.clone(),
        by: by.name.to_owned(),
        moved_at: by.now,
    })
}

/// What is known of a case that goes on as another kind, where the story may go along: facts, who was told, decisions, people with their
/// part, steps set aside, links, the day of the next review, and the marking, each as it was written down then.
#[must_use]
pub fn known_taken(case: &super::Case) -> Vec<CaseEvent> {
    let work = &case.work;
    let facts = work.facts.values().map(|fact| {
        let (by, recorded_at) = (fact.by.clone(), fact.at);
        CaseEvent::from(FactsRecorded { answers: vec![fact.answer.clone()], reason: None, by, recorded_at })
    });
    let told = work.told.iter().cloned().map(CaseEvent::from);
    let decided = work.decided.iter().cloned().map(CaseEvent::from);
    let people = work.people.iter().cloned().map(CaseEvent::from);
    let aside = work.steps_aside.iter().cloned().map(CaseEvent::from);
    let links = work.links.iter().cloned().map(CaseEvent::from);
    let review = work.reviewed.iter().filter(|reviewed| reviewed.next_on.is_some()).cloned().map(CaseEvent::from);
    facts
        .chain(told)
        .chain(decided)
        .chain(people)
        .chain(aside)
        .chain(links)
        .chain(review)
        .chain(work.marked.iter().cloned().map(CaseEvent::from))
        .collect()
}

/// The files of a case that goes on as another kind, where the story may go along, with what mails among them say. None where it turns out
/// to be about an image of a child (IMG-1), and none that is in quarantine: these stay where they are.
#[must_use]
pub fn files_taken(case: &super::Case, matter: Matter) -> Vec<CaseEvent> {
    let free = |file: &&CaseFile| file.quarantined.is_none() && matter != Matter::Image && !case.matters().contains(&Matter::Image);
    let events = |file: &CaseFile| {
        std::iter::once(file.added.clone().into()).chain(file.message.clone().map(CaseEvent::from)).collect::<Vec<CaseEvent>>()
    };
    case.files.0.iter().filter(free).flat_map(events).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QuestionId;
    use crate::case::{AnswerQuestion, Case, Marking, Reclassify, answer, reclassify, tests};
    use crate::report::Refused;

    #[test]
    fn what_waits_for_an_answer_is_taken_along_and_what_was_answered_is_not() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let asked = |question: u8| QuestionAsked {
            question: QuestionId::from_bytes([question; 16]),
            text: format!("Question {question}?"),
            by: by.name.to_owned(),
            asked_at: by.now,
        };
        let case = [1, 2].into_iter().fold(tests::open(CaseKind::Other), |case, id| Case::evolve(Some(case), asked(id).into()).unwrap());
        let ask = AnswerQuestion { question: asked(1).question.to_string(), answer: "The last one.".into() };
        let answered = answer(&case, &ask, None, by.now).unwrap();
        let case = Case::evolve(Some(case), answered.into()).unwrap();
        let taken = questions_taken(&case);
        assert_eq!(taken.iter().map(|asked| asked.text.as_str()).collect::<Vec<_>>(), ["Question 2?"]);
        let into = taken.into_iter().fold(tests::open(CaseKind::Other), |case, asked| Case::evolve(Some(case), asked.into()).unwrap());
        assert!(into.work.open_questions().any(|open| open.question == asked(2).question), "under the same id");
    }

    #[test]
    fn bre_3_what_was_known_first_counts() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let ask = Merge { into: "x".into(), reason: "One stick.".into() };
        let (mut known_first, mut known_later) = (tests::open(CaseKind::DataBreach), tests::open(CaseKind::DataBreach));
        known_first.opened.aware_at = by.now.plus_seconds(-3600);
        known_later.opened.aware_at = by.now;
        let other = tests::open(CaseKind::Other);
        let moved = clock_taken(&known_first, &known_later, &ask, &by).unwrap();
        assert_eq!(moved.corrected_aware_at, known_first.aware_at(), "BRE-3: what was known first counts");
        assert!(clock_taken(&known_later, &known_first, &ask, &by).is_none() && clock_taken(&other, &other, &ask, &by).is_none());
    }

    #[test]
    fn p1_route_1_nothing_is_left_behind_that_nobody_comes_back_to() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let left = |case: &Case, kind| left_behind(case, kind, &profile).into_iter().map(|open| open.what).collect::<Vec<_>>();
        let mut case = tests::open(CaseKind::Safeguarding);
        case.work.matter = Some(crate::case::Matter::OnlineSafety);
        assert_eq!(left(&case, CaseKind::Safeguarding), []);
        assert_eq!(left(&case, CaseKind::DataBreach)[0], What::Step(SAFEGUARDING_RECORD.into()));
        let copied = tests::with(case, &by, tests::tell(SAFEGUARDING_RECORD));
        assert_eq!(left(&copied, CaseKind::DataBreach), []);
        let planned = tests::with(copied, &by, tests::plan("Ring the mother"));
        assert!(matches!(left(&planned, CaseKind::DataBreach)[..], [What::Action(_)]), "the new owner hears nothing of it");
        let ask = Reclassify { matter: crate::case::Matter::DataBreach, reason: "r".into(), shared: Some("A class list.".into()) };
        let Err(Refused::Invalid(wrong)) = reclassify(&planned, &ask, &by) else { panic!("refused") };
        assert!(wrong.0[0].field.starts_with("actions.") && wrong.0[0].problem.contains("Ring the mother"), "{wrong:?}");
    }

    #[test]
    fn what_is_known_goes_along_as_it_was_written_down() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = [tests::tell("dpo"), tests::decide("police", "not_told")]
            .into_iter()
            .fold(tests::open(CaseKind::Other), |case, act| tests::with(case, &by, act));
        let there =
            known_taken(&case).into_iter().fold(tests::open(CaseKind::DataBreach), |case, event| Case::evolve(Some(case), event).unwrap());
        assert_eq!((&there.work.told, &there.work.decided), (&case.work.told, &case.work.decided));
        assert_eq!(there.marking(), Marking::of(there.opened.class), "nobody changed it");
    }
}
