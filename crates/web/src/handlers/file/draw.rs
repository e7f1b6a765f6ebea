//! The questions, drawn from a draft.

use axum::http::StatusCode;
use axum::response::Response;
use wardbook_app::receivers::first_steps;
use wardbook_app::shown::AddressShown;
use wardbook_domain::Duty;
use wardbook_domain::clock::day_of;
use wardbook_domain::profile::Profile;

use super::Filing;
use super::draft::PEOPLE_MAX;
use super::{form, kinds};
use crate::handlers::answer::{Answer, Stop, page};
use crate::handlers::moment::Typed;
use crate::handlers::visitor::Visitor as _;
use crate::handlers::words;
use crate::pages::choices::{ABOUT, OWN_REPORTS};
use crate::pages::file::{
    FileAbout, FileAdvice, FileBehalf, FileDanger, FileData, FileEmergency, FileKind, FilePupils, FileSchool, FileStaff, FileTold,
    FileWhat, FileWhen, OwnReportRow, Question, Step,
};
use crate::pages::forms::{Choice, FormErrors};

/// A question with its answer so far.
pub(super) async fn question(filing: &Filing, question: Question, status: StatusCode, errors: FormErrors) -> Answer {
    let chrome = filing.here.chrome();
    let step = Step::new(&filing.id, question, &filing.flow(), filing.changing);
    let draft = filing.draft.clone();
    let drawn = match question {
        Question::Behalf => behalf(filing, step, status, errors),
        Question::Emergency => emergency(filing, step, status, errors),
        Question::Advice => return advice(filing, step, status, errors).await,
        Question::Kind => {
            let (groups, types, other_type) = (kinds::groups(&filing.profile), draft.types, draft.other_type);
            page(status, &FileKind { chrome, errors, step, groups, types, other_type })
        }
        Question::When => when(filing, step, status, errors),
        Question::School => {
            page(status, &FileSchool { chrome, errors, step, schools: filing.schools.choices.clone(), school: draft.school })
        }
        Question::Danger => page(status, &FileDanger { chrome, errors, step, danger: draft.danger }),
        Question::About => {
            let (about, about_name) = (draft.about, draft.about_name);
            page(status, &FileAbout { chrome, errors, step, choices: about_choices(draft.typing_in), about, about_name })
        }
        Question::What => {
            let image = filing.form(None).image.is_some_and(wardbook_domain::report::ImageAnswer::may_show_a_child);
            let (what_happened, location) = (draft.what_happened, draft.location);
            page(status, &FileWhat { chrome, errors, step, what_happened, location, image })
        }
        Question::Pupils => {
            let (pupils_involved, pupils) = (draft.pupils_involved, draft.pupils);
            page(status, &FilePupils { chrome, errors, step, pupils_involved, pupils })
        }
        Question::Staff => {
            let (people, staff_involved) = (filing.draft.rows(), draft.staff_involved);
            page(status, &FileStaff { chrome, errors, step, staff_involved, can_add: people.len() < PEOPLE_MAX, people })
        }
        Question::Told => {
            let (already_reported, reported_to, immediate_action) = (draft.already_reported, draft.reported_to, draft.immediate_action);
            page(status, &FileTold { chrome, errors, step, already_reported, reported_to, immediate_action })
        }
        Question::Data => {
            let (data_affected, individuals_affected, dpo_told) = (draft.data_affected, draft.individuals_affected, draft.dpo_told);
            page(status, &FileData { chrome, errors, step, data_affected, individuals_affected, dpo_told })
        }
    };
    Ok(drawn)
}

fn behalf(filing: &Filing, step: Step, status: StatusCode, errors: FormErrors) -> Response {
    let super::draft::Behalf { channel, name, unnamed, role, told } = filing.draft.behalf.clone();
    let chrome = filing.here.chrome();
    page(status, &FileBehalf { chrome, errors, step, channel, name, unnamed, role, told: told.moment("told_") })
}

/// Whom it is about, in words that fit whose report it is.
pub(super) fn about_choices(typing_in: bool) -> Vec<Choice> {
    let theirs = Choice::new("myself", "The person whose report it is").hint("They report something about themself");
    ABOUT.iter().map(|choice| if typing_in && choice.is("myself") { theirs.clone() } else { choice.clone() }).collect()
}

fn emergency(filing: &Filing, step: Step, status: StatusCode, errors: FormErrors) -> Response {
    let (draft, profile) = (&filing.draft, &filing.profile);
    let school = filing.schools.chosen(&draft.school);
    let today = Typed::of(day_of(filing.now()));
    let row = |to: &Choice| {
        let own = draft.own(&to.value);
        let at = if own.at == Typed::default() { &today } else { &own.at };
        OwnReportRow { at: at.moment(&format!("own_{}_", own.to)), to: own.to, reference: own.reference }
    };
    let emergency = FileEmergency {
        chrome: filing.here.chrome(),
        errors,
        step,
        dsl: title(profile, Duty::Dsl),
        head: title(profile, Duty::Headteacher),
        school: (!school.is_empty()).then(|| filing.schools.name(&draft.school).to_owned()),
        calls: calls(profile),
        image: draft.image.clone(),
        own: draft.own.iter().filter(|own| own.ticked).map(|own| own.to.clone()).collect(),
        own_rows: OWN_REPORTS.iter().map(row).collect(),
    };
    page(status, &emergency)
}

/// The trust's word for a duty as it stands inside a sentence.
fn title(profile: &Profile, duty: Duty) -> String {
    words::small(profile.title(duty))
}

/// Whom to call and how: what the profile says of them, and the numbers that hold everywhere.
fn calls(profile: &Profile) -> Vec<(String, String)> {
    let call = |code: &str| profile.contact(code).map(|contact| (contact.name.clone(), contact.how.clone()));
    let police = call("police").unwrap_or_else(|| ("Police".to_owned(), "999 in an emergency, 101 otherwise".to_owned()));
    call("dsl").into_iter().chain([police]).chain(call("social_care")).collect()
}

async fn advice(filing: &Filing, step: Step, status: StatusCode, errors: FormErrors) -> Result<Response, Stop> {
    let form = filing.form(None);
    let directory = filing.here.web.directory().await.map_err(|error| filing.here.refuse(error))?;
    let steps = first_steps(&filing.profile, &form, &directory).into_iter().map(|piece| (piece.steps, piece.clause));
    let advice = FileAdvice {
        chrome: filing.here.chrome(),
        errors,
        step,
        advice: steps.collect(),
        goes_to: goes_to(filing, &form).await?,
        image: filing.asks_image_at(Question::Advice).then(|| filing.draft.image.clone()),
    };
    Ok(page(status, &advice))
}

/// Who would get the report, by duty; said by the rules that send it.
async fn goes_to(filing: &Filing, form: &wardbook_domain::report::Form) -> Result<Vec<String>, Stop> {
    let here = &filing.here;
    let preview = here.web.preview(&here.caller, form).await.map_err(|error| here.refuse(error))?;
    let Some(owner) = preview.owner else {
        return Ok(vec!["It goes to the person whose duty it is under your trust’s policy, and to nobody else.".to_owned()]);
    };
    let duty = |address: &AddressShown| words::duty_in_sentence(&filing.profile, address);
    let mut sentences = vec![match preview.instead_of {
        Some(not) => format!("It goes to {}, not to the {}.", duty(&owner), words::small(not.label())),
        None => format!("It goes to {}.", duty(&owner)),
    }];
    sentences.extend(preview.second.map(|second| format!("As a child could be in danger, {} reads it too.", duty(&second))));
    Ok(sentences)
}

fn when(filing: &Filing, step: Step, status: StatusCode, errors: FormErrors) -> Response {
    let draft = &filing.draft;
    let asks = form::asks_when_found(&filing.form(None), &filing.profile);
    let page_of = FileWhen {
        chrome: filing.here.chrome(),
        errors,
        step,
        choices: filing.when_choices(),
        when: draft.when.clone(),
        at: draft.at.moment(""),
        example: example(filing),
        found: asks.then(|| (draft.found_earlier.clone(), draft.found.moment("found_"))),
    };
    page(status, &page_of)
}

/// A date of the weeks before.
fn example(filing: &Filing) -> String {
    let past = filing.now().plus_seconds(-40 * 86_400);
    let (year, month) = past.london_month();
    format!("27 {month} {year}")
}
