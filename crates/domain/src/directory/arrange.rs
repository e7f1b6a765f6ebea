//! What may be arranged about access: a cover for an absence, an opening by break-glass, and its review.

use super::{CoverArranged, Directory, GlassBroken, GlassReviewed};
use crate::redacted::redacted;
use crate::{
    AccessId, Address, Duty, Instant, PersonId,
    field::{Checks, Invalid},
    report::Refused,
};

/// The longest cover in seconds: what lasts longer is a grant of the duty, with its second person.
pub const COVER_SECONDS_MAX: i64 = 92 * 86_400;
/// How long an opening by break-glass lasts at most, in hours.
pub const GLASS_HOURS_MAX: u8 = 4;
/// A reason that a reviewer can judge has more than a word.
const REASON_CHARS_MIN: usize = 20;

/// A cover as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrangeCover {
    /// Who is absent: staff id, e-mail, or 32 hex digits; the caller, where it is missing.
    #[serde(default)]
    pub person: Option<String>,
    /// The duty that is covered.
    pub duty: Duty,
    /// The school at which it is held; none for the trust.
    #[serde(default)]
    pub school: Option<String>,
    /// Who covers it: staff id, e-mail, or 32 hex digits.
    pub covered_by: String,
    /// From when; at once, where it is missing.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Instant>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// Why.
    pub reason: String,
}

/// An opening by break-glass as handed in: a duty's queue, never a named record.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakGlass {
    /// The duty whose queue is opened.
    pub duty: Duty,
    /// The school at which it is held; none for the trust.
    #[serde(default)]
    pub school: Option<String>,
    /// For how many hours, 1 to 4.
    pub hours: u8,
    /// Why.
    pub reason: String,
}

/// The review of an opening as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewGlass {
    /// Whether it was right to open it.
    pub justified: bool,
    /// What was found.
    pub finding: String,
}

redacted!(ArrangeCover, BreakGlass, ReviewGlass);

fn address(checks: &mut Checks, duty: Duty, school: Option<&str>, directory: &Directory) -> Address {
    if let Some(school) = school
        && !directory.schools.contains_key(school)
    {
        checks.fail("school", "is not the code of a school of this trust");
    }
    if !duty.opens_records() || duty == Duty::Investigator {
        checks.fail("duty", "is not a duty to which records are sent");
    }
    Address { duty, school: school.map(str::to_owned) }
}

/// Whether this person may speak for a duty in its holder's absence: the trust lead, and at a school its head. No administrator may.
pub fn speaks_for(by: PersonId, address: &Address, directory: &Directory) -> bool {
    let holds =
        |wanted: &Address| directory.people.get(&by).is_some_and(|person| person.duties.iter().any(|held| wanted.is_covered_by(held)));
    let head = address.school.as_deref().map(|school| Address::of(Duty::Headteacher, school));
    holds(&Address::trust_wide(Duty::TrustLead)) || head.is_some_and(|head| holds(&head))
}

/// Arranges a cover. The holder may, and who speaks for the duty; nobody names themself, as that would be a grant.
pub fn arrange_cover(
    cover: AccessId,
    ask: &ArrangeCover,
    directory: &Directory,
    by: PersonId,
    now: Instant,
) -> Result<CoverArranged, Refused> {
    let mut checks = Checks::default();
    let address = address(&mut checks, ask.duty, ask.school.as_deref(), directory);
    let from = ask.from.unwrap_or(now);
    let person = ask.person.as_deref().map_or(Some(by), |given| directory.find(given));
    let covered_by = directory.find(&ask.covered_by);
    checks.text("reason", &ask.reason, 2_000);
    let absent = person.filter(|person| directory.people.get(person).is_some_and(|known| known.duties.contains(&address)));
    if absent.is_none() {
        checks.fail("duty", "is not held there by the person who is absent");
    }
    let cover_person = covered_by.filter(|other| Some(*other) != person && *other != by);
    if cover_person.is_none() {
        checks.fail("covered_by", "is to be somebody else of the directory");
    }
    if ask.until <= from || ask.until <= now {
        checks.fail("until", "is to be after its beginning, and in the future");
    } else if ask.until > from.plus_seconds(COVER_SECONDS_MAX) {
        checks.fail("until", "is more than three months away; a longer absence is a duty to be granted");
    }
    checks.done()?;
    let (Some(person), Some(covered_by)) = (absent, cover_person) else {
        return Err(Invalid::one("person", "is nobody of the directory").into());
    };
    if person != by && !speaks_for(by, &address, directory) {
        return Err(Refused::State("a cover is arranged by the holder of the duty, the head of that school or the trust lead"));
    }
    let reason = ask.reason.clone();
    Ok(CoverArranged { cover, person, address, covered_by, from, until: ask.until, reason })
}

/// Who may end a cover: who is absent, who covers, and who speaks for the duty.
pub fn may_end_cover(arranged: &CoverArranged, by: PersonId, directory: &Directory) -> bool {
    [arranged.person, arranged.covered_by].contains(&by) || speaks_for(by, &arranged.address, directory)
}

/// Opens a duty's queue by break-glass. Only who is sent records themself may; what concerns them stays hidden from them.
pub fn break_glass(glass: AccessId, ask: &BreakGlass, directory: &Directory, by: PersonId, now: Instant) -> Result<GlassBroken, Refused> {
    let mut checks = Checks::default();
    let address = address(&mut checks, ask.duty, ask.school.as_deref(), directory);
    if ask.reason.trim().chars().count() < REASON_CHARS_MIN {
        checks.fail("reason", "is to say what is urgent and why nobody else can act: at least 20 characters");
    }
    checks.at_most("reason", &ask.reason, 2_000);
    if !(1..=GLASS_HOURS_MAX).contains(&ask.hours) {
        checks.fail("hours", "is to be 1 to 4");
    }
    if directory.holders(&address).is_empty() {
        checks.fail("duty", "is held by nobody there: there is no such queue");
    }
    checks.done()?;
    let own = directory.people.get(&by).map(|person| &person.duties);
    if !own.is_some_and(|duties| duties.iter().any(|held| held.duty.opens_records())) {
        return Err(Refused::State("only somebody whose own duty is sent records may open another's queue"));
    }
    if own.is_some_and(|duties| duties.iter().any(|held| address.is_covered_by(held))) {
        return Err(Refused::State("this queue is yours already"));
    }
    let until = now.plus_seconds(i64::from(ask.hours) * 3600);
    Ok(GlassBroken { glass, person: by, address, reason: ask.reason.clone(), from: now, until })
}

/// Whether this person is to hear of an opening, and may review it: a holder of the duty, the trust lead, the chairs; never who opened it.
pub fn hears_of_glass(broken: &GlassBroken, person: PersonId, directory: &Directory) -> bool {
    let chairs = broken.address.school.as_deref().map(|school| Address::of(Duty::Chair, school));
    let wide = [Address::trust_wide(Duty::TrustLead), Address::trust_wide(Duty::ChairOfTrustees), broken.address.clone()];
    let holds =
        |known: &super::Person| chairs.iter().chain(&wide).any(|address| known.duties.iter().any(|held| address.is_covered_by(held)));
    person != broken.person && directory.people.get(&person).is_some_and(holds)
}

/// Reviews an opening: somebody else who hears of it, once.
pub fn review_glass(glass: &super::Glass, ask: &ReviewGlass, directory: &Directory, by: PersonId) -> Result<GlassReviewed, Refused> {
    let mut checks = Checks::default();
    checks.text("finding", &ask.finding, 2_000);
    checks.done()?;
    let broken = &glass.broken;
    if glass.reviewed.is_some() {
        return Err(Refused::State("this opening has been reviewed already"));
    }
    if !hears_of_glass(broken, by, directory) {
        return Err(Invalid::one("glass", "is reviewed by somebody else who holds that duty, the trust lead or a chair").into());
    }
    let finding = ask.finding.clone();
    Ok(GlassReviewed { glass: broken.glass, person: broken.person, justified: ask.justified, finding, reviewed_by: by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::tests::{directory, person};

    fn id(n: u8) -> PersonId {
        PersonId::from_bytes([n; 16])
    }

    fn access() -> AccessId {
        AccessId::from_bytes([9; 16])
    }

    fn school() -> Directory {
        let mut directory = directory(&[
            person(1, "Uma Jones", &[(Duty::Headteacher, Some("SCH01"))]),
            person(2, "George Xu", &[(Duty::Dsl, Some("SCH01"))]),
            person(3, "Bea Ashworth", &[(Duty::Reporter, None)]),
            person(4, "Ola Birch", &[(Duty::Administrator, None)]),
            person(5, "Priya Anand", &[(Duty::TrustLead, None)]),
            person(6, "Sam Reed", &[(Duty::Headteacher, Some("SCH02"))]),
        ]);
        for code in ["SCH01", "SCH02"] {
            let row = crate::directory::SchoolRow {
                code: code.into(),
                name: code.into(),
                head_staff_id: None,
                dsl_staff_id: None,
                deputy_staff_id: None,
            };
            directory.apply(&crate::directory::SchoolRecorded { row, source: None, row_digest: None }.into());
        }
        directory.settle(Instant::from_micros(0));
        directory
    }

    fn cover(person: Option<u8>, by: u8, days: i64) -> ArrangeCover {
        ArrangeCover {
            person: person.map(|n| id(n).to_string()),
            duty: Duty::Dsl,
            school: Some("SCH01".into()),
            covered_by: id(by).to_string(),
            from: None,
            until: Instant::from_micros(0).plus_seconds(days * 86_400),
            reason: "a course".into(),
        }
    }

    #[test]
    fn a_cover_is_arranged_by_its_holder_or_who_speaks_for_the_duty_and_never_for_oneself() {
        let (directory, now) = (school(), Instant::from_micros(0));
        let arrange = |ask: &ArrangeCover, by: u8| arrange_cover(access(), ask, &directory, id(by), now);
        assert!(arrange(&cover(None, 3, 7), 2).is_ok(), "the holder");
        assert!(arrange(&cover(Some(2), 3, 7), 1).is_ok(), "the head of that school");
        assert!(arrange(&cover(Some(2), 3, 7), 5).is_ok(), "the trust lead");
        assert!(matches!(arrange(&cover(Some(2), 3, 7), 6), Err(Refused::State(_))), "another school's head");
        assert!(matches!(arrange(&cover(Some(2), 3, 7), 4), Err(Refused::State(_))), "an administrator");
        assert!(matches!(arrange(&cover(Some(2), 1, 7), 1), Err(Refused::Invalid(_))), "oneself");
        assert!(matches!(arrange(&cover(Some(3), 1, 7), 2), Err(Refused::Invalid(_))), "a duty that is not held");
        assert!(matches!(arrange(&cover(None, 3, 0), 2), Err(Refused::Invalid(_))), "over before it begins");
        assert!(matches!(arrange(&cover(None, 3, 93), 2), Err(Refused::Invalid(_))), "longer than three months");
    }

    #[test]
    fn a_covered_duty_is_done_by_the_cover_and_held_by_its_holder() {
        let (mut directory, now) = (school(), Instant::from_micros(0));
        let dsl = Address::of(Duty::Dsl, "SCH01");
        let arranged = arrange_cover(access(), &cover(None, 3, 7), &directory, id(2), now).unwrap();
        directory.apply(&arranged.into());
        assert_eq!(directory.present(&dsl, now), [id(3)]);
        assert_eq!(directory.holders(&dsl), [id(2)]);
        assert_eq!(directory.access.beside(id(3), now), [(dsl.clone(), super::super::Beside::Cover(access()))]);
        let after = now.plus_seconds(7 * 86_400);
        assert!(directory.is_due(after) && !directory.is_due(after.plus_seconds(-1)));
        assert_eq!((directory.present(&dsl, after), directory.access.beside(id(3), after)), (vec![id(2)], vec![]));
    }

    fn glass(duty: Duty, hours: u8, reason: &str) -> BreakGlass {
        BreakGlass { duty, school: Some("SCH01".into()), hours, reason: reason.into() }
    }

    #[test]
    fn glass_is_broken_for_a_queue_by_who_is_sent_records_for_a_short_time_and_reviewed_by_another() {
        let (mut directory, now) = (school(), Instant::from_micros(0));
        let why = "the DSL and deputies are on a flight";
        let broken = |ask: &BreakGlass, by: u8| break_glass(access(), ask, &directory, id(by), now);
        assert!(broken(&glass(Duty::Dsl, 4, why), 6).is_ok());
        for (ask, by, what) in [
            (glass(Duty::Dsl, 4, why), 4, "an administrator"),
            (glass(Duty::Dsl, 4, why), 3, "a reporter"),
            (glass(Duty::Dsl, 4, why), 2, "one's own queue"),
            (glass(Duty::Dsl, 5, why), 6, "too long"),
            (glass(Duty::Dsl, 0, why), 6, "no time"),
            (glass(Duty::Dsl, 1, "urgent"), 6, "no reason to judge"),
            (glass(Duty::DeputyDsl, 1, why), 6, "a vacant post"),
            (glass(Duty::Reporter, 1, why), 6, "no duty with a queue"),
        ] {
            assert!(broken(&ask, by).is_err(), "{what}");
        }
        let opened = break_glass(access(), &glass(Duty::Dsl, 1, why), &directory, id(6), now).unwrap();
        directory.apply(&opened.clone().into());
        assert_eq!(directory.access.beside(id(6), now).len(), 1);
        assert_eq!(directory.access.beside(id(6), now.plus_seconds(3600)), [], "its hour is over");
        assert_eq!(directory.present(&Address::of(Duty::Dsl, "SCH01"), now), [id(2)], "it is no duty");
        let heard: Vec<u8> = (1..=6).filter(|n| hears_of_glass(&opened, id(*n), &directory)).collect();
        assert_eq!(heard, [2, 5], "who holds the duty, and the trust lead; never who opened it");
        let ask = ReviewGlass { justified: true, finding: "right".into() };
        let review = |by: u8| review_glass(&directory.access.glasses[&access()], &ask, &directory, id(by));
        assert!(review(6).is_err() && review(4).is_err());
        let reviewed = review(2).unwrap();
        directory.apply(&reviewed.into());
        assert!(review_glass(&directory.access.glasses[&access()], &ask, &directory, id(5)).is_err(), "once");
    }

    #[test]
    fn duties_follow_their_dates() {
        let mut directory = directory(&[person(1, "Uma Jones", &[])]);
        let at = |text: &str| Instant::parse(text).unwrap();
        let address = Address::of(Duty::Dsl, "SCH01");
        let mut granted = crate::directory::DutyGranted::at_once(id(1), address.clone(), "appointed", false);
        granted.starts_on = Some(jiff::civil::date(2026, 11, 2));
        granted.ends_on = Some(jiff::civil::date(2026, 11, 6));
        directory.apply(&granted.into());
        assert_eq!(directory.holders(&address), []);
        assert!(!directory.settle(at("2026-11-01T23:59Z")));
        assert!(directory.is_due(at("2026-11-02T00:00Z")));
        assert!(directory.settle(at("2026-11-02T00:00Z")));
        assert_eq!(directory.holders(&address), [id(1)]);
        assert!(!directory.settle(at("2026-11-06T23:59Z")));
        assert!(directory.settle(at("2026-11-07T00:00Z")));
        assert_eq!((directory.holders(&address), directory.former_holders(&address)), (vec![], vec![id(1)]));
    }
}
