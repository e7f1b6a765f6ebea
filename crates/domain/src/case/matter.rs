//! What a case deals with: its matter, which says what must be known, done and decided before it may be closed. The kind says under which
//! box of the form it was opened (P0-FORM-9) and so whose it is; the matter says what happened.

use super::events::CaseKind;
use crate::{
    Instant,
    event::event,
    field::Checks,
    report::{Part, Refused, ReportType, StaffNamed},
    words::words,
};

words! {
    /// What a case deals with.
    pub enum Matter {
        OnlineSafety = "online_safety", "Online safety";
        ChildOnChild = "child_on_child_abuse", "Child-on-child abuse";
        Image = "image", "Nude or semi-nude image of a child";
        Hoax = "challenge_or_hoax", "Harmful challenge or hoax";
        PupilMisuse = "pupil_misuse", "Misuse by a pupil";
        StaffMisuse = "staff_misuse", "Misuse by a member of staff";
        OtherMisuse = "other_adult_misuse", "Misuse by a governor, agency worker, volunteer or contractor";
        Loss = "loss_or_theft", "Loss or theft of equipment";
        UnauthorisedAccess = "unauthorised_access", "Unauthorised access";
        Malware = "malware", "Malware";
        Phishing = "phishing", "Phishing";
        MisSent = "mis_sent", "Sent to the wrong person, or received in error";
        Filtering = "filtering_failure", "Filtering or monitoring failure";
        DeviceSearch = "device_search", "Device searched or confiscated";
        StaffBullied = "bullying_of_staff", "Bullying of staff online";
        SelfReferral = "self_referral", "Self-referral";
        DataBreach = "data_breach", "Personal-data breach";
        LowLevelConcern = "low_level_concern", "Low-level concern";
        Disciplinary = "disciplinary", "Disciplinary matter";
        Training = "training", "Training need";
        PolicyReview = "policy_review", "Policy review";
        Other = "other", "Other matter";
    }
}

/// What the adults whom a report is about are to the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adults {
    /// Employees, or nobody knows better.
    Employees,
    /// Known to be none: governors, agency workers, contractors, volunteers (P1-STAFF-2).
    Others,
}

/// What is known of a report when a case is opened from it.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// The types ticked.
    pub types: &'a [ReportType],
    /// The matter of the trust's own type that was ticked, where its profile names one.
    pub own: Option<Matter>,
    /// Adults named.
    pub staff: &'a [StaffNamed],
    /// What the adults whom it is about are to the school.
    pub adults: Adults,
    /// Whether a pupil is named.
    pub pupils: bool,
    /// Whether it may hold an image of a child.
    pub image: bool,
    /// Whether the reporter reported themself.
    pub self_referral: bool,
}

/// What the statutory guidance calls a matter from an edition's year on, where that is another word than ours (IMG-4).
const TERMS: [(Matter, u16, &str); 1] = [(Matter::Image, 2026, "Self-generated intimate image of a child (nude or semi-nude)")];

impl Matter {
    /// What it is called under an edition of the statutory guidance, as the profile names it: `KCSIE 2026`.
    pub fn label_in(self, guidance_edition: &str) -> &'static str {
        let mut numbers = guidance_edition.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
        let year: Option<u16> = numbers.next().and_then(|digits| digits.parse().ok());
        let term = TERMS.iter().rev().find(|(matter, from, _)| *matter == self && year.is_some_and(|year| *from <= year));
        term.map_or(self.label(), |(_, _, term)| term)
    }

    /// The matter of a new case; a person reclassifies it where that is wrong.
    pub fn of(kind: CaseKind, reported: &Reported<'_>) -> Self {
        match kind {
            CaseKind::LowLevelConcern if reported.self_referral => Self::SelfReferral,
            CaseKind::LowLevelConcern => Self::LowLevelConcern,
            CaseKind::Disciplinary => Self::Disciplinary,
            CaseKind::Training => Self::Training,
            CaseKind::PolicyReview => Self::PolicyReview,
            CaseKind::Safeguarding if reported.image => Self::Image,
            CaseKind::Safeguarding | CaseKind::DataBreach | CaseKind::Other => {
                let from_types = reported.types.iter().find_map(|kind| of_type(*kind, reported));
                reported.own.or(from_types).unwrap_or(match kind {
                    CaseKind::Safeguarding => Self::OnlineSafety,
                    CaseKind::DataBreach => Self::DataBreach,
                    _ => Self::Other,
                })
            }
        }
    }

    /// Whether a case of this kind may deal with this matter. The kind says who owns it, so that a matter which the law gives to one
    /// owner cannot stand with another.
    pub fn fits(self, kind: CaseKind) -> bool {
        self.needs_kind().map_or(!matches!(kind, CaseKind::LowLevelConcern | CaseKind::Disciplinary), |needed| needed == kind)
    }

    /// The one kind of case that may deal with it, where there is one.
    pub const fn needs_kind(self) -> Option<CaseKind> {
        match self {
            Self::LowLevelConcern | Self::SelfReferral => Some(CaseKind::LowLevelConcern),
            Self::Disciplinary => Some(CaseKind::Disciplinary),
            // A child in it: safeguarding, whatever else it is.
            Self::Image | Self::ChildOnChild | Self::Hoax => Some(CaseKind::Safeguarding),
            // It has the clock of the law (BRE-2).
            Self::DataBreach => Some(CaseKind::DataBreach),
            _ => None,
        }
    }
}

fn of_type(kind: ReportType, reported: &Reported<'_>) -> Option<Matter> {
    let is_subject = |named: &StaffNamed| named.part == Part::Subject;
    Some(match kind {
        ReportType::LossOfEquipment | ReportType::TheftOfEquipment => Matter::Loss,
        ReportType::LossOfData | ReportType::TheftOfData => Matter::DataBreach,
        ReportType::UnauthorisedAccess => Matter::UnauthorisedAccess,
        ReportType::MisuseOfIct | ReportType::BreachOfAup if reported.staff.iter().any(is_subject) => match reported.adults {
            Adults::Employees => Matter::StaffMisuse,
            Adults::Others => Matter::OtherMisuse,
        },
        ReportType::MisuseOfIct | ReportType::BreachOfAup if reported.pupils => Matter::PupilMisuse,
        // Nobody is named: its owner says what it is once that is known.
        ReportType::MisuseOfIct | ReportType::BreachOfAup => Matter::Other,
        ReportType::OnlineSafetyConcern => Matter::OnlineSafety,
        ReportType::ChildOnChildAbuseOnline => Matter::ChildOnChild,
        ReportType::HarmfulChallengeOrHoax => Matter::Hoax,
        ReportType::FilteringOrMonitoringFailure => Matter::Filtering,
        ReportType::LowLevelConcern | ReportType::Other => return None,
    })
}

event! {
    /// What a case deals with was said: when it was opened, or by somebody who says why it is another matter.
    pub struct Classified = "case.classified" v 1 {
        record {
            /// The matter.
            matter: Matter,
            /// Why; none where it follows from the report.
            reason: Option<String>,
            /// The statutory guidance in force, by edition.
            guidance_edition: String,
            /// The profile in force, as `id@version`.
            profile: String,
            /// Who said so, by name as it was then.
            by: String,
            /// When.
            classified_at: Instant,
        }
    }
}

/// Another matter, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reclassify {
    /// The matter that it is.
    pub matter: Matter,
    /// Why.
    pub reason: String,
    /// What the owner of the new case may know, where it goes to another class and the story stays.
    #[serde(default)]
    pub shared: Option<String>,
}

crate::redacted::redacted!(Reclassify);

/// What it comes to that a case deals with another matter.
#[derive(Debug, Clone, PartialEq)]
pub enum Reclassified {
    /// It stays with its owner, who has other facts and steps from now on.
    Here(Classified),
    /// Another owner has it: a case of this kind is opened for it, and this one is closed.
    Elsewhere(CaseKind),
}

/// Says that a case deals with another matter.
pub fn reclassify(case: &super::Case, ask: &Reclassify, by: &super::By<'_>) -> Result<Reclassified, Refused> {
    let mut checks = Checks::default();
    checks.text("reason", &ask.reason, 20_000);
    checks.at_most("shared", ask.shared.as_deref().unwrap_or(""), 20_000);
    if case.matter() == ask.matter {
        checks.fail("matter", "is what the case says already");
    }
    let kind = if ask.matter.fits(case.opened.kind) { case.opened.kind } else { ask.matter.needs_kind().unwrap_or(CaseKind::Other) };
    let told = ask.shared.as_deref().is_some_and(|text| !text.trim().is_empty());
    if !super::carries_story(case.opened.class, kind.class(case.opened.class)) && !told {
        checks.fail("shared", "is needed: the story stays here, so say what the new owner may know");
    }
    for open in super::left_behind(case, kind, by.profile).iter().take(20) {
        checks.fail(open.what.field(), format!("is open, and nobody would come back to it: {}", open.words));
    }
    checks.done()?;
    case.refuse_closed()?;
    let stays = kind == case.opened.kind;
    Ok(if stays { Reclassified::Here(by.classified(ask.matter, Some(ask.reason.clone()))) } else { Reclassified::Elsewhere(kind) })
}

/// Answers that name an image of a child in a case that deals with something else (IMG-1, SRC-2).
const NAME_AN_IMAGE: [(&str, &str); 2] = [("suspected_image", "yes"), ("kind_of_abuse", "images")];

impl super::Case {
    /// What it deals with: its matter, and an image of a child wherever one is named in it (IMG-1, SRC-2).
    pub(super) fn matters(&self) -> Vec<Matter> {
        std::iter::once(self.matter()).chain(self.image_named_at().map(|_| Matter::Image)).collect()
    }

    /// When an answer first named an image of a child: from then on all is asked that is asked of an image, whatever the matter.
    pub fn image_named_at(&self) -> Option<Instant> {
        let named = NAME_AN_IMAGE.iter().filter_map(|(fact, answer)| {
            let fact = self.work.facts.get(*fact)?;
            (fact.answer.answer == *answer).then_some(fact.at)
        });
        named.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(types: &[ReportType]) -> Reported<'_> {
        Reported { types, own: None, staff: &[], adults: Adults::Employees, pupils: false, image: false, self_referral: false }
    }

    #[test]
    fn img_4_an_image_is_called_what_the_edition_calls_it() {
        assert_eq!(Matter::Image.label_in("KCSIE 2025"), Matter::Image.label());
        for edition in ["KCSIE 2026", "KCSIE 2026, from 1 September", "KCSIE 2027"] {
            assert!(Matter::Image.label_in(edition).starts_with("Self-generated intimate image"), "{edition}");
        }
        assert_eq!(Matter::Loss.label_in("KCSIE 2026"), Matter::Loss.label());
        assert_eq!(Matter::Image.label_in(""), Matter::Image.label(), "an edition without a year changes nothing");
    }

    #[test]
    fn the_matter_follows_from_what_was_ticked() {
        let of = |kind, types: &[ReportType]| Matter::of(kind, &reported(types));
        assert_eq!(of(CaseKind::Other, &[ReportType::LossOfEquipment]), Matter::Loss);
        assert_eq!(of(CaseKind::DataBreach, &[ReportType::TheftOfEquipment]), Matter::Loss, "P2-LOST-1 holds for a breach too");
        assert_eq!(of(CaseKind::DataBreach, &[ReportType::Other]), Matter::DataBreach);
        assert_eq!(of(CaseKind::Safeguarding, &[ReportType::Other]), Matter::OnlineSafety);
        assert_eq!(of(CaseKind::LowLevelConcern, &[ReportType::LossOfEquipment]), Matter::LowLevelConcern);
        let image = Reported { image: true, ..reported(&[ReportType::ChildOnChildAbuseOnline]) };
        assert_eq!(Matter::of(CaseKind::Safeguarding, &image), Matter::Image, "IMG-1 before all else");
        assert_eq!(Matter::of(CaseKind::DataBreach, &image), Matter::ChildOnChild);
        let own = Reported { own: Some(Matter::Phishing), ..reported(&[ReportType::UnauthorisedAccess]) };
        assert_eq!(Matter::of(CaseKind::Other, &own), Matter::Phishing);
    }

    #[test]
    fn misuse_is_told_apart_by_who_did_it() {
        let staff = [StaffNamed { staff_id: None, name: "Bea".into(), part: Part::Subject }];
        let by = |staff, pupils| Matter::of(CaseKind::Other, &Reported { staff, pupils, ..reported(&[ReportType::MisuseOfIct]) });
        assert_eq!((by(&staff[..], true), by(&[], true), by(&[], false)), (Matter::StaffMisuse, Matter::PupilMisuse, Matter::Other));
        let governor = Reported { staff: &staff, adults: Adults::Others, ..reported(&[ReportType::MisuseOfIct]) };
        assert_eq!(Matter::of(CaseKind::Other, &governor), Matter::OtherMisuse, "P1-STAFF-2");
    }

    #[test]
    fn p0_coc_1_what_is_about_a_child_stays_with_safeguarding() {
        for matter in [Matter::Image, Matter::ChildOnChild, Matter::Hoax] {
            let kinds: Vec<_> = CaseKind::ALL.iter().filter(|kind| matter.fits(**kind)).collect();
            assert_eq!(kinds, [&CaseKind::Safeguarding], "{matter}");
        }
    }

    #[test]
    fn bre_2_what_turns_out_to_be_a_breach_goes_to_the_clock_and_a_story_stays_where_it_may_be_known() {
        let profile = crate::profile::tests::clpt();
        let by = crate::case::tests::by(&profile);
        let ask = |matter, shared: Option<&str>| Reclassify { matter, reason: "r".into(), shared: shared.map(str::to_owned) };
        let case = crate::case::tests::open(CaseKind::Other);
        assert_eq!(reclassify(&case, &ask(Matter::DataBreach, None), &by), Ok(Reclassified::Elsewhere(CaseKind::DataBreach)));
        assert!(matches!(reclassify(&case, &ask(Matter::Phishing, None), &by), Ok(Reclassified::Here(_))));
        assert!(matches!(reclassify(&case, &ask(case.matter(), None), &by), Err(Refused::Invalid(_))));
        let mut case = crate::case::tests::open(CaseKind::LowLevelConcern);
        case.opened.class = crate::RecordClass::Conduct;
        assert!(matches!(reclassify(&case, &ask(Matter::Disciplinary, None), &by), Err(Refused::Invalid(_))), "HR hears what is decided");
        let told = reclassify(&case, &ask(Matter::Disciplinary, Some("A formal meeting is needed.")), &by);
        assert_eq!(told, Ok(Reclassified::Elsewhere(CaseKind::Disciplinary)));
    }
}
