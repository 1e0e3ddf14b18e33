//! Runs one page until there is something to read.

use super::super::FetchError;
use super::super::retry::Failure;
use super::devtools::{Devtools, Event, Told};
use super::open::{Browser, OpenPage, text};
use super::paused::{self, Ask, Fate, Paused, Relayed};
use crate::clock::Clock;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

/// Most requests of one page at the same time.
const AT_ONCE: usize = 6;
/// How often the page is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A page whose HTML is read and that has asked for nothing for so long is quiet.
const QUIET: Duration = Duration::from_millis(500);
/// What is waited for and does not come in a page that is quiet for so long will not come.
const QUIET_WITHOUT: Duration = Duration::from_secs(3);
/// How often a page that changes is taken at most.
const TAKES: u32 = 3;
/// Longest that saying goodbye to the browser may take.
const GOODBYE: Duration = Duration::from_millis(500);
/// How long a browser may take to open a page.
const OPENING: Duration = Duration::from_secs(10);

/// One page to render.
#[derive(Debug)]
pub(in crate::fetching) struct Render<'r> {
    pub browser: &'r Browser,
    pub place: OwnedSemaphorePermit,
    pub clock: &'r Clock,
    pub url: &'r Url,
    pub user_agent: &'r str,
    /// A CSS selector that matches once there is something to read; without it the page is to be quiet.
    pub wait_for: Option<&'r str>,
    /// The page is taken as it is after so long.
    pub patience: Duration,
    /// Most bytes of its HTML.
    pub most_bytes: u64,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::fetching) struct Rendered {
    /// After redirects and what scripts made of it.
    pub url: Url,
    pub html: String,
    /// The page's own answer, without its body.
    pub page: Relayed,
    /// Of all bodies, as sent.
    pub received: u64,
}

/// How far the page is.
struct Progress {
    /// The page's own answer, once it is there and no redirect.
    page: Option<(Url, Relayed)>,
    has_loaded: bool,
    last_change: Instant,
    /// The number of the command that asks for what is waited for.
    look: Option<u64>,
    is_there: bool,
    requests: u32,
    received: u64,
}

impl Render<'_> {
    /// Renders the page; `make` makes a request of it. Dropping the future throws the page away.
    pub(in crate::fetching) async fn run<M, F>(self, make: M) -> Result<Rendered, Failure>
    where
        M: Fn(Ask) -> F,
        F: Future<Output = Result<Relayed, Failure>>,
    {
        let Render { browser, place, clock, url, user_agent, wait_for, patience, most_bytes } = self;
        let began = clock.steady();
        // A message is JSON: what it escapes makes it longer than what it carries.
        let opening = browser.open(place, user_agent, most_bytes.saturating_mul(2));
        // A browser that hangs is not the shop's fault.
        let hangs = |_| FetchError::Browser("it opens no page".to_owned());
        let mut open = tokio::time::timeout(OPENING, opening).await.map_err(hangs)??;
        let most_requests = browser.settings.requests;
        let run = Run { url, wait_for, until: began + patience, most_requests, clock };
        let rendered = run.run(&mut open, make, most_bytes).await;
        let OpenPage { devtools, .. } = open;
        let _ = tokio::time::timeout(GOODBYE, devtools.close()).await;
        rendered
    }
}

struct Run<'r> {
    url: &'r Url,
    wait_for: Option<&'r str>,
    until: Instant,
    most_requests: u32,
    clock: &'r Clock,
}

impl Run<'_> {
    async fn run<M, F>(&self, open: &mut OpenPage, make: M, most_bytes: u64) -> Result<Rendered, Failure>
    where
        M: Fn(Ask) -> F,
        F: Future<Output = Result<Relayed, Failure>>,
    {
        let OpenPage { devtools, frame, .. } = open;
        let mut progress = Progress {
            page: None,
            has_loaded: false,
            last_change: self.clock.steady(),
            look: None,
            is_there: false,
            requests: 0,
            received: 0,
        };
        let mut waiting: VecDeque<(String, Ask)> = VecDeque::new();
        let mut running = FuturesUnordered::new();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let navigated = devtools.post("Page.navigate", json!({"url": self.url.as_str()})).await?;
        loop {
            while running.len() < AT_ONCE
                && let Some((id, ask)) = waiting.pop_front()
            {
                let (url, is_page, made) = (ask.url.clone(), ask.is_page, make(ask));
                running.push(async move { (id, url, is_page, made.await) });
            }
            tokio::select! {
                told = devtools.next() => match told? {
                    Told::Event(event) if event.method == "Fetch.requestPaused" => {
                        progress.requests += 1;
                        progress.last_change = self.clock.steady();
                        let is_one_too_many = progress.requests > self.most_requests;
                        if let Some(made) = self.decide(devtools, frame, event.params, is_one_too_many).await? {
                            waiting.push_back(made);
                        }
                    }
                    Told::Event(event) => self.hear(devtools, &event, &mut progress).await?,
                    Told::Answer { id, result } if Some(id) == progress.look => {
                        progress.look = None;
                        progress.is_there = result.is_ok_and(|value| value["result"]["value"] == true);
                    }
                    Told::Answer { id, result } if id == navigated => {
                        let result = result.map_err(FetchError::Browser)?;
                        if let (Some(error), None) = (result["errorText"].as_str(), &progress.page) {
                            return Err(FetchError::Browser(error.to_owned()).into());
                        }
                    }
                    // To commands that need none; a request may have gone with its page before it was answered.
                    Told::Answer { .. } => {}
                },
                Some((id, url, is_page, made)) = running.next() => {
                    progress.last_change = self.clock.steady();
                    match made {
                        Ok(relayed) => {
                            progress.received += relayed.received;
                            let answer = if is_page { paused::fulfil_page } else { paused::fulfil };
                            devtools.post("Fetch.fulfillRequest", answer(&id, &relayed)).await?;
                            if is_page && !(300..400).contains(&relayed.status) {
                                progress.page = Some((url, Relayed { body: Vec::new(), ..relayed }));
                            }
                        }
                        Err(failure) if is_page => return Err(failure),
                        Err(failure) => {
                            tracing::debug!(%url, error = %failure.error, "a request of a page was not made");
                            devtools.post("Fetch.failRequest", paused::refuse(&id)).await?;
                        }
                    }
                }
                _ = looks.tick() => {
                    let is_idle = running.is_empty() && waiting.is_empty();
                    if self.is_ready(&progress, is_idle) {
                        return self.take(devtools, progress, most_bytes).await;
                    }
                    if let (Some(selector), None, Some(_)) = (self.wait_for, progress.look, &progress.page) {
                        progress.look = Some(look_for(devtools, selector).await?);
                    }
                }
            }
        }
    }

    /// Whether what there is is to be taken.
    fn is_ready(&self, progress: &Progress, is_idle: bool) -> bool {
        let now = self.clock.steady();
        if progress.page.is_none() {
            return false;
        }
        let quiet = if progress.has_loaded && is_idle { now - progress.last_change } else { Duration::ZERO };
        let is_enough = match self.wait_for {
            Some(_) => progress.is_there || quiet >= QUIET_WITHOUT,
            None => quiet >= QUIET,
        };
        is_enough || now >= self.until
    }

    /// Answers a paused request at once, or gives it back to be made.
    async fn decide(
        &self,
        devtools: &mut Devtools,
        frame: &str,
        params: Value,
        is_one_too_many: bool,
    ) -> Result<Option<(String, Ask)>, FetchError> {
        let Some(paused) = Paused::parse(params) else {
            return Err(FetchError::Browser("a request that cannot be read".to_owned()));
        };
        let id = paused.request_id.clone();
        match paused.fate(frame) {
            Fate::Make(ask) if !is_one_too_many => return Ok(Some((id, ask))),
            Fate::Empty => devtools.post("Fetch.fulfillRequest", paused::nothing(&id)).await?,
            Fate::Make(_) | Fate::Refuse => devtools.post("Fetch.failRequest", paused::refuse(&id)).await?,
        };
        Ok(None)
    }

    async fn hear(&self, devtools: &mut Devtools, event: &Event, progress: &mut Progress) -> Result<(), FetchError> {
        match event.method.as_str() {
            // Not the load event: a frame that is held never loads. What scripts wait for is among the requests.
            "Page.domContentEventFired" => {
                progress.has_loaded = true;
                progress.last_change = self.clock.steady();
            }
            // A page that goes elsewhere by itself loads once more.
            "Page.frameStartedNavigating" | "Page.frameScheduledNavigation" => {
                progress.last_change = self.clock.steady()
            }
            "Page.javascriptDialogOpening" => {
                devtools.post("Page.handleJavaScriptDialog", json!({"accept": false})).await?;
            }
            "Inspector.targetCrashed" => return Err(FetchError::Browser("the page crashed".to_owned())),
            "Target.detachedFromTarget" if devtools.is_of_page(event) => {
                return Err(FetchError::Browser("the page is gone".to_owned()));
            }
            _ => {}
        }
        Ok(())
    }

    /// The page as it stands, in the browser's own words: a page's scripts cannot put others into its mouth.
    async fn take(&self, devtools: &mut Devtools, progress: Progress, most_bytes: u64) -> Result<Rendered, Failure> {
        let Some((page_url, page)) = progress.page else { return Err(FetchError::Timeout.into()) };
        let mut taken = read_document(devtools).await;
        // A document that is being replaced is gone between the two commands.
        for _ in 1..TAKES {
            if let Err(FetchError::Browser(_)) = taken {
                tokio::time::sleep(LOOK_EVERY).await;
                taken = read_document(devtools).await;
            }
        }
        let (shown, html) = taken?;
        if html.len() as u64 > most_bytes {
            return Err(FetchError::TooLarge(most_bytes).into());
        }
        let url = shown.filter(|url| url.origin() == page_url.origin()).unwrap_or(page_url);
        Ok(Rendered { url, html, page, received: progress.received })
    }
}

/// The address and the HTML of what is shown.
async fn read_document(devtools: &mut Devtools) -> Result<(Option<Url>, String), FetchError> {
    let document = devtools.call("DOM.getDocument", json!({"depth": 0})).await?;
    let root = &document["root"];
    let shown = root["documentURL"].as_str().and_then(|url| Url::parse(url).ok());
    let html = devtools.call("DOM.getOuterHTML", json!({"nodeId": root["nodeId"]})).await?;
    Ok((shown, text(&html, "outerHTML")?))
}

/// Asks whether the selector matches; answers the command's number.
async fn look_for(devtools: &mut Devtools, selector: &str) -> Result<u64, FetchError> {
    let expression = format!("document.querySelector({}) !== null", Value::from(selector));
    devtools.post("Runtime.evaluate", json!({"expression": expression, "returnByValue": true})).await
}
