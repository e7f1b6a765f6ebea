//! The posts that the words of a name may stand for: "the Head" names nobody and means somebody.

use std::collections::BTreeSet;

use crate::{Duty, duty::SAFEGUARDING_LEADS, profile::Profile};

/// Words of a post, and whom they may mean.
const WORDS: &[(&str, &[Duty])] = &[
    ("deputy head", &[Duty::DeputyHead]),
    ("deputy head teacher", &[Duty::DeputyHead]),
    ("head teacher", &[Duty::Headteacher]),
    ("head of school", &[Duty::Headteacher]),
    ("head", &[Duty::Headteacher]),
    ("heads", &[Duty::Headteacher]),
    ("headship", &[Duty::Headteacher]),
    ("ht", &[Duty::Headteacher]),
    ("headteacher", &[Duty::Headteacher]),
    ("headteachers", &[Duty::Headteacher]),
    ("headmaster", &[Duty::Headteacher]),
    ("headmistress", &[Duty::Headteacher]),
    ("principal", &[Duty::Headteacher]),
    ("executive", &[Duty::Headteacher, Duty::TrustLead]),
    ("exec", &[Duty::Headteacher, Duty::TrustLead]),
    ("eht", &[Duty::Headteacher, Duty::TrustLead]),
    ("ceo", &[Duty::TrustLead]),
    ("dht", &[Duty::DeputyHead]),
    ("deputy", &[Duty::DeputyHead, Duty::DeputyDsl]),
    ("dsl", &[Duty::Dsl, Duty::DeputyDsl]),
    ("dsls", &[Duty::Dsl, Duty::DeputyDsl]),
    ("ddsl", &[Duty::DeputyDsl]),
    ("safeguarding", &SAFEGUARDING_LEADS),
    ("dpo", &[Duty::Dpo]),
    ("hr", &[Duty::Hr]),
    ("chair", &[Duty::Chair, Duty::ChairOfTrustees]),
];

/// The duties that a name's words may stand for: those above, every duty's own name, and what this trust calls it. The longest words count
/// first, and once: "Head of Operations" is no headteacher where that is a title.
pub(super) fn posts(name: &str, profile: &Profile) -> BTreeSet<Duty> {
    let mut said: Vec<Option<String>> = words(name).into_iter().map(Some).collect();
    let named = Duty::ALL.iter().filter(|duty| !matches!(duty, Duty::Reporter | Duty::Investigator));
    let own = named.flat_map(|duty| [duty.label(), profile.title(*duty)].map(|title| (words(title), vec![*duty])));
    let known = WORDS.iter().map(|(post, duties)| (words(post), duties.to_vec()));
    let mut all: Vec<(Vec<String>, Vec<Duty>)> = own.chain(known).filter(|(words, _)| !words.is_empty()).collect();
    all.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    let mut found = BTreeSet::new();
    for group in all.chunk_by(|(one, _), (other, _)| one.len() == other.len()) {
        let size = group[0].0.len();
        let mut taken = BTreeSet::new();
        for at in 0..(said.len() + 1).saturating_sub(size) {
            let here = &said[at..at + size];
            for (_, duties) in group.iter().filter(|(words, _)| here.iter().zip(words).all(|(said, word)| said.as_ref() == Some(word))) {
                found.extend(duties.iter().copied());
                taken.extend(at..at + size);
            }
        }
        for at in taken {
            said[at] = None;
        }
    }
    found
}

/// The words in lower case; letters that stand alone are one word: `H/T` is `ht`.
fn words(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut words: Vec<String> = vec![];
    let mut letters = false;
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let single = word.chars().count() == 1;
        match words.last_mut() {
            Some(last) if single && letters => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        letters = single;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::tests::shipped;

    #[test]
    fn posts_are_known_by_their_words_their_letters_and_the_trust_s_own_titles() {
        let [clpt, coastal] = &shipped()[..] else { panic!("two profiles are shipped") };
        let of = |name: &str, profile| posts(name, profile).into_iter().collect::<Vec<_>>();
        for name in ["HT", "H/T", "h.t.", "the Heads", "our Head Teacher", "Headteacher's", "the Head of School"] {
            assert_eq!(of(name, clpt), [Duty::Headteacher], "{name}");
        }
        assert_eq!(of("the executive head", clpt), [Duty::Headteacher, Duty::TrustLead]);
        for name in ["DHT", "deputy headteacher", "Deputy Head"] {
            assert_eq!(of(name, clpt), [Duty::DeputyHead], "{name}");
        }
        assert_eq!(of("DDSL", clpt), [Duty::DeputyDsl]);
        assert_eq!(of("Deputy DSL", clpt), [Duty::DeputyDsl]);
        assert_eq!(of("the safeguarding lead", clpt), [Duty::Dsl, Duty::DeputyDsl, Duty::TrustSafeguardingLead]);
        assert_eq!(of("Head of Operations", coastal), [Duty::ItLead], "a title of this trust");
        assert_eq!(of("Head of Operations", clpt), [Duty::Headteacher], "and of no other");
        assert_eq!(of("Online Safety Champion", coastal), [Duty::OnlineSafetyLead]);
        assert_eq!(of("the head and the chair of governors", clpt), [Duty::Headteacher, Duty::Chair]);
        assert_eq!(of("Mrs Headley", clpt), []);
    }
}
