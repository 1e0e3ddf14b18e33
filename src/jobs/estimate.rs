//! What a job would cost, without creating it.

use super::create::{CreateError, Draft};
use crate::app::App;
use crate::domain::{Balance, JobSpec, Lookup, Multiplier, Quote, Reason, Switch};
use crate::storage::account::Account;
use crate::storage::{lookup_page, purse};

/// What is known of a job before it is created.
#[derive(Debug)]
pub struct Estimate {
    pub requested: usize,
    pub valid_values: usize,
    /// Values that will never be looked up, as they were sent, in order.
    pub invalid_values: Vec<(String, Reason)>,
    /// Values whose first page the store has, fresh enough.
    pub fresh_values: usize,
    pub quote: Quote,
    pub multiplier: Multiplier,
    pub balance: Balance,
    /// Why it would be refused now; how many jobs were created this minute is not looked at.
    pub refusal: Option<CreateError>,
}

/// Reads only, and counts nothing: the store once for every 500 values, the account once.
///
/// Errors: every value is switched off; trouble with the database.
pub async fn estimate(
    app: &App,
    account: &Account,
    spec: &JobSpec,
    switches: &[Switch],
) -> Result<Estimate, CreateError> {
    let now = app.clock.now();
    let draft = Draft::of(app, spec, switches)?;
    let invalid =
        |item: &crate::storage::bulk_item::NewItem| Some((item.value.clone(), item.lookup.as_ref().err().copied()?));
    let invalid_values: Vec<(String, Reason)> = draft.items.iter().filter_map(invalid).collect();
    let fingerprints: Vec<String> = draft
        .items
        .iter()
        .filter_map(|item| item.lookup.clone().ok())
        .map(|value| {
            let (source, country, topic, key) = (spec.source.clone(), spec.country, spec.topic, spec.key);
            Lookup { source, country, topic, key, value }.fingerprint()
        })
        .collect();
    // Age 0 asks for pages fetched from now on.
    let fresh_values = if spec.options.max_age.minutes == 0 {
        0
    } else {
        let oldest = now.minus(spec.options.max_age.duration());
        let fresh = lookup_page::find_fresh_firsts(&app.db, &fingerprints, oldest).await?;
        fingerprints.iter().filter(|fingerprint| fresh.contains(*fingerprint)).count()
    };
    let held = purse::load(&app.db, account.id, &now.day()).await?;
    Ok(Estimate {
        requested: draft.items.len(),
        valid_values: fingerprints.len(),
        invalid_values,
        fresh_values,
        quote: draft.quote,
        multiplier: spec.multiplier,
        balance: held.purse(app.plan(&account.plan).subscription).balance(),
        refusal: draft.check(app, account, &held).err(),
    })
}
