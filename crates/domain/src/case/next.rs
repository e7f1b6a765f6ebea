//! What is to be done next on a case, by when, and why: the clock of the law, steps, facts, questions, actions, reviews, in one list. The
//! queue shows its first line.

use super::{
    facts::asked,
    steps::{Stands, steps},
};
use crate::{Address, Instant, calendar::end_of, case::CaseKind, event::event, need_to_know::Viewer, profile::Profile};

/// Something that is open on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What it is.
    pub what: What,
    /// In words, for whoever does it.
    pub words: String,
    /// When it is late; none where nothing says so.
    pub due_at: Option<Instant>,
    /// The clause that asks for it; empty where a person planned it.
    pub clause: String,
    /// Whether the case cannot be closed while it is open.
    pub blocks_closing: bool,
    /// Whether it can be put off: neither the clock of the law nor what is to be done within hours can.
    pub can_wait: bool,
}

/// What kind of thing is open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The clock of the law.
    Clock,
    /// A step of the matter, by its code.
    Step(String),
    /// An action that somebody planned, by its id.
    Action(String),
    /// The owner has not taken it up.
    TakeUp,
    /// A review.
    Review,
    /// Facts that are not known.
    Facts,
    /// A question that is not answered.
    Question(String),
    /// Nothing but closing it.
    Close,
}

/// Everything that is open on a case, the most pressing first. Empty for a closed one but for its review.
pub fn open_ends(case: &super::Case, profile: &Profile) -> Vec<Open> {
    let mut all = vec![];
    if case.is_open() {
        all.extend(clock(case));
        all.extend(take_up(case));
        all.extend(steps_open(case, profile));
        all.extend(actions(case));
        all.extend(facts(case, profile));
        all.extend(questions(case));
    }
    all.extend(review(case));
    all.sort_by_key(|open| (open.due_at.unwrap_or(Instant::from_micros(i64::MAX)), open.what.clone()));
    if all.is_empty() && case.is_open() {
        let words = "Close it with outcome and reason".to_owned();
        all.push(Open { what: What::Close, words, due_at: None, clause: "P0-FORM-10".into(), blocks_closing: false, can_wait: true });
    }
    all
}

/// As which duty a case comes to this reader, and why.
pub fn comes_as<'a>(case: &'a super::Case, viewer: Viewer<'_>) -> (&'a Address, &'a str) {
    let route = case.route();
    viewer.first_held((&route.owner, &route.clause), case.stand_ins())
}

/// By when something is due that cannot be put off.
pub fn cannot_wait(case: &super::Case, profile: &Profile) -> Option<Instant> {
    open_ends(case, profile).into_iter().filter(|open| !open.can_wait).filter_map(|open| open.due_at).min()
}

/// By when a case comes back to its owner: what is due first, put off where somebody put it off, but never past what cannot wait.
pub fn due(case: &super::Case, profile: &Profile) -> Option<Instant> {
    let first = open_ends(case, profile).into_iter().filter(|open| open.can_wait).filter_map(|open| open.due_at).min();
    let until = case.snoozed_until();
    let put_off = match (first, until) {
        (Some(first), Some(until)) => Some(first.max(until)),
        (first, until) => first.or(until),
    };
    [put_off, cannot_wait(case, profile)].into_iter().flatten().min()
}

fn clock(case: &super::Case) -> Option<Open> {
    let due = case.legal_due()?;
    let words = "Decide whether the ICO must be told, and tell it".to_owned();
    Some(Open { what: What::Clock, words, due_at: Some(due), clause: "BRE-2".into(), blocks_closing: false, can_wait: false })
}

fn take_up(case: &super::Case) -> Option<Open> {
    let waits = case.work.taken_up.is_none() && case.work.acted_at.is_none();
    let due_at = crate::calendar::end_of_working_day(case.since(), 1).ok();
    waits.then(|| Open {
        what: What::TakeUp,
        words: "Take it up".into(),
        due_at,
        clause: "P0-FORM-8".into(),
        blocks_closing: false,
        can_wait: true,
    })
}

fn steps_open<'a>(case: &'a super::Case, profile: &'a Profile) -> impl Iterator<Item = Open> + 'a {
    steps(case, profile).filter(|step| step.stands == Stands::Open).map(|step| {
        let (words, due_at) = match step.due_at {
            Ok(due_at) => (step.rule.what.clone(), due_at),
            // CAL-3: said, never guessed.
            Err(missing) => (format!("{} (no due day: {missing})", step.rule.what), None),
        };
        Open {
            what: What::Step(step.rule.code.clone()),
            words,
            due_at,
            clause: step.rule.clause.clone(),
            blocks_closing: true,
            can_wait: step.rule.hours.is_none(),
        }
    })
}

fn actions(case: &super::Case) -> impl Iterator<Item = Open> + '_ {
    case.work.open_actions().map(|action| Open {
        what: What::Action(action.action.to_string()),
        words: format!("{} ({})", action.what, action.owner),
        due_at: action.due_on.map(end_of),
        clause: String::new(),
        blocks_closing: true,
        can_wait: true,
    })
}

fn facts(case: &super::Case, profile: &Profile) -> Option<Open> {
    let missing = asked(case, profile).filter(|asked| asked.known.is_none() && asked.rule.required);
    // An answer that is not settled comes after what nobody has said at all.
    let unsettled = asked(case, profile).filter(|asked| asked.known.is_some_and(|fact| !asked.rule.settles(&fact.answer.answer)));
    let missing: Vec<_> = missing.chain(unsettled).collect();
    let first = missing.first()?;
    let words = match (missing.len(), first.known) {
        (1, Some(fact)) => format!("Settle it: {} (now: {})", first.rule.question, fact.answer.words),
        (1, None) => format!("Say what is not known yet: {}", first.rule.question),
        (count, _) => format!("Say what is not known or settled yet: {count} facts, first: {}", first.rule.question),
    };
    Some(Open { what: What::Facts, words, due_at: None, clause: first.rule.clause.clone(), blocks_closing: true, can_wait: true })
}

fn questions(case: &super::Case) -> impl Iterator<Item = Open> + '_ {
    case.work.open_questions().map(|question| Open {
        what: What::Question(question.question.to_string()),
        words: format!("Waits for an answer: {}", question.text),
        due_at: None,
        clause: String::new(),
        blocks_closing: true,
        can_wait: true,
    })
}

fn review(case: &super::Case) -> Option<Open> {
    let day = case.work.review_on()?;
    Some(Open {
        what: What::Review,
        words: "Look at it again".into(),
        due_at: Some(end_of(day)),
        clause: "P0-FORM-10".into(),
        // A closed case reminds nobody: what is to be looked at again stays open until then, or somebody says that it need not be.
        blocks_closing: case.is_open(),
        can_wait: true,
    })
}

impl super::Case {
    /// When the clock of the law runs out: the ICO notice of an open data breach (BRE-2), as long as nobody wrote down that it was given.
    pub fn legal_due(&self) -> Option<Instant> {
        self.legal_clock().filter(|_| self.is_open())
    }

    /// The same, whether it is open or not.
    pub(super) fn legal_clock(&self) -> Option<Instant> {
        (self.opened.kind == CaseKind::DataBreach).then(|| crate::clock::ico_notice_due(self.aware_at()))
    }

    /// Until when it is put off.
    pub fn snoozed_until(&self) -> Option<Instant> {
        self.work.snoozed.as_ref().map(|snoozed| snoozed.until).filter(|_| self.is_open())
    }
}

event! {
    /// By when the case comes back is another instant from now on.
    pub struct DueMoved = "case.due_moved" v 1 {
        record {
            /// The instant; none where nothing is due.
            due_at: Option<Instant>,
            /// When it was worked out.
            moved_at: Instant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, Matter, tests};

    #[test]
    fn the_most_pressing_stands_first_and_a_new_case_waits_to_be_taken_up() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::DataBreach);
        case.work.matter = Some(Matter::Loss);
        let first = |case: &Case| open_ends(case, &profile)[0].what.clone();
        assert_eq!(first(&case), What::Step("dpo".into()), "four hours before all else");
        let acts = [tests::tell("dpo"), tests::tell("it_department"), tests::decide("police", "not_told")];
        let case = acts.into_iter().fold(case, |case, act| tests::with(case, &by, act));
        assert_eq!(first(&case), What::Clock, "acting on it takes it up");
        assert_eq!(due(&case, &profile), case.legal_due());
    }

    #[test]
    fn putting_off_moves_all_but_what_cannot_wait() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::with(tests::open(CaseKind::Other), &by, tests::plan("Ring the supplier"));
        case.work.matter = Some(Matter::LowLevelConcern);
        let until = by.now.plus_seconds(5 * 86_400);
        let put_off = tests::with(case, &by, tests::snooze(until));
        assert_eq!(due(&put_off, &profile), Some(until));
        let mut breach = tests::with(tests::open(CaseKind::DataBreach), &by, tests::plan("Ring the supplier"));
        breach.opened.aware_at = by.now;
        breach.work.snoozed.clone_from(&put_off.work.snoozed);
        assert_eq!(due(&breach, &profile), cannot_wait(&breach, &profile));
        assert!(due(&breach, &profile) <= breach.legal_due());
        // IMG-3: an image is for the police or children's social care at once.
        let mut image = tests::open(CaseKind::Safeguarding);
        image.work.snoozed = put_off.work.snoozed;
        image.work.matter = Some(Matter::Image);
        image.work.classified = vec![(Matter::Image, by.now)];
        let at_once = cannot_wait(&image, &profile).expect("within the hour");
        assert!(at_once < until, "{at_once:?}");
        assert_eq!(due(&image, &profile), Some(at_once));
    }

    #[test]
    fn a_case_with_nothing_open_wants_to_be_closed() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let mut case = tests::open(CaseKind::Other);
        case.work.matter = Some(Matter::LowLevelConcern);
        let case = tests::with(case, &by, tests::receive());
        assert_eq!(open_ends(&case, &profile).iter().map(|open| open.what.clone()).collect::<Vec<_>>(), [What::Close]);
    }
}
