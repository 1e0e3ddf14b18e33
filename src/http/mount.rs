//! A row of the route table: where it answers, which methods, and what it tells whoever comes with another method.

use super::codes::Refusal;
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

    pub fn patch<F, Args>(self, handler: F) -> Mount
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.with([Method::PATCH], route().method(Method::PATCH).to(handler))
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
        let refusal = Refusal::method_not_allowed(known);
        config.service(self.resource.default_service(to(move || {
            let refusal = refusal.clone();
            async move { Err::<(), _>(refusal) }
        })));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::{StatusCode, header::ALLOW};
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse};

    async fn fine() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[actix_web::test]
    async fn a_row_answers_its_methods_and_names_them_to_others() {
        let rows =
            || [at(["/a", "/b"]).put(fine).get(fine), at(["/c"]).get_only(fine), at(["/d"]).delete(fine).post(fine)];
        let told: Vec<String> = rows()
            .iter()
            .flat_map(|row| row.answers().map(|(path, method)| format!("{method} {path}")).collect::<Vec<_>>())
            .collect();
        let expected = "PUT /a, GET /a, HEAD /a, PUT /b, GET /b, HEAD /b, GET /c, DELETE /d, POST /d";
        assert_eq!(told.join(", "), expected);
        let app =
            init_service(App::new().configure(|config| rows().into_iter().for_each(|row| row.mount(config)))).await;
        let methods =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE];
        for (path, allowed) in
            [("/a", "GET, HEAD, PUT"), ("/b", "GET, HEAD, PUT"), ("/c", "GET"), ("/d", "POST, DELETE")]
        {
            for method in &methods {
                let answer = call_service(&app, TestRequest::with_uri(path).method(method.clone()).to_request()).await;
                let is_allowed = allowed.split(", ").any(|one| one == method.as_str());
                let expected = if is_allowed { StatusCode::OK } else { StatusCode::METHOD_NOT_ALLOWED };
                assert_eq!(answer.status(), expected, "{method} {path}");
                let named = answer.headers().get(ALLOW).map(|value| value.to_str().unwrap());
                assert_eq!(named, (!is_allowed).then_some(allowed), "{method} {path}");
            }
        }
    }
}
