//! What somebody says of a file that they bring (EVI-3): what it is, who gave it to them, how it came to them.

use crate::{
    field::{Checks, Invalid},
    redacted::redacted,
};

/// Characters of each answer that are kept.
pub const GIVEN_CHARS_MAX: usize = 500;

/// The words with which a file is handed in.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Given {
    /// What it is: a scan of the paper form, a photograph of the damage.
    pub what: Option<String>,
    /// Who gave it.
    pub given_by: Option<String>,
    /// How it came.
    pub how: Option<String>,
}

redacted!(Given);

impl Given {
    /// The words as they are kept: nothing where there are only blanks. `source` says whether giver and way must be there.
    pub fn check(&self, source: bool) -> Result<Self, Invalid> {
        let mut checks = Checks::default();
        let answers = [("what", &self.what, false), ("given_by", &self.given_by, source), ("how", &self.how, source)];
        for (field, answer, needed) in answers {
            let text = answer.as_deref().unwrap_or_default();
            if needed { checks.text(field, text, GIVEN_CHARS_MAX) } else { checks.at_most(field, text, GIVEN_CHARS_MAX) }
        }
        checks.done()?;
        let kept = |answer: &Option<String>| answer.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Self { what: kept(&self.what), given_by: kept(&self.given_by), how: kept(&self.how) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evi_3_a_file_of_a_case_says_where_it_comes_from() {
        let given = |by: &str, how: &str| Given { what: Some(" ".into()), given_by: Some(by.into()), how: Some(how.into()) };
        let kept = given(" Mrs Lark, a parent ", "On a stick").check(true).unwrap();
        assert_eq!((kept.what, kept.given_by.as_deref()), (None, Some("Mrs Lark, a parent")));
        let Err(Invalid(wrong)) = given("", " ").check(true) else { panic!("no source") };
        assert_eq!(wrong.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["given_by", "how"]);
        assert!(given("", "").check(false).is_ok(), "a reporter brings their own");
        assert!(given(&"x".repeat(501), "").check(false).is_err());
    }
}
