//! Letters as people type them when they search: no case, no accents, whatever stands between words left out.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The words of a text in lower case without accents: `Zsófia Szabó-Hussain` has `zsofia`, `szabo`, `hussain`. An apostrophe parts no
/// word: `O’Brien` is `obrien`.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain: String = folded(text).chars().filter(|c| !matches!(c, '\'' | '’' | '‘' | '`')).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A reference without what people leave out when they type it: `OP-2025/014` and `op2025014` are one.
pub(super) fn squeezed(reference: &str) -> String {
    folded(reference).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            // Letters of their own, which no rule of Unicode takes apart.
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            // `İ` in lower case is an i with a dot of its own.
            c if is_combining_mark(c) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_count_for_nothing_however_they_are_written() {
        for (text, plain) in [
            ("Zsófia Szabó-Hussain", "zsofia szabo hussain"),
            ("Zso\u{301}fia", "zsofia"),
            ("ŁUKASZ Sørensen", "lukasz sorensen"),
            ("Gŵen ap Siôn", "gwen ap sion"),
            ("Müller Größe Œuvre İpek", "muller grosse oeuvre ipek"),
            ("O’Brien d'Arcy", "obrien darcy"),
            ("  tablet,computer;  ", "tablet computer"),
            ("ﬁle ２", "file 2"),
        ] {
            assert_eq!(words(text).join(" "), plain, "{text}");
        }
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn a_reference_is_the_same_with_and_without_dashes() {
        assert_eq!(squeezed("7A3F-09BC"), "7a3f09bc");
        assert_eq!(squeezed(" OP/2025 – 014"), squeezed("op-2025-014"));
    }
}
