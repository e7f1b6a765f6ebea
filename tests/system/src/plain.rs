//! Answers without what is random: ids, nonces, tokens, form tokens, cursors, ETags and codes, each replaced by its order of appearance.

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue};

use crate::Answer;

/// An answer as text: status, headers in order, body.
pub fn words(answer: &Answer) -> String {
    let line = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    let mut headers: Vec<String> = answer.headers.iter().map(line).collect();
    headers.sort_unstable();
    format!("{}\n{}\n\n{}", answer.status, headers.join("\n"), answer.text)
}

/// What a person was told, with the order in which they met each random value.
#[derive(Default)]
pub struct Plain {
    seen: HashMap<String, usize>,
}

impl Plain {
    /// An answer with its random values replaced.
    pub fn answer(&mut self, answer: &Answer) -> String {
        self.text(&words(answer))
    }

    /// A text with its random values replaced.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
            if word == 0 {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            out.push_str(&self.word(&rest[..word]));
            rest = &rest[word..];
        }
        out
    }

    fn word(&mut self, word: &str) -> String {
        if !is_reference(word) && !is_code(word) {
            return word.split('-').map(|part| self.part(part)).collect::<Vec<_>>().join("-");
        }
        self.number(word)
    }

    fn part(&mut self, part: &str) -> String {
        let is_hex = part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_secret = part.len() >= 16 && part.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        if is_hex || is_secret { self.number(part) } else { part.to_owned() }
    }

    fn number(&mut self, value: &str) -> String {
        let next = self.seen.len();
        format!("<{}>", self.seen.entry(value.to_owned()).or_insert(next))
    }
}

/// `7A3F-09BC`: what people quote.
fn is_reference(word: &str) -> bool {
    word.len() == 9
        && word.bytes().enumerate().all(|(at, byte)| if at == 4 { byte == b'-' } else { matches!(byte, b'0'..=b'9' | b'A'..=b'F') })
}

/// Letters and digits in groups of five: a one-time code.
fn is_code(word: &str) -> bool {
    word.len() == 23 && word.split('-').all(|part| part.len() == 5 && part.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'9')))
}

#[cfg(test)]
#[test]
fn random_values_are_replaced_and_nothing_else() {
    let mut plain = Plain::default();
    let text = "id 00112233445566778899aabbccddeeff of 7A3F-09BC, again 00112233445566778899aabbccddeeff, due 2026-10-30T16:12:00Z";
    assert_eq!(plain.text(text), "id <0> of <1>, again <0>, due 2026-10-30T16:12:00Z");
    assert_eq!(plain.text("ABCDE-FGHJK-LMNPQ-RSTUV deadbeef 3 reports, 07A3-F09BC"), "<2> deadbeef 3 reports, 07A3-F09BC");
}
