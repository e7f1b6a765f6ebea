//! Links between cases, and merging: two cases about one event become one to work on, and neither loses its history.

use std::collections::BTreeSet;

use super::plan::Planned;
use crate::{
    CaseId, Instant, PersonId,
    event::event,
    field::{Checks, Invalid},
    redacted::redacted,
    report::Refused,
    words::words,
};

words! {
    /// How a case stands to another.
    pub enum Relation {
        SameEvent = "same_event", "About the same event as";
        FollowsFrom = "follows_from", "Follows from";
        LedTo = "led_to", "Led to";
        DuplicateOf = "duplicate_of", "The same as";
    }
}

impl Relation {
    /// The same link, seen from the other case.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::SameEvent => Self::SameEvent,
            Self::FollowsFrom => Self::LedTo,
            Self::LedTo => Self::FollowsFrom,
            Self::DuplicateOf => Self::DuplicateOf,
        }
    }
}

/// A link as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The other case: its id, or the reference that people quote.
    pub case: String,
    /// How this one stands to it.
    pub relation: Relation,
    /// Why.
    pub reason: String,
}

/// A merger as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The case that goes on: its id, or the reference that people quote.
    pub into: String,
    /// Why.
    pub reason: String,
}

redacted!(Link, Merge);

event! {
    /// The case was linked to another.
    pub struct Linked = "case.linked" v 1 {
        record {
            /// The other case.
            case: CaseId,
            /// How this one stands to it.
            relation: Relation,
            /// Why.
            reason: String,
            /// Who linked them, by name as it was then.
            by: String,
            /// When.
            linked_at: Instant,
        }
    }
}

event! {
    /// The case goes on in another: it is closed, and its history stays.
    pub struct Merged = "case.merged" v 1 {
        record {
            /// The case that goes on.
            into: CaseId,
            /// Why.
            reason: String,
            /// Who merged them, by name as it was then.
            by: String,
            /// When.
            merged_at: Instant,
        }
    }
}

event! {
    /// Another case goes on in this one, with the actions that were open there.
    pub struct TookIn = "case.took_in" v 1 {
        record {
            /// The other case.
            case: CaseId,
            /// What was open there.
            actions: Vec<ActionTaken>,
            /// Why.
            reason: String,
            /// Who merged them, by name as it was then.
            by: String,
            /// When.
            took_in_at: Instant,
        }
    }
}

/// An action as it stood in a case that goes on in another.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionTaken {
    /// Its id.
    pub action: crate::ActionId,
    /// What is to be done.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// By the end of which day.
    pub due_on: Option<crate::clock::Date>,
}

redacted!(ActionTaken);

impl From<&Planned> for ActionTaken {
    fn from(planned: &Planned) -> Self {
        Self { action: planned.action, what: planned.what.clone(), owner: planned.owner.clone(), due_on: planned.due_on }
    }
}

impl TookIn {
    /// The open actions, as planned here.
    pub(super) fn planned(&self) -> impl Iterator<Item = Planned> {
        self.actions.iter().map(|taken| Planned {
            action: taken.action,
            what: taken.what.clone(),
            owner: taken.owner.clone(),
            due_on: taken.due_on,
            reason: Some(self.reason.clone()),
            by: self.by.clone(),
            planned_at: self.took_in_at,
        })
    }
}

/// For whom a case does not exist.
fn kept_from(case: &super::Case) -> BTreeSet<PersonId> {
    let route = case.route();
    [route.subjects.as_slice(), &route.possible_subjects, &case.aside()].concat().into_iter().collect()
}

/// Links a case to another, both of which the caller may open: an event for each. A case does not name one that is kept from somebody who
/// may read it: their pages would cost more for it, and so tell that there is something (design §1.4). It is then named on one side alone.
pub fn link(
    this: (CaseId, &super::Case),
    other: (CaseId, &super::Case),
    ask: &Link,
    by: &super::By<'_>,
) -> Result<(Option<Linked>, Option<Linked>), Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    if this.0 == other.0 {
        checks.fail("case", "is this case");
    }
    let (kept, others) = (kept_from(this.1), kept_from(other.1));
    let (here, there) = (others.is_subset(&kept), kept.is_subset(&others));
    if !here && !there {
        checks.fail("case", "is kept from other people than this one: neither may name the other");
    }
    checks.done()?;
    let names = |case: &super::Case, id, relation| case.work.links.iter().any(|linked| linked.case == id && linked.relation == relation);
    let known = names(this.1, other.0, ask.relation) || names(other.1, this.0, ask.relation.inverse());
    if known {
        return Err(Refused::State("the two are linked in this way already"));
    }
    let linked = |case, relation| Linked { case, relation, reason: ask.reason.clone(), by: by.name.to_owned(), linked_at: by.now };
    Ok((here.then(|| linked(other.0, ask.relation)), there.then(|| linked(this.0, ask.relation.inverse()))))
}

/// Merges a case into another of the same kind, school and class: what one owner may know the other may know too. What waits for an
/// answer goes along ([`super::questions_taken`]).
pub fn merge(
    this: (CaseId, &super::Case),
    into: (CaseId, &super::Case),
    ask: &Merge,
    by: &super::By<'_>,
) -> Result<(Merged, TookIn), Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.done()?;
    let (mine, other) = (&this.1.opened, &into.1.opened);
    let alike = (mine.kind, mine.class, &mine.school) == (other.kind, other.class, &other.school);
    // Whoever may not know the one may not know what it brings into the other.
    if this.0 == into.0 || !alike || kept_from(this.1) != kept_from(into.1) {
        return Err(Invalid::one("into", "is not another case of the same kind, school and people: link the two instead").into());
    }
    this.1.refuse_closed()?;
    into.1.refuse_closed()?;
    let actions = this.1.work.open_actions().map(ActionTaken::from).collect();
    let (reason, name) = (ask.reason.clone(), by.name.to_owned());
    let merged = Merged { into: into.0, reason: reason.clone(), by: name.clone(), merged_at: by.now };
    Ok((merged, TookIn { case: this.0, actions, reason, by: name, took_in_at: by.now }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    #[test]
    fn a_link_stands_in_both_cases_and_once() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let (one, two) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let case = tests::open(CaseKind::Other);
        let ask = Link { case: two.to_string(), relation: Relation::FollowsFrom, reason: "The same evening.".into() };
        let (here, there) = link((one, &case), (two, &case), &ask, &by).unwrap();
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_eq!((here.case, here.relation, there.case, there.relation), (two, Relation::FollowsFrom, one, Relation::LedTo));
        let linked = Case::evolve(Some(case.clone()), here.into()).unwrap();
        assert!(matches!(link((one, &linked), (two, &case), &ask, &by), Err(Refused::State(_))));
        assert!(matches!(link((one, &case), (one, &case), &ask, &by), Err(Refused::Invalid(_))));
        for (relation, back) in [
            (Relation::SameEvent, Relation::SameEvent),
            (Relation::LedTo, Relation::FollowsFrom),
            (Relation::DuplicateOf, Relation::DuplicateOf),
        ] {
            let (here, there) = link((one, &case), (two, &case), &Link { relation, ..ask.clone() }, &by).unwrap();
            assert_eq!((here.unwrap().relation, there.unwrap().relation), (relation, back));
        }
    }

    #[test]
    fn a_case_is_not_named_where_somebody_reads_from_whom_it_is_kept() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let (one, two) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let about = |people: &[u8]| {
            let mut case = tests::open(CaseKind::Other);
            case.opened.route.subjects = people.iter().map(|person| PersonId::from_bytes([*person; 16])).collect();
            case
        };
        let named = |this: &[u8], other: &[u8]| {
            let ask = Link { case: two.to_string(), relation: Relation::SameEvent, reason: "The same evening.".into() };
            link((one, &about(this)), (two, &about(other)), &ask, &by).map(|(here, there)| (here.is_some(), there.is_some()))
        };
        assert_eq!(named(&[], &[]).unwrap(), (true, true));
        assert_eq!(named(&[7], &[]).unwrap(), (true, false), "the open one says nothing of the one about somebody");
        assert_eq!(named(&[], &[7]).unwrap(), (false, true));
        assert_eq!(named(&[7], &[7]).unwrap(), (true, true));
        assert!(matches!(named(&[7], &[8]), Err(Refused::Invalid(_))));
    }

    #[test]
    fn merging_closes_one_carries_its_open_actions_and_loses_no_history() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let (one, two) = (CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let this = tests::with(tests::open(CaseKind::Other), &by, tests::plan("Wipe it"));
        let into = tests::open(CaseKind::Other);
        let ask = Merge { into: two.to_string(), reason: "Two people reported it.".into() };
        let (merged, took) = merge((one, &this), (two, &into), &ask, &by).unwrap();
        let this = Case::evolve(Some(this), merged.into()).unwrap();
        let into = Case::evolve(Some(into), took.into()).unwrap();
        assert!(!this.is_open() && into.is_open());
        assert_eq!(this.work.planned.len(), 1, "its history stays");
        assert_eq!(into.work.open_actions().map(|open| open.what.as_str()).collect::<Vec<_>>(), ["Wipe it"]);
        assert_eq!(into.work.took_in.iter().map(|took| took.case).collect::<Vec<_>>(), [one]);
        let other = tests::open(CaseKind::DataBreach);
        assert!(matches!(merge((one, &into), (two, &other), &ask, &by), Err(Refused::Invalid(_))), "another owner");
    }
}
