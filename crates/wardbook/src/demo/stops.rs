//! The tour. To add a stop: one entry of [`STOPS`]; the pages, the list and the browser test follow the list.

use wardbook_web::demo::{Act, Stop};

const ASSISTANT: &str = "hana.kemp@example.org";
const OAKFIELD_HEAD: &str = "uma.jones@example.org";
const DPO: &str = "priya.anand@example.org";
const DSL: &str = "george.xu@example.org";
const HEAD: &str = "sunil.young@example.org";
const ADMINISTRATOR: &str = "imogen.frayne@example.org";
const STAND_IN: &str = "oona.okafor-lowe@example.org";

/// A few minutes, from a report to the proof.
pub(crate) const STOPS: &[Stop] = &[
    Stop {
        title: "File a report as a teaching assistant",
        sees: "Hana Kemp answers a question a page. Tick “An online safety concern” and pupils’ data, and watch the report arrive in the window of George Xu, the DSL, while you are still looking at the receipt.",
        act: Act::Be(ASSISTANT, "/file"),
        button: "Be Hana Kemp and file a report",
        beside: Some(DSL),
    },
    Stop {
        title: "Open it as the DSL and see the clock",
        sees: "The report stands on George Xu’s queue with its 72 hours counted from when the school knew, not from when somebody looks; receive it, and say what it is.",
        act: Act::Be(DSL, "/queue"),
        button: "Be George Xu and open the queue",
        beside: None,
    },
    Stop {
        title: "Follow a lost laptop from the train to closed",
        sees: "Uma Jones, the headteacher of Oakfield, has one closed case: what was known, who was told, what was done, and why it could be closed. Her queue says what each of the others still wants.",
        act: Act::Be(OAKFIELD_HEAD, "/cases"),
        button: "Be Uma Jones and open her cases",
        beside: None,
    },
    Stop {
        title: "Go home on Friday",
        sees: "It is Friday afternoon. What of Priya Anand's, the DPO, runs out before Monday at 08:00? A clock of the law does not wait for her: do it, hand it over, or have her duty covered.",
        act: Act::Be(DPO, "/before-you-go"),
        button: "Be Priya Anand before she goes",
        beside: None,
    },
    Stop {
        title: "Find your own look in the trace",
        sees: "You opened that report as George Xu a minute ago. Here is everybody who has looked at it, newest first: your own look is among them, with its time and your duty. It cannot be taken away.",
        act: Act::Be(DSL, "/demo/own-look"),
        button: "Be George Xu and see who has looked",
        beside: None,
    },
    Stop {
        title: "Be the administrator, and fail",
        sees: "Imogen Frayne looks after the accounts of the whole trust. Try to open the very same report as her, to see who has looked at it, and to give yourself a duty that would show it.",
        act: Act::Be(ADMINISTRATOR, "/demo/administrator"),
        button: "Be Imogen Frayne, the administrator",
        beside: None,
    },
    Stop {
        title: "Be the headteacher whom a concern is about",
        sees: "A teaching assistant reported Sunil Young yesterday. Look for it as him: it is in no list, no count and no search of his.",
        act: Act::Be(HEAD, "/queue"),
        button: "Be Sunil Young",
        beside: None,
    },
    Stop {
        title: "See him beside the one who stands in",
        sees: "The same moment in two windows: the low-level concern is on Oona Okafor-Lowe’s queue, and not on his.",
        act: Act::SideBySide(HEAD, STAND_IN),
        button: "Show both side by side",
        beside: None,
    },
    Stop {
        title: "Flip one byte",
        sees: "The book is copied, one byte of one sealed event is changed in the copy, and the check names the very event.",
        act: Act::Flip,
        button: "Flip one byte in a copy",
        beside: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_on_the_tour_is_in_the_cast() {
        let people = super::super::cast::people().unwrap();
        for stop in STOPS {
            for email in stop.act.people().into_iter().chain(stop.beside) {
                assert!(people.iter().any(|person| person.email == email), "{}: {email}", stop.title);
            }
        }
    }
}
