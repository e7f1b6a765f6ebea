//! What a form or a query sends: names and values in order, a name once for each value (checkboxes, rows of people).

use std::borrow::Cow;

use wardbook_domain::clock::Date;

use crate::pages::forms::FormErrors;

/// The most values of one form: no page of ours comes near it.
const FIELDS_MAX: usize = 1_000;

/// The fields of a form or of a query, as typed.
#[derive(Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(redacted)")
    }
}

impl Fields {
    /// Reads `application/x-www-form-urlencoded`; none where there are too many fields. Line breaks become `\n`: a browser sends
    /// `\r\n`, and a text that comes back unchanged must be the same text.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let pairs: Vec<_> = form_urlencoded::parse(body).take(FIELDS_MAX + 1).collect();
        let line_breaks = |value: Cow<'_, str>| if value.contains('\r') { value.replace("\r\n", "\n") } else { value.into_owned() };
        (pairs.len() <= FIELDS_MAX).then(|| Self(pairs.into_iter().map(|(name, value)| (name.into_owned(), line_breaks(value))).collect()))
    }

    /// The first value of a name; empty where it was not sent.
    pub(crate) fn one(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// The first value of a name, where it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A day, where one was sent; what is none is wrong at that name.
    pub(crate) fn day(&self, name: &str, which: &str, errors: &mut FormErrors) -> Option<Date> {
        match self.get(name).unwrap_or_default().trim() {
            "" => None,
            text => text.parse().map_err(|_| errors.add(name, format!("Give {which} as a date"))).ok(),
        }
    }

    /// Every value of a name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_come_again_and_line_breaks_are_one_character() {
        let fields = Fields::read("types=a&what=one%0D%0Atwo+three&types=b&empty=&note=%E2%9C%93".as_bytes()).unwrap();
        assert_eq!(fields.all("types"), ["a", "b"]);
        assert_eq!(fields.one("what"), "one\ntwo three");
        assert_eq!((fields.get("empty"), fields.get("none"), fields.one("note")), (Some(""), None, "✓".to_owned()));
    }

    #[test]
    fn a_form_of_too_many_fields_is_refused() {
        assert!(Fields::read("a=1&".repeat(FIELDS_MAX).as_bytes()).is_some());
        assert!(Fields::read("a=1&".repeat(FIELDS_MAX + 1).as_bytes()).is_none());
    }
}
