//! From the parameters of a new job to the stored job, the same for every route that makes one.

use crate::app::App;
use crate::domain::{
    Balance, ConditionFilter, Disabled, IdempotencyKey, JobSpec, Lookup, MAX_IDEMPOTENCY_KEY_CHARS, Switch, Topic,
    Unaffordable,
};
use crate::http::bulk::job_params::{Asked, Catalog, SourceFacts};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::state::HttpState;
use crate::jobs::{CreateError, CreatedJob, FirstAnswer, Once, Unanswered, create, create_once, find_answer};
use crate::sources::Definition;
use crate::storage::account::Account;
use crate::storage::bulk_job::Job;
use crate::storage::source_switch;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use std::time::Duration;

/// The header with a caller's own name for a creation.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
pub const IDEMPOTENT_REPLAYED: &str = "idempotent-replayed";

/// When to come again while too many jobs are in flight: a job of a few values is done by then.
const RETRY_IN_FLIGHT: Duration = Duration::from_secs(10);

/// Reads a job with `parse`, counts it against the account's rate, and stores it.
pub(super) async fn create_job(
    state: &HttpState,
    account: &Account,
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
) -> Result<CreatedJob, Refusal> {
    let (spec, switches) = read_job(state, parse).await?;
    store(state, account, &spec, &switches).await
}

/// The same for a creation that may carry an [`IDEMPOTENCY_KEY`]: answered with what `tell` writes, or with what it wrote
/// when the key was first used. `api_version` is that of the answer.
pub(super) async fn answer_creation(
    state: &HttpState,
    request: &HttpRequest,
    account: &Account,
    api_version: u8,
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
    tell: impl Fn(&Job, &Balance) -> String + Sync,
) -> Result<HttpResponse, Refusal> {
    let key = idempotency_key(request)?;
    if let Some(first) = first_answer(state, account, key.as_ref()).await? {
        // What was created is answered again whatever the operator switched off since.
        let fingerprint = parse_by(&state.app, &[], parse)?.fingerprint(api_version);
        return given_again(state, first, &fingerprint);
    }
    let (spec, switches) = read_job(state, parse).await?;
    let fingerprint = spec.fingerprint(api_version);
    store_once(state, account, (&spec, &switches), key.map(|key| (key, fingerprint)), tell).await
}

/// The same for a creation that is known by `fingerprint` before it is known what it asks: that is found out when the key
/// was not used.
pub(super) async fn answer_known_creation(
    state: &HttpState,
    request: &HttpRequest,
    account: &Account,
    fingerprint: String,
    spec: impl Future<Output = Result<JobSpec, Refusal>>,
    tell: impl Fn(&Job, &Balance) -> String + Sync,
) -> Result<HttpResponse, Refusal> {
    let key = idempotency_key(request)?;
    if let Some(first) = first_answer(state, account, key.as_ref()).await? {
        return given_again(state, first, &fingerprint);
    }
    let spec = spec.await?;
    let (spec, switches) = read_job(state, |_| Ok(spec)).await?;
    store_once(state, account, (&spec, &switches), key.map(|key| (key, fingerprint)), tell).await
}

async fn first_answer(
    state: &HttpState,
    account: &Account,
    key: Option<&IdempotencyKey>,
) -> Result<Option<FirstAnswer>, Refusal> {
    let Some(key) = key else { return Ok(None) };
    Ok(find_answer(&state.app, account.id, key).await?)
}

fn given_again(state: &HttpState, first: FirstAnswer, fingerprint: &str) -> Result<HttpResponse, Refusal> {
    let answer = first.again(fingerprint).map_err(|error| refuse(state, error))?;
    Ok(created_answer(answer.body, answer.is_replay))
}

/// Stores the job, under the key and the fingerprint of what is asked if there is a key.
async fn store_once(
    state: &HttpState,
    account: &Account,
    (spec, switches): (&JobSpec, &[Switch]),
    key: Option<(IdempotencyKey, String)>,
    tell: impl Fn(&Job, &Balance) -> String + Sync,
) -> Result<HttpResponse, Refusal> {
    let Some((key, fingerprint)) = key else {
        let created = store(state, account, spec, switches).await?;
        return Ok(created_answer(tell(&created.job, &created.balance), false));
    };
    let once = Once { key: &key, fingerprint, admit: &|| state.count_creation(account), tell: &tell };
    let answer = create_once(&state.app, account.id, spec, switches, once).await;
    let answer = answer.map_err(|error| refuse(state, error))?;
    Ok(created_answer(answer.body, answer.is_replay))
}

/// What `parse` reads, and the switches it was checked against.
pub(in crate::http) async fn read_job(
    state: &HttpState,
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
) -> Result<(JobSpec, Vec<Switch>), Refusal> {
    let app = &state.app;
    let switches = source_switch::list(&app.db).await?;
    let spec = parse_by(app, &switches, parse)?;
    Ok((spec, switches))
}

/// What `parse` reads while these are switched off.
fn parse_by(
    app: &App,
    switches: &[Switch],
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
) -> Result<JobSpec, Refusal> {
    parse(&Catalog {
        find: &|name| app.engine.registry().find(name).map(|definition| facts(definition)),
        names: &|| app.engine.registry().iter().map(|definition| definition.name.clone()).collect(),
        is_off: &|asked| is_off(switches, asked),
        check_address: &|url| app.outbound.check_url(url).map_err(|error| error.to_string()),
    })
}

async fn store(
    state: &HttpState,
    account: &Account,
    spec: &JobSpec,
    switches: &[Switch],
) -> Result<CreatedJob, Refusal> {
    state.count_creation(account).map_err(too_fast)?;
    create(&state.app, account.id, spec, switches).await.map_err(|error| refuse(state, error))
}

fn created_answer(body: String, is_replay: bool) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    if is_replay {
        response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    }
    response.body(body)
}

/// The key a creation carries.
fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Refusal> {
    let mut sent = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(key) = sent.next() else { return Ok(None) };
    let key = key.to_str().ok().and_then(|text| text.parse().ok()).filter(|_| sent.next().is_none());
    let invalid = || {
        let comment = format!(
            "The header Idempotency-Key is sent once, with 1 to {MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters."
        );
        Refusal::invalid(IDEMPOTENCY_KEY, comment)
    };
    key.map(Some).ok_or_else(invalid)
}

fn too_fast(wait: Duration) -> Refusal {
    Refusal::of(RefusalKind::JobCreationLimitExceeded).retry_after(wait)
}

fn facts(definition: &Definition) -> SourceFacts {
    SourceFacts {
        name: definition.name.clone(),
        countries: definition.countries.keys().copied().collect(),
        keys: definition.keys.keys().copied().collect(),
        topics: definition.topics.iter().map(|topic| (*topic, definition.keys_of(*topic))).collect(),
        conditions: ConditionFilter::ALL.to_vec(),
    }
}

fn is_off(switches: &[Switch], asked: Asked<'_>) -> bool {
    let Asked { source, country, key, value } = asked;
    match (key, value) {
        (Some(key), Some(value)) => {
            let topic = Topic::ProductAndOffers;
            let lookup = Lookup { source: source.clone(), country, topic, key, value: value.to_owned() };
            Disabled::for_lookup(switches, &lookup).is_some()
        }
        (Some(key), None) => Disabled::for_request(switches, source, country, key).is_some(),
        (None, _) => switches.iter().any(|switch| {
            switch.disables() == Disabled::Source
                && switch.source == *source
                && switch.country.is_none_or(|off| off == country)
        }),
    }
}

pub(super) fn refuse(state: &HttpState, error: CreateError) -> Refusal {
    match error {
        CreateError::Unanswered(why) => unanswered(why),
        CreateError::ValuesDisabled => Refusal::of(RefusalKind::ValueDisabled).about("values"),
        CreateError::Unaffordable { cause, is_hard } => unaffordable(&state.app, cause, is_hard),
        CreateError::TooFast { wait } => too_fast(wait),
        CreateError::KeyReused => Refusal::of(RefusalKind::IdempotencyKeyReused).about(IDEMPOTENCY_KEY),
        CreateError::TooManyInFlight { limit } => Refusal::of(RefusalKind::JobCreationLimitExceeded)
            .because(format!(
                "{limit} jobs of this account are not finished yet, and its plan allows no more at a time."
            ))
            .retry_after(RETRY_IN_FLIGHT),
        CreateError::Storage(error) => error.into(),
    }
}

fn unaffordable(app: &App, cause: Unaffordable, is_hard: bool) -> Refusal {
    let costs = if is_hard { "may cost up to" } else { "costs at least" };
    match cause {
        Unaffordable::NotEnoughFreeCredits { needed, left } => Refusal::of(RefusalKind::NotEnoughFreeCredits).because(
            format!("The job {costs} {needed} credits and {left} free credits are left; ask for fewer values or take a subscription."),
        ),
        Unaffordable::DailyQuotaExceeded { needed, used, quota } => Refusal::of(RefusalKind::DailyQuotaExceeded).because(
            format!("The job {costs} {needed} credits, and {used} of today's {quota} are used{}; raise the daily quota or wait for the next UTC day ({} now).",
                if is_hard { " or held back for unfinished jobs" } else { "" }, app.clock.now()),
        ),
    }
}

fn unanswered(why: Unanswered) -> Refusal {
    let (kind, parameter) = match why {
        Unanswered::UnknownSource => (RefusalKind::UnsupportedSource, "source"),
        Unanswered::UnsupportedCountry => (RefusalKind::UnsupportedCountry, "country"),
        Unanswered::SourceDisabled => (RefusalKind::SourceDisabled, "source"),
        Unanswered::UnsupportedKey => (RefusalKind::UnsupportedKey, "key"),
        Unanswered::KeyDisabled => (RefusalKind::KeyDisabled, "key"),
        Unanswered::UnsupportedTopic => (RefusalKind::UnsupportedTopic, "topic"),
    };
    Refusal::of(kind).about(parameter)
}
