//! From the parameters of a new job to the stored job, the same for every route that makes one.

use super::question::{Asked, Catalog, SourceFacts};
use crate::app::App;
use crate::domain::{ConditionFilter, Disabled, JobSpec, Lookup, Switch, Topic, Unaffordable};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::state::HttpState;
use crate::jobs::{CreateError, CreatedJob, create};
use crate::sources::Definition;
use crate::storage::account::Account;
use crate::storage::source_switch;
use actix_web::HttpRequest;
use std::time::Duration;

/// When to come again while too many jobs are in flight: a job of a few values is done by then.
const RETRY_IN_FLIGHT: Duration = Duration::from_secs(10);

/// Reads a job with `parse`, counts it against the account's rate, and stores it.
pub(super) async fn create_job(
    state: &HttpState,
    request: &HttpRequest,
    account: &Account,
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
) -> Result<CreatedJob, Refusal> {
    let app = &state.app;
    let (spec, switches) = read_job(state, request, parse).await?;
    let per_minute = account.creations_per_minute.unwrap_or_else(|| app.plan(&account.plan).creations_per_minute);
    state
        .creation_limits
        .take(account.id, per_minute)
        .map_err(|wait| Refusal::of(RefusalKind::JobCreationLimitExceeded).retry_after(wait))?;
    create(app, account.id, &spec, &switches).await.map_err(|error| refuse(state, request, app, error))
}

/// Reads a job with `parse`, and what was switched off then.
pub(in crate::http) async fn read_job(
    state: &HttpState,
    request: &HttpRequest,
    parse: impl FnOnce(&Catalog<'_>) -> Result<JobSpec, Refusal>,
) -> Result<(JobSpec, Vec<Switch>), Refusal> {
    let app = &state.app;
    let switches = source_switch::list(&app.db).await.map_err(|error| state.broken(request, &error))?;
    let spec = parse(&Catalog {
        find: &|name| app.engine.registry().find(name).map(|definition| facts(definition)),
        names: &|| app.engine.registry().iter().map(|definition| definition.name.clone()).collect(),
        is_off: &|asked| is_off(&switches, asked),
        check_address: &|url| app.outbound.check_url(url).map_err(|error| error.to_string()),
    })?;
    Ok((spec, switches))
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

fn refuse(state: &HttpState, request: &HttpRequest, app: &App, error: CreateError) -> Refusal {
    match error {
        CreateError::ValuesDisabled => Refusal::of(RefusalKind::ValueDisabled).about("values"),
        CreateError::Unaffordable { cause, is_hard } => unaffordable(app, cause, is_hard),
        CreateError::TooManyInFlight { limit } => Refusal::of(RefusalKind::JobCreationLimitExceeded)
            .because(format!(
                "{limit} jobs of this account are not finished yet, and its plan allows no more at a time."
            ))
            .retry_after(RETRY_IN_FLIGHT),
        CreateError::Storage(error) => state.broken(request, &error),
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
