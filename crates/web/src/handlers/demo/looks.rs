//! `/demo/own-look` and `/demo/administrator`: where one's own look stands in the trace, and what an administrator tries in vain.

use axum::extract::State;
use axum::http::StatusCode;
use wardbook_app::cases::parse_id;
use wardbook_app::reads::{ReadShown, Reads};
use wardbook_app::shown::reference;
use wardbook_domain::Duty;

use super::super::answer::{Answer, page, see_other};
use super::super::visitor::{Here, Visitor as _};
use super::demo;
use crate::Web;
use crate::pages::demo::{Administrator, Tried};

/// Looks that are searched at once, and how often at most: a queue leaves one for each of its rows.
const LOOKS: u32 = 200;
const PAGES_MAX: usize = 10;

/// `GET /demo/own-look`: to the looks at the record that this person opened last.
pub(super) async fn own(State(web): State<Web>, here: Here) -> Answer {
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let looks = web.reads(&here.caller, Reads::Mine, false, cursor.as_deref(), Some(LOOKS)).await;
        let looks = looks.map_err(|error| here.refuse(error))?;
        if let Some(path) = looks.items.iter().find_map(opened) {
            let to = format!("{path}/reads");
            demo(&web).try_next(path);
            return Ok(see_other(&to));
        }
        cursor = looks.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(see_other("/reads"))
}

/// The path of a record that was opened, not only seen on a list.
fn opened(look: &ReadShown) -> Option<String> {
    let part = match look.page.as_deref()? {
        "report" => "reports",
        "case" => "cases",
        _ => return None,
    };
    Some(format!("/{part}/{}", look.record.as_deref()?))
}

/// `GET /demo/administrator`: for the administrator, what there is to try.
pub(super) async fn administrator(State(web): State<Web>, here: Here) -> Answer {
    if !here.caller.has(Duty::Administrator) {
        return Ok(see_other("/demo/tour"));
    }
    let tried = demo(&web).tried().and_then(|path| {
        let id = parse_id(path.rsplit('/').next()?).ok()?;
        Some(Tried { reference: reference(&id), path })
    });
    Ok(page(StatusCode::OK, &Administrator { chrome: here.chrome(), tried }))
}
