//! Copies of a case on paper. Each has its number and stands in the case: who made it, when, as what and for which purpose.

use super::{By, Case, CaseKind, Marking};
use crate::{Instant, event::event, field::Checks, redacted::redacted, report::Refused, words::words};

words! {
    /// What a copy is.
    pub enum CopyKind {
        Record = "record", "Print of the record";
        Safeguarding = "safeguarding", "Summary for the child's safeguarding record";
    }
}

impl CopyKind {
    /// The copies that there are of a case of this kind: what goes into a child's safeguarding record comes of a safeguarding case alone.
    pub const fn of(kind: CaseKind) -> &'static [Self] {
        match kind {
            CaseKind::Safeguarding => Self::ALL,
            _ => &[Self::Record],
        }
    }
}

/// A copy as asked for.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeCopy {
    /// What it is.
    pub kind: CopyKind,
    /// The code of its purpose, as the profile lists them.
    pub purpose: String,
}

redacted!(MakeCopy);

event! {
    /// A copy was made.
    pub struct CopyMade = "case.copy_made" v 1 {
        record {
            /// Its number: 1 for the first of this case.
            number: u32,
            /// What it is.
            kind: CopyKind,
            /// The code of its purpose.
            purpose: String,
            /// The marking that it bears (P0-MARK-1).
            marking: Marking,
            /// Who made it, by name as it was then.
            by: String,
            /// When.
            made_at: Instant,
        }
    }
}

/// Makes a copy.
pub fn make_copy(case: &Case, ask: &MakeCopy, by: &By<'_>) -> Result<CopyMade, Refused> {
    let mut checks = Checks::default();
    if !by.profile.knows_purpose(&ask.purpose) {
        checks.fail("purpose", "is none of the purposes that the policy profile lists");
    }
    if !CopyKind::of(case.opened.kind).contains(&ask.kind) {
        checks.fail("kind", "is for a safeguarding case");
    }
    checks.done()?;
    let number = u32::try_from(case.work.copies.len()).unwrap_or(u32::MAX).saturating_add(1);
    let (purpose, marking) = (ask.purpose.clone(), case.marking());
    Ok(CopyMade { number, kind: ask.kind, purpose, marking, by: by.name.to_owned(), made_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseKind, Mark, mark, tests};

    #[test]
    fn p0_print_1_every_copy_has_its_own_number_purpose_and_marking() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let ask = |kind| MakeCopy { kind, purpose: "case_work".into() };
        let case = tests::open(CaseKind::Safeguarding);
        let first = make_copy(&case, &ask(CopyKind::Record), &by).unwrap();
        assert_eq!((first.number, first.marking, first.by.as_str()), (1, Marking::Confidential, "Uma Jones"));
        let case = Case::evolve(Some(case), first.into()).unwrap();
        assert_eq!(make_copy(&case, &ask(CopyKind::Safeguarding), &by).unwrap().number, 2);
    }

    #[test]
    fn p0_mark_1_a_copy_bears_the_marking_of_its_day() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        let copy = |case: &Case| make_copy(case, &MakeCopy { kind: CopyKind::Record, purpose: "audit".into() }, &by).unwrap();
        assert_eq!(copy(&case).marking, Marking::Restricted);
        let raised = mark(&case, &Mark { marking: Marking::Confidential, reason: "r".into() }, &by).unwrap();
        assert_eq!(copy(&Case::evolve(Some(case), raised.into()).unwrap()).marking, Marking::Confidential);
    }

    #[test]
    fn a_copy_has_a_purpose_of_the_profile_and_only_a_safeguarding_case_goes_into_a_childs_record() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let ask = MakeCopy { kind: CopyKind::Safeguarding, purpose: "curiosity".into() };
        let Err(Refused::Invalid(invalid)) = make_copy(&tests::open(CaseKind::Other), &ask, &by) else { panic!("it is refused") };
        assert_eq!(invalid.0.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["purpose", "kind"]);
    }
}
