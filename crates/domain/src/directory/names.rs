//! Comparing names as people write them.

/// The parts of a name in lower case without accents: `Zsófia Szabó-Hussain` is `zsofia`, `szabo`, `hussain`.
pub(super) fn name_parts(name: &str) -> Vec<String> {
    const TITLES: [&str; 8] = ["mr", "mrs", "ms", "miss", "dr", "sir", "the", "headteacher"];
    name.to_lowercase()
        .chars()
        .map(unaccented)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| part.chars().count() > 1 && !TITLES.contains(part))
        .map(str::to_owned)
        .collect()
}

/// Letters that stand alone in a name: `Mrs J.` has `j`.
pub(super) fn initials(name: &str) -> Vec<char> {
    let lower: String = name.to_lowercase().chars().map(unaccented).collect();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() == 1);
    words.filter_map(|word| word.chars().next()).filter(|letter| letter.is_alphabetic()).collect()
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
pub(super) fn alike(a: &str, b: &str) -> bool {
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
