//! What is late goes on to the next of the chain, who reads it along with its owner: an absent decider never stops a clock (BRE-12).

use super::next::open_ends;
use crate::{
    Address, Instant, RecordClass, calendar::end_of_working_day, directory::Directory, event::event, profile::Profile, routing::Way,
};

event! {
    /// Something is late, so that the next of the chain reads the case along and is asked to act.
    pub struct Escalated = "case.escalated" v 1 {
        record {
            /// The case's class.
            class: RecordClass,
            /// To whom.
            to: Address,
            /// What is late, in words.
            what: String,
            /// The clause that asks for it; empty where a person planned it.
            clause: String,
            /// When it was due.
            was_due: Instant,
            /// When it went on.
            escalated_at: Instant,
        }
    }
}

/// To whom a late case goes on, where it does: at once when the clock of the law has run out, a working day after anything else was due.
/// Each thing that is late goes on once to each of the chain.
pub fn escalate(case: &super::Case, directory: &Directory, profile: &Profile, now: Instant) -> Option<Escalated> {
    let ends = open_ends(case, profile);
    let put_off = |at: Instant, can_wait: bool| case.snoozed_until().filter(|until| can_wait && *until > at).unwrap_or(at);
    let late = |open: &&super::next::Open| {
        let Some(due) = open.due_at else { return false };
        match open.what {
            super::next::What::Clock => due <= now,
            // A year that the calendar does not have makes nothing later: it goes on at once.
            _ => end_of_working_day(put_off(due, open.can_wait), 1).unwrap_or(due) <= now,
        }
    };
    let open = ends.iter().find(late).filter(|_| case.is_open())?;
    // What is about an adult's conduct is for its one receiver (P0-LLC-5): it goes on only where nobody of theirs is there to act.
    let way = Way::of_case(case, profile);
    if case.opened.class == RecordClass::Conduct && way.owner_is_there(directory, now) {
        return None;
    }
    let was_due = open.due_at?;
    // One step of the chain for each instant that is missed: the next one a working day later.
    let again = case.work.escalated.last().is_some_and(|last| end_of_working_day(last.escalated_at, 1).is_ok_and(|next| next > now));
    if again {
        return None;
    }
    let readers: Vec<Address> = case.work.escalated.iter().map(|gone| gone.to.clone()).collect();
    let to = way.next(&readers, directory, now)?;
    let (what, clause) = (open.words.clone(), open.clause.clone());
    Some(Escalated { class: case.opened.class, to, what, clause, was_due, escalated_at: now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, Matter, tests};

    fn gone(case: &Case, profile: &Profile, now: Instant) -> Option<(crate::Duty, String)> {
        escalate(case, &tests::directory(), profile, now).map(|gone| (gone.to.duty, gone.clause))
    }

    #[test]
    fn bre_12_a_clock_that_runs_out_goes_to_the_next_of_the_chain_and_then_on() {
        let profile = crate::profile::tests::clpt();
        let mut case = tests::open(CaseKind::DataBreach);
        case.opened.route.owner = Address::trust_wide(crate::Duty::Dpo);
        case.work.matter = Some(Matter::DataBreach);
        case.work.acted_at = Some(case.opened.opened_at);
        let due = case.legal_due().unwrap();
        assert_eq!(gone(&case, &profile, due.plus_seconds(-1)), None);
        assert_eq!(gone(&case, &profile, due), Some((crate::Duty::Headteacher, "BRE-2".into())));
        let first = escalate(&case, &tests::directory(), &profile, due).unwrap();
        let case = Case::evolve(Some(case), first.into()).unwrap();
        assert_eq!(gone(&case, &profile, due.plus_seconds(60)), None, "once");
        assert!(case.second_readers().contains(&Address::of(crate::Duty::Headteacher, "SCH01")));
    }

    #[test]
    fn p0_llc_5_conduct_does_not_go_on_while_its_receiver_is_there() {
        let profile = crate::profile::tests::clpt();
        let mut case = tests::open(CaseKind::LowLevelConcern);
        (case.opened.class, case.opened.route.owner) = (RecordClass::Conduct, Address::of(crate::Duty::Headteacher, "SCH01"));
        let later = case.opened.opened_at.plus_seconds(10 * 86_400);
        assert_eq!(gone(&case, &profile, later), None);
        let without =
            crate::directory::tests::directory(&[crate::directory::tests::person(2, "George Xu", &[(crate::Duty::Dsl, Some("SCH01"))])]);
        assert_eq!(escalate(&case, &without, &profile, later).map(|gone| gone.to.duty), Some(crate::Duty::Dsl), "nobody is there to act");
    }

    #[test]
    fn what_a_person_planned_goes_on_a_working_day_after_it_was_due_and_never_to_the_person_concerned() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Safeguarding);
        case.opened.route.owner = Address::of(crate::Duty::Dsl, "SCH01");
        (case.opened.class, case.work.matter) = (RecordClass::Safeguarding, Some(Matter::Other));
        let case = tests::with(case, &by, tests::plan("Ring the supplier"));
        let due = open_ends(&case, &profile)[0].due_at.unwrap();
        assert_eq!(gone(&case, &profile, due), None);
        let later = due.plus_seconds(86_400);
        assert_eq!(gone(&case, &profile, later).map(|(duty, _)| duty), Some(crate::Duty::Headteacher));
        let mut about_head = case;
        about_head.opened.route.subjects = vec![crate::PersonId::from_bytes([1; 16])];
        assert_ne!(gone(&about_head, &profile, later).map(|(duty, _)| duty), Some(crate::Duty::Headteacher));
    }
}
