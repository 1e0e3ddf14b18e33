//! A client program of the API.

use super::{Answer, contract};
use pricemill::app::SharedApp;
use pricemill::domain::AccountId;
use pricemill::jobs::wait;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::time::Duration;

/// Longer than any job of a test takes.
const FAR_TOO_LONG: Duration = Duration::from_secs(240);

/// What an account is allowed; what is `None` comes from the plan.
#[derive(Debug, Clone)]
pub struct Terms {
    pub plan: &'static str,
    pub free_credits: Option<u64>,
    pub daily_quota: Option<u64>,
    /// 0 = no limit, neither of creations nor of jobs in flight.
    pub creations_per_minute: Option<u32>,
}

impl Terms {
    /// The plan without a limit of creations and jobs in flight.
    pub fn plan(plan: &'static str) -> Terms {
        Terms { plan, free_credits: None, daily_quota: None, creations_per_minute: Some(0) }
    }
}

/// An account's program.
#[derive(Clone)]
pub struct Caller {
    pub id: AccountId,
    pub email: String,
    pub token: String,
    pub app: SharedApp,
    pub base: String,
    pub http: reqwest::Client,
}

impl Caller {
    /// A request without any token.
    pub fn plain(&self, method: Method, path_and_query: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path_and_query}", self.base))
    }

    /// A request with this caller's token, if it has one.
    pub fn request(&self, method: Method, path_and_query: &str) -> RequestBuilder {
        let request = self.plain(method, path_and_query);
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// The answer, which is as the API's description says.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("no request");
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let answer = Answer::of(self.http.execute(request).await.expect("no answer")).await;
        contract::check(&method, &path, &answer);
        answer
    }

    pub async fn get(&self, path_and_query: &str) -> Answer {
        self.send(self.request(Method::GET, path_and_query)).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// A body just as it stands, called a form as curl's `-d` does.
    pub async fn post_form(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body.into())).await
    }

    /// Creates a job and answers its id.
    pub async fn submit(&self, job: &Value) -> String {
        let created = self.post_json("/jobs", job).await.ok();
        created["job_id"].as_str().unwrap().to_owned()
    }

    /// Waits for the end without asking over and over; answers the status answer then.
    pub async fn wait_finished(&self, job_id: &str) -> Value {
        let id = job_id.parse().unwrap();
        let job = wait(&self.app, self.id, &id, FAR_TOO_LONG).await.unwrap().expect("no such job");
        assert!(job.status.is_final(), "{job_id} is still {:?}", job.status);
        self.get(&format!("/jobs/{job_id}")).await.ok()
    }

    /// `what` is the rest of the address: `.csv?format_option=row`.
    pub async fn download(&self, job_id: &str, what: &str) -> Answer {
        self.get(&format!("/products/bulk/{job_id}{what}")).await
    }

    /// The JSON results of a job as soon as it is finished.
    pub async fn results(&self, job_id: &str) -> Value {
        self.wait_finished(job_id).await;
        self.download(job_id, "").await.ok()
    }

    /// Submits, waits, downloads.
    pub async fn run(&self, job: &Value) -> Value {
        let id = self.submit(job).await;
        self.results(&id).await
    }

    /// Credits used today, after having checked that day and month agree with each other.
    pub async fn credits_today(&self) -> u64 {
        self.get("/v2/me/usage_today").await.ok()["usage"]["credits"].as_u64().unwrap()
    }
}
