//! The form as a person, the API or an import hands it in, and what is checked before anything is kept.

use serde::{Deserialize, Serialize};

use super::{
    signing::Declaration,
    words::{About, AboutWhom, Channel, Danger, DataAffected, DpoTold, ImageAnswer, OwnReportTo, Part, ReportType},
};
use crate::redacted::redacted;
use crate::{
    Instant,
    clock::{Date, start_of},
    field::{Checks, Invalid},
};

const STORY_MAX: usize = 20_000;
const LINE_MAX: usize = 500;
const NAME_MAX: usize = 200;
const PEOPLE_MAX: usize = 100;
/// A profile adds at most so many types.
pub(crate) const TYPES_MAX: usize = 100;
const OWN_REPORTS_MAX: usize = 10;

/// Part A of the ICT Concern / Misuse Form (P0-FORM-1 to P0-FORM-7).
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The school's code.
    pub school: String,
    /// When the school was told; now, where it is missing.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reported_at: Option<Instant>,
    /// When it happened, if known (P0-FORM-1).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub incident_at: Option<Instant>,
    /// The day the school was told, where nobody wrote down the hour (old papers).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub reported_on: Option<Date>,
    /// The day it happened, where the hour is not known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub incident_on: Option<Date>,
    /// When somebody at the school first found out, where that was before it was reported (BRE-3).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub discovered_at: Option<Instant>,
    /// Whose report it is, where the sender types it in for somebody else: from paper, after a call.
    #[serde(default)]
    pub on_behalf_of: Option<OnBehalf>,
    /// How it reached the school; online, where it is missing.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// One or more types (P0-FORM-2), here or in `extra_types`.
    #[serde(default)]
    pub types: Vec<ReportType>,
    /// Codes of types that the trust's profile adds; each also ticks the box under which it counts.
    #[serde(default)]
    pub extra_types: Vec<String>,
    /// What `other` is.
    #[serde(default)]
    pub other_type: Option<String>,
    /// Whom it is about: asked before the story.
    #[serde(default)]
    pub about: About,
    /// What happened (P0-FORM-3).
    pub what_happened: String,
    /// Where (P0-FORM-3).
    #[serde(default)]
    pub location: Option<String>,
    /// Pupils involved (P0-FORM-4).
    #[serde(default)]
    pub pupils: Vec<PupilNamed>,
    /// Other adults involved (P0-FORM-4).
    #[serde(default)]
    pub staff: Vec<StaffNamed>,
    /// Whether a child could be hurt or in danger; unsure for child-on-child, image and online-safety types where it was not asked.
    #[serde(default)]
    pub danger: Option<Danger>,
    /// Who was told already (P0-FORM-5).
    #[serde(default)]
    pub reported_to: Option<String>,
    /// Immediate action taken (P0-FORM-5).
    #[serde(default)]
    pub immediate_action: Option<String>,
    /// Data affected (P0-FORM-6).
    #[serde(default)]
    pub data_affected: Vec<DataAffected>,
    /// How many people's data (P0-FORM-6).
    #[serde(default)]
    pub individuals_affected: Option<u32>,
    /// Whether the DPO was told (P0-FORM-6).
    #[serde(default)]
    pub dpo_told: Option<DpoTold>,
    /// The reporter reports themself (P0-LLC-6).
    #[serde(default)]
    pub self_referral: bool,
    /// A protected disclosure: the reporter's name is kept from those who handle it (OTH-5).
    #[serde(default)]
    pub protected_disclosure: bool,
    /// Whether there is an image that could show a child without clothes (IMG-1); nothing of it is ever taken in.
    #[serde(default)]
    pub image: Option<ImageAnswer>,
    /// What the reporter reported to police or social care themself (OTH-3, OTH-4).
    #[serde(default)]
    pub own_reports: Vec<OwnReport>,
    /// The reporter's typed declaration (P0-FORM-7).
    #[serde(default)]
    pub declaration: Option<Declaration>,
}

/// Whose report it is, where somebody else types it in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnBehalf {
    /// Their name; none where they do not want to be named.
    #[serde(default)]
    pub name: Option<String>,
    /// Their role, for example `parent` or `Year 4 teacher`.
    #[serde(default)]
    pub role: Option<String>,
    /// Their staff id, where known.
    #[serde(default)]
    pub staff_id: Option<String>,
}

/// A report that a person made on their own duty, outside the school.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnReport {
    /// To whom.
    pub to: OwnReportTo,
    /// When.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// The reference that they were given.
    #[serde(default)]
    pub reference: Option<String>,
}

redacted!(Form);

/// A pupil as named on the form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PupilNamed {
    /// The pupil's id in the school's directory, where known.
    #[serde(default)]
    pub pupil_id: Option<String>,
    /// The name as given.
    pub name: String,
    /// For example `Year 3`.
    #[serde(default)]
    pub year_group: Option<String>,
}

/// An adult as named on the form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffNamed {
    /// The staff id in the directory, where known.
    #[serde(default)]
    pub staff_id: Option<String>,
    /// The name as given.
    pub name: String,
    /// Their part in it.
    pub part: Part,
}

/// An adult named in an assessment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdultNamed {
    /// The staff id in the directory, where known.
    #[serde(default)]
    pub staff_id: Option<String>,
    /// The name as given.
    pub name: String,
}

/// The reporter as named: at filing, with the role they had then (P0-FORM-1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReporterNamed {
    /// The staff id, where known.
    #[serde(default)]
    pub staff_id: Option<String>,
    /// The name as given.
    pub name: String,
    /// The role as given.
    #[serde(default)]
    pub role: Option<String>,
}

redacted!(PupilNamed, StaffNamed, AdultNamed, ReporterNamed, OnBehalf, OwnReport);

impl Form {
    /// A form with what it must have, and nothing else answered.
    pub fn of(school: &str, types: &[ReportType], what_happened: impl Into<String>) -> Self {
        Self {
            school: school.to_owned(),
            reported_at: None,
            incident_at: None,
            reported_on: None,
            incident_on: None,
            discovered_at: None,
            on_behalf_of: None,
            channel: None,
            types: types.to_vec(),
            extra_types: vec![],
            other_type: None,
            about: About::default(),
            what_happened: what_happened.into(),
            location: None,
            pupils: vec![],
            staff: vec![],
            danger: None,
            reported_to: None,
            immediate_action: None,
            data_affected: vec![],
            individuals_affected: None,
            dpo_told: None,
            self_referral: false,
            protected_disclosure: false,
            image: None,
            own_reports: vec![],
            declaration: None,
        }
    }

    /// Checks every field and names those that are wrong; `now` bounds instants that cannot lie in the future.
    pub fn check(&self, now: Instant) -> Result<(), Invalid> {
        let mut checks = Checks::default();
        checks.text("school", &self.school, 50);
        checks.text("what_happened", &self.what_happened, STORY_MAX);
        self.check_types(&mut checks);
        self.check_lines(&mut checks);
        self.check_people(&mut checks);
        self.check_data(&mut checks);
        self.check_instants(&mut checks, now);
        checks.done()
    }

    fn check_types(&self, checks: &mut Checks) {
        if self.types.is_empty() && self.extra_types.is_empty() {
            checks.fail("types", "needs at least one type of incident (P0-FORM-2)");
        }
        if has_twice(&self.extra_types) || self.extra_types.len() > TYPES_MAX {
            checks.fail("extra_types", "names one type twice");
        }
        if has_twice(&self.types) {
            checks.fail("types", "names one type twice");
        }
        if self.types.contains(&ReportType::Other) && self.other_type.as_deref().is_none_or(|text| text.trim().is_empty()) {
            checks.fail("other_type", "is needed when the type is \"other\": please say what it is");
        }
        match (self.about.whom, self.about.name.as_deref().map(str::trim)) {
            (AboutWhom::Another, None | Some("")) => {
                checks.fail("about.name", "is needed: please give the adult's name as well as you know it");
            }
            (_, Some(name)) => checks.at_most("about.name", name, NAME_MAX),
            _ => {}
        }
    }

    fn check_lines(&self, checks: &mut Checks) {
        for (field, value, max) in [
            ("other_type", &self.other_type, LINE_MAX),
            ("location", &self.location, LINE_MAX),
            ("reported_to", &self.reported_to, STORY_MAX),
            ("immediate_action", &self.immediate_action, STORY_MAX),
        ] {
            if let Some(text) = value {
                checks.at_most(field, text, max);
            }
        }
    }

    fn check_people(&self, checks: &mut Checks) {
        if self.pupils.len() > PEOPLE_MAX {
            checks.fail("pupils", format!("names more than {PEOPLE_MAX} pupils"));
        }
        if self.staff.len() > PEOPLE_MAX {
            checks.fail("staff", format!("names more than {PEOPLE_MAX} adults"));
        }
        for (index, pupil) in self.pupils.iter().take(PEOPLE_MAX).enumerate() {
            checks.text(&format!("pupils[{index}].name"), &pupil.name, NAME_MAX);
            checks.at_most(&format!("pupils[{index}].year_group"), pupil.year_group.as_deref().unwrap_or(""), 50);
            checks.at_most(&format!("pupils[{index}].pupil_id"), pupil.pupil_id.as_deref().unwrap_or(""), 50);
        }
        for (index, adult) in self.staff.iter().take(PEOPLE_MAX).enumerate() {
            checks.text(&format!("staff[{index}].name"), &adult.name, NAME_MAX);
            checks.at_most(&format!("staff[{index}].staff_id"), adult.staff_id.as_deref().unwrap_or(""), 50);
        }
        if let Some(other) = &self.on_behalf_of {
            for (field, value) in [("name", &other.name), ("role", &other.role), ("staff_id", &other.staff_id)] {
                checks.at_most(&format!("on_behalf_of.{field}"), value.as_deref().unwrap_or(""), NAME_MAX);
            }
        }
        if self.own_reports.len() > OWN_REPORTS_MAX {
            checks.fail("own_reports", format!("names more than {OWN_REPORTS_MAX} reports"));
        }
        for (index, own) in self.own_reports.iter().take(OWN_REPORTS_MAX).enumerate() {
            checks.at_most(&format!("own_reports[{index}].reference"), own.reference.as_deref().unwrap_or(""), NAME_MAX);
        }
        if let Some(declaration) = &self.declaration {
            checks.text("declaration.name", &declaration.name, NAME_MAX);
        }
    }

    fn check_data(&self, checks: &mut Checks) {
        if has_twice(&self.data_affected) {
            checks.fail("data_affected", "names one kind of data twice");
        }
        if self.data_affected.contains(&DataAffected::NoData) && self.data_affected.len() > 1 {
            checks.fail("data_affected", "says \"no data\" and names data as well: please choose one");
        }
    }

    fn check_instants(&self, checks: &mut Checks, now: Instant) {
        // A school's clock may run a little ahead of ours; a day ahead is a typing error.
        let latest = now.plus_seconds(300);
        let days = [("incident_on", self.incident_on), ("reported_on", self.reported_on)].map(|(field, day)| (field, day.map(start_of)));
        let instants = [("incident_at", self.incident_at), ("discovered_at", self.discovered_at), ("reported_at", self.reported_at)];
        for (field, at) in instants.into_iter().chain(days) {
            if at.is_some_and(|at| at > latest) {
                checks.fail(field, "lies in the future");
            }
        }
        for (index, own) in self.own_reports.iter().take(OWN_REPORTS_MAX).enumerate() {
            if own.at.is_some_and(|at| at > latest) {
                checks.fail(format!("own_reports[{index}].at"), "lies in the future");
            }
        }
        for (field, day, at) in [("incident_on", self.incident_on, self.incident_at), ("reported_on", self.reported_on, self.reported_at)] {
            if day.is_some() && at.is_some() {
                checks.fail(field, "is given beside the instant; one of the two is enough");
            }
        }
        for (field, at) in [("incident_at", self.incident_at), ("discovered_at", self.discovered_at)] {
            if let (Some(at), Some(reported)) = (at, self.reported_at)
                && at > reported
            {
                checks.fail(field, "is later than the time it was reported");
            }
        }
        if let (Some(incident), Some(discovered)) = (self.incident_at, self.discovered_at)
            && incident > discovered
        {
            checks.fail("incident_at", "is later than the time it was discovered");
        }
    }

    /// When the school was told: as given, else the first instant of the day that was given, else now.
    pub fn told_at(&self, now: Instant) -> Instant {
        self.reported_at.or(self.reported_on.map(start_of)).unwrap_or(now)
    }

    /// The earliest that staff knew (BRE-3): when it was discovered, or when the school was told, whichever came first. What staff know,
    /// the school knows: the clock does not wait until somebody reads the report.
    pub fn aware_at(&self, now: Instant) -> Instant {
        let told = self.told_at(now);
        self.discovered_at.map_or(told, |discovered| discovered.min(told))
    }

    /// The danger answer; where it was not asked (an import), unsure for child-on-child and online-safety types, else no (design §6).
    pub fn danger_or_default(&self) -> Danger {
        self.danger.unwrap_or_else(|| {
            if self.image.is_some_and(ImageAnswer::may_show_a_child) {
                return Danger::Unsure;
            }
            let unsure = [ReportType::ChildOnChildAbuseOnline, ReportType::OnlineSafetyConcern];
            if self.types.iter().any(|kind| unsure.contains(kind)) { Danger::Unsure } else { Danger::No }
        })
    }
}

fn has_twice<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().any(|(index, item)| list[..index].contains(item))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A form with every field that must be there.
    pub(crate) fn form(types: &[ReportType]) -> Form {
        let other_type = types.contains(&ReportType::Other).then(|| "Something else".into());
        Form { other_type, ..Form::of("SCH01", types, "A laptop was left on the train.") }
    }

    fn fields(form: &Form) -> Vec<String> {
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        form.check(now).err().map(|Invalid(list)| list.into_iter().map(|e| e.field).collect()).unwrap_or_default()
    }

    #[test]
    fn p0_form_2_all_thirteen_types_are_accepted_alone_and_together() {
        assert_eq!(ReportType::ALL.len(), 13);
        for kind in ReportType::ALL {
            assert_eq!(fields(&form(&[*kind])), Vec::<String>::new(), "{kind}");
        }
        assert_eq!(fields(&form(ReportType::ALL)), Vec::<String>::new());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut bad = form(&[]);
        bad.what_happened = "  ".into();
        bad.pupils.push(PupilNamed { pupil_id: None, name: String::new(), year_group: None });
        bad.data_affected = vec![DataAffected::NoData, DataAffected::Pupil];
        bad.incident_at = Instant::parse("2027-01-01T00:00Z");
        bad.about.whom = AboutWhom::Another;
        assert_eq!(fields(&bad), ["what_happened", "types", "about.name", "pupils[0].name", "data_affected", "incident_at"]);
        let mut other = form(&[ReportType::Other]);
        other.other_type = None;
        assert_eq!(fields(&other), ["other_type"]);
        let mut long = form(&[ReportType::LossOfData]);
        long.what_happened = "x".repeat(STORY_MAX + 1);
        long.location = Some("a\0b".into());
        assert_eq!(fields(&long), ["what_happened", "location"]);
    }

    #[test]
    fn bre_3_the_school_is_aware_from_the_earliest_staff_knowledge() {
        let at = |text: &str| Instant::parse(text);
        let now = at("2026-10-30T16:12Z").unwrap();
        let mut found = form(&[ReportType::LossOfData]);
        assert_eq!(found.aware_at(now), now);
        found.reported_at = at("2026-10-30T09:00Z");
        assert_eq!(Some(found.aware_at(now)), found.reported_at);
        found.discovered_at = at("2026-10-29T18:00Z");
        assert_eq!(Some(found.aware_at(now)), found.discovered_at);
        found.incident_at = at("2026-10-29T17:00Z");
        assert_eq!(fields(&found), Vec::<String>::new(), "four instants apart");
        found.discovered_at = at("2026-10-30T10:00Z");
        assert_eq!(fields(&found), ["discovered_at"]);
        let mut day = form(&[ReportType::LossOfData]);
        day.reported_on = Some("2026-10-29".parse().unwrap());
        assert_eq!(Some(day.aware_at(now)), at("2026-10-29T00:00Z"));
        day.incident_on = Some("2026-11-02".parse().unwrap());
        assert_eq!(fields(&day), ["incident_on"]);
    }

    #[test]
    fn danger_defaults_to_unsure_for_children_s_types_only() {
        assert_eq!(form(&[ReportType::ChildOnChildAbuseOnline]).danger_or_default(), Danger::Unsure);
        assert_eq!(form(&[ReportType::OnlineSafetyConcern, ReportType::Other]).danger_or_default(), Danger::Unsure);
        assert_eq!(form(&[ReportType::LossOfEquipment]).danger_or_default(), Danger::No);
    }
}
