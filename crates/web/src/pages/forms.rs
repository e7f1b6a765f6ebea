//! What every form needs: its errors, its closed questions' options, and the token that makes a repeated press one command.

use std::borrow::Cow;

/// One thing wrong with a form, said twice on the page: in the summary at the top and at the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the field's first input (nearly always its name), or a path (`/file/...`) where the answer belongs on another page.
    pub field: String,
    /// What is wrong and how to put it right, as one sentence without a full stop: `Say what happened`.
    pub text: String,
}

impl FieldError {
    /// Where the summary's link leads: the field on this page, or the page that asks.
    pub fn href(&self) -> String {
        if self.field.starts_with('/') {
            return self.field.clone();
        }
        for (group, part) in FIRST_PARTS {
            // Several moments on one page have a prefix each.
            if let Some(prefix) = self.field.strip_suffix(group).filter(|prefix| prefix.is_empty() || prefix.ends_with('_')) {
                return format!("#{prefix}{part}");
            }
        }
        format!("#{}", self.field)
    }
}

/// Groups of inputs that can be wrong as a whole, and the input to which their error leads.
const FIRST_PARTS: [(&str, &str); 2] = [("date", "day"), ("time", "hour")];

/// Everything wrong with a form, in the order of its fields. Empty on first sight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// The errors, in the order in which the fields stand on the page.
    pub list: Vec<FieldError>,
}

impl FormErrors {
    /// Adds an error; `field` and `text` as in [`FieldError`].
    pub fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.list.push(FieldError { field: field.into(), text: text.into() });
    }

    /// The first error of this field.
    pub fn get(&self, field: impl AsRef<str>) -> Option<&str> {
        let field = field.as_ref();
        self.list.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }

    /// Whether this field has an error.
    pub fn has(&self, field: impl AsRef<str>) -> bool {
        self.get(field).is_some()
    }

    /// The first error of any of these fields (a group and its parts).
    pub fn first_of(&self, fields: &[impl AsRef<str>]) -> Option<&str> {
        self.list.iter().find(|error| fields.iter().any(|field| field.as_ref() == error.field)).map(|error| error.text.as_str())
    }

    /// Whether any of these fields has an error (the forms of a page).
    pub fn has_any(&self, fields: &[impl AsRef<str>]) -> bool {
        self.first_of(fields).is_some()
    }

    /// Whether the form has an error at all.
    pub fn any(&self) -> bool {
        !self.list.is_empty()
    }

    /// `Error: ` when there is one, for the start of the page title, so that a screen reader says so first.
    pub fn title_prefix(&self) -> &'static str {
        if self.any() { "Error: " } else { "" }
    }

    /// The ids that describe a field, for `aria-describedby`: its hint, then its error; empty when it has neither.
    pub fn described_by(&self, id: impl AsRef<str>, hint: impl AsRef<str>) -> String {
        let id = id.as_ref();
        self.group_described_by(id, hint, &[id])
    }

    /// The same for a group whose error may stand on any of these fields.
    pub fn group_described_by(&self, id: impl AsRef<str>, hint: impl AsRef<str>, fields: &[impl AsRef<str>]) -> String {
        let id = id.as_ref();
        let hint = (!hint.as_ref().is_empty()).then(|| format!("{id}-hint"));
        let error = self.has_any(fields).then(|| format!("{id}-error"));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// One option of a closed question: a radio button, a checkbox or a line of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: Cow<'static, str>,
    /// What the page says.
    pub text: Cow<'static, str>,
    /// A line of help under the text; empty for none.
    pub hint: &'static str,
    /// Whether choosing it shows a further field (always shown without JavaScript).
    pub reveals: bool,
    /// Whether it excludes all others ("none of these"); stands last, after the word "or".
    pub exclusive: bool,
}

impl Choice {
    /// An option with fixed words.
    pub const fn new(value: &'static str, text: &'static str) -> Self {
        Self { value: Cow::Borrowed(value), text: Cow::Borrowed(text), hint: "", reveals: false, exclusive: false }
    }

    /// An option whose words are known only at run time: a school, a trust's own type.
    pub fn owned(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: Cow::Owned(value.into()), text: Cow::Owned(text.into()), ..Self::new("", "") }
    }

    /// The same with a line of help.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// The same, showing a further field when chosen.
    #[must_use]
    pub const fn reveals(mut self) -> Self {
        self.reveals = true;
        self
    }

    /// The same, excluding all others.
    #[must_use]
    pub const fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }

    /// Whether this is the option of that value.
    pub fn is(&self, value: impl AsRef<str>) -> bool {
        self.value == value.as_ref()
    }

    /// Whether this option is among the chosen values.
    pub fn among(&self, chosen: impl AsRef<[String]>) -> bool {
        chosen.as_ref().iter().any(|value| self.is(value))
    }
}

/// Hidden fields of a form that is a command on a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandToken {
    /// Field `command`: id drawn when the page was made, so that a second press of the button is the same command.
    pub command: String,
    /// Field `seen`: the keyed digest of what this page showed; a record that changed since answers with the 412 page.
    pub seen: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_leads_to_its_field_its_group_or_its_page() {
        let href = |field: &str| {
            let mut errors = FormErrors::default();
            errors.add(field, "Wrong");
            errors.list[0].href()
        };
        assert_eq!(href("location"), "#location");
        assert_eq!(href("date"), "#day");
        assert_eq!(href("found_time"), "#found_hour");
        assert_eq!(href("update"), "#update");
        assert_eq!(href("/file/d1/what"), "/file/d1/what");
    }

    #[test]
    fn a_description_names_the_hint_before_the_error() {
        let mut errors = FormErrors::default();
        assert_eq!(errors.described_by("a", ""), "");
        errors.add("a", "Wrong");
        assert_eq!(errors.described_by("a", "Help"), "a-hint a-error");
        assert_eq!(errors.group_described_by("g", "", &["g", "a"]), "g-error");
        assert_eq!((errors.get("a"), errors.get("b")), (Some("Wrong"), None));
    }
}
