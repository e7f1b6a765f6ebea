//! What to do about an image that could show a child without clothes: the words, once, each with its clause.
//!
//! Pages, the API and every refusal take their words from here. To change one: law.md's clause first, then the line.

/// A line of guidance and the clause that it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What to do, in one or two sentences.
    pub text: &'static str,
    /// Where it comes from.
    pub clause: &'static str,
}

const fn line(text: &'static str, clause: &'static str) -> Line {
    Line { text, clause }
}

/// The question that comes before every file.
pub const QUESTION: &str = "Could it show anyone under 18 without clothes, or partly without?";

/// In one sentence, where a file is refused because an image was named.
pub const REFUSED: &str = "an image that could show a child without clothes has been named in this report, so no file is taken in: do not \
                           look at it, copy it, send it, save it or delete it, and speak to the designated safeguarding lead";

/// For whoever has it, or knows of it.
pub const FOR_EVERYBODY: &[Line] = &[
    line("Do not look at it, copy it, send it, save it or delete it, and do not ask the child to.", "IMG-1, P1-NUDE-1"),
    line(
        "If you have the device, switch it off if you can do that without looking, and lock it away. Describe in words where it is; \
         nothing is uploaded here.",
        "IMG-3, SRC-2",
    ),
    line(
        "Do not question the child. Tell the designated safeguarding lead now, and nobody else; if it is about them, tell their deputy.",
        "P1-NUDE-1, ALG-4",
    ),
    line("Nobody is blamed: say so to the child.", "P1-NUDE-1"),
    line("If an adult is involved, or a child is in danger now, call the police: 999.", "IMG-2, IMG-3"),
];

/// For the safeguarding lead who must act, and for whoever else reads the report.
pub const FOR_READERS: &[Line] = &[
    line("Do not look at it, copy it, send it, save it or delete it. Nothing of it was taken in here.", "IMG-1, P1-NUDE-1"),
    line("Keep the device switched off and locked away. Write down in words what you were told it shows, and where it is.", "IMG-3"),
    line(
        "Only the safeguarding lead may look, only where a child cannot be kept safe otherwise, and only with the headteacher’s approval. \
         Then write down who looked, why, when, where and who was there.",
        "IMG-2",
    ),
];

/// When police and children's social care are called at once.
pub const CALL_AT_ONCE: &[Line] = &[
    line("An adult is, or may be, involved.", "IMG-2, IMG-3"),
    line("A child was forced, pressed, paid or tricked, or could not understand what was asked.", "IMG-3"),
    line("A child in it is, or may be, under 13.", "IMG-3"),
    line("What you were told of is violent, or not what is usual at that age.", "IMG-3"),
    line("A child may be about to be harmed.", "IMG-3"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_what_to_do_and_names_its_clause() {
        for line in FOR_EVERYBODY.iter().chain(FOR_READERS).chain(CALL_AT_ONCE) {
            assert!(line.text.ends_with('.') && line.clause.contains('-'), "{line:?}");
        }
        for never in ["look", "copy", "send", "save", "delete"] {
            assert!(FOR_EVERYBODY[0].text.contains(never) && FOR_READERS[0].text.contains(never) && REFUSED.contains(never), "{never}");
        }
    }
}
