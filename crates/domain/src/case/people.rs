//! The people of a case and their part in it. A child who was hurt is never called a subject (P0-COC-1); an adult whom it is about is named
//! in the report, where the record is then kept from them.

use crate::{Instant, event::event, field::Checks, redacted::redacted, report::Refused, words::words};

words! {
    /// A person's part in a case.
    pub enum CasePart {
        ChildHurt = "child_hurt", "Child who was hurt, or could be";
        ChildResponsible = "child_responsible", "Child whose behaviour it was";
        ChildInvolved = "child_involved", "Child involved in another way";
        Witness = "witness", "Saw or heard it";
        Parent = "parent", "Parent or carer";
        Supporter = "supporter", "Supports somebody in it";
        Affected = "affected", "Person whose data or equipment it was";
        Outside = "outside", "Somebody from outside";
    }
}

/// Somebody with their part, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The name.
    pub name: String,
    /// The part.
    pub part: CasePart,
    /// More about it: year group, whose parent.
    #[serde(default)]
    pub detail: Option<String>,
}

redacted!(Place);

event! {
    /// Somebody has a part in the case.
    pub struct PersonPlaced = "case.person_placed" v 1 {
        record {
            /// The name.
            name: String,
            /// The part.
            part: CasePart,
            /// More about it.
            detail: Option<String>,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            placed_at: Instant,
        }
    }
}

/// At most so many people have a part in one case.
const PEOPLE_MAX: usize = 200;

/// Writes down that somebody has a part; another part of the same name takes the place of the earlier one.
pub fn place(case: &super::Case, ask: &Place, by: &super::By<'_>) -> Result<PersonPlaced, Refused> {
    let mut checks = Checks::default();
    checks.text("name", &ask.name, 200);
    checks.at_most("detail", ask.detail.as_deref().unwrap_or(""), 500);
    checks.done()?;
    if case.work.people.len() >= PEOPLE_MAX {
        return Err(Refused::State("as many people have a part in this case as may be"));
    }
    let (name, detail) = (ask.name.trim().to_owned(), ask.detail.clone().filter(|text| !text.trim().is_empty()));
    Ok(PersonPlaced { name, part: ask.part, detail, by: by.name.to_owned(), placed_at: by.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, CaseKind, tests};

    #[test]
    fn p0_coc_1_no_part_is_called_a_subject() {
        assert!(CasePart::ALL.iter().all(|part| !part.as_str().contains("subject") && !part.label().to_lowercase().contains("subject")));
    }

    #[test]
    fn a_person_has_one_part_at_a_time() {
        let profile = crate::profile::tests::clpt();
        let by = tests::by(&profile);
        let case = tests::open(CaseKind::Safeguarding);
        let ask = |part| Place { name: " Alun Hussain ".into(), part, detail: Some(" ".into()) };
        let case = Case::evolve(Some(case.clone()), place(&case, &ask(CasePart::Witness), &by).unwrap().into()).unwrap();
        let case = Case::evolve(Some(case.clone()), place(&case, &ask(CasePart::ChildHurt), &by).unwrap().into()).unwrap();
        assert_eq!(
            case.work.people.iter().map(|placed| (placed.name.as_str(), placed.part)).collect::<Vec<_>>(),
            [("Alun Hussain", CasePart::ChildHurt)]
        );
    }
}
