//! `GET /v2/me/ledger`: every movement of an account's credits, the same in every version.

use super::statement;
use crate::http::codes::Refusal;
use crate::http::list_page::parse_list_page;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::http::stream::StreamError;
use crate::ledger::{LedgerReader, ledger_page};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};

/// A page of a month as JSON, or the whole month as CSV.
pub async fn ledger(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let asked = statement::parse_statement(&params, request.path(), state.app.clock.now())?;
    if asked.is_csv {
        let reader = LedgerReader::new(state.app.clone(), account, asked.month);
        let mut response = csv_response(&format!("ledger-{}.csv", asked.month));
        return Ok(response.streaming(csv(reader, asked.bom)));
    }
    let wanted = parse_list_page(&params)?;
    let page = ledger_page(&state.app, &account, asked.month, wanted.page, wanted.per_page).await?;
    Ok(HttpResponse::Ok().json(statement::ledger(&page, wanted)))
}

/// Media type of the tables.
pub const CSV_TYPE: &str = "text/csv; charset=utf-8";

/// The head of an answer that is a CSV file.
pub(super) fn csv_response(file_name: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(CSV_TYPE)));
    response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")));
    response
}

/// The table; its next lines are read when the socket took the last. An error on the way ends the connection without the end
/// of the body.
fn csv(reader: LedgerReader, bom: bool) -> impl stream::Stream<Item = Result<Bytes, StreamError>> {
    let chunks = stream::try_unfold((reader, Some(bom)), async |(mut reader, bom)| {
        let mut out = bom.map(statement::ledger_header).transpose()?.unwrap_or_default();
        let lines = reader.next().await.map_err(|error| StreamError::Pages(Box::new(error)))?;
        for line in &lines {
            statement::ledger_line(line, &mut out)?;
        }
        Ok(if out.is_empty() { None } else { Some((Bytes::from(out), (reader, None))) })
    });
    chunks.inspect_err(|error| tracing::error!(error = error as &dyn std::error::Error, "ledger broken off"))
}
