//! The shipped profiles, and profiles that are wrong.

use super::*;
use crate::password::PasswordRules;

pub(crate) const CLPT: &str = include_str!("../../../../ops/profiles/clpt.toml");
pub(crate) const COASTAL: &str = include_str!("../../../../ops/profiles/coastal.toml");

/// Every profile that comes with Wardbook.
pub(crate) fn shipped() -> &'static [Profile; 2] {
    static SHIPPED: std::sync::LazyLock<[Profile; 2]> =
        std::sync::LazyLock::new(|| [CLPT, COASTAL].map(|text| Profile::parse(text).unwrap()));
    &SHIPPED
}

/// The first of them, on its own.
pub(crate) fn clpt() -> Profile {
    shipped()[0].clone()
}

/// The second.
pub(crate) fn coastal() -> Profile {
    shipped()[1].clone()
}

fn every_code(profile: &Profile) -> Vec<&str> {
    let form = ReportType::ALL.iter().map(|kind| kind.as_str());
    form.chain(profile.extra_types.iter().map(|kind| kind.code.as_str())).collect()
}

#[test]
fn the_shipped_profiles_load_and_have_their_words() {
    let [clpt, coastal] = shipped();
    assert_eq!((clpt.name(), coastal.name()), ("clpt@7".into(), "coastal@5".into()));
    assert_eq!(clpt.title(Duty::DeputyHead), "DHT");
    assert_eq!((clpt.passwords.clause.as_str(), clpt.passwords.classes, clpt.passwords.change_after_days), ("P0-AUTH-1", 4, Some(90)));
    assert_eq!(coastal.passwords, PasswordRules::default(), "P1 says nothing of passwords");
    assert_eq!(coastal.title(Duty::ItLead), "Head of Operations");
    assert_eq!(coastal.title(Duty::OnlineSafetyLead), "Online Safety Champion");
    for profile in shipped() {
        for contact in ["lado", "police", "social_care"] {
            assert!(profile.contact(contact).is_some(), "{} has no {contact}", profile.id);
        }
        let told: Vec<_> = profile.told_list();
        assert!(told.iter().any(|(code, _)| code == "lado") && told.last().unwrap().0 == "other", "P0-FORM-11");
    }
}

#[test]
fn a_profile_of_a_book_in_the_field_is_still_read() {
    let old = Profile::parse(include_str!("../../tests/profiles/clpt-1.toml")).unwrap();
    assert_eq!((old.name(), old.extra_types.len()), ("clpt@1".into(), 0));
}

#[test]
fn every_entry_of_a_shipped_profile_cites_a_clause() {
    let is_clause = |text: &str| {
        let mut parts = text.split('-');
        let word = |part: Option<&str>| {
            part.is_some_and(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
        };
        word(parts.next()) && word(parts.next()) && parts.next().is_none_or(|last| last.parse::<u8>().is_ok())
    };
    for profile in shipped() {
        let clauses = (profile.routes.iter().map(|entry| &entry.clause))
            .chain(profile.cases.iter().map(|entry| &entry.clause))
            .chain(profile.facts.iter().map(|entry| &entry.clause))
            .chain(profile.extra_types.iter().map(|entry| &entry.clause))
            .chain(profile.advice.iter().map(|entry| &entry.clause))
            .chain(profile.alerts.iter().map(|entry| &entry.clause))
            .chain(profile.differs.iter().map(|entry| &entry.clause));
        for clause in clauses {
            assert!(is_clause(clause), "{}: {clause}", profile.id);
        }
    }
}

#[test]
fn every_type_has_first_steps_and_the_image_comes_first() {
    for profile in shipped() {
        for code in every_code(profile) {
            let codes = [code.to_owned()];
            assert!(profile.advice_for(&codes).next().is_some(), "{}: {code} has no first steps", profile.id);
        }
        let image = [IMAGE.to_owned()];
        let steps: Vec<&String> = profile.advice_for(&image).flat_map(|advice| &advice.steps).collect();
        assert!(steps.iter().any(|step| step.contains("attach nothing")), "IMG-1, P1-NUDE-1");
    }
}

#[test]
fn only_types_of_a_loss_malware_or_a_breach_may_be_named_in_first_facts() {
    let losses = crate::routing::LOSS_TYPES;
    for profile in shipped() {
        for kind in profile.extra_types.iter().filter(|kind| kind.fact) {
            let narrowed = kind.class == Some(RecordClass::DataProtection);
            assert!(losses.contains(&kind.counts_as) || narrowed, "{}: {}", profile.id, kind.code);
        }
    }
}

#[test]
fn p0_form_2_an_extra_type_ticks_its_box() {
    let [clpt, _] = shipped();
    let mut form = crate::report::form(&[]);
    form.extra_types = vec!["malware".into(), "email_received_in_error".into()];
    let (ticked, taken) = clpt.with_boxes(&form).unwrap();
    assert_eq!(ticked.types, [ReportType::UnauthorisedAccess, ReportType::Other]);
    assert_eq!(ticked.other_type.as_deref(), Some("E-mail received that was meant for somebody else"));
    assert_eq!(taken.len(), 2);
    form.extra_types.push("time_travel".into());
    assert_eq!(clpt.with_boxes(&form).unwrap_err().0[0].field, "extra_types[2]");
}

#[test]
fn a_wrong_profile_is_refused_and_says_where() {
    let text = |find: &str, put: &str| {
        assert!(CLPT.contains(find), "{find}");
        Profile::parse(&CLPT.replacen(find, put, 1)).unwrap_err().to_string()
    };
    for (find, put, says) in [
        ("version = 7", "versoin = 7", "versoin"),
        ("\"headteacher\", \"dsl\"", "\"administrator\", \"dsl\"", "administrator may not receive"),
        ("\"headteacher\", \"dsl\"", "\"dsl\", \"dsl\"", "names one duty twice"),
        ("class = \"conduct\"", "class = \"it\"", "class conduct has no route"),
        ("code = \"malware\"", "code = \"image\"", "type image: the code is taken"),
        ("code = \"malware\"", "code = \"phishing_link\"", "type phishing_link: the code is taken"),
        ("code = \"malware\"", "code = \"Malware\"", "lower-case letters"),
        ("\"loss_of_equipment\", \"theft_of_equipment\", \"unauth", "\"image\", \"unauth", "image is no type"),
        ("types = [\"ai_concern\"]", "types = [\"ai_concerns\"]", "ai_concerns is no type"),
        ("chain = [\"it-lead\"", "chain = [\"hr\"", "hr may not have first facts"),
        ("[[told]]\ncode = \"hr\"", "[[told]]\ncode = \"ico\"", "told ico: the code is taken"),
        ("code = \"police\"", "code = \"lado\"", "contact lado: the code is taken"),
        ("tell = \"hr\"", "tell = \"the_press\"", "case-step hr: the_press is not on the told list"),
        ("tell = \"hr\"", "decide = \"hr\"", "case-step hr: either tell, or decide"),
        ("tell = \"hr\"", "tell = \"hr\"\nwhen = \"weather=fine\"", "weather: no fact"),
        ("code = \"it_department\"\nmatters", "code = \"dpo\"\nmatters", "dpo: the code is taken"),
        ("deputy-head = \"DHT\"", "deputy-head = \" \"", "titles: a text is blank"),
        ("deputy-head = \"DHT\"", "janitor = \"DHT\"", "janitor"),
    ] {
        let said = text(find, put);
        assert!(said.contains(says), "{find}: {said}");
    }
}

#[test]
fn what_stands_in_braces_in_a_first_step_is_filled_in_or_refused() {
    let with = |step: &str| CLPT.replace("Tell the {head} at once.", step);
    for good in ["Tell the {dsl}, then the {head}.", "Tell nobody."] {
        assert!(Profile::parse(&with(good)).is_ok(), "{good}");
    }
    for bad in ["Tell the {dpo}.", "Tell the {dsl.", "Tell the dsl}.", "{}"] {
        let refused = Profile::parse(&with(bad)).unwrap_err().to_string();
        assert!(refused.contains("{dsl} and {head}"), "{bad}: {refused}");
    }
}
