//! `/demo/tour` and `/demo/flip`: the stops of the tour, as the demonstration lists them, and the flipped byte.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::answer::{Answer, page};
use super::super::visitor::{Posted, Visitor as _};
use super::{Anyone, demo, person_row};
use crate::Web;
use crate::demo::{Act, FlipError};
use crate::pages::demo::{Flip, StopAct, StopPage, Tour};
use crate::pages::message::Message;

/// `GET /demo/tour`.
pub(super) async fn list(State(web): State<Web>, anyone: Anyone) -> Response {
    let stops = demo(&web).stops().iter().map(|stop| stop.title).collect();
    anyone.remember(page(StatusCode::OK, &Tour { chrome: anyone.chrome(), stops }))
}

/// `GET /demo/tour/{stop}`.
pub(super) async fn show(State(web): State<Web>, anyone: Anyone, Path(number): Path<String>) -> Answer {
    let demo = demo(&web);
    let stop = number.parse::<usize>().ok().and_then(|number| Some((number, demo.stops().get(number.checked_sub(1)?)?)));
    let (number, stop) = stop.ok_or_else(|| anyone.nothing())?;
    let of = |email| demo.by_email(email).ok_or_else(|| anyone.nothing());
    let act = match stop.act {
        Act::Be(email, to) => StopAct::Be(of(email)?.0, to),
        Act::SideBySide(left, right) => StopAct::Go(format!("/demo/side-by-side/{}/{}", of(left)?.0, of(right)?.0)),
        Act::Flip => StopAct::Flip,
    };
    let beside = stop.beside.map(of).transpose()?.map(|(number, person)| person_row(number, person));
    let stop = StopPage {
        chrome: anyone.chrome(),
        number,
        of: demo.stops().len(),
        title: stop.title,
        sees: stop.sees,
        button: stop.button,
        act,
        beside,
    };
    Ok(anyone.remember(page(StatusCode::OK, &stop)))
}

/// `GET /demo/flip`.
pub(super) async fn show_flip(anyone: Anyone) -> Response {
    anyone.remember(page(StatusCode::OK, &Flip { chrome: anyone.chrome(), flipped: None }))
}

/// `POST /demo/flip`.
pub(super) async fn flip(State(web): State<Web>, Posted(anyone, _): Posted<Anyone>) -> Answer {
    match demo(&web).stage().flip().await {
        Ok(flipped) => Ok(page(StatusCode::OK, &Flip { chrome: anyone.chrome(), flipped: Some(flipped) })),
        Err(error) => {
            if let FlipError::Failed(cause) = &error {
                tracing::error!(%cause, "web.demo.flip_failed");
            }
            let mut answer = page(StatusCode::SERVICE_UNAVAILABLE, &Message::unavailable(anyone.chrome()));
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            Ok(answer)
        }
    }
}
