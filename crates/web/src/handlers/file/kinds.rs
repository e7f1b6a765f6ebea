//! The thirteen boxes of the form and the types of the trust's profile, in groups that a person in a hurry finds their way in.

use wardbook_domain::RecordClass;
use wardbook_domain::profile::{ExtraType, Profile};
use wardbook_domain::report::ReportType;

use crate::pages::choices::{TYPES, text};
use crate::pages::file::KindGroup;
use crate::pages::forms::Choice;

/// The headings, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Lost,
    Systems,
    Children,
    Adults,
    Else,
}

impl Group {
    const ALL: [Self; 5] = [Self::Lost, Self::Systems, Self::Children, Self::Adults, Self::Else];

    const fn heading(self) -> &'static str {
        match self {
            Self::Lost => "Lost, stolen or sent to the wrong person",
            Self::Systems => "Accounts, e-mail and systems",
            Self::Children => "Children online",
            Self::Adults => "An adult’s conduct",
            Self::Else => "Something else",
        }
    }

    const fn of(kind: ReportType) -> Self {
        match kind {
            ReportType::LossOfEquipment | ReportType::LossOfData | ReportType::TheftOfEquipment | ReportType::TheftOfData => Self::Lost,
            ReportType::UnauthorisedAccess
            | ReportType::MisuseOfIct
            | ReportType::BreachOfAup
            | ReportType::FilteringOrMonitoringFailure => Self::Systems,
            ReportType::OnlineSafetyConcern | ReportType::ChildOnChildAbuseOnline | ReportType::HarmfulChallengeOrHoax => Self::Children,
            ReportType::LowLevelConcern => Self::Adults,
            ReportType::Other => Self::Else,
        }
    }

    /// A type that counts under "other" stands where its class says.
    const fn of_extra(kind: &ExtraType) -> Self {
        match (kind.counts_as, kind.class) {
            (ReportType::Other, Some(RecordClass::Safeguarding)) => Self::Children,
            (ReportType::Other, Some(RecordClass::Conduct)) => Self::Adults,
            (ReportType::Other, Some(RecordClass::DataProtection | RecordClass::It)) => Self::Systems,
            (counts_as, _) => Self::of(counts_as),
        }
    }
}

/// Every box, each followed by the profile's types that count under it; "other" stands last.
pub(super) fn groups(profile: &Profile) -> Vec<KindGroup> {
    Group::ALL.into_iter().map(|group| KindGroup { heading: group.heading(), choices: choices(group, profile) }).collect()
}

fn choices(group: Group, profile: &Profile) -> Vec<Choice> {
    let extra = |kind: &ExtraType| Choice::owned(&kind.code, &kind.label);
    let of_group = |kind: &&ExtraType| Group::of_extra(kind) == group;
    let mut all = vec![];
    for choice in TYPES {
        let Some(kind) = ReportType::parse(&choice.value).filter(|kind| *kind != ReportType::Other && Group::of(*kind) == group) else {
            continue;
        };
        all.push(choice.clone());
        all.extend(profile.extra_types.iter().filter(of_group).filter(|own| own.counts_as == kind).map(extra));
    }
    all.extend(profile.extra_types.iter().filter(of_group).filter(|own| own.counts_as == ReportType::Other).map(extra));
    all.extend(TYPES.iter().filter(|choice| group == Group::Else && choice.is(ReportType::Other.as_str())).cloned());
    all
}

/// Whether a code is a box or a type of this profile.
pub(super) fn knows(profile: &Profile, code: &str) -> bool {
    profile.type_label(code).is_some()
}

/// The words of ticked codes, each type of the profile with the box under which it counts.
pub(super) fn labels(profile: &Profile, codes: &[String]) -> Vec<String> {
    let label = |code: &String| match profile.extra(code) {
        Some(own) => format!("{} (counts as: {})", own.label, own.counts_as.label().to_lowercase()),
        None => text(TYPES, code).to_owned(),
    };
    codes.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        let kind = |code: &str, counts_as: &str, class: &str| {
            format!("[[type]]\ncode = \"{code}\"\nlabel = \"{code} it is\"\ncounts-as = \"{counts_as}\"\n{class}clause = \"X\"\n")
        };
        let data = "class = \"data-protection\"\n";
        let own = [kind("missent", "loss_of_data", ""), kind("received", "other", data), kind("odd", "other", "")].concat();
        Profile::parse(&format!("{}\n{own}", wardbook_app::setup::SHIPPED_PROFILES[0].1)).unwrap()
    }

    #[test]
    fn p0_form_2_every_box_and_every_type_of_the_profile_stands_once_and_other_last() {
        let profile = profile();
        let all: Vec<String> = groups(&profile).iter().flat_map(|group| &group.choices).map(|choice| choice.value.to_string()).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), all.len(), "none stands twice");
        assert_eq!(all.len(), ReportType::ALL.len() + profile.extra_types.len());
        assert!(all.iter().all(|code| knows(&profile, code)) && !knows(&profile, "fire"));
        assert_eq!(all.last().map(String::as_str), Some("other"));
        let place = |code: &str| all.iter().position(|known| known == code).unwrap();
        assert!(place("loss_of_data") < place("missent") && place("missent") < place("theft_of_equipment"));
        assert!(place("received") < place("online_safety_concern") && place("odd") < place("other"));
    }

    #[test]
    fn a_type_of_the_profile_says_under_which_box_it_counts() {
        let codes = ["missent".to_owned(), "theft_of_data".to_owned()];
        assert_eq!(labels(&profile(), &codes), ["missent it is (counts as: loss of data)", "Data was stolen"]);
    }
}
