//! The OpenAPI 3.1 description, made from the handlers' own documentation.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::api;

#[derive(OpenApi)]
#[openapi(
    info(title = "Wardbook", description = "The incident and concern book of a school trust.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    paths(
        api::reports::file, api::reports::list, api::reports::show, api::reports::receive, api::reports::assess, api::reports::correct,
        api::reports::settle, api::evidence::add, api::evidence::show, api::evidence::name_image, api::evidence::take_up_image,
        api::breaches::list, api::breaches::show, api::breaches::aware, api::breaches::decide,
        api::queue::show, api::reads::list, api::cases::list, api::cases::show, api::cases::act, api::checkpoint::show,
    ),
    components(schemas(wardbook_domain::case::Note, wardbook_domain::case::Close)),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("bearer", scheme);
    }
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /api/openapi.json`.
pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
