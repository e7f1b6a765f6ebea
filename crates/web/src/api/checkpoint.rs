//! `/api/v1/checkpoint`: the signed head of the book, for those who watch it from outside.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use wardbook_app::AppError;
use wardbook_domain::Duty;

use crate::{Web, auth::Bearer, problem::Problem};

/// A signed checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckpointShown {
    /// The note (C2SP tlog-checkpoint).
    note: String,
    /// The key that verifies it.
    verifier_key: String,
}

/// The signed head of the book; for auditors and administrators, as its size counts every read (design §1.4).
#[utoipa::path(get, path = "/api/v1/checkpoint", tag = "proof",
    responses((status = 200, body = CheckpointShown), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 503, body = Problem)), security(("bearer" = [])))]
pub(crate) async fn show(State(web): State<Web>, Bearer(caller): Bearer) -> Result<Json<CheckpointShown>, Problem> {
    if !caller.has(Duty::Auditor) && !caller.has(Duty::Administrator) {
        return Err(AppError::Forbidden.into());
    }
    Ok(Json(CheckpointShown { note: web.sign_checkpoint().await?, verifier_key: web.verifier_key()? }))
}
