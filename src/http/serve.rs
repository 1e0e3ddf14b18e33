//! The web server around the routes.

use super::bulk::{IDEMPOTENT_REPLAYED, NEXT_AFTER};
use super::codes::REQUEST_ID;
use super::dialect::speak_the_path_s_version;
use super::observe::observe;
use super::routes::routes;
use super::state::HttpState;
use crate::app::SharedApp;
use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::http::{Method, header};
use actix_web::middleware::{Compress, NormalizePath, from_fn};
use actix_web::{App, HttpServer, web};
use std::net::TcpListener;
use std::time::Duration;

/// How long a client may take to send a request's head.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection waits for its next request. More than the pauses of clients that poll: one that asks every so many
/// seconds over a kept connection must not meet the moment in which it is closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a browser may remember what is allowed.
const CORS_MAX_AGE_S: usize = 86_400;

/// Serves the API; the caller stops it, since signals belong to the program and not to one of its servers.
pub fn serve(app: SharedApp, listener: TcpListener) -> std::io::Result<Server> {
    let threads = match app.config.server.threads {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        threads => threads,
    };
    let shutdown = app.config.server.shutdown_ms / 1000;
    let state = web::Data::new(HttpState::new(app));
    Ok(HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .wrap(from_fn(speak_the_path_s_version))
            .wrap(NormalizePath::trim())
            .wrap(Compress::default())
            .wrap(cors())
            .wrap(from_fn(observe))
            .configure(routes)
    })
    .workers(threads)
    .client_request_timeout(REQUEST_HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(shutdown.max(1))
    .disable_signals()
    .listen(listener)?
    .run())
}

/// Any page may call the API with a token of its own; nothing here rests on cookies.
fn cors() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_any_header()
        .expose_headers([
            header::ACCEPT_RANGES,
            header::ALLOW,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            header::RETRY_AFTER,
            header::HeaderName::from_static(REQUEST_ID),
            header::HeaderName::from_static(NEXT_AFTER),
            header::HeaderName::from_static(IDEMPOTENT_REPLAYED),
        ])
        .max_age(CORS_MAX_AGE_S)
}
