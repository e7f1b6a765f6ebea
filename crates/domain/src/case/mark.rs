//! The protective marking of a case (P0-MARK-1): on the record, its page and everything printed of it.

use crate::{Instant, RecordClass, event::event, field::Checks, redacted::redacted, report::Refused, words::words};

words! {
    /// A protective marking, least first.
    pub enum Marking {
        Public = "public", "Public";
        SchoolUse = "school_use", "School Use";
        Restricted = "restricted", "Restricted";
        Confidential = "confidential", "Confidential";
    }
}

impl Marking {
    /// The marking of a class as long as nobody has said otherwise.
    pub const fn of(class: RecordClass) -> Self {
        match class {
            RecordClass::It => Self::Restricted,
            _ => Self::Confidential,
        }
    }

    /// The least marking that a class may have: what names a child in danger or an adult's conduct stays confidential.
    pub const fn least(class: RecordClass) -> Self {
        match class {
            RecordClass::Conduct | RecordClass::Safeguarding | RecordClass::Hr => Self::Confidential,
            RecordClass::DataProtection => Self::Restricted,
            RecordClass::It => Self::SchoolUse,
        }
    }
}

/// A marking as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The marking.
    pub marking: Marking,
    /// Why.
    pub reason: String,
}

redacted!(Mark);

event! {
    /// The protective marking was changed.
    pub struct Marked = "case.marked" v 1 {
        record {
            /// The marking.
            marking: Marking,
            /// Why.
            reason: String,
            /// Who marked it, by name as it was then.
            by: String,
            /// When.
            marked_at: Instant,
        }
    }
}

/// Changes the marking.
pub fn mark(case: &super::Case, ask: &Mark, by: &super::By<'_>) -> Result<Marked, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 2_000);
    if ask.marking < Marking::least(case.opened.class) {
        checks.fail("marking", format!("is at least {} for a record of this class", Marking::least(case.opened.class).label()));
    } else if ask.marking == case.marking() {
        checks.fail("marking", "is what the case has already");
    }
    checks.done()?;
    Ok(Marked { marking: ask.marking, reason: ask.reason.clone(), by: by.name.to_owned(), marked_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    #[test]
    fn p0_mark_1_a_marking_is_raised_freely_and_never_lowered_below_its_class() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Other);
        assert_eq!(case.marking(), Marking::Restricted);
        let ask = |marking| Mark { marking, reason: "r".into() };
        assert!(matches!(mark(&case, &ask(Marking::Public), &by), Err(Refused::Invalid(_))));
        assert!(matches!(mark(&case, &ask(Marking::Restricted), &by), Err(Refused::Invalid(_))));
        let case = Case::evolve(Some(case.clone()), mark(&case, &ask(Marking::Confidential), &by).unwrap().into()).unwrap();
        assert_eq!(case.marking(), Marking::Confidential);
        for class in RecordClass::ALL {
            assert!(Marking::of(*class) >= Marking::least(*class), "{class}");
        }
    }
}
