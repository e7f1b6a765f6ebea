//! Filing a report: the paper form, a question a page, and the receipt at the end.
//!
//! Each page posts to `/file/{draft}/{step}` and nothing typed is lost on error: the handler puts what came into the same struct
//! again. A question is a variant of [`Question`], a template in `templates/file/` and a struct in `questions.rs`; what tells and asks
//! little (danger, first steps) is in `steps.rs`, the beginning and the end of a form in `ends.rs`.

mod ends;
mod questions;
mod steps;

pub use ends::{DraftRow, FileCheck, FileDrafts, Receipt, SignedView};
pub use questions::{
    FileAbout, FileBehalf, FileData, FileKind, FilePupils, FileSchool, FileStaff, FileTold, FileWhat, FileWhen, KindGroup, StaffRow,
};
pub use steps::{FileAdvice, FileDanger, FileEmergency, OwnReportRow};

pub use super::moment::DateTimeParts;

/// The questions in the order they are asked. Which of them are asked depends on the answers: the handler knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Whose report it is, where it is typed in for somebody else.
    Behalf,
    /// Which school; asked only where the reporter may file for several.
    School,
    /// Could a child be hurt or in danger: before anything else.
    Danger,
    /// What to do first, where a child could be in danger.
    Emergency,
    /// Who it is about; before the story, so that the report never passes the person concerned.
    About,
    /// What kind of thing.
    Kind,
    /// First steps for what was ticked, and who will get the report.
    Advice,
    /// When.
    When,
    /// The story, and where.
    What,
    /// Pupils involved.
    Pupils,
    /// Staff involved.
    Staff,
    /// Already reported, and what was done at once.
    Told,
    /// Data affected; not asked where a child is in danger (P2-URGENT-1).
    Data,
}

impl Question {
    /// All questions, in order.
    pub const ALL: [Self; 13] = [
        Self::Behalf,
        Self::School,
        Self::Danger,
        Self::Emergency,
        Self::About,
        Self::Kind,
        Self::Advice,
        Self::When,
        Self::What,
        Self::Pupils,
        Self::Staff,
        Self::Told,
        Self::Data,
    ];

    /// The step in the path.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Behalf => "behalf",
            Self::School => "school",
            Self::Danger => "danger",
            Self::Emergency => "emergency",
            Self::About => "about",
            Self::Kind => "kind",
            Self::Advice => "advice",
            Self::When => "when",
            Self::What => "what",
            Self::Pupils => "pupils",
            Self::Staff => "staff",
            Self::Told => "told",
            Self::Data => "data",
        }
    }

    /// The question of a step in a path; `None` for `check` and for anything unknown.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.slug() == slug)
    }

    /// Whether it tells before it asks: it has no number, and a changed answer before it leads to it again.
    pub fn tells(self) -> bool {
        matches!(self, Self::Emergency | Self::Advice)
    }
}

/// Where the reporter is: what every question page needs to find its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Where the form posts: `/file/{draft}/{step}`, with `?change=1` when the reporter came from the check page.
    pub action: String,
    /// Where Back leads; `None` on the first question.
    pub back: Option<String>,
    /// `Question 3 of 9`; empty on a page that tells.
    pub caption: String,
    /// On the first question: the way to say that it is typed in for somebody else.
    pub behalf: Option<String>,
}

impl Step {
    /// The step of a draft. `flow`: the questions that are asked, in order. `changing`: the reporter came from the check page and goes
    /// back there.
    pub fn new(draft: &str, question: Question, flow: &[Question], changing: bool) -> Self {
        let href = |question: Question| format!("/file/{draft}/{}", question.slug());
        if changing {
            let caption = if question.tells() { "" } else { "Change your answer" }.to_owned();
            let action = format!("{}?change=1", href(question));
            return Self { action, back: Some(format!("/file/{draft}/check")), caption, behalf: None };
        }
        let before = flow.iter().rev().find(|asked| **asked < question).copied();
        let numbered: Vec<Question> = flow.iter().filter(|asked| !asked.tells()).copied().collect();
        let number = numbered.iter().position(|asked| *asked == question);
        let caption = number.map(|number| format!("Question {} of {}", number + 1, numbered.len())).unwrap_or_default();
        let behalf = (before.is_none() && question != Question::Behalf).then(|| href(Question::Behalf));
        // Reached by a link from the first question, and so back to it.
        let from = flow.first().filter(|first| question == Question::Behalf && **first != question).copied();
        Self { action: href(question), back: before.or(from).map(href), caption, behalf }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_step_of_its_own_and_keeps_its_place() {
        for (index, question) in Question::ALL.into_iter().enumerate() {
            assert_eq!(Question::from_slug(question.slug()), Some(question));
            assert!(Question::ALL[..index].iter().all(|before| *before < question));
        }
        assert_eq!(Question::from_slug("check"), None);
    }

    #[test]
    fn a_step_counts_only_the_questions_that_are_asked() {
        use Question::{About, Behalf, Danger, Data, Emergency, Kind};
        let flow = [Danger, Emergency, About, Kind, Data];
        let step = |question| Step::new("d1", question, &flow, false);
        let first = step(Danger);
        assert_eq!((first.caption.as_str(), first.back, first.behalf.as_deref()), ("Question 1 of 4", None, Some("/file/d1/behalf")));
        let about = step(About);
        assert_eq!((about.caption.as_str(), about.back.as_deref(), about.behalf), ("Question 2 of 4", Some("/file/d1/emergency"), None));
        assert_eq!(step(Emergency).caption, "");
        assert_eq!((step(Behalf).behalf, step(Behalf).back.as_deref()), (None, Some("/file/d1/danger")));
        let change = Step::new("d1", Kind, &flow, true);
        assert_eq!((change.action.as_str(), change.back.as_deref()), ("/file/d1/kind?change=1", Some("/file/d1/check")));
    }
}
