//! A database of its own for each server.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tempfile::TempDir;

const VARIABLE: &str = "PRICEMILL_TEST_DATABASE";
const PLACE: &str = "{name}";

/// An empty database that lives as long as this value (SQLite) or as its cluster (PostgreSQL).
pub struct TestDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// Stands in where a database was taken away.
    pub(super) fn none() -> TestDatabase {
        TestDatabase { url: String::new(), _folder: None }
    }

    /// A database that somebody else made and keeps.
    pub fn at(url: String) -> TestDatabase {
        TestDatabase { url, _folder: None }
    }

    pub async fn create() -> TestDatabase {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        if let Ok(template) = std::env::var(VARIABLE) {
            assert!(template.contains(PLACE), "{VARIABLE} has no {PLACE}");
            let name = format!("pricemill_{}_{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
            let admin = Database::connect(template.replace(PLACE, "postgres")).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            admin.close().await.unwrap();
            return TestDatabase { url: template.replace(PLACE, &name), _folder: None };
        }
        let folder = tempfile::tempdir().unwrap();
        TestDatabase { url: format!("sqlite:{}", folder.path().join("test.db").display()), _folder: Some(folder) }
    }

    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// A connection beside the server's own, for looking at rows.
    pub async fn look(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }
}
