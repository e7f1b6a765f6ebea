//! Searching: what may be asked for, and when a record is what somebody looks for.
//!
//! * `letters.rs`: letters as people type them; `matter.rs` and `texts.rs`: what of a record is looked at, as far as its
//!   reader may read it.
//!
//! Nothing here is an index: names are compared in memory and texts are read when they are searched (design §4). To extend: a field of
//! [`Ask`], its check in [`Ask::check`], its rule in [`Sought::finds`].

mod letters;
mod matter;
mod texts;

use serde::{Deserialize, Serialize};

use crate::{
    case::{self, CaseKind},
    clock::Date,
    field::{Checks, Invalid},
    profile::Profile,
    redacted::redacted,
    report::ReportType,
};
use letters::{squeezed, words};
pub use matter::{Matter, of_case, of_own_words, of_report};

const TEXT_MAX: usize = 200;
/// A reference of one letter would be found everywhere.
const REFERENCE_MIN: usize = 2;

/// What somebody looks for; everything that is given must fit, and something must be given.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// A name in parts (`jon uma` finds Uma Jones), or an id of the staff or pupil list.
    #[serde(default)]
    pub person: Option<String>,
    /// A reference, with or without dashes: Wardbook's own, the paper's, or one that somebody outside gave.
    #[serde(default)]
    pub reference: Option<String>,
    /// The first day on which it happened or was told.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last one.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// The code of a type of report, of a kind of case, or of what a case deals with.
    #[serde(default)]
    pub kind: Option<String>,
    /// Words, or beginnings of words, that stand in what the reader may read.
    #[serde(default)]
    pub words: Option<String>,
}

/// What is looked for, ready to be compared.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sought {
    person: Vec<String>,
    /// The same as an id of a list.
    listed: String,
    reference: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    kind: Option<String>,
    words: Vec<String>,
}

redacted!(Ask, Sought);

impl Ask {
    /// Checks what is asked and makes it ready; `profile` knows the trust's own types.
    pub fn check(&self, profile: &Profile) -> Result<Sought, Invalid> {
        let mut checks = Checks::default();
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let (person, reference, kind, texts) = (given(&self.person), given(&self.reference), given(&self.kind), given(&self.words));
        for (field, text) in [("person", &person), ("reference", &reference), ("words", &texts)] {
            checks.at_most(field, text.as_deref().unwrap_or_default(), TEXT_MAX);
        }
        let nothing = self.from.is_none() && self.to.is_none() && [&person, &reference, &kind, &texts].iter().all(|text| text.is_none());
        if nothing {
            checks.fail("search", "says nothing; please give a name, a reference, a day, a kind or a word");
        }
        let name = person.as_deref().map(without_titles).unwrap_or_default();
        if person.is_some() && !name.iter().any(|word| word.chars().count() > 1) {
            checks.fail("person", "needs two letters of a name at least");
        }
        let sought_reference = reference.as_deref().map(squeezed);
        if sought_reference.as_ref().is_some_and(|text| text.chars().count() < REFERENCE_MIN) {
            checks.fail("reference", "needs two letters or digits at least");
        }
        let sought_words = texts.as_deref().map(words).unwrap_or_default();
        if texts.is_some() && !sought_words.iter().any(|word| word.chars().count() > 1) {
            checks.fail("words", "needs a word of two letters at least");
        }
        if kind.as_deref().is_some_and(|code| !is_kind(code, profile)) {
            checks.fail("kind", "is no type of report and no kind of case of this trust");
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            checks.fail("to", "lies before the first day");
        }
        checks.done()?;
        Ok(Sought {
            listed: person.as_deref().map(squeezed).unwrap_or_default(),
            person: name,
            reference: sought_reference,
            from: self.from,
            to: self.to,
            kind,
            words: sought_words,
        })
    }
}

impl Sought {
    /// Whether a record is what is looked for.
    pub fn finds(&self, matter: &Matter) -> bool {
        self.fits_days(matter)
            && self.fits_kind(matter)
            && self.fits_reference(matter)
            && self.fits_person(matter)
            && self.fits_words(matter)
    }

    /// Whether this reference is the one that is looked for. None is looked for: no.
    pub fn is_reference(&self, reference: &str) -> bool {
        self.reference.as_ref().is_some_and(|sought| *sought == squeezed(reference))
    }

    /// Whether a person is looked for who could have this name: of a person whom a record names by their id alone.
    pub fn is_name(&self, name: &str) -> bool {
        !self.person.is_empty() && named(&self.person, name)
    }

    fn fits_days(&self, matter: &Matter) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let within = |day: &Date| self.from.is_none_or(|from| from <= *day) && self.to.is_none_or(|to| *day <= to);
        matter.days.iter().any(within)
    }

    fn fits_kind(&self, matter: &Matter) -> bool {
        self.kind.as_ref().is_none_or(|sought| matter.kinds.contains(sought))
    }

    fn fits_reference(&self, matter: &Matter) -> bool {
        self.reference.is_none() || matter.references.iter().any(|reference| self.is_reference(reference))
    }

    fn fits_person(&self, matter: &Matter) -> bool {
        self.person.is_empty()
            || matter.names.iter().any(|name| named(&self.person, name))
            || matter.ids.iter().any(|id| squeezed(id) == self.listed)
    }

    fn fits_words(&self, matter: &Matter) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let mut open: Vec<&String> = self.words.iter().collect();
        for text in matter.texts.iter().chain(&matter.names) {
            let words = words(text);
            open.retain(|sought| !words.iter().any(|word| word.starts_with(sought.as_str())));
            if open.is_empty() {
                return true;
            }
        }
        false
    }
}

/// Whether a code is a type of report, a type that the profile adds, a kind of case, or what a case deals with.
fn is_kind(code: &str, profile: &Profile) -> bool {
    ReportType::parse(code).is_some()
        || CaseKind::parse(code).is_some()
        || case::Matter::parse(code).is_some()
        || profile.extra(code).is_some()
}

/// What people put before a name, and nobody is found by.
const TITLES: [&str; 7] = ["mr", "mrs", "ms", "miss", "mx", "dr", "sir"];

fn without_titles(name: &str) -> Vec<String> {
    words(name).into_iter().filter(|word| !TITLES.contains(&word.as_str())).collect()
}

/// Whether every part that is sought begins a part of one name; neighbouring parts may be written as one (`macdonald`, `Mac Donald`).
fn named(sought: &[String], name: &str) -> bool {
    let parts = words(name);
    let joined = parts.windows(2).map(<[String]>::concat).chain([parts.concat()]);
    let all: Vec<String> = parts.iter().cloned().chain(joined).collect();
    let has = |part: &String| all.iter().any(|word| word.starts_with(part.as_str()));
    sought.iter().all(has) || all.contains(&sought.concat())
}

#[cfg(test)]
mod tests;
