//! Comparing names as people write them.

/// Words of one name that are written together, or apart, at most: `van der Berg`.
const JOINED_MAX: usize = 3;
/// Letters of joined initials at most.
const INITIALS_MAX: usize = 4;

/// A name taken apart.
pub(super) struct Name {
    /// Its parts in lower case without accents: `Zsófia Szabó-Hussain` is `zsofia`, `szabo`, `hussain`.
    pub(super) parts: Vec<String>,
    /// Neighbouring words written as one: `Mc Donald` has `mcdonald`.
    joined: Vec<String>,
    /// Letters that stand alone: `Mrs J.` has `j`.
    letters: Vec<char>,
    /// The first letter of each word.
    firsts: Vec<char>,
    /// Words that are initials unless they are a name: `Mr SY` has `sy`.
    short: Vec<String>,
}

impl Name {
    pub(super) fn of(name: &str) -> Self {
        let words = words(name);
        let parts: Vec<String> = words.iter().filter(|word| word.chars().count() > 1).cloned().collect();
        let single = |word: &String| word.chars().next().filter(|letter| word.chars().count() == 1 && letter.is_alphabetic());
        Self {
            joined: (2..=JOINED_MAX).flat_map(|size| words.windows(size)).map(<[String]>::concat).collect(),
            letters: words.iter().filter_map(single).collect(),
            firsts: words.iter().filter_map(|word| word.chars().next()).collect(),
            short: short(&parts),
            parts,
        }
    }

    /// Whether a word is, or could be a slip for, a part of this name.
    fn has(&self, word: &str) -> bool {
        self.parts.iter().chain(&self.joined).any(|part| alike(part, word))
    }

    /// Whether this name of a person could be the one given, whose initials are these.
    pub(super) fn could_be(&self, given: &Self, initials: &[&String]) -> bool {
        // "Mrs J" names everyone with a J where no whole word of a name was given.
        let by_letter =
            given.parts.is_empty() && self.parts.iter().any(|part| given.letters.iter().any(|letter| part.starts_with(*letter)));
        by_letter
            || given.parts.iter().any(|part| self.has(part))
            || given.joined.iter().any(|joined| joined.chars().count() > 3 && self.has(joined))
            || initials.iter().any(|initials| self.is_short_for(initials))
    }

    /// The first letters of a name in order, some middle ones left out: `BF` and `BAF` are Bea Ashworth-Fletcher.
    fn is_short_for(&self, initials: &str) -> bool {
        let mut firsts = self.firsts.iter();
        initials.chars().all(|letter| firsts.any(|first| *first == letter))
    }

    /// The short words of a given name that are part of nobody's name.
    pub(super) fn initials<'a>(&'a self, everyone: &[(crate::PersonId, Self)]) -> Vec<&'a String> {
        self.short.iter().filter(|word| !everyone.iter().any(|(_, known)| known.parts.contains(word))).collect()
    }
}

/// Whether two names are the same but for titles, accents, spaces and capitals.
pub fn is_one(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    !a.is_empty() && a == b
}

/// Whether two names could be those of one person: a name with a slip, initials, a part of a name.
pub fn could_be_one(a: &str, b: &str) -> bool {
    let (a, b) = (Name::of(a), Name::of(b));
    // A family name that two people share does not make them one: where both have a whole name, all of the shorter one must fit.
    if a.parts.len() > 1 && b.parts.len() > 1 {
        let (short, long) = if a.parts.len() <= b.parts.len() { (&a, &b) } else { (&b, &a) };
        return short.parts.iter().all(|part| long.has(part));
    }
    let fits = |name: &Name, given: &Name| name.could_be(given, &given.short.iter().collect::<Vec<_>>());
    fits(&a, &b) || fits(&b, &a)
}

/// The words of a name in lower case without accents and titles.
fn words(name: &str) -> Vec<String> {
    const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "dr", "sir", "the", "headteacher"];
    let lower: String = name.to_lowercase().chars().map(unaccented).collect();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !TITLES.contains(word));
    words.map(str::to_owned).collect()
}

/// Words that may be initials. What stands between other words, or before a name that it belongs to, is none; alone, any word may be.
fn short(parts: &[String]) -> Vec<String> {
    const BETWEEN: [&str; 16] = ["and", "of", "our", "my", "at", "in", "on", "to", "by", "for", "is", "or", "an", "his", "her", "who"];
    const BEFORE: [&str; 16] = ["mc", "mac", "van", "von", "der", "den", "de", "del", "la", "le", "du", "da", "di", "el", "al", "st"];
    let belongs =
        |index: usize| BEFORE.contains(&parts[index].as_str()) && parts.get(index + 1).is_some_and(|next| next.chars().count() > 2);
    let ordinary = |index: usize| parts.len() > 1 && (BETWEEN.contains(&parts[index].as_str()) || belongs(index));
    let fits = |word: &String| word.chars().all(char::is_alphabetic) && (2..=INITIALS_MAX).contains(&word.chars().count());
    (0..parts.len()).filter(|index| fits(&parts[*index]) && !ordinary(*index)).map(|index| parts[index].clone()).collect()
}

const fn unaccented(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' | 'ő' => 'o',
        'ù'..='ü' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ł' => 'l',
        'š' | 'ś' => 's',
        'ž' | 'ż' | 'ź' => 'z',
        _ => c,
    }
}

/// The same name part, or one slip apart where it is long enough for that to mean anything.
fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(x, y)| x == y).count();
    a.len() - front - back <= 1 && b.len() - front - back <= 1
}

#[cfg(test)]
mod tests {
    use super::could_be_one;

    #[test]
    fn one_person_is_known_however_their_name_is_written() {
        for (a, b) in [
            ("Bea Ashworth", "bea  ashworth"),
            ("Bea Ashworth", "Mrs Ashworth"),
            ("Bea Ashworth", "B. Ashworth"),
            ("Bea Ashworth-Fletcher", "Bea Ashworth"),
            ("Bea Ashworth", "BA"),
            ("Zsófia Szabó", "Zsofia Szabo"),
            ("Bea Ashworth", "Bea Ashwort"),
        ] {
            assert!(could_be_one(a, b) && could_be_one(b, a), "{a} and {b}");
        }
        for (a, b) in [("Bea Ashworth", "Uma Jones"), ("Bea Ashworth", "Tom Ashworth"), ("Bea Ashworth", "Mr Jones")] {
            assert!(!could_be_one(a, b) && !could_be_one(b, a), "{a} and {b}");
        }
    }
}
