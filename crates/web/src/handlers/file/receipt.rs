//! The receipt: what was sent, who acts next, and what the reporter signed.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::cases::parse_id;
use wardbook_app::reports::RECEIPT;
use wardbook_app::shown::ReportShown;

use crate::handlers::answer::{Answer, page};
use crate::handlers::visitor::{Here, Visitor as _};
use crate::handlers::words;
use crate::pages::file::Receipt;

/// Whom to ring where a profile names no designated officer.
const LADO: (&str, &str) =
    ("The designated officer of the local authority (LADO)", "The local authority’s web site gives the number. Ring today.");

/// `GET /receipts/{id}`.
pub(crate) async fn receipt(here: Here, Path(id): Path<String>) -> Answer {
    let refuse = |error| here.refuse(error);
    let shown = here.web.report(&here.caller, parse_id(&id).map_err(refuse)?, RECEIPT).await.map_err(refuse)?;
    let received = here.web.received_by(&here.caller, &shown).await.map_err(refuse)?;
    let (directory, profile) = (here.web.directory().await.map_err(refuse)?, here.web.profile());
    let goes_to = shown.owner.as_ref().map(|owner| words::duty_in_sentence(&profile, owner));
    let lado = || profile.contact("lado").map_or((LADO.0.to_owned(), LADO.1.to_owned()), |lado| (lado.name.clone(), lado.how.clone()));
    let receipt = Receipt {
        chrome: here.chrome(),
        id: shown.id.clone(),
        number: shown.reference.clone(),
        filed: words::when(shown.filed_at),
        school: words::school_name(&directory, &shown.school),
        // To a person who is themself concerned the receiver is not named, not even by duty.
        goes_to: goes_to.unwrap_or_else(|| "the person whose duty it is under your trust’s policy".to_owned()),
        nobody_there: (!received.is_there).then(lado),
        find: received.safeguards.map(|address| words::duty_in_sentence(&profile, &address)),
        next: next_steps(&shown),
        danger: in_danger(&shown),
        image: shown.image.as_deref().is_some_and(|answer| answer != "no"),
        add_file: shown.owner.is_some().then(|| format!("/reports/{}/evidence", shown.id)),
        self_referral: shown.self_referral && !shown.typed_in,
        signed: shown.signed.as_ref().map(words::signed),
    };
    Ok(page(StatusCode::OK, &receipt))
}

fn in_danger(shown: &ReportShown) -> bool {
    shown.danger != wardbook_domain::report::Danger::No.as_str()
}

fn next_steps(shown: &ReportShown) -> Vec<String> {
    let first = if in_danger(shown) {
        "They confirm that they have it, today, as a child could be in danger."
    } else {
        "They confirm that they have it."
    };
    let last = if shown.self_referral {
        "They talk with you about it."
    } else {
        "They may ask you a question. You will not always hear the outcome."
    };
    [first, "They decide what it is and what is done about it.", last].map(str::to_owned).to_vec()
}
