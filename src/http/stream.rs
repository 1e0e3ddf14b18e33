//! A job's results as a streaming answer.

use crate::domain::{ItemResult, JobHead, JobId};
use crate::rendering::{Book, Format, RenderError, RenderOptions, Renderer, Rendering};
use crate::storage::StorageError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use std::fs::File;
use std::num::NonZero;
use std::pin::{Pin, pin};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::io::ReaderStream;

/// About how many bytes are written before they are handed to the socket: a page of wide products is told in several parts.
const CHUNK_BYTES: usize = 64 * 1024;

/// Values handed over ahead of the thread that writes a workbook; the rest of their page waits with the reader.
const ITEMS_AHEAD: usize = 4;

/// Why a stream of results broke off.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The pages could not be read.
    #[error("the results cannot be read")]
    Pages(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the temporary file cannot be read")]
    File(#[source] std::io::Error),
    /// The thread that writes the file ended without one.
    #[error("the file could not be written")]
    Unwritten,
}

impl StreamError {
    /// Whether the disk or the database had no room or no time, so that the same request may succeed later.
    pub fn is_overload(&self) -> bool {
        match self {
            StreamError::Render(error) => error.is_of_the_disk(),
            StreamError::Pages(error) => error.downcast_ref().is_some_and(StorageError::is_overload),
            StreamError::File(_) => true,
            StreamError::Unwritten => false,
        }
    }
}

/// Workbooks are written by as many threads at a time as the machine has cores; the others wait for their turn, since each
/// keeps a core busy for seconds.
#[derive(Debug, Clone)]
pub struct WorkbookTurns(Arc<Semaphore>);

impl Default for WorkbookTurns {
    fn default() -> WorkbookTurns {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        WorkbookTurns(Arc::new(Semaphore::new(cores)))
    }
}

/// The bytes of a download, piece by piece.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, StreamError>>>>;

/// What turns results into bytes, one by one.
pub trait ResultWriter {
    /// What stands before the first.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError>;
    fn item(&mut self, item: &ItemResult, out: &mut Vec<u8>) -> Result<(), RenderError>;
    /// What stands after the last.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError>;
}

impl ResultWriter for Box<Renderer> {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        Renderer::begin(self, out)
    }

    fn item(&mut self, item: &ItemResult, out: &mut Vec<u8>) -> Result<(), RenderError> {
        Renderer::item(self, item, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        Renderer::end(self, out)
    }
}

struct Progress<W, P> {
    writer: W,
    pages: Pin<Box<P>>,
    page: std::vec::IntoIter<ItemResult>,
    is_begun: bool,
    is_ended: bool,
}

/// The answer to a download without its bytes.
///
/// An error among the bytes closes the connection without the end of the body, so that no client takes a part for the
/// whole; it is logged by [`result_bytes`].
pub fn results_head(format: Format, job_id: &JobId) -> HttpResponseBuilder {
    let disposition = format!("attachment; filename=\"{}\"", file_name(job_id.as_str(), format));
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())));
    response.insert_header((header::CONTENT_DISPOSITION, disposition));
    if format.is_compressed() {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("identity")));
    }
    response
}

/// How many bytes a stream has; none of them is kept.
pub async fn measure(bytes: ByteStream) -> Result<u64, StreamError> {
    bytes.try_fold(0, async |length, chunk| Ok(length + chunk.len() as u64)).await
}

/// `length` bytes of a stream behind its first `skip`; what comes before is dropped piece by piece, and what comes after is
/// never made.
pub fn slice(bytes: ByteStream, skip: u64, length: u64) -> ByteStream {
    let sliced = stream::try_unfold((bytes, skip, length), async |(mut bytes, mut skip, left)| {
        while left > 0
            && let Some(mut chunk) = bytes.try_next().await?
        {
            let size = chunk.len() as u64;
            if size <= skip {
                skip -= size;
                continue;
            }
            // Both fit: they are at most the chunk's own length.
            let chunk = chunk.split_off(skip as usize);
            let taken = left.min(chunk.len() as u64);
            return Ok(Some((chunk.slice(..taken as usize), (bytes, 0, left - taken))));
        }
        Ok(None)
    });
    Box::pin(sliced)
}

/// The results in a format: as [`chunks`], or, where it is whole only at the end, from a temporary file. The same results
/// give the same bytes. A file is written before this returns, so that what goes wrong can still be answered.
pub async fn result_bytes<P, E>(
    format: Format,
    options: RenderOptions,
    head: JobHead,
    pages: P,
    workbooks: &WorkbookTurns,
) -> Result<ByteStream, StreamError>
where
    P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let job_id = head.job_id.clone();
    let log = move |error: &StreamError| {
        tracing::error!(%job_id, error = error as &dyn std::error::Error, "download broken off");
    };
    let bytes: ByteStream = match Rendering::new(format, options, head) {
        Rendering::Text(renderer) => Box::pin(chunks(renderer, pages)),
        Rendering::Book(book) => {
            let written = write_book(book, pages, workbooks.clone()).await;
            Box::pin(stream_file(written.inspect_err(&log)?))
        }
    };
    Ok(Box::pin(bytes.inspect_err(log)))
}

/// A file from where it stands to its end. Dropping the stream closes the file, so that one without a name vanishes when
/// the client leaves.
pub fn stream_file(file: File) -> impl Stream<Item = Result<Bytes, StreamError>> {
    ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES).map_err(StreamError::File)
}

/// Lets a thread of its own write the workbook, since that reads and writes files and takes its time. When the pages
/// break off or nobody waits any more, the thread ends at the next value and its files vanish.
async fn write_book<P, E>(mut book: Box<Book>, pages: P, turns: WorkbookTurns) -> Result<File, StreamError>
where
    P: Stream<Item = Result<Vec<ItemResult>, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let turn = turns.0.acquire_owned().await.map_err(|_| StreamError::Unwritten)?;
    // `None` is the end; a channel that closes without it has been given up.
    let (sender, mut receiver) = mpsc::channel::<Option<ItemResult>>(ITEMS_AHEAD);
    let writing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        while let Some(item) = receiver.blocking_recv() {
            let Some(item) = item else { return book.finish().map(Some) };
            book.item(&item)?;
        }
        Ok(None)
    });
    let mut pages = pin!(pages);
    'pages: while let Some(page) = pages.next().await {
        for item in page.map_err(|error| StreamError::Pages(Box::new(error)))? {
            if sender.send(Some(item)).await.is_err() {
                // It ended early: its error is told below.
                break 'pages;
            }
        }
    }
    let _ = sender.send(None).await;
    writing.await.map_err(|_| StreamError::Unwritten)??.ok_or(StreamError::Unwritten)
}

/// `job-1234567890abcdef12345678.csv`.
fn file_name(job_id: &str, format: Format) -> String {
    format!("job-{job_id}.{}", format.file_extension())
}

/// Results as bytes. One page is held at a time, and the next one is read only when the socket has taken this one.
pub fn chunks<W, P, E>(writer: W, pages: P) -> impl Stream<Item = Result<Bytes, StreamError>> + 'static
where
    W: ResultWriter + 'static,
    P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let page = Vec::new().into_iter();
    let progress = Progress { writer, pages: Box::pin(pages), page, is_begun: false, is_ended: false };
    stream::try_unfold(progress, next_chunk)
}

async fn next_chunk<W, P, E>(mut progress: Progress<W, P>) -> Result<Option<(Bytes, Progress<W, P>)>, StreamError>
where
    W: ResultWriter,
    P: Stream<Item = Result<Vec<ItemResult>, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let mut out = Vec::new();
    if !progress.is_begun {
        progress.writer.begin(&mut out)?;
        progress.is_begun = true;
    }
    while out.len() < CHUNK_BYTES && !progress.is_ended {
        if let Some(item) = progress.page.next() {
            progress.writer.item(&item, &mut out)?;
            continue;
        }
        match progress.pages.next().await {
            Some(page) => progress.page = page.map_err(|error| StreamError::Pages(Box::new(error)))?.into_iter(),
            None => {
                progress.writer.end(&mut out)?;
                progress.is_ended = true;
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
        Effort, ItemOutcome, JobStatus, Key, LookupOptions, MaxAge, PageLimit, Reason, Selection, SourceName, Topic,
    };
    use crate::rendering::{FormatV1, FormatV2};
    use actix_web::{App, HttpServer, web};
    use std::io::{Error, Read, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};

    async fn stream_results<P, E>(
        format: impl Into<Format>,
        options: RenderOptions,
        head: JobHead,
        pages: P,
    ) -> HttpResponse
    where
        P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let format = format.into();
        let mut response = results_head(format, &head.job_id);
        let bytes = result_bytes(format, options, head, pages, &WorkbookTurns::default()).await;
        response.streaming(bytes.unwrap())
    }

    fn head() -> JobHead {
        JobHead {
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
        }
    }

    async fn answer<P, E>(format: impl Into<Format>, pages: P) -> HttpResponse
    where
        P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        stream_results(format, RenderOptions::default(), head(), pages).await
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
        let text = FormatV2::ALL.into_iter().filter(|format| *format != FormatV2::Xlsx).map(Format::V2);
        for format in FormatV1::ALL.into_iter().map(Format::V1).chain(text) {
            let response = answer(format, pages()).await;
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
    async fn a_workbook_is_whole_and_always_the_same() {
        let make = async || {
            let pages = stream::iter((0..3).map(|n| Ok::<_, Error>(page(n * 100, 100))));
            let response = answer(FormatV2::Xlsx, pages).await;
            assert_eq!(response.headers().get(header::CONTENT_ENCODING).unwrap(), "identity");
            actix_web::body::to_bytes(response.into_body()).await.unwrap()
        };
        let (first, second) = (make().await, make().await);
        assert!(first.starts_with(b"PK\x03\x04") && first[first.len() - 22..].starts_with(b"PK\x05\x06"));
        assert_eq!(first, second);
    }

    /// The thread that writes the file neither ends the download as if it were whole nor waits for ever.
    #[actix_web::test]
    async fn a_workbook_whose_pages_break_off_is_no_workbook() {
        let pages = [Ok(page(0, 10)), Err(Error::other("gone"))];
        let turns = WorkbookTurns::default();
        let bytes = result_bytes(FormatV2::Xlsx.into(), RenderOptions::default(), head(), stream::iter(pages), &turns);
        let error = bytes.await.err().unwrap();
        assert!(matches!(error, StreamError::Pages(_)) && !error.is_overload(), "{error:?}");
    }

    #[actix_web::test]
    async fn a_job_without_pages_is_whole() {
        let response = answer(FormatV1::Json, stream::empty::<Result<Vec<ItemResult>, Error>>()).await;
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
            writer: Box::new(Renderer::ndjson(head())),
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
            answer(FormatV1::CsvRow, stream::iter(pages)).await
        }
        async fn whole() -> HttpResponse {
            answer(FormatV1::CsvRow, stream::iter([Ok::<_, Error>(page(0, 2000))])).await
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

    /// A stream of small pieces, and how many of them were made.
    fn pieces(text: &'static str, size: usize) -> (ByteStream, Arc<AtomicUsize>) {
        let made = Arc::new(AtomicUsize::new(0));
        let counter = made.clone();
        let chunks = text.as_bytes().chunks(size).map(move |chunk| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from_static(chunk))
        });
        (Box::pin(stream::iter(chunks)), made)
    }

    #[actix_web::test]
    async fn a_slice_is_that_of_the_whole() {
        const TEXT: &str = "0123456789abcdefghij";
        for size in [1, 3, 7, 20] {
            assert_eq!(measure(pieces(TEXT, size).0).await.unwrap(), 20);
            for (from, to) in [(0, 20), (0, 1), (19, 20), (3, 9), (6, 7), (5, 20)] {
                let (bytes, _) = pieces(TEXT, size);
                let chunks: Vec<Bytes> = slice(bytes, from, to - from).try_collect().await.unwrap();
                assert!(chunks.iter().all(|chunk| !chunk.is_empty()), "an empty chunk would end the body");
                assert_eq!(chunks.concat(), TEXT.as_bytes()[from as usize..to as usize], "{size} {from} {to}");
            }
        }
        let (bytes, made) = pieces(TEXT, 1);
        let _: Vec<Bytes> = slice(bytes, 2, 3).try_collect().await.unwrap();
        assert_eq!(made.load(Ordering::SeqCst), 5, "what comes after is never made");
        let broken: ByteStream = Box::pin(stream::iter([Err(StreamError::Unwritten)]));
        assert!(slice(broken, 1, 1).try_collect::<Vec<Bytes>>().await.is_err());
    }

    #[test]
    fn only_a_disk_or_database_without_room_is_an_overload() {
        let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(StreamError::File(full()).is_overload());
        assert!(StreamError::Render(RenderError::Io(full())).is_overload());
        let pages = |what: &str| StreamError::Pages(Box::new(StorageError::Url(what.to_owned())));
        assert!(pages("database or disk is full").is_overload());
        assert!(!pages("no such table").is_overload());
        assert!(!StreamError::Render(RenderError::TooWide { offers: 2, widest: 1 }).is_overload());
        assert!(!StreamError::Unwritten.is_overload());
    }

    #[test]
    fn is_quiet_about_the_cause() {
        let error = StreamError::Pages(Box::new(Error::other("secret path")));
        assert_eq!(error.to_string(), "the results cannot be read");
    }
}
