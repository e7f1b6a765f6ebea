//! Who may know what: one pure function over one table (design §6). Relationship first, then duty, school, class and group of fields.
//!
//! A profile can narrow this, never widen it. `wardbook policy show` prints [`TABLE`].

use crate::{Address, Duty, FieldGroup, PersonId, RecordClass, profile::Profile};

/// One row: holders of this duty at the record's school (or trust-wide) may open these groups of records of this class.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The record's class.
    pub class: RecordClass,
    /// The duty.
    pub duty: Duty,
    /// The groups that it opens.
    pub groups: &'static [FieldGroup],
    /// Why.
    pub clause: &'static str,
}

const ALL: &[FieldGroup] = &FieldGroup::ALL;
/// What is opened to whoever is named on a case: the matter, not who reported it (LLC-6).
const NAMED: &[FieldGroup] = &[FieldGroup::Record, FieldGroup::Facts];

/// Who may have first facts of a record that stays closed to them (design §6): those who answer for personal data and for equipment, and
/// who stand in for them. Which of them get them is the profile's to say.
const FACTS_DUTIES: &[Duty] =
    &[Duty::Dpo, Duty::ItLead, Duty::Headteacher, Duty::DeputyHead, Duty::TrustLead, Duty::Chair, Duty::ChairOfTrustees];

/// Whether first facts may be sent to this duty.
pub fn may_have_facts(duty: Duty) -> bool {
    FACTS_DUTIES.contains(&duty)
}

/// The owner of a record opens all its groups; beyond the owner, these rows. Conduct has none: what is about an adult's conduct is for
/// its one receiver (P0-LLC-2, P0-LLC-5). First facts are a thing apart: see [`facts`].
pub const TABLE: &[Rule] = &[
    Rule { class: RecordClass::Safeguarding, duty: Duty::Dsl, groups: ALL, clause: "P0-ROUTE-1" },
    Rule { class: RecordClass::Safeguarding, duty: Duty::DeputyDsl, groups: ALL, clause: "P0-ROUTE-1" },
    Rule { class: RecordClass::Safeguarding, duty: Duty::Headteacher, groups: ALL, clause: "P0-ROUTE-1" },
    Rule { class: RecordClass::Safeguarding, duty: Duty::TrustSafeguardingLead, groups: ALL, clause: "P0-ROUTE-1" },
    Rule { class: RecordClass::DataProtection, duty: Duty::Dpo, groups: ALL, clause: "P0-ROUTE-2" },
    Rule { class: RecordClass::DataProtection, duty: Duty::Headteacher, groups: ALL, clause: "P0-ROUTE-2" },
    Rule { class: RecordClass::It, duty: Duty::ItLead, groups: ALL, clause: "P0-ROUTE-2" },
    Rule { class: RecordClass::It, duty: Duty::Headteacher, groups: ALL, clause: "P0-ROUTE-2" },
    Rule { class: RecordClass::Hr, duty: Duty::Hr, groups: ALL, clause: "P1-STAFF-1" },
];

/// What need-to-know asks of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its class.
    pub class: RecordClass,
    /// Its school's code.
    pub school: &'a str,
    /// Its owner.
    pub owner: &'a Address,
    /// Who reads along: a DSL where a child could be in danger, the next of the chain during an absence.
    pub seconds: &'a [Address],
    /// People it is about.
    pub subjects: &'a [PersonId],
    /// People it may be about.
    pub possible_subjects: &'a [PersonId],
    /// Who stands aside from it: recused, or with a declared conflict.
    pub aside: &'a [PersonId],
    /// Who is named on it, whatever duty they hold.
    pub named: &'a [PersonId],
    /// Where it is a protected disclosure, the one duty that may know the reporter (OTH-5).
    pub identity_for: Option<&'a Address>,
    /// Whose words it holds: who reported it, and who typed it in for them.
    pub authors: &'a [PersonId],
}

impl Known<'_> {
    /// Whether the record does not exist for this person: they are its subject, could be, or stand aside.
    pub fn is_hidden_from(&self, person: PersonId) -> bool {
        [self.subjects, self.possible_subjects, self.aside].iter().any(|people| people.contains(&person))
    }
}

/// A person with the duties they hold.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The person.
    pub person: PersonId,
    /// Their duties.
    pub duties: &'a std::collections::BTreeSet<Address>,
}

impl Viewer<'_> {
    /// Whether what is sent to this address is theirs: they hold the duty there, or for the whole trust.
    pub fn holds(&self, address: &Address) -> bool {
        self.duties.iter().any(|held| address.is_covered_by(held))
    }

    /// As which duty a record comes to them, and why: the first that is theirs, its owner's before all others, and where none is its owner's.
    pub fn first_held<'a>(
        &self,
        owner: (&'a Address, &'a str),
        others: impl Iterator<Item = (&'a Address, &'a str)>,
    ) -> (&'a Address, &'a str) {
        let mut all = std::iter::once(owner).chain(others);
        all.find(|(address, _)| self.holds(address)).unwrap_or(owner)
    }
}

/// What a person may know of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing, not even that it exists.
    Nothing,
    /// Their own words and receipt, as they filed it.
    OwnWords,
    /// These groups, in this duty.
    Groups(&'static [FieldGroup], Duty),
}

/// What this person may know of this record. The person concerned learns nothing (design §1.4); a self-referrer, and a reporter who
/// becomes the subject, keep their own words.
pub fn access(viewer: Viewer<'_>, record: &Known<'_>) -> Access {
    let reported_it = record.authors.contains(&viewer.person);
    let otherwise = if reported_it { Access::OwnWords } else { Access::Nothing };
    if record.is_hidden_from(viewer.person) {
        return otherwise;
    }
    let holds = |address: &Address| viewer.holds(address);
    let opens = |groups: &'static [FieldGroup], duty| {
        // A protected disclosure's reporter is for the independent member alone, whoever else reads it (OTH-5).
        let hides_identity = record.identity_for.is_some_and(|independent| !holds(independent));
        Access::Groups(if hides_identity { without_reporter(groups) } else { groups }, duty)
    };
    if holds(record.owner) {
        return opens(ALL, record.owner.duty);
    }
    if let Some(second) = record.seconds.iter().find(|second| holds(second)) {
        return opens(ALL, second.duty);
    }
    if let Some((rule, _)) = rows(record.class, record.school).find(|(_, address)| holds(address)) {
        return opens(rule.groups, rule.duty);
    }
    if record.named.contains(&viewer.person) {
        return opens(NAMED, Duty::Investigator);
    }
    otherwise
}

/// Whether a record of this class is opened with a purpose only. Their own words are open to a person without one.
pub fn purpose_needed(class: RecordClass, access: Access, profile: &Profile) -> bool {
    matches!(access, Access::Groups(..)) && profile.reading.purpose_for.contains(&class)
}

fn without_reporter(groups: &'static [FieldGroup]) -> &'static [FieldGroup] {
    match groups {
        [FieldGroup::Record, FieldGroup::Reporter] => &[FieldGroup::Record],
        [FieldGroup::Record, FieldGroup::Reporter, ..] => NAMED,
        other => other,
    }
}

/// In which duty this person may have the first facts of a record: school, instants, type of loss, ticks and numbers, and nothing of the
/// story or of a person. `facts_to` are the addresses to which they were sent. The person concerned has nothing of it.
pub fn facts(viewer: Viewer<'_>, record: &Known<'_>, facts_to: &[Address]) -> Option<Duty> {
    if record.is_hidden_from(viewer.person) {
        return None;
    }
    let holds = |address: &&Address| may_have_facts(address.duty) && viewer.holds(address);
    facts_to.iter().find(holds).map(|address| address.duty)
}

/// The addresses whose holders may open the record group: the owner, the second readers and the rows of the table. Views keep one row for
/// each.
pub fn readers(class: RecordClass, school: &str, owner: &Address, seconds: &[Address]) -> Vec<Address> {
    let mut readers: Vec<Address> =
        rows(class, school).filter(|(rule, _)| rule.groups.contains(&FieldGroup::Record)).map(|(_, address)| address).collect();
    readers.push(owner.clone());
    readers.extend_from_slice(seconds);
    readers.sort_unstable();
    readers.dedup();
    readers
}

fn rows(class: RecordClass, school: &str) -> impl Iterator<Item = (&'static Rule, Address)> {
    TABLE.iter().filter(move |rule| rule.class == class).map(move |rule| (rule, Address::of(rule.duty, school)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const OWNER: u8 = 9;

    fn look(class: RecordClass, duty: Duty, school: &str, person: u8) -> Access {
        let owner = Address::of(if class == RecordClass::Conduct { Duty::Headteacher } else { Duty::DeputyHead }, "SCH01");
        let record = Known {
            class,
            school: "SCH01",
            owner: &owner,
            seconds: &[],
            subjects: &[PersonId::from_bytes([7; 16])],
            possible_subjects: &[PersonId::from_bytes([8; 16])],
            aside: &[PersonId::from_bytes([5; 16])],
            named: &[],
            identity_for: None,
            authors: &[PersonId::from_bytes([6; 16])],
        };
        let duties = BTreeSet::from([Address::of(duty, school)]);
        access(Viewer { person: PersonId::from_bytes([person; 16]), duties: &duties }, &record)
    }

    #[test]
    fn the_subject_and_the_possible_subject_learn_nothing_in_any_duty() {
        for class in RecordClass::ALL {
            for duty in Duty::ALL {
                assert_eq!(look(*class, *duty, "SCH01", 7), Access::Nothing, "{class} {duty}");
                assert_eq!(look(*class, *duty, "SCH01", 8), Access::Nothing, "{class} {duty}");
            }
        }
    }

    #[test]
    fn p0_llc_5_conduct_is_for_its_receiver_alone() {
        for duty in Duty::ALL {
            let expected = match duty {
                Duty::Headteacher => Access::Groups(ALL, Duty::Headteacher),
                _ => Access::Nothing,
            };
            assert_eq!(look(RecordClass::Conduct, *duty, "SCH01", OWNER), expected, "{duty}");
        }
    }

    #[test]
    fn first_facts_go_where_they_were_sent_and_never_to_the_person_concerned() {
        let owner = Address::of(Duty::Headteacher, "SCH01");
        let sent = [Address::trust_wide(Duty::Dpo), Address::of(Duty::ItLead, "SCH01"), Address::of(Duty::Hr, "SCH01")];
        let record = Known {
            class: RecordClass::Conduct,
            school: "SCH01",
            owner: &owner,
            seconds: &[],
            subjects: &[PersonId::from_bytes([7; 16])],
            possible_subjects: &[PersonId::from_bytes([8; 16])],
            aside: &[],
            named: &[],
            identity_for: None,
            authors: &[],
        };
        for duty in Duty::ALL {
            let duties = BTreeSet::from([Address::of(*duty, "SCH01")]);
            let look = |person: u8| facts(Viewer { person: PersonId::from_bytes([person; 16]), duties: &duties }, &record, &sent);
            let expected = [Duty::Dpo, Duty::ItLead].contains(duty).then_some(*duty);
            assert_eq!((look(OWNER), look(7), look(8)), (expected, None, None), "{duty}: HR has no first facts whatever a profile says");
        }
    }

    #[test]
    fn another_school_s_duty_opens_nothing() {
        for class in RecordClass::ALL {
            for duty in Duty::ALL.iter().filter(|duty| duty.scope() != crate::Scope::Trust) {
                assert_eq!(look(*class, *duty, "SCH02", OWNER), Access::Nothing, "{class} {duty}");
            }
        }
    }

    #[test]
    fn administrators_auditors_and_governors_open_nothing() {
        for class in RecordClass::ALL {
            for duty in [Duty::Administrator, Duty::Auditor, Duty::Governor, Duty::Reporter, Duty::Chair] {
                assert_eq!(look(*class, duty, "SCH01", OWNER), Access::Nothing, "{class} {duty}");
            }
        }
    }

    #[test]
    fn the_reporter_keeps_their_own_words_and_it_leads_see_no_safeguarding() {
        assert_eq!(look(RecordClass::Conduct, Duty::Reporter, "SCH01", 6), Access::OwnWords);
        assert_eq!(look(RecordClass::Safeguarding, Duty::ItLead, "SCH01", OWNER), Access::Nothing);
        assert_eq!(look(RecordClass::It, Duty::ItLead, "SCH01", OWNER), Access::Groups(ALL, Duty::ItLead));
    }

    #[test]
    fn a_purpose_is_asked_where_the_profile_says_so_and_never_for_own_words() {
        let profile = Profile::parse(include_str!("../../../ops/profiles/coastal.toml")).unwrap();
        for class in RecordClass::ALL {
            let listed = [RecordClass::Conduct, RecordClass::Hr].contains(class);
            assert_eq!(purpose_needed(*class, Access::Groups(ALL, Duty::Headteacher), &profile), listed, "{class}");
            assert!(!purpose_needed(*class, Access::OwnWords, &profile) && !purpose_needed(*class, Access::Nothing, &profile));
        }
    }

    #[test]
    fn the_rows_that_views_keep_are_those_that_the_function_grants() {
        for class in RecordClass::ALL {
            let owner = Address::of(Duty::Chair, "SCH01");
            let second = Address::of(Duty::Dsl, "SCH01");
            let readers = readers(*class, "SCH01", &owner, std::slice::from_ref(&second));
            for duty in Duty::ALL {
                let address = Address::of(*duty, "SCH01");
                let duties = BTreeSet::from([address.clone()]);
                let record = Known {
                    class: *class,
                    school: "SCH01",
                    owner: &owner,
                    seconds: std::slice::from_ref(&second),
                    subjects: &[],
                    possible_subjects: &[],
                    aside: &[],
                    named: &[],
                    identity_for: None,
                    authors: &[],
                };
                let viewer = Viewer { person: PersonId::from_bytes([1; 16]), duties: &duties };
                let opens = matches!(access(viewer, &record), Access::Groups(groups, _) if groups.contains(&FieldGroup::Record));
                assert_eq!(opens, readers.contains(&address), "{class} {duty}");
            }
        }
    }
}
