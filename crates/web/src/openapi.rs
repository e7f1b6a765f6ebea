//! The OpenAPI 3.1 description, made from the handlers' own documentation.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, RefOr,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::api;

#[derive(OpenApi)]
#[openapi(
    info(title = "Wardbook", description = "The incident and concern book of a school trust.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    paths(
        api::reports::file, api::reports::list, api::reports::show, api::reports::receive, api::reports::assess, api::reports::correct,
        api::reports::settle, api::evidence::add, api::evidence::show, api::evidence::name_image, api::evidence::take_up_image,
        api::evidence::add_to_case, api::evidence::show_file, api::evidence::quarantine, api::evidence::confirm_message,
        api::breaches::list, api::breaches::show, api::breaches::aware, api::breaches::decide,
        api::reports::aside, api::reports::end_aside, api::reports::answer, api::access::covers, api::access::arrange, api::access::end_cover,
        api::access::glasses, api::access::break_glass, api::access::close_glass, api::access::review_glass,
        api::profile::proposals, api::profile::propose, api::profile::confirm, api::profile::refuse,
        api::notices::list, api::notices::again,
        api::alerts::list, api::alerts::take_in, api::alerts::decide, api::assets::find,
        api::search::start, api::search::show, api::overview::show, api::cube::show, api::cube::publish,
        api::queue::show, api::queue::before_you_go, api::queue::today, api::reads::list, api::cases::list, api::cases::show, api::cases::act, api::checkpoint::show,
    ),
    components(schemas(wardbook_domain::case::Note, wardbook_domain::case::Close, wardbook_domain::case::NamePerson,
        wardbook_domain::case::RemovePerson)),
    modifiers(&Bearer, &Problems)
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

/// Every refusal is problem details, whatever its operation says of its body.
struct Problems;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

impl Modify for Problems {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let items = openapi.paths.paths.values_mut();
        let operations = items.flat_map(|item| [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]);
        for response in operations.flatten().flat_map(|operation| operation.responses.responses.values_mut()) {
            let RefOr::T(response) = response else { continue };
            if response.content.get(JSON).is_some_and(is_problem)
                && let Some(content) = response.content.shift_remove(JSON)
            {
                response.content.insert(PROBLEM.to_owned(), content);
            }
        }
    }
}

fn is_problem(content: &RefOr<Content>) -> bool {
    let RefOr::T(content) = content else { return false };
    matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /api/openapi.json`.
pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}
