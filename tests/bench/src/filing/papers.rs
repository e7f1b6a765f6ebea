//! The forms that are filed: the sample year's, told at the length of a real story.

use anyhow::{Context as _, Result};
use hyper::body::Bytes;
use serde_json::{Map, Value};
use wardbook_domain::profile::Profile;
use wardbook_domain::report::Form;
use wardbook_domain::{RecordClass, routing};

const YEAR: &str = include_str!("../../../../fixtures/year/reports.jsonl");
/// A story goes on until it has so many bytes.
const STORY_BYTES: usize = 250;

/// The forms of the sample year, without what only an import has.
pub(crate) struct Papers {
    /// As they are sent.
    usual: Vec<Bytes>,
    /// Those that go to the DSL of the school that they name.
    for_dsl: Vec<Form>,
    /// Bytes of a story, on average.
    pub(crate) story_len: usize,
    /// Bytes of a body, on average.
    pub(crate) body_len: usize,
}

impl Papers {
    pub(crate) fn read() -> Result<Self> {
        let lines: Vec<Map<String, Value>> = YEAR.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let stories: Vec<&str> = lines.iter().filter_map(|line| line.get("what_happened")?.as_str()).collect();
        let forms = lines.iter().enumerate().map(|(at, line)| form(line.clone(), story(&stories, at)));
        let forms: Vec<Form> = forms.collect::<Result<_>>()?;
        let story_len = mean(forms.iter().map(|form| form.what_happened.len()));
        let usual: Vec<Bytes> = forms.iter().map(body).collect::<Result<_>>()?;
        let body_len = mean(usual.iter().map(Bytes::len));
        let profile = Profile::parse(wardbook_app::setup::SHIPPED_PROFILES[0].1)?;
        let for_dsl = forms.into_iter().filter(|form| routing::class(form, &profile) == RecordClass::Safeguarding).collect();
        Ok(Self { usual, for_dsl, story_len, body_len })
    }

    /// One form after the other, for ever.
    pub(crate) fn usual(&self, at: usize) -> Bytes {
        self.usual[at % self.usual.len()].clone()
    }

    /// A form that the DSL of `school` receives.
    pub(crate) fn for_dsl(&self, at: usize, school: &str) -> Result<Bytes> {
        let form = &self.for_dsl[at % self.for_dsl.len()];
        body(&Form { school: school.to_owned(), ..form.clone() })
    }
}

/// Reference and reporter are the import's; over HTTP the reporter is the one who files.
fn form(mut line: Map<String, Value>, story: String) -> Result<Form> {
    line.remove("reference");
    line.remove("reporter");
    line.insert("what_happened".into(), story.into());
    serde_json::from_value(Value::Object(line)).context("a line of the sample year is no form")
}

/// The story at `at`, with those after it until it is long enough.
fn story(stories: &[&str], at: usize) -> String {
    let mut told = String::new();
    for one in stories.iter().cycle().skip(at).take(stories.len()) {
        if told.len() >= STORY_BYTES {
            break;
        }
        if !told.is_empty() {
            told.push(' ');
        }
        told.push_str(one);
    }
    told
}

fn body(form: &Form) -> Result<Bytes> {
    Ok(serde_json::to_vec(form)?.into())
}

fn mean(values: impl ExactSizeIterator<Item = usize>) -> usize {
    let count = values.len().max(1);
    values.sum::<usize>() / count
}

#[cfg(test)]
mod tests {
    use super::{Papers, STORY_BYTES};
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn stories_are_long_enough_types_are_mixed_and_the_school_is_the_one_that_was_named() {
        let papers = Papers::read().unwrap();
        let forms: Vec<Value> = papers.usual.iter().map(|body| serde_json::from_slice(body).unwrap()).collect();
        assert!(forms.iter().all(|form| form["what_happened"].as_str().unwrap().len() >= STORY_BYTES));
        let types: BTreeSet<&str> = forms.iter().flat_map(|form| form["types"].as_array().unwrap()).filter_map(Value::as_str).collect();
        assert!(types.len() >= 10, "{types:?}");
        assert!(papers.for_dsl.len() >= 10, "{}", papers.for_dsl.len());
        let sent: Value = serde_json::from_slice(&papers.for_dsl(3, "BEN07").unwrap()).unwrap();
        assert_eq!(sent["school"], "BEN07");
    }
}
