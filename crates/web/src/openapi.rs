//! The OpenAPI 3.1 description, made from the handlers' own documentation.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, ContentBuilder, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::Type,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use wardbook_app::looking::PURPOSE_HEADER;

use crate::api;

#[derive(OpenApi)]
#[openapi(
    info(title = "Wardbook", description = "The incident and concern book of a school trust.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    paths(
        api::reports::file, api::reports::list, api::reports::show, api::reports::receive, api::reports::assess, api::reports::correct,
        api::reports::settle, api::reports::hand_over, api::reports::snooze, api::reports::print, api::evidence::add, api::evidence::show, api::evidence::name_image, api::evidence::take_up_image,
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
    modifiers(&Bearer, &Purposes, &Problems)
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

/// Whatever shows a record takes the purpose for which it is opened; where the profile asks for one, it is refused without.
struct Purposes;

/// What shows one record, whichever way.
const ONE_RECORD: [&str; 4] = ["/api/v1/reports/{id}", "/api/v1/cases/{id}", "/api/v1/evidence/{id}", "/api/v1/breaches/{id}"];
/// What shows many.
const MANY_RECORDS: [&str; 2] = ["/api/v1/alerts", "/api/v1/search"];

impl Modify for Purposes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut openapi.paths.paths {
            let one = ONE_RECORD.iter().any(|start| path.starts_with(start));
            // Alerts are brought in at the path where they are read.
            let posts = one || path == "/api/v1/search" || path == "/api/v1/alerts/decide";
            let gets = one || MANY_RECORDS.contains(&path.as_str());
            let operations = [item.get.as_mut().filter(|_| gets), item.post.as_mut().filter(|_| posts)];
            operations.into_iter().flatten().for_each(takes_purpose);
        }
    }
}

fn takes_purpose(operation: &mut Operation) {
    let words = "For which purpose, by its code in the trust's profile; needed where the profile asks for one";
    let header = ParameterBuilder::new()
        .name(PURPOSE_HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(words))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(RefOr::T(header));
    let refused = [("400", "`purpose-required`: none was given where one is needed"), ("422", "It is none of the profile's")];
    for (status, words) in refused {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(words).content(JSON, content).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
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
