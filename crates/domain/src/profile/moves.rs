//! What one profile changes about who receives what, compared with another: such a change needs a second person (design §6).

use std::fmt::Write as _;

use super::Profile;
use crate::{
    Duty, RecordClass,
    case::CaseKind,
    report::ReportType,
    routing::{IMAGE, class_of, facts_of, report_chain},
};

/// The receivers that `new` moves, in words, one a line of the old rules and the new. Empty where every report, case, clock and first fact
/// goes where it went.
pub fn moves(old: &Profile, new: &Profile) -> Vec<String> {
    let mut all = vec![];
    for class in RecordClass::ALL.iter().filter(|class| **class != RecordClass::Hr) {
        for code in codes(old, new).iter().map(Some).chain([None]) {
            let listed: Vec<String> = code.into_iter().cloned().collect();
            let what = code.map_or("any type", |code| new.listed(code));
            let (was, now) = (report_chain(*class, &listed, old).0, report_chain(*class, &listed, new).0);
            note(&mut all, &format!("report, {}, {what}", class.label()), was, now, new);
        }
    }
    for kind in CaseKind::ALL {
        let chain = |profile: &Profile| profile.cases.iter().find(|route| route.kind == *kind).map(|route| route.chain.clone());
        note(&mut all, &format!("case, {}", kind.label()), &chain(old).unwrap_or_default(), &chain(new).unwrap_or_default(), new);
    }
    note(&mut all, "breach clock", old.clock_chain(), new.clock_chain(), new);
    for code in codes(old, new) {
        let (was, now) = (facts_of(&code, old), facts_of(&code, new));
        if was != now {
            let text = |chains: &[Vec<Duty>]| chains.iter().map(|chain| words(chain, new)).collect::<Vec<_>>().join("; ");
            all.push(format!("first facts, {}: {} → {}", new.listed(&code), or_nobody(text(&was)), or_nobody(text(&now))));
        }
        let narrow = |profile: &Profile| profile.extra(&code).map(|kind| (kind.class.unwrap_or(class_of(kind.counts_as)), kind.fact));
        if old.extra(&code).is_some() && new.extra(&code).is_some() && narrow(old) != narrow(new) {
            all.push(format!("{}: counts under another class, or among the first facts, from now on", new.listed(&code)));
        }
    }
    all
}

/// Every code that a list of types of either profile may hold. A type that only one of them has moves nothing by itself.
fn codes(old: &Profile, new: &Profile) -> Vec<String> {
    let form = ReportType::ALL.iter().map(|kind| kind.as_str().to_owned());
    let both = old.extra_types.iter().filter(|kind| new.extra(&kind.code).is_some()).map(|kind| kind.code.clone());
    form.chain(both).chain([IMAGE.to_owned()]).collect()
}

fn note(all: &mut Vec<String>, what: &str, was: &[Duty], now: &[Duty], profile: &Profile) {
    if was != now {
        all.push(format!("{what}: {} → {}", or_nobody(words(was, profile)), or_nobody(words(now, profile))));
    }
}

fn words(chain: &[Duty], profile: &Profile) -> String {
    let mut text = String::new();
    for duty in chain {
        let _ = write!(text, "{}{}", if text.is_empty() { "" } else { ", then " }, profile.title(*duty));
    }
    text
}

fn or_nobody(text: String) -> String {
    if text.is_empty() { "as the report".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::tests::CLPT;

    fn changed(from: &str, to: &str) -> Vec<String> {
        assert!(CLPT.contains(from));
        moves(&Profile::parse(CLPT).unwrap(), &Profile::parse(&CLPT.replacen(from, to, 1)).unwrap())
    }

    #[test]
    fn words_and_titles_move_nobody() {
        assert_eq!(changed("dpo = \"DPO\"", "dpo = \"Data lead\""), Vec::<String>::new());
        assert_eq!(changed("version = ", "version = 1").len(), 0);
    }

    #[test]
    fn a_receiver_who_changes_is_named() {
        let chain =
            "chain = [\"dpo\", \"headteacher\", \"trust-lead\", \"chair\", \"chair-of-trustees\"]\nclause = \"P0-ROUTE-2\"\n\n[[case]]";
        let other = chain.replace("\"dpo\", \"headteacher\"", "\"headteacher\", \"dpo\"");
        let all = changed(chain, &other);
        assert!(all.iter().any(|line| line.starts_with("case, Data breach: DPO, then Headteacher")), "{all:?}");
        assert!(all.iter().any(|line| line.starts_with("breach clock:")), "{all:?}");
        let first = "class = \"conduct\"\nchain = [\"headteacher\", \"dsl\"";
        let all = changed(first, "class = \"conduct\"\nchain = [\"dsl\", \"headteacher\"");
        assert!(all.iter().all(|line| line.starts_with("report, Conduct")) && !all.is_empty(), "{all:?}");
    }

    #[test]
    fn a_type_that_is_told_of_elsewhere_counts() {
        let all = changed(
            "code = \"malware\"\nlabel = \"Virus or other malware, suspected or found\"\ncounts-as = \"unauthorised_access\"\nmatter = \"malware\"\nfact = true",
            "code = \"malware\"\nlabel = \"Virus or other malware, suspected or found\"\ncounts-as = \"unauthorised_access\"\nmatter = \"malware\"\nfact = false",
        );
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(!changed("types = [\"loss_of_equipment\", \"theft_of_equipment\", \"unauthorised_access\", \"filtering_or_monitoring_failure\", \"phishing_link\", \"malware\",", "types = [\"loss_of_equipment\", \"theft_of_equipment\", \"unauthorised_access\", \"filtering_or_monitoring_failure\", \"phishing_link\",").is_empty());
    }
}
