//! The verbs of a case: what `POST cases/{id}/{verb}` hands in, and what each comes to where the case alone says so.

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    PersonId,
    case::{
        self, AnswerQuestion, Ask, AssessCase, By, Case, CaseEvent, Close, Complete, Decide, HandOver, Link, MakeCopy, Mark, Merge,
        NamePerson, Note, Place, Plan, Reclassify, RemovePerson, Reopen, Review, SetStepAside, Snooze, Tell,
    },
    report::{Correct, EndAside, StandAside},
};

use crate::AppError;

/// Nothing is handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

macro_rules! verbs {
    ($($(#[$meta:meta])* $verb:literal => $variant:ident($body:ty),)+) => {
        /// An act on a case, as `POST cases/{id}/{verb}` hands it in.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum CaseAct { $($(#[$meta])* $variant($body),)+ }

        impl CaseAct {
            /// The verbs of the API.
            pub const VERBS: &'static [&'static str] = &[$($verb),+];

            /// Reads the body of a verb; an unknown verb is not found.
            pub fn read(verb: &str, body: &[u8]) -> Result<Self, AppError> {
                match verb {
                    $($verb => Ok(Self::$variant(crate::import::parse_named(body)?)),)+
                    _ => Err(AppError::NotFound),
                }
            }
        }
    };
}

verbs! {
    /// Takes it up.
    "receive" => Receive(Nothing),
    /// Writes facts down.
    "assess" => Assess(AssessCase),
    /// Adds a note.
    "note" => Note(Note),
    /// Plans an action, or plans one anew.
    "plan" => Plan(Plan),
    /// Ends an action.
    "complete" => Complete(Complete),
    /// Writes down who was told.
    "tell" => Tell(Tell),
    /// Puts a question to whoever reported it.
    "ask" => Ask(Ask),
    /// Writes down their answer.
    "answer" => Answer(AnswerQuestion),
    /// Decides something, with a reason.
    "decide" => Decide(Decide),
    /// Sets a step aside, with a reason.
    "set-aside" => SetAside(SetStepAside),
    /// Says who has which part.
    "place" => Place(Place),
    /// Links it to another case.
    "link" => Link(Link),
    /// Lets it go on in another case.
    "merge" => Merge(Merge),
    /// Says that it is another matter.
    "reclassify" => Reclassify(Reclassify),
    /// Changes its marking.
    "mark" => Mark(Mark),
    /// Names somebody on it.
    "share" => Share(NamePerson),
    /// Takes somebody off it.
    "unshare" => Unshare(RemovePerson),
    /// Stands aside from it, or says that somebody else has a conflict of interest.
    "recuse" => Recuse(StandAside),
    /// Ends that.
    "end-recusal" => EndRecusal(EndAside),
    /// Hands it over.
    "hand-over" => HandOver(HandOver),
    /// Puts it off.
    "snooze" => Snooze(Snooze),
    /// Reviews it.
    "review" => Review(Review),
    /// Makes a copy on paper.
    "print" => Print(MakeCopy),
    /// Closes it with outcome and reason.
    "close" => Close(Close),
    /// Opens it again.
    "reopen" => Reopen(Reopen),
    /// Corrects a field.
    "correct" => Correct(Correct),
}

/// Whether whoever reads a case as named on it, or has it in hand, may do this; its owner may do all.
pub(super) fn may_named(ask: &CaseAct, case: &Case, person: PersonId) -> bool {
    let in_hand = case.in_hand() == Some(person);
    match ask {
        CaseAct::Note(_) => true,
        // What was given to them is theirs to end.
        CaseAct::Complete(ended) => in_hand || has(case, &ended.action, person),
        CaseAct::Recuse(aside) => aside.person.is_none(),
        // Who may know it, and whose it is, is its owner's to say.
        CaseAct::Share(_) | CaseAct::Unshare(_) | CaseAct::EndRecusal(_) | CaseAct::Reclassify(_) | CaseAct::Merge(_) => false,
        _ => in_hand,
    }
}

fn has(case: &Case, action: &str, person: PersonId) -> bool {
    case.is_open() && case.work.actions_of(person).iter().any(|planned| planned.action.to_string() == action)
}

/// The verbs that are open to a reader of a case as it stands.
pub(crate) fn may(case: &Case, named_only: bool, person: PersonId) -> Vec<&'static str> {
    let works = !named_only || case.in_hand() == Some(person);
    let fits = |verb: &&&'static str| match **verb {
        "note" | "recuse" => true,
        "share" | "unshare" | "end-recusal" => !named_only,
        "reclassify" | "merge" => !named_only && case.is_open(),
        "place" | "tell" | "mark" | "correct" | "review" | "link" | "print" => works,
        "reopen" => works && case.closed.is_some() && case.work.merged.is_none(),
        "receive" => works && case.is_open() && case.work.taken_up.is_none(),
        "complete" if !works => case.is_open() && !case.work.actions_of(person).is_empty(),
        "complete" => case.work.open_actions().next().is_some(),
        "answer" => works && case.work.merged.is_none() && case.work.open_questions().next().is_some(),
        _ => works && case.is_open(),
    };
    CaseAct::VERBS.iter().filter(fits).copied().collect()
}

/// What an act comes to that concerns nothing but this case; none for the others.
pub(super) fn decide(case: &Case, ask: &CaseAct, by: &By<'_>) -> Result<Option<Vec<CaseEvent>>, AppError> {
    let events: Vec<CaseEvent> = match ask {
        CaseAct::Receive(_) => vec![case::receive(case, by)?.into()],
        CaseAct::Assess(ask) => vec![case::assess(case, ask, by)?.into()],
        CaseAct::Note(note) => vec![case::note(case, note, by.name, by.now)?.into()],
        CaseAct::Complete(ask) => vec![case::complete(case, ask, by)?.into()],
        CaseAct::Tell(ask) => {
            let (told, follows) = case::tell(case, ask, by)?;
            std::iter::once(told.into()).chain(follows.map(CaseEvent::from)).collect()
        }
        CaseAct::Decide(ask) => vec![case::decide(case, ask, by)?.into()],
        CaseAct::SetAside(ask) => vec![case::set_step_aside(case, ask, by)?.into()],
        CaseAct::Place(ask) => vec![case::place(case, ask, by)?.into()],
        CaseAct::Mark(ask) => vec![case::mark(case, ask, by)?.into()],
        CaseAct::Snooze(ask) => vec![case::snooze(case, ask, by)?.into()],
        CaseAct::Review(ask) => vec![case::review(case, ask, by)?.into()],
        CaseAct::Print(ask) => vec![case::make_copy(case, ask, by)?.into()],
        CaseAct::Close(ask) => vec![case::close(case, ask, by)?.into()],
        CaseAct::Reopen(ask) => vec![case::reopen(case, ask, by)?.into()],
        CaseAct::Correct(ask) => vec![case::correct(case, ask, by.name, by.now)?.into()],
        CaseAct::Plan(_)
        | CaseAct::Ask(_)
        | CaseAct::Answer(_)
        | CaseAct::Link(_)
        | CaseAct::Merge(_)
        | CaseAct::Reclassify(_)
        | CaseAct::Share(_)
        | CaseAct::Unshare(_)
        | CaseAct::Recuse(_)
        | CaseAct::EndRecusal(_)
        | CaseAct::HandOver(_) => return Ok(None),
    };
    Ok(Some(events))
}
