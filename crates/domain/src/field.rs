//! Bad input, named field by field: the one shape in which the API, the pages and the importer hear about it.

/// One field that is wrong, and why, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name as in the API, for example `what_happened` or `pupils[0].name`.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// Input that was refused: at least one field error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|e| format!("{}: {}", e.field, e.problem)).collect::<Vec<_>>().join("; "))]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// A refusal that names one field.
    pub fn one(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self(vec![FieldError { field: field.into(), problem: problem.into() }])
    }
}

/// Collects field errors, so that a person hears of all of them at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a problem with a field.
    pub fn fail(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), problem: problem.into() });
    }

    /// Text that must be there, at most `max` characters.
    pub fn text(&mut self, field: &str, value: &str, max: usize) {
        if value.trim().is_empty() {
            self.fail(field, "is empty; please fill it in");
        }
        self.at_most(field, value, max);
    }

    /// Text that may be missing, at most `max` characters.
    pub fn at_most(&mut self, field: &str, value: &str, max: usize) {
        let length = value.chars().count();
        if length > max {
            self.fail(field, format!("is {length} characters long; at most {max} are kept"));
        }
        // NUL ends strings in other programs and is the one character that a text never needs.
        if value.contains('\0') {
            self.fail(field, "has a NUL character in it");
        }
    }

    /// `Ok` when nothing failed.
    pub fn done(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }
}
