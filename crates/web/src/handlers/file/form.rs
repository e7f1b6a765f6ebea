//! The domain's form, made of a draft. Words that no list knows are left out: the questions' own checks have named them.

use wardbook_domain::report::{About, AboutWhom, Channel, Danger, DataAffected, DpoTold, Form, Part, PupilNamed, ReportType, StaffNamed};

use super::draft::Draft;
use super::schools::Schools;

/// The form as far as it is filled in.
pub(super) fn form(draft: &Draft, schools: &Schools) -> Form {
    let whom = AboutWhom::parse(&draft.about).unwrap_or(AboutWhom::Nobody);
    let types: Vec<_> = draft.types.iter().filter_map(|code| ReportType::parse(code)).collect();
    let pupil = |(name, year_group)| PupilNamed { pupil_id: None, name, year_group };
    let adult = |(_, person): (usize, &super::draft::Person)| {
        Some(StaffNamed { staff_id: None, name: person.name.trim().to_owned(), part: Part::parse(&person.part)? })
    };
    Form {
        school: schools.chosen(&draft.school).to_owned(),
        reported_at: None,
        incident_at: draft.incident_at(),
        channel: Some(Channel::Online),
        other_type: types.contains(&ReportType::Other).then(|| draft.other_type.trim().to_owned()),
        types,
        about: About { whom, name: (whom == AboutWhom::Another).then(|| draft.about_name.trim().to_owned()) },
        what_happened: draft.what_happened.clone(),
        location: line(&draft.location),
        pupils: draft.pupil_lines().into_iter().map(pupil).collect(),
        staff: draft.named().filter_map(adult).collect(),
        danger: Danger::parse(&draft.danger),
        reported_to: if draft.already_reported == "yes" { line(&draft.reported_to) } else { None },
        immediate_action: line(&draft.immediate_action),
        data_affected: draft.data_affected.iter().filter_map(|code| DataAffected::parse(code)).collect(),
        individuals_affected: draft.individuals_affected.trim().parse().ok(),
        dpo_told: DpoTold::parse(&draft.dpo_told),
        self_referral: whom == AboutWhom::Myself,
        reported_on: None,
        incident_on: None,
        discovered_at: None,
        on_behalf_of: None,
        extra_types: vec![],
        image: None,
        own_reports: vec![],
        declaration: None,
    }
}

fn line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
