//! Some of a job's results, as a list with its cursor or as lines.

use super::job_object::status;
use crate::domain::ItemResult;
use crate::http::bulk::send_results::job_head;
use crate::http::stream::ResultWriter;
use crate::rendering::{RenderError, Renderer};
use crate::storage::bulk_job::Job;
use serde_json::json;

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

impl ResultWriter for Entries {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        if self.shape == Shape::List {
            let job = &self.job;
            let head =
                format!(r#"{{"job_id":{},"status":{},"results":["#, json!(job.id.as_str()), json!(status(job.status)));
            out.extend_from_slice(head.as_bytes());
        }
        Ok(())
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

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        if self.shape == Shape::List {
            // Values may have ended since the job was read; the list never tells more of them than it counts.
            let (last, completed) = (self.last, self.job.completed);
            let tail = format!(r#"],"after":{last},"completed":{completed},"requested":{}}}"#, self.job.requested);
            out.extend_from_slice(tail.as_bytes());
        }
        Ok(())
    }
}
