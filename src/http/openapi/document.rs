//! The whole document.

use super::known::Known;
use super::operation::{Op, Tag};
use super::{account, bulk_v1, bulk_v2, job_life, refusals, schedules, server, sources, webhooks};
use crate::http::mount::Mount;
use crate::http::routes::table;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
    SecurityRequirement, Server,
};

const DESCRIPTION: &str = "Price data by the job: ask a source about many values, follow the job, download what was found.\n\n\
    Parameters may come in the query string, as a form, as a JSON object or mixed; of one that comes twice the body's \
    counts. Unknown parameters are ignored, a blank one counts as absent, words may be in any letter case, numbers may be \
    texts. `HEAD` works wherever `GET` does unless said otherwise, and a slash at the end of a path does not matter.";

/// The ways to send a token, by name.
fn security() -> [(&'static str, SecurityScheme); 4] {
    let header = |name: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(name)));
    let bearer: Http = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The account's token; `Authorization: Token T` and `Authorization: Token token=T` work too."))
        .build();
    let query = ApiKeyValue::with_description(
        "token",
        "The account's token as a parameter, in the query string, a form or a JSON object. Prefer a header: addresses end up in logs.",
    );
    [
        ("bearer", SecurityScheme::Http(bearer)),
        ("api_key", header("X-API-KEY")),
        ("access_token", header("X-Access-Token")),
        ("token", SecurityScheme::ApiKey(ApiKey::Query(query))),
    ]
}

/// Every operation there is, in the order of the route table.
pub(super) fn operations(known: &Known) -> Vec<Op> {
    let rows = table();
    let place = |op: &Op| {
        let is_here =
            |row: &Mount| row.answers().any(|(path, method)| path == op.mounted_path() && *method == op.method_name());
        rows.iter().position(is_here).unwrap_or(rows.len())
    };
    let mut ops = bulk_v1::operations(known);
    ops.extend(bulk_v2::operations(known));
    ops.extend(job_life::operations());
    ops.extend(webhooks::operations());
    ops.extend(schedules::operations(known));
    ops.extend(account::operations());
    ops.extend(sources::operations(known));
    ops.extend(server::operations());
    ops.sort_by_cached_key(place);
    ops
}

/// The API of a server that knows these sources. The server it names is the one that serves it.
pub fn document(known: &Known) -> OpenApi {
    let mut paths = PathsBuilder::new().build();
    let mut components = ComponentsBuilder::new();
    let (name, schema) = refusals::schema();
    components = components.schema(name, schema);
    for op in operations(known) {
        for (name, schema) in &op.schemas {
            components = components.schema(name.clone(), schema.clone());
        }
        let (path, method) = (op.path, op.method.clone());
        let operation = op.build();
        match paths.paths.get_mut(path) {
            Some(item) => item.merge_operations(PathItem::new(method, operation)),
            None => {
                paths.paths.insert(path.to_owned(), PathItem::new(method, operation));
            }
        }
    }
    for (name, example) in refusals::examples() {
        components = components.example(name, example);
    }
    for (name, header) in refusals::headers() {
        components = components.header(name, header);
    }
    let ways = security();
    let wanted: Vec<SecurityRequirement> =
        ways.iter().map(|(name, _)| SecurityRequirement::new(*name, Vec::<String>::new())).collect();
    for (name, scheme) in ways {
        components = components.security_scheme(name, scheme);
    }
    let info = InfoBuilder::new()
        .title("pricemill")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()));
    let tag = |(_, title, meaning): (Tag, &str, &str)| TagBuilder::new().name(title).description(Some(meaning)).build();
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .tags(Some(Tag::ALL.map(tag)))
        .security(Some(wanted))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}
