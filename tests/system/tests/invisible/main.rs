//! Invisibility (design §1.4): the person concerned cannot read the record about them, nor learn that it exists.
//!
//! Two trusts of one clock and one seed are equal but for one hidden record and everything done to it. The person concerned, in each duty
//! that there is, asks every route of both, with ids of their own, of an ordinary record, of the hidden one and of none. The answers are the
//! same byte for byte once random values stand as their order of appearance; the statements, their row counts and the opened fields are
//! the same, so that the time it takes tells nothing either. Left out: signed checkpoints and proofs.
//!
//! Routes come from the source (`registry::routes`): a new one is asked as soon as it is written.
#![allow(clippy::unwrap_used, reason = "tests")]

mod counting;
mod questions;
mod twin;

use proptest::{
    prelude::{Just, Strategy as _, any},
    prop_oneof,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use questions::{About, Question, questions};
use twin::{Kind, Named, Step, Twin};
use wardbook_domain::Duty;
use wardbook_system_tests::{plain::Plain, registry::Route};

/// Characters that are told of a line that should not be.
const LEAK_CHARS_MAX: usize = 1_000;

/// Runs the steps in both trusts and compares what the people concerned are told at the end.
async fn compare(named: Named, duties: &[Duty], steps: &[Step], wanted: fn(&Route) -> bool) {
    let (mut with, mut without) = tokio::join!(Twin::new(true, named, duties), Twin::new(false, named, duties));
    for step in steps {
        let (one, other) = tokio::join!(with.step(*step), without.step(*step));
        assert_eq!(one, other, "{step:?} is the same in both trusts");
    }
    tokio::join!(with.begin_to_ask(), without.begin_to_ask());
    let (mut asked, mut leaks, mut opened, mut looks) = (0, vec![], 0, 0);
    for duty in duties {
        // Random values are known by the order in which this person meets them.
        let (mut one, mut other) = (Plain::default(), Plain::default());
        for question in questions(*duty, wanted) {
            let ((told, cost), (plain, usual)) = tokio::join!(with.told(&question, &mut one), without.told(&question, &mut other));
            asked += 1;
            // A DPO is shown that they looked, whenever they did: else these answers are alike because they are empty.
            looks += usize::from(question.route.path.starts_with("/api/v1/reads?") && told.contains("\"sign_in\""));
            if question.route.path == "/api/v1/queue" {
                // Else nothing is counted, and all costs are alike.
                assert!(cost.iter().any(|line| line.contains("views.list")), "{question}: {cost:?}");
            }
            opened += cost.iter().filter(|line| line.starts_with("opened ")).count();
            if told != plain {
                let differ =
                    |length: bool| told.lines().zip(plain.lines()).find(|(a, b)| a != b && a.starts_with("content-length") == length);
                // That the lengths differ says least.
                let (a, b) = differ(false).or_else(|| differ(true)).unwrap_or(("one answer goes on", "the other ends"));
                let short = |line: &str| line.chars().take(LEAK_CHARS_MAX).collect::<String>();
                leaks.push(format!("{question} tells of it: {}\n   not {}", short(a), short(b)));
            }
            // Whoever adds to their own words writes to a record that has grown: all of it is read. What they hear is compared above.
            let adds = named == Named::SelfReferral && question.about == About::Own && question.route.path.ends_with("/reports/{id}/image");
            if cost != usual && !adds && !walks_through_looks(&question, named) {
                leaks.push(format!("{question} takes another time: {cost:?}\n   not {usual:?}"));
            }
        }
    }
    assert!(looks >= duties.len(), "{looks} lists of looks had one on them");
    assert!(asked > 20 * duties.len(), "{asked} questions");
    assert!(opened > duties.len(), "{opened} events were opened");
    assert!(leaks.is_empty(), "{} leaks after {steps:?}\n{}", leaks.len(), leaks[..leaks.len().min(12)].join("\n"));
}

/// Lists of looks walk through the access streams of those who looked, and these grow with whatever they look at: what such a list costs
/// tells that its readers were busy, and nothing of with what. What it says is compared, and for a hidden record its cost too.
fn walks_through_looks(question: &Question, named: Named) -> bool {
    let path = question.route.path.as_str();
    let of_a_record = path.contains("record=") || path.ends_with("/reads") && path.contains("{id}") && !path.starts_with("/people/");
    let theirs = question.about == About::Own && named != Named::SelfReferral;
    let of_looks = path.starts_with("/api/v1/reads") || path.ends_with("/reads");
    of_looks && (!of_a_record || theirs || question.about == About::Ordinary)
}

fn every(_: &Route) -> bool {
    true
}

fn reads(route: &Route) -> bool {
    route.method == "GET" && !route.path.contains("form.pdf") && !route.path.starts_with("/demo")
}

const EVERYTHING: [Step; 30] = [
    Step::Ordinary(Kind::Equipment),
    Step::Own,
    Step::File(Kind::Conduct),
    Step::Ordinary(Kind::Breach),
    Step::Receive,
    Step::Evidence,
    Step::Read,
    Step::Image,
    Step::Alerts,
    Step::Hours(30),
    Step::Correct,
    Step::Settle,
    Step::Assess("low_level_concern"),
    Step::Note,
    Step::CaseFile,
    Step::Aside,
    Step::Ordinary(Kind::Safeguarding),
    Step::Link,
    Step::DecideAlerts("raise"),
    Step::Work,
    Step::Clock,
    Step::Alerts,
    Step::Quarantine,
    Step::Close,
    Step::Reopen,
    Step::DecideAlerts("dismiss"),
    Step::Read,
    Step::Hours(50),
    Step::Cover,
    Step::Glass,
];

/// Their subject, whatever they do for the school, on every route.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subject_learns_nothing_in_any_duty() {
    Box::pin(compare(Named::ById, Duty::ALL, &EVERYTHING, every)).await;
}

/// Those who have the family name that was given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_possible_subject_learns_nothing_in_any_duty() {
    let steps: Vec<Step> = EVERYTHING.into_iter().filter(|step| *step != Step::Settle).collect();
    Box::pin(compare(Named::ByName, Duty::ALL, &steps, reads)).await;
}

/// A record that is about a breach runs a clock: it is on no board of theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_breach_is_on_no_board_of_its_subject() {
    let steps = [
        Step::Ordinary(Kind::Breach),
        Step::Own,
        Step::File(Kind::Breach),
        Step::Clock,
        Step::Read,
        Step::Hours(80),
        Step::Assess("data_breach"),
        Step::Note,
        Step::Read,
    ];
    Box::pin(compare(Named::ById, &[Duty::Dpo, Duty::Headteacher, Duty::ItLead, Duty::TrustLead, Duty::Chair], &steps, reads)).await;
}

/// Whoever reports themself keeps their own words and receipt, frozen: nothing that is done afterwards shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_self_referral_stays_as_it_was_filed() {
    let steps = [
        Step::Ordinary(Kind::Equipment),
        Step::Own,
        Step::Receive,
        Step::Read,
        Step::Correct,
        Step::Hours(5),
        Step::Evidence,
        Step::Image,
        Step::Settle,
        Step::Assess("low_level_concern"),
        Step::Note,
        Step::CaseFile,
        Step::Close,
        Step::Read,
    ];
    for duty in [Duty::Reporter, Duty::Headteacher, Duty::Dsl, Duty::Dpo] {
        Box::pin(compare(Named::SelfReferral, &[duty], &steps, every)).await;
    }
}

/// Whatever is done, in whatever order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_order_of_things_tells_them() {
    let kind = prop_oneof![Just(Kind::Conduct), Just(Kind::Safeguarding), Just(Kind::Breach), Just(Kind::Equipment)];
    let category = prop_oneof![Just("low_level_concern"), Just("disciplinary_matter"), Just("safeguarding_concern"), Just("other")];
    let step = prop_oneof![
        2 => kind.clone().prop_map(Step::Ordinary),
        1 => (1_u16..100).prop_map(Step::Hours),
        2 => Just(Step::Read),
        1 => Just(Step::Receive),
        2 => category.prop_map(Step::Assess),
        1 => Just(Step::Note),
        1 => Just(Step::Close),
        1 => Just(Step::Correct),
        1 => Just(Step::Evidence),
        1 => Just(Step::CaseFile),
        1 => Just(Step::Image),
        1 => Just(Step::Clock),
        1 => Just(Step::Settle),
        1 => Just(Step::Aside),
        1 => Just(Step::Work),
        1 => Just(Step::Reopen),
        1 => Just(Step::Quarantine),
        1 => Just(Step::Link),
        1 => Just(Step::Cover),
        1 => Just(Step::Glass),
        1 => Just(Step::Alerts),
        1 => prop_oneof![Just("raise"), Just("dismiss")].prop_map(Step::DecideAlerts),
        1 => kind.clone().prop_map(Step::File),
    ];
    let case = (proptest::sample::subsequence(Duty::ALL.to_vec(), 1..4), kind, proptest::collection::vec(step, 10..24), any::<bool>());
    // Always the same cases: what fails here fails for whoever looks next.
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for _ in 0..6 {
        let (duties, first, rest, by_name) = case.new_tree(&mut runner).unwrap().current();
        let named = if by_name { Named::ByName } else { Named::ById };
        let rest = rest.into_iter().filter(|step| !by_name || *step != Step::Settle);
        let steps: Vec<Step> = [Step::Ordinary(Kind::Equipment), Step::Own, Step::File(first)].into_iter().chain(rest).collect();
        Box::pin(compare(named, &duties, &steps, reads)).await;
    }
}
