//! Who receives a monitoring alert, and whom it must not reach: the person whom it is about learns nothing of it (design §1.4).

use super::{Subjects, is_reached, owner, report_chain, taken};
use crate::{
    Duty, PersonId, RecordClass,
    alert::{Alert, AlertAbout},
    directory::{Directory, PupilRow},
    profile::Profile,
    report::{Part, RouteTaken, StaffNamed},
};

/// Whom an alert is about, as far as the directory tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertUser {
    /// Whether it is a pupil or an adult.
    pub about: AlertAbout,
    /// Their id in the list of staff.
    pub listed_id: Option<String>,
    /// Their name.
    pub name: Option<String>,
    subjects: Subjects,
}

impl AlertUser {
    fn unknown() -> Self {
        Self { about: AlertAbout::Unknown, listed_id: None, name: None, subjects: Subjects::default() }
    }

    /// A pupil of the list.
    pub fn pupil(row: &PupilRow) -> Self {
        let (listed_id, name) = (Some(row.pupil_id.clone()), Some(row.legal_name.clone()));
        Self { about: AlertAbout::Pupil, listed_id, name, subjects: Subjects::default() }
    }

    fn person(id: PersonId, subjects: Subjects, directory: &Directory) -> Self {
        let known = &directory.people[&id];
        let listed_id = known.staff.as_ref().map(|staff| staff.staff_id.clone());
        Self { about: AlertAbout::Adult, listed_id, name: Some(known.name.clone()), subjects }
    }

    /// The same where nobody else is known: an alert of somebody's own device may be about them, whoever was signed in.
    #[must_use]
    pub fn or_holder(self, holder: Option<PersonId>, directory: &Directory) -> Self {
        match holder.filter(|holder| self.about == AlertAbout::Unknown && directory.people.contains_key(holder)) {
            Some(holder) => {
                let Subjects { certain, possible, aside } = Subjects::of([holder], directory);
                Self::person(holder, Subjects { possible: [certain, possible].concat(), certain: vec![], aside }, directory)
            }
            None => self,
        }
    }
}

/// The adults whom a user of a product may be: by staff id, e-mail or log-on, else everybody whose name could be meant.
pub fn alert_user(user: Option<&str>, directory: &Directory) -> AlertUser {
    let unknown = AlertUser::unknown();
    let Some(user) = user.map(str::trim).filter(|user| !user.is_empty()) else { return unknown };
    // `SCHOOL\gxu` and `gxu@school.example` are the log-on `gxu`.
    let log_on = log_on_of(user);
    let certain = directory.by_staff_id(user).or_else(|| directory.by_email(user)).or_else(|| directory.by_staff_id(log_on));
    let certain = certain.into_iter().collect::<Vec<_>>();
    let named = if certain.is_empty() { by_log_on(log_on, directory) } else { certain };
    match named.as_slice() {
        [person] => AlertUser::person(*person, Subjects::of([*person], directory), directory),
        [] => {
            let possible = directory.could_be(&name_in(user));
            let about = if possible.is_empty() { AlertAbout::Unknown } else { AlertAbout::Adult };
            AlertUser { about, subjects: Subjects { possible, ..Subjects::default() }, ..unknown }
        }
        several => {
            let subjects = Subjects { possible: several.to_vec(), ..Subjects::default() };
            AlertUser { about: AlertAbout::Adult, subjects, ..unknown }
        }
    }
}

fn log_on_of(user: &str) -> &str {
    let log_on = user.rsplit('\\').next().unwrap_or(user);
    log_on.split('@').next().unwrap_or(log_on)
}

/// The name that a log-on may spell: `george.xu` is `george xu`.
fn name_in(user: &str) -> String {
    log_on_of(user).replace(['.', '_', '-'], " ")
}

/// The adults of a report of this alert: nobody whom the alert is, or may be, about may come to know of the report either.
pub fn alert_adults(alert: &Alert, directory: &Directory) -> Vec<StaffNamed> {
    let route = &alert.route;
    let by_id = |id: &PersonId| {
        let known = directory.people.get(id)?;
        let staff_id = known.staff.as_ref().map(|staff| staff.staff_id.clone());
        Some(StaffNamed { staff_id, name: known.name.clone(), part: Part::Subject })
    };
    if !route.subjects.is_empty() {
        return route.subjects.iter().filter_map(by_id).collect();
    }
    if route.possible_subjects.is_empty() {
        return vec![];
    }
    let name = alert.received.user.as_deref().map(name_in).unwrap_or_default();
    let meant = directory.could_be(&name);
    if !name.is_empty() && route.possible_subjects.iter().all(|person| meant.contains(person)) {
        return vec![StaffNamed { staff_id: None, name, part: Part::Subject }];
    }
    route.possible_subjects.iter().filter_map(by_id).collect()
}

fn by_log_on(log_on: &str, directory: &Directory) -> Vec<PersonId> {
    let local = |email: &String| email.split('@').next().is_some_and(|local| local.eq_ignore_ascii_case(log_on));
    let has = |person: &crate::directory::Person| person.email.as_ref().is_some_and(local);
    directory.people.iter().filter(|(_, person)| has(person)).map(|(id, _)| *id).collect()
}

/// Who decides about alerts, in order: the DSLs by law (FIL-1), then the stand-ins of the trust's route for safeguarding.
pub(super) fn chain(profile: &Profile) -> (Vec<Duty>, &str) {
    let (stand_ins, clause) = report_chain(RecordClass::Safeguarding, &[], profile);
    let dsls = [Duty::Dsl, Duty::DeputyDsl];
    let chain = dsls.into_iter().chain(stand_ins.iter().copied().filter(|duty| !dsls.contains(duty))).collect();
    (chain, clause)
}

/// Routes an alert that comes in: to the first of the chain who is not, and could not be, the person whom it is about.
pub fn route_alert(user: &AlertUser, school: &str, directory: &Directory, profile: &Profile) -> RouteTaken {
    let (chain, clause) = chain(profile);
    let owner = owner(&chain, school, &user.subjects, directory);
    taken(owner, user.subjects.clone(), clause, profile)
}

/// Where an alert that waits belongs by now, where that is not where it is: its receiver left the duty, or turned out to be the person
/// whom it is about. An alert about a pupil is read by every DSL of the school, so that it waits where it is.
pub fn reroute_alert(alert: &Alert, directory: &Directory, profile: &Profile) -> Option<RouteTaken> {
    if !alert.waits() || alert.received.about == AlertAbout::Pupil {
        return None;
    }
    let (received, was) = (&alert.received, &alert.route);
    let by_now = alert_user(received.user.as_deref(), directory).subjects;
    let certain = [was.subjects.as_slice(), &by_now.certain].concat();
    let possible = [was.possible_subjects.as_slice(), &by_now.possible].concat();
    let subjects = Subjects { certain, possible, aside: vec![] }.tidy();
    let stays = is_reached(&was.owner, &subjects, directory);
    let (chain, clause) = chain(profile);
    let owner = if stays { was.owner.clone() } else { owner(&chain, &received.school, &subjects, directory) };
    let route = taken(owner, subjects, clause, profile);
    let same = route.owner == was.owner && route.subjects == was.subjects && route.possible_subjects == was.possible_subjects;
    (!same).then_some(route)
}
