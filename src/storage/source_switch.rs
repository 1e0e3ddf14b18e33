//! What the operator switched off.

use super::{Db, StorageError};
use crate::domain::{Key, SourceName, Switch, Timestamp};
use entity::source_switch::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};

fn primary_key(off: &Switch) -> (String, String, String, String) {
    (
        off.source.as_str().to_owned(),
        off.country.map_or_else(String::new, |country| country.to_string()),
        off.key.map_or_else(String::new, |key| key.v1().to_owned()),
        off.value.clone().unwrap_or_default(),
    )
}

fn from_row(row: Model) -> Result<Switch, StorageError> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let corrupt = |what: &str| StorageError::corrupt("source_switch", what);
    Ok(Switch {
        source: SourceName::new(&row.source),
        country: some(row.country).map(|code| code.parse()).transpose().map_err(|_| corrupt("country"))?,
        key: some(row.key).map(|key| Key::parse(&key).ok_or_else(|| corrupt("key"))).transpose()?,
        value: some(row.value),
    })
}

/// Switches something off; false when it was off already.
pub async fn insert(db: &Db, off: &Switch, now: Timestamp) -> Result<bool, StorageError> {
    let key = primary_key(off);
    if Entity::find_by_id(key.clone()).one(db.writer()).await?.is_some() {
        return Ok(false);
    }
    let (source, country, key, value) = key;
    let row = ActiveModel {
        source: Set(source),
        country: Set(country),
        key: Set(key),
        value: Set(value),
        created_at: Set(now.as_micros()),
    };
    Ok(Entity::insert(row)
        .on_conflict_do_nothing()
        .exec_without_returning(db.writer())
        .await
        .map(|done| matches!(done, sea_orm::TryInsertResult::Inserted(_)))?)
}

/// Switches something on again; false when exactly this was not off.
pub async fn delete(db: &Db, off: &Switch) -> Result<bool, StorageError> {
    Ok(Entity::delete_by_id(primary_key(off)).exec(db.writer()).await?.rows_affected == 1)
}

/// Everything that is off.
pub async fn list(db: &Db) -> Result<Vec<Switch>, StorageError> {
    Entity::find().order_by_asc(Column::Source).all(db.reader()).await?.into_iter().map(from_row).collect()
}
