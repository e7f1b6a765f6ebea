//! `/today`: a headteacher's first screen.

use axum::http::StatusCode;
use wardbook_app::access::CoverShown;
use wardbook_app::queue::QueueItem;
use wardbook_app::today::{Changed, Late};

use super::answer::{Answer, page};
use super::queue::{href, row};
use super::visitor::{Here, Visitor as _};
use super::words;
use crate::pages::today::{ChangedRow, LateRow, Today};

/// `GET /today`.
pub(crate) async fn show(here: Here) -> Answer {
    let shown = here.web.today(&here.caller).await.map_err(|error| here.refuse(error))?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    let row = |item: &QueueItem| row(&here.web, &directory, item);
    let late = |late: &Late| LateRow { row: row(&late.item), whose: late.whose.join(", ") };
    let changed = |changed: &Changed| ChangedRow {
        href: href(&changed.item),
        reference: changed.item.reference.clone(),
        about: changed.item.what.join(", "),
        what: changed.what.clone(),
        when: words::when(changed.at),
        more: changed.count.saturating_sub(1),
    };
    let cover = |cover: &CoverShown| {
        let duty = words::address(&here.web, &directory, &cover.duty);
        format!("{}: {duty}, from {} until {}", cover.covered_by, words::when(cover.from), words::when(cover.until))
    };
    let today = Today {
        chrome: here.chrome(),
        since: shown.since.map(words::when),
        only_you: shown.only_you.iter().map(row).collect(),
        late: shown.late.iter().map(late).collect(),
        changed: shown.changed.iter().map(changed).collect(),
        covers: shown.covers.iter().map(cover).collect(),
        bounded: shown.bounded.then_some(shown.searched),
    };
    Ok(page(StatusCode::OK, &today))
}
