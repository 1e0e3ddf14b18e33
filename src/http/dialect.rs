//! Which version's words a refusal is told in: what lies under `/v2` speaks v2, whoever refuses there, be it a handler, an
//! extractor, or the table of routes. Trouble of our own is logged on the way.

use super::codes::{Dialect, Refusal, RefusalKind};
use super::state::request_id;
use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

impl Dialect {
    /// Of the version a path belongs to.
    pub fn of_path(path: &str) -> Dialect {
        match path.strip_prefix("/v2") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Dialect::V2,
            _ => Dialect::V1,
        }
    }
}

/// The middleware: a refusal that left its handler as an error is written again in the path's own words; where trouble of our
/// own is behind it, the cause goes to the log and the caller gets the id to ask with. Stands innermost, so that no other
/// middleware has touched the answer yet.
pub async fn speak_the_path_s_version<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let dialect = Dialect::of_path(request.path());
    let answer = next.call(request).await?;
    let refusal = answer.response().error().and_then(|error| error.as_error::<Refusal>().cloned());
    let Some(mut refusal) = refusal.filter(|refusal| dialect != Dialect::V1 || refusal.cause.is_some()) else {
        return Ok(answer.map_into_left_body());
    };
    let (request, _) = answer.into_parts();
    if let Some(cause) = &refusal.cause {
        let id = request_id(&request);
        tracing::error!(error = %cause, request_id = %id, "request not answered");
        if refusal.kind == RefusalKind::InternalError {
            refusal.request_id = Some(id.into());
        }
    }
    Ok(ServiceResponse::new(request, refusal.response(dialect)).map_into_right_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_path() {
        for path in ["/v2", "/v2/", "/v2/jobs", "/v2/no/such"] {
            assert_eq!(Dialect::of_path(path), Dialect::V2, "{path}");
        }
        for path in ["/", "/jobs", "/v22/jobs", "/jobs/v2", "/V2/jobs"] {
            assert_eq!(Dialect::of_path(path), Dialect::V1, "{path}");
        }
    }
}
