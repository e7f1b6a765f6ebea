//! Who receives a report or a case: one owner, or the next in the chain who is a different person (design §6, P0-ROUTE-1 to 3, P0-LLC-2).

mod absence;
mod alerts;
mod posts;
mod reroute;
mod way;

pub use absence::{Passed, alert_in_absence, case_in_absence, clock_in_absence, report_in_absence};
pub use alerts::{AlertUser, alert_adults, alert_user, reroute_alert, route_alert};
use posts::posts;
pub use reroute::{reroute_case, reroute_report, subjects_by_now};
pub use way::Way;

use crate::{
    Address, Duty, PersonId, RecordClass,
    case::CaseKind,
    directory::Directory,
    duty::SAFEGUARDING_LEADS,
    profile::Profile,
    report::{AboutWhom, Assess, AssessmentCategory, Danger, Form, ImageAnswer, Part, Report, ReportType, RouteTaken, may_be_breach},
};

/// The types that tell of a loss, theft or unauthorised access: what the first facts may name (design §6).
pub const LOSS_TYPES: &[ReportType] = &[
    ReportType::LossOfEquipment,
    ReportType::LossOfData,
    ReportType::TheftOfEquipment,
    ReportType::TheftOfData,
    ReportType::UnauthorisedAccess,
];

/// In a list of a profile's types, stands for every report that may hold an image of a child without clothes (IMG-1, P1-NUDE-1).
pub const IMAGE: &str = "image";

/// The people whom a report is about, as far as the directory can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Named by staff id, by duty, or by themselves.
    pub certain: Vec<PersonId>,
    /// Everyone whose name could be a name that was given.
    pub possible: Vec<PersonId>,
    /// Who stands aside, recused or with a declared conflict: not the subject, and not to be reached either.
    pub aside: Vec<PersonId>,
}

impl Subjects {
    /// Whether it must not reach this person.
    pub fn may_be(&self, person: PersonId) -> bool {
        [&self.certain, &self.possible, &self.aside].iter().any(|people| people.contains(&person))
    }
}

impl Subjects {
    /// Adds an adult as named. An id is certain, and other entries of the same human being are possible; a name or a post makes everyone
    /// possible whom it could mean.
    fn add(&mut self, staff_id: Option<&str>, name: &str, school: &str, directory: &Directory, profile: &Profile) {
        if let Some(person) = staff_id.and_then(|id| directory.by_staff_id(id)) {
            self.certain.push(person);
            self.possible.extend(directory.twins(person));
        } else {
            self.possible.extend(directory.could_be(name));
            self.possible.extend(posts(name, profile).into_iter().flat_map(|duty| directory.holders(&Address::of(duty, school))));
        }
    }

    fn certainly(&mut self, people: impl IntoIterator<Item = PersonId>, directory: &Directory) {
        for person in people {
            self.certain.push(person);
            self.possible.extend(directory.twins(person));
        }
    }

    /// These people, and other entries of the same human beings.
    pub(crate) fn of(people: impl IntoIterator<Item = PersonId>, directory: &Directory) -> Self {
        let mut found = Self::default();
        found.certainly(people, directory);
        found.tidy()
    }

    fn tidy(mut self) -> Self {
        for list in [&mut self.certain, &mut self.possible] {
            list.sort_unstable();
            list.dedup();
        }
        self.possible.retain(|person| !self.certain.contains(person));
        self
    }
}

/// Who reports, as far as it is known: the person, else the name on the paper.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportedBy<'a> {
    /// The person of the directory.
    pub person: Option<PersonId>,
    /// The name as given.
    pub name: Option<&'a str>,
}

/// Finds the people whom a report is about. A name without an id makes everyone of that name a possible subject.
pub fn subjects(form: &Form, by: ReportedBy<'_>, directory: &Directory, profile: &Profile) -> Subjects {
    let mut found = Subjects::default();
    for adult in form.staff.iter().filter(|adult| adult.part == Part::Subject) {
        found.add(adult.staff_id.as_deref(), &adult.name, &form.school, directory, profile);
    }
    match form.about.whom {
        AboutWhom::Headteacher => found.certainly(directory.holders(&Address::of(Duty::Headteacher, &form.school)), directory),
        AboutWhom::Dsl => found.certainly(directory.holders(&Address::of(Duty::Dsl, &form.school)), directory),
        AboutWhom::Another => form.about.name.iter().for_each(|name| found.add(None, name, &form.school, directory, profile)),
        AboutWhom::Myself | AboutWhom::Nobody => {}
    }
    if form.self_referral || form.about.whom == AboutWhom::Myself {
        match (by.person, by.name) {
            (Some(person), _) => found.certainly([person], directory),
            (None, Some(name)) => found.add(None, name, &form.school, directory, profile),
            (None, None) => {}
        }
    }
    found.tidy()
}

/// The people whom an assessment finds a report to be about, beside those found at filing. Where a report becomes a matter of an adult's
/// conduct and names no subject, every adult that it names could be the one.
pub fn assessed_subjects(report: &Report, ask: &Assess, directory: &Directory, profile: &Profile) -> Subjects {
    let filed = &report.filed;
    let mut found = Subjects::default();
    for adult in &ask.subjects {
        found.add(adult.staff_id.as_deref(), &adult.name, &filed.school, directory, profile);
    }
    let conduct = [AssessmentCategory::LowLevelConcern, AssessmentCategory::DisciplinaryMatter];
    let is_conduct = ask.categories.iter().any(|category| conduct.contains(category));
    let nobody = ask.subjects.is_empty() && report.subjects.is_empty() && report.possible_subjects.is_empty();
    if is_conduct && nobody {
        for adult in &filed.staff {
            found.add(adult.staff_id.as_deref(), &adult.name, &filed.school, directory, profile);
        }
        found.possible.append(&mut found.certain);
    }
    found.tidy()
}

/// The people whom a person found a report to be about, in place of those found before. A name that fits nobody of the directory is
/// refused: what is settled is settled on people.
pub fn settled_subjects(
    ask: &crate::report::Settle,
    school: &str,
    directory: &Directory,
    profile: &Profile,
) -> Result<Subjects, crate::Invalid> {
    let mut found = Subjects::default();
    for (index, adult) in ask.subjects.iter().enumerate() {
        let before = found.certain.len() + found.possible.len();
        found.add(adult.staff_id.as_deref(), &adult.name, school, directory, profile);
        if found.certain.len() + found.possible.len() == before {
            return Err(crate::Invalid::one(format!("subjects[{index}].name"), "fits nobody in the directory"));
        }
    }
    Ok(found.tidy())
}

/// The record class of a report whose boxes are ticked ([`Profile::with_boxes`]): conduct when an adult is its subject, then safeguarding,
/// then the rest (design §6).
pub fn class(form: &Form, profile: &Profile) -> RecordClass {
    let adult = form.self_referral
        || form.about.whom != AboutWhom::Nobody
        || form.types.contains(&ReportType::LowLevelConcern)
        || form.staff.iter().any(|adult| adult.part == Part::Subject);
    if adult {
        return RecordClass::Conduct;
    }
    // "Other" may be anything, so it goes with the narrower class; the narrowest class that any type names wins.
    let extra = form.extra_types.iter().filter_map(|code| profile.extra(code)?.class);
    let class = form.types.iter().map(|kind| class_of(*kind)).chain(extra).min().unwrap_or(RecordClass::Safeguarding);
    // A child's story is not for those who look after the equipment.
    if class == RecordClass::It && dsl_reads(form) { RecordClass::Safeguarding } else { class }
}

/// Whether a DSL reads along: a child could be in danger, or an image could show one without clothes (design §6, IMG-1).
pub(crate) fn dsl_reads(form: &Form) -> bool {
    reads_along(form.danger_or_default(), form.image)
}

fn reads_along(danger: Danger, image: Option<ImageAnswer>) -> bool {
    danger != Danger::No || image.is_some_and(ImageAnswer::may_show_a_child)
}

pub(crate) const fn class_of(kind: ReportType) -> RecordClass {
    match kind {
        ReportType::LowLevelConcern => RecordClass::Conduct,
        ReportType::OnlineSafetyConcern | ReportType::ChildOnChildAbuseOnline | ReportType::HarmfulChallengeOrHoax => {
            RecordClass::Safeguarding
        }
        ReportType::LossOfData | ReportType::TheftOfData | ReportType::UnauthorisedAccess => RecordClass::DataProtection,
        ReportType::LossOfEquipment
        | ReportType::TheftOfEquipment
        | ReportType::MisuseOfIct
        | ReportType::BreachOfAup
        | ReportType::FilteringOrMonitoringFailure
        | ReportType::Other => RecordClass::It,
    }
}

/// Where a new report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// Its owner, its second reader, and whom it must not reach.
    pub route: RouteTaken,
    /// The duties that get the first facts.
    pub facts_to: Vec<Address>,
    /// Who has the provisional breach clock on their board; none where no personal data can be affected.
    pub clock_owner: Option<Address>,
}

/// Routes a report to its one owner, its first facts to those who need them, and its clock to those who answer for it.
pub fn route_report(form: &Form, class: RecordClass, by: ReportedBy<'_>, directory: &Directory, profile: &Profile) -> Routed {
    let subjects = subjects(form, by, directory, profile);
    let codes = form_codes(form);
    let (chain, clause) = report_chain(class, &codes, profile);
    let owner = owner(chain, &form.school, &subjects, directory);
    let second = dsl_reads(form).then(|| first_dsl(&form.school, &subjects, directory)).flatten().filter(|second| *second != owner);
    let clock_owner = may_be_breach(&form.data_affected, &losses(&form.types))
        .then(|| self::owner(profile.clock_chain(), &form.school, &subjects, directory));
    let facts_to = facts_to(&codes, &form.school, &subjects, directory, profile);
    Routed { route: RouteTaken { second, ..taken(owner, subjects, clause, profile) }, facts_to, clock_owner }
}

/// The types of a loss, theft or unauthorised access among these.
pub fn losses(types: &[ReportType]) -> Vec<ReportType> {
    types.iter().copied().filter(|kind| LOSS_TYPES.contains(kind)).collect()
}

/// What a profile's lists of types are matched against: the boxes and extra types of a form, and [`IMAGE`] where there may be one.
pub fn form_codes(form: &Form) -> Vec<String> {
    codes(&form.types, form.extra_types.iter().map(String::as_str), form.image)
}

fn codes<'a>(types: &[ReportType], extra: impl Iterator<Item = &'a str>, image: Option<ImageAnswer>) -> Vec<String> {
    let image = image.filter(|answer| answer.may_show_a_child()).map(|_| IMAGE);
    types.iter().map(|kind| kind.as_str()).chain(extra).chain(image).map(str::to_owned).collect()
}

/// The chain for reports of a class with these types, and its clause: the first route that matches.
pub fn report_chain<'a>(class: RecordClass, codes: &[String], profile: &'a Profile) -> (&'a [Duty], &'a str) {
    let matches = |types: &[String]| types.is_empty() || types.iter().any(|kind| codes.contains(kind));
    let route = profile
        .routes
        .iter()
        .find(|route| route.class == class && matches(&route.types))
        .expect("a validated profile has a route for every class that a report can have");
    (&route.chain, &route.clause)
}

/// The chains that get the first facts of one type or extra type, by code.
pub(crate) fn facts_of(code: &str, profile: &Profile) -> Vec<Vec<Duty>> {
    let routes = profile.facts.iter().filter(|facts| facts.types.iter().any(|kind| kind == code));
    routes.map(|facts| facts.chain.clone()).collect()
}

pub(crate) fn facts_to(codes: &[String], school: &str, subjects: &Subjects, directory: &Directory, profile: &Profile) -> Vec<Address> {
    let routes = profile.facts.iter().filter(|facts| facts.types.iter().any(|kind| codes.contains(kind)));
    let mut all: Vec<Address> = routes.map(|facts| owner(&facts.chain, school, subjects, directory)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The first DSL who is not its subject (design §6), who reads along where a child could be in danger; none where there is nobody.
pub fn first_dsl(school: &str, subjects: &Subjects, directory: &Directory) -> Option<Address> {
    let dsls = SAFEGUARDING_LEADS.map(|duty| Address::of(duty, school));
    dsls.into_iter().find(|address| is_reached(address, subjects, directory))
}

/// Whom a reporter is sent to in place of this duty: the duty itself, unless the post that the reporter picked as whom it is about is held
/// by the same people. Nothing is said here of names that were given.
pub fn told_instead(duty: Duty, form: &Form, directory: &Directory) -> Duty {
    let picked = match form.about.whom {
        AboutWhom::Headteacher => Duty::Headteacher,
        AboutWhom::Dsl => Duty::Dsl,
        AboutWhom::Nobody | AboutWhom::Another | AboutWhom::Myself => return duty,
    };
    let subjects = Subjects::of(directory.holders(&Address::of(picked, &form.school)), directory);
    let free = |other: &Duty| *other != picked && is_reached(&Address::of(*other, &form.school), &subjects, directory);
    if duty != picked && !directory.holders(&Address::of(duty, &form.school)).iter().any(|person| subjects.may_be(*person)) {
        return duty;
    }
    let next = [Duty::Headteacher, Duty::Dsl, Duty::TrustSafeguardingLead, Duty::TrustLead, Duty::Chair];
    let other = if picked == Duty::Dsl { Duty::Headteacher } else { Duty::Dsl };
    next.into_iter().find(free).unwrap_or(other)
}

/// Whether somebody holds this duty to whom the record may come.
pub fn is_reached(address: &Address, subjects: &Subjects, directory: &Directory) -> bool {
    directory.holders(address).iter().any(|person| !subjects.may_be(*person))
}

/// Whose board of old papers shows a clock that runs no more: the first of the chain who is not its subject, though nobody be in that post
/// by now, as nothing is owed for it.
pub fn clock_of_old_papers(school: &str, route: &RouteTaken, directory: &Directory, profile: &Profile) -> Address {
    let subjects = Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: vec![] };
    let mut chain = profile.clock_chain().iter().map(|duty| Address::of(*duty, school));
    let fits = |address: &Address| directory.holders(address).is_empty() || is_reached(address, &subjects, directory);
    chain.find(fits).unwrap_or_else(|| Address::trust_wide(Duty::Dpo))
}

/// Routes a case that an assessment opened; a kind without a route stays with the duty that assessed.
pub fn route_case(
    kind: CaseKind,
    report: &RouteTaken,
    school: &str,
    found: &Subjects,
    directory: &Directory,
    profile: &Profile,
) -> RouteTaken {
    let certain = [report.subjects.as_slice(), &found.certain].concat();
    let possible = [report.possible_subjects.as_slice(), &found.possible].concat();
    let subjects = Subjects { certain, possible, aside: found.aside.clone() }.tidy();
    match profile.cases.iter().find(|route| route.kind == kind) {
        Some(route) => {
            let owner = owner(&route.chain, school, &subjects, directory);
            taken(owner, subjects, &route.clause, profile)
        }
        None => taken(report.owner.clone(), subjects, &report.clause, profile),
    }
}

fn taken(owner: Address, subjects: Subjects, clause: &str, profile: &Profile) -> RouteTaken {
    RouteTaken {
        owner,
        second: None,
        subjects: subjects.certain,
        possible_subjects: subjects.possible,
        clause: clause.to_owned(),
        profile: profile.name(),
    }
}

/// The first duty of the chain that somebody holds who is not the subject. Where there is none, a duty that nobody holds yet waits
/// for its holder; where every duty is held by a subject alone, the last one keeps it, and need-to-know shows it to nobody.
pub(crate) fn owner(chain: &[Duty], school: &str, subjects: &Subjects, directory: &Directory) -> Address {
    let addresses: Vec<Address> = chain.iter().map(|duty| Address::of(*duty, school)).collect();
    let free = |address: &&Address| directory.holders(address).iter().any(|person| !subjects.may_be(*person));
    let vacant = |address: &&Address| directory.holders(address).is_empty();
    let chosen = addresses.iter().find(free).or_else(|| addresses.iter().find(vacant)).or(addresses.last());
    chosen.cloned().expect("a validated profile has no empty chain")
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod reroute_tests;
#[cfg(test)]
mod table;
#[cfg(test)]
pub(crate) mod tests;
