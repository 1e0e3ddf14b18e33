//! A client of the bulk API: submit, watch, download.

use anyhow::{Context, bail};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Between two looks at a running job.
const POLL: Duration = Duration::from_millis(200);
/// Longest text of an error answer that is shown.
const SHOWN_CHARS: usize = 2000;

/// What to ask.
#[derive(Debug, Clone)]
pub struct JobRequest {
    pub source: String,
    pub country: String,
    pub key: String,
    pub values: Vec<String>,
    pub completeness: Option<String>,
    pub currentness: Option<String>,
}

/// One server, one account.
pub struct BulkClient {
    http: Client,
    server: String,
    token: String,
}

impl BulkClient {
    pub fn new(server: &str, token: &str) -> anyhow::Result<BulkClient> {
        let http = crate::outbound::operator_client()?;
        Ok(BulkClient { http, server: server.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    /// Creates a job and answers its id.
    pub async fn submit(&self, request: &JobRequest) -> anyhow::Result<String> {
        let mut body = json!({
            "source": request.source,
            "country": request.country,
            "key": request.key,
            "values": request.values,
        });
        for (name, value) in [("completeness", &request.completeness), ("currentness", &request.currentness)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let sending = self.http.post(format!("{}/jobs", self.server)).bearer_auth(&self.token);
        let answer = sending
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .with_context(|| format!("{} is not reached", self.server))?;
        let answer = json_of(answer).await?;
        Ok(answer["job_id"].as_str().context("the server answered no job_id")?.to_owned())
    }

    /// Waits for the end of a job; shows its progress on a terminal, or line by line where `always` asks for it.
    pub async fn watch(&self, job_id: &str, always: bool) -> anyhow::Result<()> {
        let on_terminal = std::io::stderr().is_terminal();
        let bar = if on_terminal { ProgressBar::new(100) } else { ProgressBar::hidden() };
        bar.set_style(ProgressStyle::with_template("{bar:40} {pos:>3}%  {msg}  {elapsed}")?);
        let mut shown = String::new();
        loop {
            let sending = self.http.get(format!("{}/jobs/{job_id}", self.server)).bearer_auth(&self.token);
            let status = json_of(sending.send().await?).await?;
            let word = status["status"].as_str().context("the server answered no status")?.to_owned();
            let line = format!("{word} {}/{}", status["completed"], status["requested"]);
            bar.set_position(status["progress"].as_u64().unwrap_or(0));
            bar.set_message(line.clone());
            if always && !on_terminal && line != shown {
                eprintln!("  {line}");
                shown = line;
            }
            match word.as_str() {
                "finished" => {
                    bar.finish();
                    return Ok(());
                }
                "cancelled" => bail!("the job was cancelled"),
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Copies a job's results to `out`, as they come.
    pub async fn download(
        &self,
        job_id: &str,
        format: &str,
        query: &[(&str, &str)],
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let mut url = url::Url::parse(&format!("{}/products/bulk/{job_id}.{format}", self.server))?;
        url.query_pairs_mut().extend_pairs(query).finish();
        let answer = self.http.get(url).bearer_auth(&self.token).send().await?;
        if !answer.status().is_success() {
            json_of(answer).await?;
            bail!("the server refused the download");
        }
        let mut body = answer.bytes_stream();
        while let Some(piece) = body.next().await {
            out.write_all(&piece.context("the download broke off")?)?;
        }
        Ok(out.flush()?)
    }
}

/// The JSON of an answer; what the server says of a refusal becomes the error.
async fn json_of(answer: Response) -> anyhow::Result<Value> {
    let status = answer.status();
    let text = answer.text().await?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(value);
    }
    match (value["reason"].as_str(), value["comment"].as_str()) {
        (Some(reason), Some(comment)) => bail!("{reason}: {comment}"),
        (Some(reason), None) => bail!("{reason}"),
        _ => bail!("status {status}: {}", text.chars().take(SHOWN_CHARS).collect::<String>()),
    }
}
