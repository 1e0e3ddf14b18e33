//! What can go wrong between the code and the database.

/// The database did not do it, or a row cannot be what it says.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    #[error("database connection: {0}")]
    Connection(#[from] sqlx::Error),
    #[error("the database URL is not understood: {0}")]
    Url(String),
    /// A row that this version could not have written.
    #[error("corrupt row in {table}: {what}")]
    Corrupt { table: &'static str, what: String },
}

impl StorageError {
    /// Whether the database has no room or no time at the moment, so that the same request may succeed later.
    pub fn is_overload(&self) -> bool {
        let text = self.to_string();
        // A full disk also shows as an error while SQLite makes room for its index of the log.
        let signs = [
            "disk is full",
            "disk I/O error",
            "database is locked",
            "No space left",
            "pool timed out",
            "too many clients",
        ];
        signs.iter().any(|sign| text.contains(sign))
    }

    /// A finished job has fewer results than values: a download must not end as if it were whole.
    pub fn incomplete_results(found: usize, wanted: usize) -> StorageError {
        StorageError::corrupt("bulk_item", format!("{found} results where {wanted} were expected"))
    }

    pub(super) fn corrupt(table: &'static str, what: impl std::fmt::Display) -> StorageError {
        StorageError::Corrupt { table, what: what.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnAcquireErr, DbErr};

    #[test]
    fn a_database_without_time_or_room_is_an_overload() {
        // Both libraries' own wording, which may change with their version.
        let waited = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        assert!(StorageError::from(waited).is_overload());
        assert!(StorageError::from(sqlx::Error::PoolTimedOut).is_overload());
        for text in
            ["(code: 5) database is locked", "(code: 13) database or disk is full", "(code: 4874) disk I/O error"]
        {
            assert!(StorageError::from(DbErr::Custom(text.into())).is_overload());
        }
        assert!(!StorageError::from(DbErr::Custom("no such table: x".into())).is_overload());
        assert!(!StorageError::from(sqlx::Error::PoolClosed).is_overload());
    }
}
