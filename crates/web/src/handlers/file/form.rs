//! The domain's form, made of a draft. Words that no list knows are left out: the questions' own checks have named them.

use wardbook_domain::profile::Profile;
use wardbook_domain::report::{
    About, AboutWhom, Channel, Danger, DataAffected, Declaration, DpoTold, Form, ImageAnswer, OnBehalf, OwnReport, OwnReportTo, Part,
    PupilNamed, ReportType, StaffNamed, danger::asks_about_an_image,
};

use super::draft::Draft;
use super::schools::Schools;
use crate::handlers::moment::{Needs, Said};

/// The form as far as it is filled in.
pub(super) fn form(draft: &Draft, schools: &Schools, profile: &Profile, declaration: Option<&str>) -> Form {
    let whom = AboutWhom::parse(&draft.about).unwrap_or(AboutWhom::Nobody);
    let types: Vec<_> = draft.types.iter().filter_map(|code| ReportType::parse(code)).collect();
    let pupil = |(name, year_group)| PupilNamed { pupil_id: None, name, year_group };
    let adult = |(_, person): (usize, &super::draft::Person)| {
        Some(StaffNamed { staff_id: None, name: person.name.trim().to_owned(), part: Part::parse(&person.part)? })
    };
    let told = if draft.typing_in { draft.behalf.told.said(Needs::Day).unwrap_or(Said::Nothing) } else { Said::Nothing };
    let (happened, danger) = (draft.happened(), Danger::parse(&draft.danger));
    let mut form = Form {
        school: schools.chosen(&draft.school).to_owned(),
        reported_at: told.instant(),
        reported_on: told.day(),
        incident_at: happened.instant(),
        incident_on: happened.day(),
        discovered_at: None,
        on_behalf_of: draft.typing_in.then(|| on_behalf_of(draft)),
        channel: Some(if draft.typing_in { Channel::parse(&draft.behalf.channel).unwrap_or(Channel::Paper) } else { Channel::Online }),
        extra_types: draft.types.iter().filter(|code| profile.extra(code).is_some()).cloned().collect(),
        other_type: types.contains(&ReportType::Other).then(|| draft.other_type.trim().to_owned()),
        types,
        about: About { whom, name: (whom == AboutWhom::Another).then(|| draft.about_name.trim().to_owned()) },
        what_happened: draft.what_happened.clone(),
        location: line(&draft.location),
        pupils: draft.pupil_lines().into_iter().map(pupil).collect(),
        staff: draft.named().filter_map(adult).collect(),
        danger,
        reported_to: if draft.already_reported == "yes" { line(&draft.reported_to) } else { None },
        immediate_action: line(&draft.immediate_action),
        data_affected: draft.data_affected.iter().filter_map(|code| DataAffected::parse(code)).collect(),
        individuals_affected: draft.individuals_affected.trim().parse().ok(),
        dpo_told: DpoTold::parse(&draft.dpo_told),
        self_referral: whom == AboutWhom::Myself,
        protected_disclosure: false, // asked with the signature
        image: None,
        own_reports: if danger.is_some_and(|danger| danger != Danger::No) { own_reports(draft) } else { vec![] },
        declaration: declaration.map(|name| Declaration { name: name.trim().to_owned() }),
    };
    if asks_about_an_image(&form, profile) {
        form.image = ImageAnswer::parse(&draft.image);
    }
    if asks_when_found(&form, profile) && !draft.found_earlier.is_empty() {
        form.discovered_at = draft.found.said(Needs::Time).and_then(Said::instant);
    }
    form
}

/// Whether the form asks if somebody knew before: where a breach clock may start with what they knew (BRE-3).
pub(super) fn asks_when_found(form: &Form, profile: &Profile) -> bool {
    let fact = |code: &String| profile.extra(code).is_some_and(|kind| kind.fact);
    !wardbook_domain::routing::losses(&form.types).is_empty() || form.extra_types.iter().any(fact)
}

fn on_behalf_of(draft: &Draft) -> OnBehalf {
    let name = line(&draft.behalf.name).filter(|_| draft.behalf.unnamed.is_empty());
    OnBehalf { name, role: line(&draft.behalf.role), staff_id: None }
}

fn own_reports(draft: &Draft) -> Vec<OwnReport> {
    let own = |own: &super::draft::Own| {
        let at = own.at.said(Needs::Both).and_then(Said::instant);
        Some(OwnReport { to: OwnReportTo::parse(&own.to)?, at, reference: line(&own.reference) })
    };
    draft.own.iter().filter(|own| own.ticked).filter_map(own).collect()
}

fn line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
