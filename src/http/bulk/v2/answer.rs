//! A handler's answer or refusal in the words of v2.

use crate::http::codes::{Dialect, Refusal};
use actix_web::HttpResponse;

/// A refusal left to the framework would speak v1.
pub fn answer(result: Result<HttpResponse, Refusal>) -> HttpResponse {
    result.unwrap_or_else(|refusal| refusal.response(Dialect::V2))
}
