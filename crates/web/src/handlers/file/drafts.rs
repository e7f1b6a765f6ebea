//! The list of drafts: what its writer can continue, here or on another device, or give up.

use axum::extract::Path;
use axum::http::StatusCode;
use wardbook_app::cases::parse_id;
use wardbook_app::drafts::Kept;

use super::draft::Draft;
use super::{Filing, NEW, kinds};
use crate::handlers::answer::{Answer, page, see_other};
use crate::handlers::visitor::{Asked, Here, Posted, Visitor as _, receives};
use crate::handlers::{command, words};
use crate::pages::file::{DraftRow, FileDrafts};

/// `GET /file`: the writer's drafts; where there is none, the first question at once. Who receives nothing begins here, and learns here that
/// something waits for them: a question about what they reported, or a case that was handed to them.
pub(crate) async fn start(here: Here, Asked(query): Asked) -> Answer {
    let waits = if receives(&here.caller) { 0 } else { here.web.owed(&here.caller).await.map_err(|error| here.refuse(error))?.0 };
    let drafts = here.web.drafts::<Draft>(&here.caller).await.map_err(|error| here.refuse(error))?;
    let banner = command::done(&query);
    let mut filing = Filing::load(here, NEW.to_owned(), false).await?;
    let start = filing.resume();
    if drafts.is_empty() && banner.is_none() && waits == 0 {
        return Ok(see_other(&start));
    }
    let mut chrome = filing.here.chrome();
    chrome.banner = banner;
    let rows = drafts.into_iter().map(|draft| row(&mut filing, draft)).collect();
    Ok(page(StatusCode::OK, &FileDrafts { chrome, waits, drafts: rows, start }))
}

fn row(filing: &mut Filing, Kept { id, kept_at, value }: Kept<Draft>) -> DraftRow {
    (filing.id, filing.draft) = (hex::encode(id), value);
    let kinds = kinds::labels(&filing.profile, &filing.draft.types);
    DraftRow {
        id: filing.id.clone(),
        kind: if kinds.is_empty() { "A report".to_owned() } else { kinds.join(", ") },
        started: words::when(filing.draft.started.unwrap_or(kept_at)),
        kept: words::when(filing.draft.changed.unwrap_or(kept_at)),
        href: filing.resume(),
    }
}

/// `POST /file/{draft}/delete`.
pub(crate) async fn delete(Path(id): Path<String>, Posted(here, _): Posted<Here>) -> Answer {
    let number = parse_id(&id).map_err(|error| here.refuse(error))?;
    here.web.drop_draft(&here.caller, number).await.map_err(|error| here.refuse(error))?;
    Ok(see_other("/file?done=deleted"))
}
