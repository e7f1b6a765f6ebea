//! The people of the demo, by what they show. To add one: a line of [`CAST`].

use serde::{Deserialize, Serialize};
use wardbook_domain::Duty;

use super::making::{SCHOOLS, STAFF};
use crate::failure::Failure;
use crate::rows::{self, Rows};

/// Someone who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) duty: Duty,
    pub(crate) school: Option<String>,
    /// What they are, with the place.
    pub(crate) post: String,
    /// The heading under which they stand.
    pub(crate) group: String,
    /// What to look at as them.
    pub(crate) look: String,
}

impl Person {
    /// As the pages show them.
    pub(crate) fn shown(&self) -> wardbook_web::demo::Person {
        let Self { email, name, post, group, look, .. } = self.clone();
        wardbook_web::demo::Person { email, name, post, group, look }
    }
}

/// Who somebody is: a line of the staff list, or a name and an e-mail that are on no list.
enum Who {
    Staff(&'static str),
    Trust(&'static str, &'static str),
}
use Who::{Staff, Trust};

const FILING: &str = "They report something";
const SAFETY: &str = "They look after children’s safety";
const HEADS: &str = "They run a school";
const DATA: &str = "They look after data and equipment";
const TRUST: &str = "They answer for the trust";

/// Everybody: who, the duty in which they look, the heading, what to look at.
const CAST: &[(Who, Duty, &str, &str)] = &[
    (Staff("SCH01-006"), Duty::Reporter, FILING, "File a report in two minutes; the receipt is hers to keep."),
    (Staff("SCH02-008"), Duty::Reporter, FILING, "He reported his own headteacher, who will never learn that he did."),
    (Staff("SCH01-002"), Duty::Dsl, SAFETY, "The queue of a small school: what is owed, by when, and why."),
    (Staff("SCH02-002"), Duty::Dsl, SAFETY, "A concern about her headteacher came to her, because it cannot go to him."),
    (Staff("SCH03-002"), Duty::Dsl, SAFETY, "A child’s case in hand, with its timeline; what was once reported about Wren is not here."),
    (Staff("SCH01-005"), Duty::DeputyDsl, SAFETY, "Reads what her DSL reads, and acts on it when he is away."),
    (
        Trust("Lena Marsh", "lena.marsh@example.org"),
        Duty::OnlineSafetyLead,
        SAFETY,
        "Files what she is told of, and comes in for filtering and monitoring where nobody else is there.",
    ),
    (
        Trust("Ruth Abara", "ruth.abara@example.org"),
        Duty::TrustSafeguardingLead,
        SAFETY,
        "Under Cases: the safeguarding cases of every school.",
    ),
    (Staff("SCH01-001"), Duty::Headteacher, HEADS, "Two breach clocks: one with less than six hours left, one just begun."),
    (Staff("SCH02-001"), Duty::Headteacher, HEADS, "A concern is about him, and nothing here says so. His own late work is here."),
    (Staff("SCH03-001"), Duty::Headteacher, HEADS, "A breach clock that ran out an hour ago."),
    (Staff("SCH01-003"), Duty::DeputyHead, HEADS, "She reported this morning’s breach; her headteacher has it."),
    (Staff("SCH02-003"), Duty::DeputyHead, HEADS, "Stands in for the head; what was once reported about Jo is not here."),
    (Staff("SCH03-003"), Duty::Investigator, HEADS, "Named on one disciplinary case to investigate it, and on nothing else."),
    (
        Trust("Priya Anand", "priya.anand@example.org"),
        Duty::Dpo,
        DATA,
        "One breach case open and late; under Cases, two that were closed in time.",
    ),
    (
        Trust("Callum Reid", "callum.reid@example.org"),
        Duty::ItLead,
        DATA,
        "Under Cases: the filter that let a page through, and no child’s story.",
    ),
    (Trust("Gwen Talbot", "gwen.talbot@example.org"), Duty::Hr, TRUST, "A disciplinary case, with what the headteacher chose to pass on."),
    (Trust("Martin Yeo", "martin.yeo@example.org"), Duty::TrustLead, TRUST, "Stands in where nobody else may know."),
    (
        Trust("Ines Marlow", "ines.marlow@example.org"),
        Duty::Chair,
        TRUST,
        "Chair of governors: the last one to stand in, with an empty queue.",
    ),
    (
        Trust("Noor Castle", "noor.castle@example.org"),
        Duty::ChairOfTrustees,
        TRUST,
        "Stands in where even the chair of governors may not know; reads the published figures.",
    ),
    (
        Trust("Sam Okoro", "sam.okoro@example.org"),
        Duty::FilteringTrustee,
        TRUST,
        "Answers for filtering and monitoring: the published figures, and no record.",
    ),
    (Trust("Tilda Brook", "tilda.brook@example.org"), Duty::Governor, TRUST, "The published figures: numbers, and no names."),
    (
        Trust("Imogen Frayne", "imogen.frayne@example.org"),
        Duty::Administrator,
        TRUST,
        "Accounts, schools and settings; no record opens, and asking for a duty needs a second person.",
    ),
    (Trust("Owen Pike", "owen.pike@example.org"), Duty::Auditor, TRUST, "Sees that the book was not altered, and nothing that is in it."),
];

/// The cast with their names, e-mails and schools.
pub(crate) fn people() -> Result<Vec<Person>, Failure> {
    let (schools, staff) = (rows::parse(SCHOOLS.as_bytes())?, rows::parse(STAFF.as_bytes())?);
    let one = |(who, duty, group, look): &(Who, Duty, &str, &str)| {
        let (name, email, school) = match who {
            Trust(name, email) => ((*name).to_owned(), (*email).to_owned(), None),
            Staff(id) => on_the_list(&staff, id)?,
        };
        let place = match &school {
            Some(code) => find(&schools, "code", code, "name")?,
            None => "the whole trust".to_owned(),
        };
        let title = if *duty == Duty::Reporter { "Teaching assistant" } else { duty.label() };
        let (post, group, look) = (format!("{title}, {place}"), (*group).to_owned(), (*look).to_owned());
        Ok(Person { email, name, duty: *duty, school, post, group, look })
    };
    CAST.iter().map(one).collect()
}

fn on_the_list(staff: &Rows, id: &str) -> Result<(String, String, Option<String>), Failure> {
    let cell = |column: &str| find(staff, "staff_id", id, column);
    Ok((cell("name")?, cell("email")?, Some(cell("school")?)))
}

/// The cell of the row whose `key` is `value`.
fn find(list: &Rows, key: &str, value: &str, column: &str) -> Result<String, Failure> {
    let row = list.rows.iter().flatten().find(|row| row.fields.get(key).is_some_and(|cell| cell == value));
    let cell = row.and_then(|row| row.fields.get(column)?.as_str());
    cell.map(str::to_owned).ok_or_else(|| Failure::failed(format!("the sample year has no {column} for {value}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everyone_in_the_demo_is_in_the_sample_year_or_on_no_list() {
        let people = people().unwrap();
        let emails: BTreeSet<_> = people.iter().map(|person| person.email.as_str()).collect();
        assert_eq!(emails.len(), people.len());
        for always in [
            "uma.jones@example.org",
            "sunil.young@example.org",
            "nadia.nash@example.org",
            "george.xu@example.org",
            "oona.okafor-lowe@example.org",
            "wren.szab-hussain@example.org",
            "hana.kemp@example.org",
            "priya.anand@example.org",
            "callum.reid@example.org",
            "ruth.abara@example.org",
            "owen.pike@example.org",
        ] {
            assert!(emails.contains(always), "{always}");
        }
        for duty in [Duty::DeputyHead, Duty::Hr, Duty::Chair, Duty::TrustLead] {
            assert!(people.iter().any(|person| person.duty == duty), "{duty}");
        }
        assert!(people.iter().all(|person| !super::super::PASSWORD.contains(person.email.split('@').next().unwrap())));
        assert!(people.iter().all(|person| !person.look.is_empty() && !person.group.is_empty()));
    }
}
