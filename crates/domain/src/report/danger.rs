//! What a person is told before anything else where a child could be in danger; `image_guidance.rs` has the words about an image of a
//! child without clothes. Words only: whom to call is the profile's, and nothing here waits for a form.
//!
//! To change a sentence: here, with the clause that asks for it. Pages show these words as they are.

use super::{Form, words::Danger};
use crate::{RecordClass, profile::Profile, routing};

// ALG-3: social care or police at once, before anything else.
/// The first sentence of every page about danger.
pub const CALL_999: &str = "If a child is in immediate danger, call 999 now.";

// P0-ROUTE-1, KCSIE: the DSL is told at once, and the form does not stand between.
/// What follows at once.
pub const TELL_NOW: &str = "Tell them in person or by telephone. Do not wait for this form.";

// ALG-3, OTH-3, OTH-4.
/// What recording is not.
pub const NOT_A_REPORT: &str = "What you write here is not a report to the police or to children’s social care.";

// OTH-4 (FGM), OTH-3 (suspected sexual offences): duties of a person, which no routing may delay.
/// Duties that stay with the person who knows.
pub const OWN_DUTIES: &[&str] = &[
    "If you teach, and a girl tells you or you see that she has been subjected to female genital mutilation (FGM), you must report it to \
     the police yourself, by the close of the next working day.",
    "If you suspect a sexual offence against a child, the duty to report it is your own. Nothing here takes its place or delays it.",
];

// P1-NUDE-1, ALG-4: basic facts only, so that nothing is spoilt for those who must ask.
/// How to be with the child.
pub const WITH_THE_CHILD: &[&str] = &[
    "Listen, and write down the child’s own words.",
    "Do not ask leading questions and do not investigate.",
    "Do not promise to keep it secret: say whom you must tell.",
];

/// Whether the form asks if there is an image that could show a child without clothes: where a child could be in danger, or a type names a
/// matter of children's safety (IMG-1). Elsewhere the question comes before an upload.
pub fn asks_about_an_image(form: &Form, profile: &Profile) -> bool {
    form.danger.is_some_and(|danger| danger != Danger::No) || names_children(form, profile)
}

fn names_children(form: &Form, profile: &Profile) -> bool {
    // The class of one type apart from everything else that narrows it.
    let bare =
        Form { about: super::About::default(), staff: vec![], self_referral: false, danger: Some(Danger::No), image: None, ..form.clone() };
    let of = |types, extra_types| routing::class(&Form { types, extra_types, ..bare.clone() }, profile) == RecordClass::Safeguarding;
    form.types.iter().any(|kind| of(vec![*kind], vec![]))
        || form.extra_types.iter().filter_map(|code| profile.extra(code)).any(|kind| of(vec![kind.counts_as], vec![kind.code.clone()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{About, AboutWhom, ReportType, form};

    fn profile() -> Profile {
        let extra = "\n[[type]]\ncode = \"found_by_accident\"\nlabel = \"Found by accident\"\ncounts-as = \"filtering_or_monitoring_failure\"\n\
                     class = \"safeguarding\"\nclause = \"X\"\n\
                     [[type]]\ncode = \"virus\"\nlabel = \"A virus\"\ncounts-as = \"unauthorised_access\"\nclause = \"X\"\n";
        Profile::parse(&format!("{}{extra}", crate::profile::tests::CLPT)).unwrap()
    }

    #[test]
    fn img_1_the_image_question_comes_with_danger_or_a_type_about_children() {
        let profile = profile();
        let asks = |form: &Form| asks_about_an_image(form, &profile);
        let mut lost = form(&[ReportType::LossOfEquipment]);
        lost.danger = Some(Danger::No);
        assert!(!asks(&lost));
        lost.danger = Some(Danger::Unsure);
        assert!(asks(&lost));
        for kind in [ReportType::OnlineSafetyConcern, ReportType::ChildOnChildAbuseOnline, ReportType::HarmfulChallengeOrHoax] {
            let mut online = form(&[ReportType::LowLevelConcern, kind]);
            online.about = About { whom: AboutWhom::Headteacher, name: None };
            assert!(asks(&online), "{kind}: also beside an adult's conduct");
        }
        let mut extra = form(&[]);
        extra.extra_types = vec!["virus".into()];
        assert!(!asks(&extra));
        extra.extra_types.push("found_by_accident".into());
        assert!(asks(&extra));
    }
}
