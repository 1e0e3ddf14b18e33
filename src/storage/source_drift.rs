//! What about sources is not as it was, a row a signal. A signal that was never ill has no row.

use super::db::statement;
use super::{Db, StorageError};
use crate::domain::{Country, Drift, DriftState, PageStep, Share, Signal, SourceName, Timestamp};
use entity::source_drift::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Value};

/// Every signal that is or was ill, in order of source, country, step and signal.
pub async fn list(db: &Db) -> Result<Vec<Drift>, StorageError> {
    read(db, None).await
}

/// The same of one source in one country.
pub async fn list_of(db: &Db, source: &SourceName, country: Country) -> Result<Vec<Drift>, StorageError> {
    read(db, Some((source, country))).await
}

async fn read(db: &Db, of: Option<(&SourceName, Country)>) -> Result<Vec<Drift>, StorageError> {
    let mut rows = Entity::find();
    if let Some((source, country)) = of {
        rows = rows.filter(Column::Source.eq(source.as_str())).filter(Column::Country.eq(country.as_str()));
    }
    let rows = rows.order_by_asc(Column::Source).order_by_asc(Column::Country).order_by_asc(Column::Step);
    rows.order_by_asc(Column::Signal).all(db.reader()).await?.into_iter().map(from_row).collect()
}

fn from_row(row: Model) -> Result<Drift, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("source_drift", what);
    let share = |pages: i64, missing: i64| match (u64::try_from(pages), u64::try_from(missing)) {
        (Ok(pages), Ok(missing)) => Ok(Share { pages, missing }),
        _ => Err(corrupt("a negative count")),
    };
    Ok(Drift {
        source: SourceName::new(&row.source),
        country: row.country.parse().map_err(|_| corrupt("country"))?,
        step: PageStep::parse(&row.step).ok_or_else(|| corrupt("step"))?,
        signal: Signal::parse(&row.signal).ok_or_else(|| corrupt("signal"))?,
        state: DriftState::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        since: Timestamp::from_micros(row.since),
        past_until: row.past_until.map(Timestamp::from_micros),
        recent: share(row.recent_pages, row.recent_missing)?,
        past: share(row.past_pages, row.past_missing)?,
    })
}

const INSERT: &str = "INSERT INTO source_drift (source, country, step, signal, state, since, past_until, recent_pages, \
    recent_missing, past_pages, past_missing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
    ON CONFLICT (source, country, step, signal) DO NOTHING";
const UPDATE: &str = "UPDATE source_drift SET state = $5, since = $6, past_until = $7, recent_pages = $8, \
    recent_missing = $9, past_pages = $10, past_missing = $11 \
    WHERE source = $1 AND country = $2 AND step = $3 AND signal = $4 AND state = $12";

/// Moves a signal from the state it was seen in (`None`: no row) to another; false when another process was first, so that
/// each change is told once.
pub async fn change(db: &Db, drift: &Drift, before: Option<DriftState>) -> Result<bool, StorageError> {
    let number = |count: u64| -> Value { i64::try_from(count).unwrap_or(i64::MAX).into() };
    let mut values: Vec<Value> = vec![
        drift.source.as_str().into(),
        drift.country.as_str().into(),
        drift.step.as_str().into(),
        drift.signal.as_text().into(),
        drift.state.as_str().into(),
        drift.since.as_micros().into(),
        drift.past_until.map(Timestamp::as_micros).into(),
        number(drift.recent.pages),
        number(drift.recent.missing),
        number(drift.past.pages),
        number(drift.past.missing),
    ];
    let sql = match before {
        None => INSERT,
        Some(before) => {
            values.push(before.as_str().into());
            UPDATE
        }
    };
    let conn = db.writer();
    Ok(conn.execute_raw(statement(conn, sql, values)).await?.rows_affected() == 1)
}

/// Forgets signals that are well since a moment before this one, and ill ones whose past is no longer kept: nobody asked
/// their source for so long, or does not look for the field any more.
pub async fn delete_before(db: &Db, moment: Timestamp) -> Result<u64, StorageError> {
    let moment = moment.as_micros();
    let is_over =
        Column::PastUntil.lt(moment).or(Column::State.eq(DriftState::Ok.as_str()).and(Column::Since.lt(moment)));
    Ok(Entity::delete_many().filter(is_over).exec(db.writer()).await?.rows_affected)
}
