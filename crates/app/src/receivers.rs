//! Where a report will go, whether somebody is there to receive it, and the names in it that nobody has settled.
//!
//! What is said here to a reporter is made of their own words and of who holds which post, never of what was done with the report.

use std::collections::BTreeSet;

use wardbook_domain::{
    Address, Duty,
    directory::Directory,
    need_to_know::Access,
    profile::{PLACES, Profile},
    report::{AboutWhom, Form, Part},
    routing,
};

use crate::{
    App, AppError, Caller,
    shown::{AddressShown, ReportShown},
};

/// Where a form would go if it were filed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// To whom; none where the reporter is, or may be, whom it is about.
    pub owner: Option<AddressShown>,
    /// The duty that would have it, were it not about the holder.
    pub instead_of: Option<Duty>,
    /// The DSL who reads along, where a child could be in danger.
    pub second: Option<AddressShown>,
}

impl App {
    /// Where this form would go if it were filed now, by the same rules as when it is. Nothing is kept.
    pub async fn preview(&self, caller: &Caller, form: &Form) -> Result<Preview, AppError> {
        let (directory, profile) = (self.directory().await?, self.profile());
        let (form, _) = profile.with_boxes(form)?;
        let origin = self.origin(caller, &form).await?;
        let name = origin.reporter.as_ref().map(|reporter| reporter.name.as_str());
        let by = routing::ReportedBy { person: origin.reporter_person, name };
        let class = routing::class(&form, &profile);
        let route = routing::route_report(&form, class, by, &directory, &profile).route;
        let concerned = [&route.subjects, &route.possible_subjects].into_iter().any(|people| people.contains(&caller.person));
        if concerned {
            return Ok(Preview { owner: None, instead_of: None, second: None });
        }
        let (chain, _) = routing::report_chain(class, &routing::form_codes(&form), &profile);
        let named = match form.about.whom {
            AboutWhom::Headteacher => Some(Duty::Headteacher),
            AboutWhom::Dsl => Some(Duty::Dsl),
            AboutWhom::Nobody | AboutWhom::Another | AboutWhom::Myself => None,
        };
        // Said only about a post that the reporter named themself.
        let instead_of = named.filter(|duty| chain.first() == Some(duty) && route.owner.duty != *duty);
        Ok(Preview { owner: Some((&route.owner).into()), instead_of, second: route.second.as_ref().map(Into::into) })
    }

    /// Who has a report as filed: where the chain has run out, its reporter is told whom to ring.
    pub async fn received_by(&self, caller: &Caller, shown: &ReportShown) -> Result<ReceivedBy, AppError> {
        let record = self.report_for(caller, crate::cases::parse_id(&shown.id)?).await?;
        let (filed, directory, profile) = (&record.folded.filed, self.directory().await?, self.profile());
        let mut codes: Vec<String> = filed.types.iter().map(ToString::to_string).collect();
        codes.extend(filed.extra_types.iter().map(|kind| kind.code.clone()));
        codes.extend(filed.image.filter(|answer| answer.may_show_a_child()).map(|_| routing::IMAGE.to_owned()));
        // As filed: what was found out since is not for the reporter.
        let subjects =
            routing::Subjects { certain: filed.route.subjects.clone(), possible: filed.route.possible_subjects.clone(), aside: vec![] };
        let (chain, _) = routing::report_chain(filed.class, &codes, &profile);
        let is_there = chain.iter().any(|duty| routing::is_reached(&Address::of(*duty, &filed.school), &subjects, &directory));
        // To whom it is about nobody is named.
        let safeguards = filed.route.second.as_ref().unwrap_or(&filed.route.owner);
        Ok(ReceivedBy { is_there, safeguards: shown.owner.is_some().then(|| safeguards.into()) })
    }

    /// The names given as whom a report is about that nobody has settled: they fit several people, or nobody. Readers only.
    pub async fn open_names(&self, caller: &Caller, shown: &ReportShown) -> Result<Vec<String>, AppError> {
        let record = self.report_for(caller, crate::cases::parse_id(&shown.id)?).await?;
        let report = &record.folded;
        if report.settled || !matches!(record.access, Access::Groups(..)) {
            return Ok(vec![]);
        }
        let directory = self.directory().await?;
        let about = report.filed.about.name.iter().map(|name| (None, name));
        let staff = report.filed.staff.iter().filter(|adult| adult.part == Part::Subject);
        let given = about.chain(staff.map(|adult| (adult.staff_id.as_deref(), &adult.name)));
        let unsettled = given.filter(|(id, _)| id.is_none_or(|id| directory.by_staff_id(id).is_none())).map(|(_, name)| name.clone());
        Ok(unsettled.collect())
    }
}

/// Who has a report as filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedBy {
    /// Whether anybody is there.
    pub is_there: bool,
    /// Who looks after the child where one could be in danger: the DSL who has it, or its owner where that is none; never whom it is about.
    pub safeguards: Option<AddressShown>,
}

/// First steps that a profile gives, with the clause that asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstSteps {
    /// The clause.
    pub clause: String,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// Whether there are first steps for a form as far as it is filled in.
pub fn has_first_steps(profile: &Profile, form: &Form) -> bool {
    profile.advice_for(&routing::form_codes(form)).next().is_some()
}

/// First steps for a form as far as it is filled in, each said once. None of them leads to whom the report is about.
pub fn first_steps(profile: &Profile, form: &Form, directory: &Directory) -> Vec<FirstSteps> {
    let (codes, mut said, mut all) = (routing::form_codes(form), BTreeSet::new(), vec![]);
    let told = [Duty::Dsl, Duty::Headteacher].map(|duty| profile.title(routing::told_instead(duty, form, directory)));
    for advice in profile.advice_for(&codes) {
        let steps =
            advice.steps.iter().map(|step| PLACES.iter().zip(told).fold(step.clone(), |step, (place, title)| step.replace(place, title)));
        let steps: Vec<String> = steps.filter(|step| said.insert(step.clone())).collect();
        if !steps.is_empty() {
            all.push(FirstSteps { clause: advice.clause.clone(), steps });
        }
    }
    all
}
