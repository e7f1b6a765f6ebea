//! Text from outside: bounded, on one line, and of characters that the fonts have.
//!
//! It reaches a template as a value and is shown as it is; nothing in it is read as markup. A document under PDF/A may hold no
//! character without a glyph, so one that the fonts lack becomes a white square instead of an error.

use typst::foundations::{Array, Value};

use crate::error::PdfError;
use crate::world::has_glyph;

/// Stands for a character that the fonts lack.
const NO_GLYPH: char = '\u{25a1}';

/// One text, of 1 to `max` characters.
pub(crate) fn line(what: &'static str, text: &str, max: usize) -> Result<Value, PdfError> {
    // Cleaning never makes a text longer, so that what is too long is not even looked at.
    let length = text.chars().take(max + 1).count();
    let clean = if length > max { String::new() } else { printable(text) };
    if clean.is_empty() { Err(PdfError::Length { what, max }) } else { Ok(Value::Str(clean.into())) }
}

/// A text as it was written: a list of its lines that are not empty, of at most `max` characters together; an empty one has none.
pub(crate) fn written(what: &'static str, text: &str, max: usize) -> Result<Value, PdfError> {
    if text.chars().nth(max).is_some() {
        return Err(PdfError::Length { what, max });
    }
    let lines = text.lines().map(printable).filter(|line| !line.is_empty());
    Ok(Value::Array(lines.map(|line| Value::Str(line.into())).collect()))
}

/// A list of 1 to `count_max` texts of at most `max` characters.
pub(crate) fn lines(what: &'static str, texts: &[String], count_max: usize, max: usize) -> Result<Value, PdfError> {
    if texts.is_empty() || texts.len() > count_max {
        return Err(PdfError::Count { what, count: texts.len(), max: count_max });
    }
    let lines: Array = texts.iter().map(|text| line(what, text, max)).collect::<Result<_, _>>()?;
    Ok(Value::Array(lines))
}

/// Every run of white space and control characters as one space; what directs or joins letters unseen is left out.
fn printable(text: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|&character| !is_unseen(character))
        .map(|character| match character {
            c if c.is_whitespace() || c.is_control() => ' ',
            c if is_private(c) || !has_glyph(c) => NO_GLYPH,
            c => c,
        })
        .collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Soft hyphens, joiners, marks and overrides of direction, byte order marks.
const fn is_unseen(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Private characters mean nothing to another reader, and PDF/A-2a forbids them.
const fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fonts_have_stays_as_it_is() {
        for text in
            ["Ysgol Gŵyr a Thŷ Ddŵr", "Zażółć gęślą jaźń", "Ελλάδα, Україна, Việt Nam", "£5 – “so-called” ‘text’…", "#panic()*_\"\\"]
        {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn what_they_lack_is_one_square_and_what_is_unseen_is_nothing() {
        assert_eq!(printable("a \u{1f600}\u{e000}\u{10ffff} 学 b"), "a □□□ □ b");
        assert_eq!(printable(" a\r\n\tb\u{0}\u{85}c\u{2028}d\u{a0} "), "a b c d");
        assert_eq!(printable("a\u{202e}b\u{200d}c\u{feff}"), "abc");
    }

    #[test]
    fn what_was_written_keeps_its_lines() {
        let lines = |text: &str| written("text", text, 20).map(|value| if let Value::Array(lines) = value { lines.len() } else { 0 });
        assert_eq!(lines("a\n\n b \r\nc").unwrap(), 3);
        assert_eq!(lines(" \n").unwrap(), 0);
        assert!(matches!(lines(&"é".repeat(21)), Err(PdfError::Length { what: "text", max: 20 })));
    }

    #[test]
    fn a_text_has_its_bounds() {
        assert!(line("trust", &"é".repeat(5), 5).is_ok());
        assert!(matches!(line("trust", &"é".repeat(6), 5), Err(PdfError::Length { what: "trust", max: 5 })));
        assert!(matches!(line("trust", " \u{200b}\n", 5), Err(PdfError::Length { .. })));
        let list = |count| vec!["x".to_owned(); count];
        assert!(lines("types", &list(3), 3, 5).is_ok());
        assert!(matches!(lines("types", &list(4), 3, 5), Err(PdfError::Count { count: 4, max: 3, .. })));
        assert!(matches!(lines("types", &[], 3, 5), Err(PdfError::Count { count: 0, .. })));
    }
}
