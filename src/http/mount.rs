//! A row of the route table: where it answers, which methods, and what it tells whoever comes with another method.

use super::codes::{Refusal, RefusalKind};
use actix_web::http::Method;
use actix_web::web::{ServiceConfig, resource, route, to};
use actix_web::{FromRequest, Handler, Resource, Responder, Route, guard};

/// One resource: its paths, and the handler of each method.
pub struct Mount {
    paths: Vec<&'static str>,
    methods: Vec<Method>,
    resource: Resource,
}

/// A resource at these paths, which answers nothing yet.
pub fn at<const N: usize>(paths: [&'static str; N]) -> Mount {
    Mount { resource: resource(paths.to_vec()), paths: paths.to_vec(), methods: Vec::new() }
}

impl Mount {
    /// GET, and HEAD with it.
    pub fn get<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let both = guard::Any(guard::Get()).or(guard::Head());
        self.with([Method::GET, Method::HEAD], route().guard(both).to(handler))
    }

    /// GET without HEAD: of a question whose answer costs credits nobody wants the head alone.
    pub fn get_only<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with([Method::GET], route().guard(guard::Get()).to(handler))
    }

    pub fn post<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with([Method::POST], route().method(Method::POST).to(handler))
    }

    pub fn put<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with([Method::PUT], route().method(Method::PUT).to(handler))
    }

    pub fn delete<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with([Method::DELETE], route().method(Method::DELETE).to(handler))
    }

    fn with<const N: usize>(mut self, methods: [Method; N], route: Route) -> Mount {
        self.methods.extend(methods);
        self.resource = self.resource.route(route);
        self
    }

    /// Every path with every method it answers.
    pub fn answers(&self) -> impl Iterator<Item = (&'static str, &Method)> {
        self.paths.iter().flat_map(|path| self.methods.iter().map(|method| (*path, method)))
    }

    /// Puts it in its place; every other method is told which these are.
    pub fn mount(self, config: &mut ServiceConfig) {
        // RFC 9110 gives the list no order; readers like theirs.
        let order = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let known: Vec<&str> = order.iter().filter(|one| self.methods.contains(one)).map(Method::as_str).collect();
        let refusal = Refusal::of(RefusalKind::MethodNotAllowed).allowing(known.join(", "));
        config.service(self.resource.default_service(to(move || {
            let refusal = refusal.clone();
            async move { Err::<(), _>(refusal) }
        })));
    }
}
