//! `/api/v1/reads`: who has looked at what, and who signed in.

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use wardbook_app::{
    Page,
    reads::{ReadShown, asked},
};

use super::{limit, wrong};
use crate::{Web, auth::Bearer, problem::Problem};

/// The query of the list of reads.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadsQuery {
    /// Looks at this report or case, 32 hex digits.
    record: Option<String>,
    /// Looks of this person, 32 hex digits: for them, the data protection officer and the auditor.
    person: Option<String>,
    /// The caller's own looks and sign-ins: `mine` or `mine=true`.
    mine: Option<String>,
    /// Everybody's sign-ins, failed ones too: `sign_ins=true`, for the data protection officer and the auditor.
    sign_ins: Option<String>,
    /// `true`: only what is out of the ordinary. A page may then be empty and still have a next one.
    unusual: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Items on a page, 1 to 1000; 50 where none is given.
    limit: Option<String>,
}

impl FromRequestParts<Web> for ReadsQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, web).await;
        query
            .map(|Query(query)| query)
            .map_err(|_| wrong("query", "takes record, person, mine, sign_ins, unusual, cursor and limit, each once"))
    }
}

/// Who has looked at what, newest first: exactly one of `record`, `person`, `mine` and `sign_ins`.
///
/// Each look is shown to those alone who may know its record. The data protection officer and the auditor see of any other the
/// instant, the duty and the class in words, where the record is not about them.
#[utoipa::path(get, path = "/api/v1/reads", tag = "reads", params(ReadsQuery),
    responses((status = 200, body = Page<ReadShown>), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 410, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn list(State(web): State<Web>, Bearer(caller): Bearer, query: ReadsQuery) -> Result<Json<Page<ReadShown>>, Problem> {
    let limit = limit(query.limit.as_deref())?;
    let unusual = match query.unusual.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(wrong("unusual", "is true or false")),
    };
    let reads = asked(query.record.as_deref(), query.person.as_deref(), query.mine.as_deref(), query.sign_ins.as_deref())?;
    Ok(Json(web.reads(&caller, reads, unusual, query.cursor.as_deref(), limit).await?))
}
