//! Some of a job's results, as a list with its cursor or as lines.

use super::job_object::status;
use crate::domain::ItemResult;
use crate::http::bulk::send_results::job_head;
use crate::http::stream::{CHUNK_BYTES, StreamError};
use crate::rendering::{RenderError, Renderer};
use crate::storage::bulk_job::Job;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::json;
use std::pin::Pin;

/// How partial results are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One object: `{"job_id","status","results":[…],"after","completed","requested"}`.
    List,
    /// An entry a line; the cursor stands in a header.
    Lines,
}

impl Shape {
    pub fn content_type(self) -> &'static str {
        match self {
            Shape::List => "application/json",
            Shape::Lines => "application/x-ndjson",
        }
    }
}

/// Writes results one by one.
pub struct Entries {
    shape: Shape,
    job: Job,
    lines: Renderer,
    last: u32,
    is_first: bool,
}

impl Entries {
    /// `last` is the number of the last result that will be given.
    pub fn new(job: Job, shape: Shape, last: u32) -> Entries {
        Entries { shape, lines: Renderer::ndjson(job_head(&job)), job, last, is_first: true }
    }
}

/// Where the writing stands.
struct Progress<P> {
    entries: Entries,
    pages: Pin<Box<P>>,
    page: std::vec::IntoIter<ItemResult>,
    is_begun: bool,
    is_ended: bool,
}

impl Entries {
    /// The body of the answer: a page is held at a time, and the next one is read only when the socket has taken this one.
    pub fn stream<P, E>(self, pages: P) -> impl Stream<Item = Result<Bytes, StreamError>> + 'static
    where
        P: Stream<Item = Result<Vec<ItemResult>, E>> + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let page = Vec::new().into_iter();
        let progress = Progress { entries: self, pages: Box::pin(pages), page, is_begun: false, is_ended: false };
        stream::try_unfold(progress, next_chunk)
    }

    fn begin(&self, out: &mut Vec<u8>) {
        if self.shape == Shape::List {
            let job = &self.job;
            let head =
                format!(r#"{{"job_id":{},"status":{},"results":["#, json!(job.id.as_str()), json!(status(job.status)));
            out.extend_from_slice(head.as_bytes());
        }
    }

    fn item(&mut self, item: &ItemResult, out: &mut Vec<u8>) -> Result<(), RenderError> {
        if self.shape == Shape::List && !self.is_first {
            out.push(b',');
        }
        self.is_first = false;
        self.lines.item(item, out)?;
        if self.shape == Shape::List {
            out.pop();
        }
        Ok(())
    }

    fn end(&self, out: &mut Vec<u8>) {
        if self.shape == Shape::List {
            // Values may have ended since the job was read; the list never tells more of them than it counts.
            let (last, completed) = (self.last, self.job.completed);
            let tail = format!(r#"],"after":{last},"completed":{completed},"requested":{}}}"#, self.job.requested);
            out.extend_from_slice(tail.as_bytes());
        }
    }
}

async fn next_chunk<P, E>(mut progress: Progress<P>) -> Result<Option<(Bytes, Progress<P>)>, StreamError>
where
    P: Stream<Item = Result<Vec<ItemResult>, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let mut out = Vec::new();
    if !progress.is_begun {
        progress.entries.begin(&mut out);
        progress.is_begun = true;
    }
    while out.len() < CHUNK_BYTES && !progress.is_ended {
        if let Some(item) = progress.page.next() {
            progress.entries.item(&item, &mut out)?;
            continue;
        }
        match progress.pages.next().await {
            Some(page) => progress.page = page.map_err(|error| StreamError::Pages(Box::new(error)))?.into_iter(),
            None => {
                progress.entries.end(&mut out);
                progress.is_ended = true;
            }
        }
    }
    // An empty chunk would end a chunked body.
    if out.is_empty() { Ok(None) } else { Ok(Some((out.into(), progress))) }
}
