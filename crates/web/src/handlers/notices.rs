//! `/notices`: messages that did not arrive, for an administrator.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::AppError;
use wardbook_app::cases::parse_id;
use wardbook_app::notices::UndeliveredState;

use super::answer::{Answer, page, see_other};
use super::visitor::{Asked, Here, Posted, Visitor as _};
use crate::pages::Chrome;
use crate::pages::notices::{NoticeRow, Notices};

/// `GET /notices`.
pub(crate) async fn show(here: Here, Asked(query): Asked) -> Answer {
    let undelivered = here.web.undelivered(&here.caller).await.map_err(|error| here.refuse(error))?;
    let rows = undelivered.into_iter().map(|notice| NoticeRow {
        person: notice.person,
        due: notice.due_at.in_london_short(),
        tries: notice.tries,
        fault: notice.fault.label().to_owned(),
        given_up: notice.state == UndeliveredState::GivenUp,
        id: notice.id,
    });
    let banner = (query.get("done") == Some("again")).then(|| "It is sent again now".to_owned());
    Ok(page(StatusCode::OK, &Notices { chrome: Chrome { banner, ..here.chrome() }, rows: rows.collect() }))
}

/// `POST /notices/{id}/again`.
pub(crate) async fn again(Path(id): Path<String>, Posted(here, _): Posted<Here>) -> Answer {
    let id = parse_id(&id).map_err(|_| here.refuse(AppError::NotFound))?;
    here.web.send_again(&here.caller, id).await.map_err(|error| here.refuse(error))?;
    Ok(see_other("/notices?done=again"))
}
