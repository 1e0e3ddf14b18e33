//! A job's results as a streaming answer.

use crate::domain::ItemResult;
use crate::rendering::{Format, RenderError, Renderer};
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use std::pin::Pin;

/// About how many bytes are written before they are handed to the socket: a page of wide products is told in several parts.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

/// Why a stream of results broke off.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages could not be read.
    #[error("the results cannot be read")]
    Pages(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where a streaming answer stands.
struct Progress<P> {
    renderer: Renderer,
    pages: Pin<Box<P>>,
    page: std::vec::IntoIter<ItemResult>,
    is_begun: bool,
    is_ended: bool,
}

/// The answer to a download: `pages` are the job's results in request order. One page is held at a time, and the next one
/// is read only when the socket has taken this one.
///
/// An error on the way closes the connection without the end of the body, so that no client takes a part for the whole;
/// it is logged here.
pub fn stream_results<P, E>(renderer: Renderer, pages: P) -> HttpResponse
where
    P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let format = renderer.format();
    let job_id = renderer.head().job_id.clone();
    let disposition = format!("attachment; filename=\"{}\"", file_name(job_id.as_str(), format));
    let progress =
        Progress { renderer, pages: Box::pin(pages), page: Vec::new().into_iter(), is_begun: false, is_ended: false };
    let body = stream::try_unfold(progress, next_chunk).inspect(move |chunk| {
        if let Err(error) = chunk {
            tracing::error!(%job_id, error = error as &dyn std::error::Error, "download broken off");
        }
    });
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())));
    response.insert_header((header::CONTENT_DISPOSITION, disposition));
    response.streaming(body)
}

/// `job-1234567890abcdef12345678.csv`.
fn file_name(job_id: &str, format: Format) -> String {
    format!("job-{job_id}.{}", format.file_extension())
}

async fn next_chunk<P, E>(mut progress: Progress<P>) -> Result<Option<(Bytes, Progress<P>)>, StreamError>
where
    P: Stream<Item = Result<Vec<ItemResult>, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    if progress.is_ended {
        return Ok(None);
    }
    let mut out = Vec::new();
    if !progress.is_begun {
        progress.renderer.begin(&mut out)?;
        progress.is_begun = true;
    }
    while out.len() < CHUNK_BYTES {
        if let Some(item) = progress.page.next() {
            progress.renderer.item(&item, &mut out)?;
            continue;
        }
        match progress.pages.next().await {
            Some(page) => progress.page = page.map_err(|error| StreamError::Pages(Box::new(error)))?.into_iter(),
            None => {
                progress.renderer.end(&mut out)?;
                progress.is_ended = true;
                break;
            }
        }
    }
    // An empty chunk would end a chunked body; a table without an end may leave nothing to write.
    if out.is_empty() { Ok(None) } else { Ok(Some((out.into(), progress))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Effort, ItemOutcome, JobHead, JobStatus, Key, LookupOptions, MaxAge, PageLimit, Reason, Selection, SourceName,
        Topic,
    };
    use crate::rendering::RenderOptions;
    use actix_web::{App, HttpServer, web};
    use std::io::{Error, Read, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn renderer(format: Format) -> Renderer {
        let head = JobHead {
            job_id: "1234567890abcdef12345678".parse().unwrap(),
            status: JobStatus::Finished,
            source: SourceName::new("test"),
            country: "de".parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key: Key::Gtin,
            options: LookupOptions {
                page_limit: PageLimit::Pages(1),
                max_age: MaxAge::DAILY,
                selection: Selection::default(),
            },
            free_credits: 0,
            paid_credits: 0,
            widest: 0,
        };
        Renderer::new(format, RenderOptions::default(), head)
    }

    fn page(from: usize, count: usize) -> Vec<ItemResult> {
        let item = |i: usize| ItemResult {
            value: i.to_string(),
            reference: None,
            outcome: ItemOutcome::Failed(Reason::NotFound),
            effort: Effort::default(),
        };
        (from..from + count).map(item).collect()
    }

    #[actix_web::test]
    async fn every_page_in_order_with_headers() {
        let pages = || stream::iter((0..3).map(|n| Ok::<_, Error>(page(n * 1000, 1000))));
        for format in Format::ALL {
            let response = stream_results(renderer(format), pages());
            let header = |name| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
            assert_eq!(header(header::CONTENT_TYPE), format.content_type());
            let extension = format.file_extension();
            assert_eq!(
                header(header::CONTENT_DISPOSITION),
                format!("attachment; filename=\"job-1234567890abcdef12345678.{extension}\"")
            );
            let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert_eq!(body.matches("not found").count(), 3000);
            assert!(body.find("2999").unwrap() > body.find("1000").unwrap());
        }
    }

    #[actix_web::test]
    async fn a_job_without_pages_is_whole() {
        let response = stream_results(renderer(Format::Json), stream::empty::<Result<Vec<ItemResult>, Error>>());
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        assert!(body.ends_with(b"\"products\":[]}"));
    }

    #[actix_web::test]
    async fn the_next_page_waits_for_this_one_to_be_taken() {
        let read = Arc::new(AtomicUsize::new(0));
        let counter = read.clone();
        let pages = stream::iter(0..5).map(move |n| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Error>(page(n * 1000, 1000))
        });
        let progress = Progress {
            renderer: renderer(Format::Json),
            pages: Box::pin(pages),
            page: Vec::new().into_iter(),
            is_begun: false,
            is_ended: false,
        };
        let (chunk, _) = next_chunk(progress).await.unwrap().unwrap();
        assert!(chunk.len() < CHUNK_BYTES + 1024);
        assert_eq!(read.load(Ordering::SeqCst), 1);
    }

    /// Over a real socket: the body's last chunk (`0\r\n\r\n`) never comes.
    #[actix_web::test]
    async fn an_error_on_the_way_breaks_the_connection() {
        async fn broken() -> HttpResponse {
            let pages = [Ok(page(0, 2000)), Err(Error::other("gone"))];
            stream_results(renderer(Format::CsvRow), stream::iter(pages))
        }
        async fn whole() -> HttpResponse {
            stream_results(renderer(Format::CsvRow), stream::iter([Ok::<_, Error>(page(0, 2000))]))
        }
        let server = HttpServer::new(|| {
            App::new().route("/broken", web::get().to(broken)).route("/whole", web::get().to(whole))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        let running = actix_web::rt::spawn(server);
        let get = move |path: &'static str| {
            let mut socket = std::net::TcpStream::connect(address).unwrap();
            write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = Vec::new();
            // A reset is one way to break off.
            let _ = socket.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        };
        let (whole, broken) = tokio::task::spawn_blocking(move || (get("/whole"), get("/broken"))).await.unwrap();
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("\r\n0\r\n\r\n"));
        assert!(!broken.ends_with("0\r\n\r\n"), "{}", &broken[broken.len() - 200..]);
        handle.stop(false).await;
        running.await.unwrap().unwrap();
    }

    #[test]
    fn is_quiet_about_the_cause() {
        let error = StreamError::Pages(Box::new(Error::other("secret path")));
        assert_eq!(error.to_string(), "the results cannot be read");
    }
}
