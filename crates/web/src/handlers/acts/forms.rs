//! The questions of each act on a case or a report. An answer is named as the API names it; a dot leads into an object.

use wardbook_app::shown::{CaseShown, FactShown, ReportShown};
use wardbook_domain::case::{CasePart, CopyKind, Marking, Matter, Relation};
use wardbook_domain::profile::Profile;

use super::super::cases::copies;
use crate::pages::acts::{Input, InputKind};
use crate::pages::forms::Choice;
use crate::pages::moment::Moment;

/// The act that answers with a file.
pub(super) const PRINT: &str = "print";

/// The page of an act on a report; none for what has no page of its own. `to` are the duties to which it can be handed over.
pub(super) fn of_report(verb: &str, report: &ReportShown, to: Vec<Choice>, profile: &Profile) -> Option<Form> {
    match verb {
        "hand-over" => Some(hand_report_over(to)),
        "snooze" => Some(snooze("It comes back then. Neither a clock of the law nor the day by which it is assessed can be put off.")),
        PRINT => {
            let marking = report.marking_label.as_deref().unwrap_or_default();
            Some(print(marking, report.copies.len(), hidden("of", ""), profile))
        }
        _ => None,
    }
}

/// A page of one act.
pub(super) struct Form {
    pub(super) verb: &'static str,
    pub(super) title: String,
    pub(super) intro: String,
    pub(super) inputs: Vec<Input>,
    pub(super) button: String,
}

impl Form {
    fn new(verb: &'static str, title: &str, intro: &str, button: &str, inputs: Vec<Input>) -> Self {
        Self { verb, title: title.to_owned(), intro: intro.to_owned(), inputs, button: button.to_owned() }
    }

    /// Where the errors of the use case stand on the page, by its field; the whole of a moment is marked at its time.
    pub(super) fn places(&self) -> Vec<(String, String)> {
        let place = |input: &Input| match &input.kind {
            InputKind::Moment(moment) => (input.id.clone(), moment.id("time")),
            _ => (input.id.clone(), input.id.clone()),
        };
        self.inputs.iter().map(place).collect()
    }
}

fn input(id: &str, label: &str, kind: InputKind) -> Input {
    // A choice that was not made is no code of the list: it is left out, and the rules say that it is missing.
    let needed = matches!(kind, InputKind::Line | InputKind::Text);
    Input { id: id.to_owned(), label: label.to_owned(), hint: String::new(), value: String::new(), needed, kind }
}

fn optional(input: Input) -> Input {
    Input { label: format!("{} (optional)", input.label), needed: false, ..input }
}

fn line(id: &str, label: &str) -> Input {
    input(id, label, InputKind::Line)
}

fn text(id: &str, label: &str) -> Input {
    input(id, label, InputKind::Text)
}

fn reason() -> Input {
    text("reason", "Why?")
}

fn radios(id: &str, label: &str, options: Vec<Choice>) -> Input {
    input(id, label, InputKind::Radios(options))
}

fn moment(id: &str, label: &str) -> Input {
    input(id, label, InputKind::Moment(Moment { prefix: format!("{id}_"), ..Moment::default() }))
}

fn hint(input: Input, hint: &str) -> Input {
    Input { hint: hint.to_owned(), ..input }
}

fn with(input: Input, value: &str) -> Input {
    Input { value: value.to_owned(), ..input }
}

fn hidden(id: &str, value: &str) -> Input {
    with(input(id, "", InputKind::Hidden), value)
}

fn pairs(list: &[(String, String)]) -> Vec<Choice> {
    list.iter().map(|(code, label)| Choice::owned(code.clone(), label.clone())).collect()
}

/// The page of an act; none for what has no page of its own, or is about something that is not open. `readers` are those to whom an action
/// can be given.
pub(super) fn of(verb: &str, case: &CaseShown, of: &str, readers: Vec<Choice>, profile: &Profile) -> Option<Form> {
    match verb {
        "plan" => Some(plan(case, of, readers)),
        "receive" => Some(Form::new("receive", "Take it up", "From now on it shows that somebody has it in hand.", "Take it up", vec![])),
        "assess" => Some(assess(case)),
        "complete" => complete(case, of),
        "tell" => Some(tell(case, of, profile)),
        "ask" => Some(ask()),
        "answer" => answer(case, of),
        "decide" => Some(decide(case, of)),
        "set-aside" => set_aside(case, of),
        "place" => Some(place()),
        "link" => Some(link()),
        "merge" => Some(merge()),
        "reclassify" => Some(reclassify(profile)),
        "mark" => Some(mark()),
        "hand-over" => Some(hand_over()),
        "snooze" => Some(snooze("It comes back then. Neither a clock of the law nor what is to be done within hours can be put off.")),
        "review" => Some(review(case)),
        PRINT => Some(print(&case.marking_label, case.copies.len(), copy_kind(case, of), profile)),
        "reopen" => Some(Form::new("reopen", "Open it again", "It goes back to its owner's queue.", "Open it again", vec![reason()])),
        _ => None,
    }
}

/// The facts that are not known, then those that are.
fn assess(case: &CaseShown) -> Form {
    let fact = |fact: &FactShown| {
        let id = format!("facts.{}", fact.code);
        let kind = match fact.kind.as_str() {
            "yes_no" => InputKind::Radios(vec![Choice::new("yes", "Yes"), Choice::new("no", "No")]),
            "yes_no_unsure" => {
                InputKind::Radios(vec![Choice::new("yes", "Yes"), Choice::new("no", "No"), Choice::new("unsure", "Not sure")])
            }
            "choice" => InputKind::Radios(pairs(&fact.choices)),
            "day" => InputKind::Day,
            "text" => InputKind::Text,
            _ => InputKind::Line,
        };
        let label = if fact.required { fact.question.clone() } else { format!("{} (optional)", fact.question) };
        let value = fact.answer.clone().unwrap_or_default();
        Input { id, label, hint: fact.hint.clone().unwrap_or_default(), value, needed: false, kind }
    };
    let (known, unknown): (Vec<_>, Vec<_>) = case.facts.iter().partition(|fact| fact.answer.is_some());
    let mut inputs: Vec<Input> = unknown.into_iter().chain(known.iter().copied()).map(fact).collect();
    if !known.is_empty() {
        inputs.push(hint(optional(text("reason", "Why is an earlier answer corrected?")), "Only where one is"));
    }
    let intro = "Answer what is known, and leave the rest. What was said before stays in the book.";
    Form::new("assess", "What is known", intro, "Save what is known", inputs)
}

fn plan(case: &CaseShown, of: &str, readers: Vec<Choice>) -> Form {
    let again = case.actions.iter().find(|action| action.id == of && action.state == "open");
    let what = again.map(|action| action.what.clone()).unwrap_or_default();
    let person = again.and_then(|action| action.person.clone()).unwrap_or_default();
    let owner = again.filter(|action| action.person.is_none()).map(|action| action.owner.clone()).unwrap_or_default();
    let due = again.and_then(|action| action.due_on).map(|day| day.to_string()).unwrap_or_default();
    let mut inputs = vec![
        with(text("what", "What is to be done?"), &what),
        hint(
            with(optional(input("person", "Who does it, of those who read this case?", InputKind::Select(readers))), &person),
            "It then stands on their queue",
        ),
        hint(with(optional(line("owner", "Or who else does it?")), &owner), "A name or a post, where they do not read this case"),
        with(optional(input("due_on", "By when?", InputKind::Day)), &due),
    ];
    if let Some(action) = again {
        inputs.extend([reason(), hidden("action", &action.id), hidden("of", of)]);
    }
    let title = if again.is_some() { "Change an action" } else { "Plan an action" };
    Form::new("plan", title, "", "Save the action", inputs)
}

fn complete(case: &CaseShown, of: &str) -> Option<Form> {
    let action = case.actions.iter().find(|action| action.id == of && action.state == "open")?;
    let options = vec![Choice::new("true", "Yes, it is done"), Choice::new("false", "No, and it will not be")];
    let inputs = vec![
        with(radios("done", "Is it done?", options), "true"),
        text("result", "What came of it, or why is it not done?"),
        hidden("action", of),
        hidden("of", of),
    ];
    Some(Form::new("complete", &action.what, "", "Save", inputs))
}

fn tell(case: &CaseShown, of: &str, profile: &Profile) -> Form {
    let step = case.steps.iter().find(|step| step.code == of);
    let list = profile.told_list();
    let fits = |code: &str| step.is_none_or(|step| step.tells.iter().any(|tells| tells == code));
    let options: Vec<Choice> =
        list.iter().filter(|(code, _)| fits(code)).map(|(code, label)| Choice::owned(code.clone(), label.clone())).collect();
    let (only, few) = (options.len() == 1, options.len() <= 4);
    let chosen = if only { options[0].value.to_string() } else { String::new() };
    let whom = match (only, few) {
        (true, _) => hidden("whom", &chosen),
        (false, true) => radios("whom", "Who was told?", options),
        (false, false) => input("whom", "Who was told?", InputKind::Select(options)),
    };
    let told = list.iter().find(|(code, _)| *code == chosen).map(|(_, label)| format!("Told: {label}"));
    let inputs = vec![
        whom,
        optional(line("name", "Name of who was told")),
        hint(optional(moment("at", "When?")), "For example 30 10 2026. Leave it empty where it was just now"),
        hint(line("how", "How?"), "In person, by telephone, by e-mail, through their form"),
        hint(optional(line("told_by", "By whom?")), "Leave it empty where it was you"),
        optional(line("reference", "Reference that was given")),
        hidden("of", of),
    ];
    let intro = step.map(|step| step.what.clone()).unwrap_or_default();
    Form::new("tell", told.as_deref().unwrap_or("Who was told"), &intro, "Save who was told", inputs)
}

fn ask() -> Form {
    let intro = "Whoever reported it sees your question beside their own words, and nothing of this case. They do not see your name.";
    Form::new("ask", "Ask whoever reported it", intro, "Ask", vec![text("question", "Your question")])
}

fn answer(case: &CaseShown, of: &str) -> Option<Form> {
    let question = case.questions.iter().find(|question| question.id == of && question.answer.is_none())?;
    let inputs = vec![text("answer", "What did they say?"), hidden("question", of), hidden("of", of)];
    Some(Form::new("answer", "Their answer", &question.question, "Save the answer", inputs))
}

fn decide(case: &CaseShown, of: &str) -> Form {
    let step = case.steps.iter().find(|step| step.decides.as_deref() == Some(of) && !of.is_empty());
    let inputs = match step {
        Some(step) => {
            vec![radios("decision", "What is decided?", pairs(&step.options)), reason(), hidden("about", of), hidden("of", of)]
        }
        None => vec![text("decision", "What is decided?"), reason(), hidden("about", "other")],
    };
    let title = step.map_or("A decision", |step| step.what.as_str());
    let intro =
        "Your name, the guidance and the policy in force are kept with it. A later decision takes its place; this one stays in the book.";
    Form::new("decide", title, intro, "Save the decision", inputs)
}

fn set_aside(case: &CaseShown, of: &str) -> Option<Form> {
    let step = case.steps.iter().find(|step| step.code == of && step.state == "open")?;
    let inputs = vec![text("reason", "Why is it not done?"), hidden("step", of), hidden("of", of)];
    Some(Form::new("set-aside", &format!("Not needed: {}", step.what), "", "Save the reason", inputs))
}

fn place() -> Form {
    let parts = CasePart::ALL.iter().map(|part| Choice::new(part.as_str(), part.label())).collect();
    let inputs = vec![
        line("name", "Name"),
        radios("part", "Their part", parts),
        hint(optional(line("detail", "More about them")), "Year group, whose parent, which firm"),
    ];
    let intro = "An adult whom the matter is about is named in the report, so that the record is kept from them.";
    Form::new("place", "Somebody in this case", intro, "Save", inputs)
}

fn link() -> Form {
    let relations = Relation::ALL.iter().map(|relation| Choice::new(relation.as_str(), relation.label())).collect();
    let inputs = vec![
        hint(line("case", "The other case's reference"), "For example 1A2B-3C4D"),
        radios("relation", "This case is", relations),
        reason(),
    ];
    Form::new("link", "Link to another case", "Only who may open both sees that they are linked.", "Link them", inputs)
}

fn merge() -> Form {
    let inputs = vec![hint(line("into", "Reference of the case that goes on"), "For example 1A2B-3C4D"), reason()];
    let intro = "This case is closed and goes on in the other one, with its open actions. Both histories stay as they are.";
    Form::new("merge", "Let it go on in another case", intro, "Merge them", inputs)
}

fn reclassify(profile: &Profile) -> Form {
    let label = |matter: &Matter| matter.label_in(&profile.guidance_edition);
    let options = Matter::ALL.iter().map(|matter| Choice::new(matter.as_str(), label(matter))).collect();
    let inputs = vec![
        input("matter", "What is it?", InputKind::Select(options)),
        reason(),
        hint(
            optional(text("shared", "What may a new owner know?")),
            "Only where it goes to another duty: the story stays here, and they read this",
        ),
    ];
    let intro = "Its facts and steps become those of that matter. Where it belongs to another duty, a case is opened there and this one goes on in it.";
    Form::new("reclassify", "It is something else", intro, "Save", inputs)
}

fn mark() -> Form {
    let options = Marking::ALL.iter().map(|marking| Choice::new(marking.as_str(), marking.label())).collect();
    Form::new("mark", "Protective marking", "", "Save the marking", vec![radios("marking", "Marking", options), reason()])
}

fn hand_over() -> Form {
    let inputs = vec![
        hint(line("person", "To whom?"), "Their e-mail address or staff number"),
        text("reason", "Why, and what do they need to know?"),
    ];
    let intro = "It stands in their queue too and they may work on it. Your duty stays answerable.";
    Form::new("hand-over", "Hand it over", intro, "Hand it over", inputs)
}

/// To a duty: whoever holds it, now or later, has it on their queue.
fn hand_report_over(to: Vec<Choice>) -> Form {
    let inputs = vec![input("duty", "To whom?", InputKind::Radios(to)), text("reason", "Why, and what do they need to know?")];
    let intro = "Only those stand here who may read it anyhow. It stands on their queue too; your duty stays answerable.";
    Form::new("hand-over", "Hand it over", intro, "Hand it over", inputs)
}

fn snooze(intro: &str) -> Form {
    let inputs = vec![hint(moment("until", "Until when?"), "For example 2 11 2026"), text("reason", "Why can it wait?")];
    Form::new("snooze", "Put it off", intro, "Put it off", inputs)
}

/// A copy on paper (P0-PRINT-1, P0-MARK-1).
fn print(marking: &str, copies: usize, kind: Input, profile: &Profile) -> Form {
    let before = match copies {
        0 => "none was made before".to_owned(),
        1 => "one was made before".to_owned(),
        more => format!("{more} were made before"),
    };
    let intro = format!(
        "You get a PDF. On every page stand its marking ({marking}), your name, the time, what it is for and its number: it is copy {}; {before}. \
         That you made it is recorded with it. Print it where nobody else picks it up, and leave nothing in the printer.",
        copies + 1
    );
    let purpose = radios("purpose", "What is it for?", pairs(&profile.purposes()));
    Form::new(PRINT, "Print it", &intro, "Make the PDF", vec![kind, purpose])
}

/// Which copies there are of a case of this kind.
fn copy_kind(case: &CaseShown, of: &str) -> Input {
    match copies(case) {
        [only] => hidden("kind", only.as_str()),
        kinds => {
            let options = kinds.iter().map(|kind| Choice::new(kind.as_str(), kind.label())).collect();
            with(radios("kind", "What do you need?", options), CopyKind::parse(of).unwrap_or(CopyKind::Record).as_str())
        }
    }
}

fn review(case: &CaseShown) -> Form {
    let mut inputs = vec![text("finding", "What did you find?")];
    if case.state == "open" {
        inputs.push(optional(input("next_on", "Next review on", InputKind::Day)));
    }
    Form::new("review", "Review it", "", "Save the review", inputs)
}
