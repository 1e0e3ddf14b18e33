//! The marketplace over real HTTP.

use super::answer::Answer;
use super::market::Market;
use actix_web::http::{StatusCode, header};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::net::TcpListener;
use std::sync::Arc;

/// Seconds a stopping server waits for answers under way: longer than the slowest page takes.
const STOP_SECONDS: u64 = 3;

impl Market {
    /// A server over a bound listener; it runs once it is awaited, and `server.handle().stop(true)` ends it. Shops are told
    /// apart by the `Host` header.
    pub fn serve(self: Arc<Self>, listener: TcpListener, workers: usize) -> std::io::Result<actix_web::dev::Server> {
        let market = web::Data::from(self);
        let server = HttpServer::new(move || App::new().app_data(market.clone()).default_service(web::to(handle)))
            .workers(workers.max(1))
            .disable_signals()
            .shutdown_timeout(STOP_SECONDS)
            .listen(listener)?;
        Ok(server.run())
    }
}

async fn handle(market: web::Data<Market>, request: HttpRequest) -> HttpResponse {
    let path_and_query = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // The header itself: what a proxy says the host was would let a stranger choose the shop.
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(|authority| authority.as_str())).unwrap_or_default();
    let Answer { status, content_type, body, delay } = market.respond_to_host(host, path_and_query);
    if !delay.is_zero() {
        actix_web::rt::time::sleep(delay).await;
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type(content_type).body(body)
}
