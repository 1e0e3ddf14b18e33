//! How sources' pages came and were read, a row an hour. Several processes add to the same rows.

use super::db::statement;
use super::{Db, StorageError};
use crate::domain::{
    Country, FieldCounts, HourCounts, HourKey, LATENCY_BOUNDS_MS, LatencyCounts, PageCounts, PageStep, SourceName,
    Timestamp,
};
use entity::source_health::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, Value};
use std::collections::BTreeMap;

/// Rows in one INSERT.
const ROWS_PER_INSERT: usize = 500;

const LATENCIES: usize = LATENCY_BOUNDS_MS.len() + 1;

const PAGE_KEY: [&str; 4] = ["source", "country", "step", "hour"];
const PAGE_COUNTS: [&str; 6 + LATENCIES] = [
    "understood",
    "no_result",
    "not_understood",
    "blocked",
    "failed",
    "timed_out",
    "latency0",
    "latency1",
    "latency2",
    "latency3",
    "latency4",
    "latency5",
    "latency6",
    "latency7",
    "latency8",
    "latency9",
    "latency10",
    "latency11",
];
const FIELD_KEY: [&str; 5] = ["source", "country", "step", "field", "hour"];
const FIELD_COUNTS: [&str; 3] = ["pages", "items", "missing"];

/// What one kind of page was during one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourOfPages {
    pub key: HourKey,
    pub pages: PageCounts,
    pub latency: LatencyCounts,
}

/// All pages of a source in a country over some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumOfPages {
    pub source: SourceName,
    pub country: Country,
    pub pages: PageCounts,
    pub latency: LatencyCounts,
}

/// Adds counts to their hours, all or none. In order of key, so that two processes that add at once do not lock each
/// other out.
pub async fn add(db: &Db, hours: &BTreeMap<HourKey, HourCounts>) -> Result<(), StorageError> {
    let key_of = |key: &HourKey| -> [Value; 3] {
        [key.source.as_str().into(), key.country.as_str().into(), key.step.as_str().into()]
    };
    let pages: Vec<Vec<Value>> = hours
        .iter()
        .map(|(key, counts)| {
            let PageCounts { understood, no_result, not_understood, blocked, failed, timed_out } = counts.pages;
            let outcomes = [understood, no_result, not_understood, blocked, failed, timed_out];
            let numbers = outcomes.into_iter().chain(counts.latency.0).map(column);
            key_of(key).into_iter().chain([key.hour.as_micros().into()]).chain(numbers).collect()
        })
        .collect();
    let fields: Vec<Vec<Value>> = hours
        .iter()
        .flat_map(|(key, counts)| counts.fields.iter().map(move |(field, counts)| (key, field, counts)))
        .map(|(key, field, counts)| {
            let rest: [Value; 2] = [field.as_str().into(), key.hour.as_micros().into()];
            let numbers = [counts.pages, counts.items, counts.missing].map(column);
            key_of(key).into_iter().chain(rest).chain(numbers).collect()
        })
        .collect();
    let transaction = db.begin().await?;
    let conn = transaction.conn();
    for chunk in pages.chunks(ROWS_PER_INSERT) {
        let sql = upsert("source_health", &PAGE_KEY, &PAGE_COUNTS, chunk.len());
        conn.execute_raw(statement(conn, sql, chunk.iter().flatten().cloned())).await?;
    }
    for chunk in fields.chunks(ROWS_PER_INSERT) {
        let sql = upsert("source_field_health", &FIELD_KEY, &FIELD_COUNTS, chunk.len());
        conn.execute_raw(statement(conn, sql, chunk.iter().flatten().cloned())).await?;
    }
    transaction.commit().await
}

fn column(count: u64) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

/// Inserts rows, or adds their counts to the rows that are there.
fn upsert(table: &str, key: &[&str], counts: &[&str], rows: usize) -> String {
    let columns: Vec<&str> = key.iter().chain(counts).copied().collect();
    let row = |number: usize| {
        let places: Vec<String> = (1..=columns.len()).map(|i| format!("${}", number * columns.len() + i)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let added: Vec<String> = counts.iter().map(|name| format!("{name} = {table}.{name} + excluded.{name}")).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {}",
        columns.join(", "),
        rows.join(", "),
        key.join(", "),
        added.join(", ")
    )
}

/// The hours of a source from one on, in all its countries or in one, oldest first.
pub async fn list_hours(
    db: &Db,
    source: &SourceName,
    country: Option<Country>,
    from: Timestamp,
) -> Result<Vec<HourOfPages>, StorageError> {
    let mut rows = Entity::find().filter(Column::Source.eq(source.as_str())).filter(Column::Hour.gte(from.as_micros()));
    if let Some(country) = country {
        rows = rows.filter(Column::Country.eq(country.as_str()));
    }
    let rows = rows.order_by_asc(Column::Hour).order_by_asc(Column::Country).order_by_asc(Column::Step);
    rows.all(db.reader()).await?.into_iter().map(from_row).collect()
}

fn from_row(row: Model) -> Result<HourOfPages, StorageError> {
    let latency = [
        row.latency0,
        row.latency1,
        row.latency2,
        row.latency3,
        row.latency4,
        row.latency5,
        row.latency6,
        row.latency7,
        row.latency8,
        row.latency9,
        row.latency10,
        row.latency11,
    ];
    let mut buckets = [0; LATENCIES];
    for (bucket, count) in buckets.iter_mut().zip(latency) {
        *bucket = counted(count)?;
    }
    Ok(HourOfPages {
        key: HourKey {
            source: SourceName::new(&row.source),
            country: country(&row.country)?,
            step: PageStep::parse(&row.step).ok_or_else(|| StorageError::corrupt("source_health", "step"))?,
            hour: Timestamp::from_micros(row.hour),
        },
        pages: PageCounts {
            understood: counted(row.understood)?,
            no_result: counted(row.no_result)?,
            not_understood: counted(row.not_understood)?,
            blocked: counted(row.blocked)?,
            failed: counted(row.failed)?,
            timed_out: counted(row.timed_out)?,
        },
        latency: LatencyCounts(buckets),
    })
}

fn country(text: &str) -> Result<Country, StorageError> {
    text.parse().map_err(|_| StorageError::corrupt("source_health", "country"))
}

fn counted(count: i64) -> Result<u64, StorageError> {
    u64::try_from(count).map_err(|_| StorageError::corrupt("source_health", "a negative count"))
}

fn sum(row: &QueryResult, name: &str) -> Result<u64, StorageError> {
    counted(row.try_get("", name)?)
}

/// The sum of every source in every country from an hour on; those without a page are absent.
pub async fn sum_since(db: &Db, from: Timestamp) -> Result<Vec<SumOfPages>, StorageError> {
    let sums: Vec<String> = PAGE_COUNTS.iter().map(|name| format!("CAST(SUM({name}) AS BIGINT) AS {name}")).collect();
    let sql = format!(
        "SELECT source, country, {} FROM source_health WHERE hour >= $1 GROUP BY source, country ORDER BY source, country",
        sums.join(", ")
    );
    let conn = db.reader();
    let rows = conn.query_all_raw(statement(conn, sql, [from.as_micros().into()])).await?;
    let read = |row: &QueryResult| {
        let mut buckets = [0; LATENCIES];
        for (bucket, name) in buckets.iter_mut().zip(&PAGE_COUNTS[6..]) {
            *bucket = sum(row, name)?;
        }
        Ok(SumOfPages {
            source: SourceName::new(&row.try_get::<String>("", "source")?),
            country: country(&row.try_get::<String>("", "country")?)?,
            pages: PageCounts {
                understood: sum(row, "understood")?,
                no_result: sum(row, "no_result")?,
                not_understood: sum(row, "not_understood")?,
                blocked: sum(row, "blocked")?,
                failed: sum(row, "failed")?,
                timed_out: sum(row, "timed_out")?,
            },
            latency: LatencyCounts(buckets),
        })
    };
    rows.iter().map(read).collect()
}

const SUM_FIELDS: &str = "SELECT field, CAST(SUM(pages) AS BIGINT) AS pages, CAST(SUM(items) AS BIGINT) AS items, \
    CAST(SUM(missing) AS BIGINT) AS missing FROM source_field_health \
    WHERE source = $1 AND country = $2 AND step = $3 AND hour >= $4 AND hour < $5 GROUP BY field";

/// Each field of one kind of page, summed over the hours from the first to before the end.
pub async fn sum_fields(
    db: &Db,
    source: &SourceName,
    country: Country,
    step: PageStep,
    from: Timestamp,
    until: Timestamp,
) -> Result<BTreeMap<String, FieldCounts>, StorageError> {
    let conn = db.reader();
    let values: [Value; 5] = [
        source.as_str().into(),
        country.as_str().into(),
        step.as_str().into(),
        from.as_micros().into(),
        until.as_micros().into(),
    ];
    let rows = conn.query_all_raw(statement(conn, SUM_FIELDS, values)).await?;
    let read = |row: &QueryResult| {
        let counts =
            FieldCounts { pages: sum(row, "pages")?, items: sum(row, "items")?, missing: sum(row, "missing")? };
        Ok((row.try_get("", "field")?, counts))
    };
    rows.iter().map(read).collect()
}

/// Forgets hours before one; answers how many rows went.
pub async fn delete_before(db: &Db, hour: Timestamp) -> Result<u64, StorageError> {
    use entity::source_field_health::{Column as FieldColumn, Entity as Fields};
    let pages = Entity::delete_many().filter(Column::Hour.lt(hour.as_micros())).exec(db.writer()).await?;
    let fields = Fields::delete_many().filter(FieldColumn::Hour.lt(hour.as_micros())).exec(db.writer()).await?;
    Ok(pages.rows_affected + fields.rows_affected)
}
