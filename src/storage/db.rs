//! Connections: one writer and a pool of readers on SQLite, an ordinary pool on PostgreSQL.

use super::StorageError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, SqlxPostgresConnector,
    SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait, Value,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;

/// How long a writer waits for another process's write on SQLite.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// PostgreSQL: one connection listens for tickets all the time, and a migration needs two at once.
const LEAST_CONNECTIONS: u32 = 4;
/// How long a request waits for a connection before it fails.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the probe may wait for its turn to write.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// A write that changes nothing, and is refused where nothing may be written.
const PROBE: &str = "UPDATE account SET plan = plan WHERE id < 0";
/// Number of the lock under which PostgreSQL servers change the schema: "pricemil" as bytes.
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"pricemil");

/// How the database is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Readers on SQLite; connections on PostgreSQL.
    pub connections: u32,
    /// SQLite: whether an acknowledged write survives a power loss (`FULL`) or only a crash of the process (`NORMAL`).
    pub synchronous_full: bool,
}

/// The database. Cheap to clone.
///
/// SQLite has one writer at a time anyway: with one write connection the writers queue here, in order, instead of
/// polling a lock, and a read never waits for them (write-ahead log).
#[derive(Debug, Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    pools: Pools,
}

/// The pools beneath, for the queue, which shares them.
#[derive(Debug, Clone)]
pub(crate) enum Pools {
    Sqlite { write: sqlx::SqlitePool },
    Postgres { pool: sqlx::PgPool },
}

/// An open transaction; dropped without [`Transaction::commit`] it is undone.
pub struct Transaction(DatabaseTransaction);

impl Transaction {
    pub async fn commit(self) -> Result<(), StorageError> {
        Ok(self.0.commit().await?)
    }

    pub(super) fn conn(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Db {
    /// Opens the database, creating the SQLite file if there is none. Changes no schema: see [`Db::migrate`].
    pub async fn connect(settings: &DbSettings) -> Result<Db, StorageError> {
        match settings.url.split(':').next() {
            Some("sqlite") => Db::connect_sqlite(settings).await,
            Some("postgres" | "postgresql") => Db::connect_postgres(settings).await,
            _ => Err(StorageError::Url("it begins neither with sqlite: nor with postgres:".into())),
        }
    }

    async fn connect_sqlite(settings: &DbSettings) -> Result<Db, StorageError> {
        if settings.url.contains(":memory:") || settings.url.contains("mode=memory") {
            return Err(StorageError::Url("a database in memory would be another one for each connection".into()));
        }
        let synchronous = if settings.synchronous_full { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
        let options = SqliteConnectOptions::from_str(&settings.url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", "-32000")
            .pragma("temp_store", "MEMORY")
            .pragma("journal_size_limit", "67108864");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_release(|connection, _| Box::pin(async { Ok(is_outside_transaction(connection).await) }))
            // Before the first table: later it would take a whole VACUUM. Only here: to set it takes the write lock, and a
            // reader that is opened while somebody writes must not wait for that.
            .connect_with(options.clone().auto_vacuum(SqliteAutoVacuum::Incremental))
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(settings.connections.max(1))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Db {
            read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
            write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write.clone()),
            pools: Pools::Sqlite { write },
        })
    }

    async fn connect_postgres(settings: &DbSettings) -> Result<Db, StorageError> {
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections.max(LEAST_CONNECTIONS))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(PgConnectOptions::from_str(&settings.url)?)
            .await?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Db { read: connection.clone(), write: connection, pools: Pools::Postgres { pool } })
    }

    /// Brings the schema up to date. On PostgreSQL servers that start together wait for each other; on SQLite several
    /// processes may do it one after another.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        use migration::MigratorTrait;
        let Pools::Postgres { pool } = &self.pools else {
            return Ok(migration::Migrator::up(&self.write, None).await?);
        };
        // The lock ends with this transaction, which does nothing else, on whatever way out.
        let mut turn = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *turn).await?;
        migration::Migrator::up(&self.write, None).await?;
        Ok(turn.rollback().await?)
    }

    /// Undoes every migration.
    pub async fn unmigrate(&self) -> Result<(), StorageError> {
        use migration::MigratorTrait;
        Ok(migration::Migrator::down(&self.write, None).await?)
    }

    /// Whether the database answers, and can be written. Nothing is changed.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.read.query_one_raw(Statement::from_string(self.backend(), "SELECT 1")).await?;
        let probed = tokio::time::timeout(PROBE_TIMEOUT, self.probe());
        Ok(probed.await.map_err(|_| sqlx::Error::PoolTimedOut)??)
    }

    /// A write that is undone.
    async fn probe(&self) -> Result<(), sqlx::Error> {
        match &self.pools {
            Pools::Sqlite { write } => {
                // A statement of its own is refused where a transaction is open already.
                let mut transaction = write.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query(PROBE).execute(&mut *transaction).await?;
                transaction.rollback().await
            }
            Pools::Postgres { pool } => {
                let mut transaction = pool.begin().await?;
                sqlx::query(PROBE).execute(&mut *transaction).await?;
                transaction.rollback().await
            }
        }
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once, since a transaction that reads
    /// first and writes then fails when another process wrote in between.
    pub async fn begin(&self) -> Result<Transaction, StorageError> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: matches!(self.pools, Pools::Sqlite { .. })
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Transaction(self.write.begin_with_options(immediate).await?))
    }

    /// Closes every connection; on SQLite the last one also folds the write-ahead log back.
    pub async fn close(&self) {
        let _ = self.read.clone().close().await;
        let _ = self.write.clone().close().await;
    }

    pub(super) fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    pub(super) fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.pools
    }
}

/// Whether a connection of SQLite that comes back can be used again; one that cannot is closed, which undoes what is open.
///
/// SQLite itself undoes a transaction that finds the disk full, and the driver, whose own `ROLLBACK` then fails, still
/// counts it as open: the next transaction would be a savepoint within none, and one after it would never be committed,
/// though every `COMMIT` of it is acknowledged.
async fn is_outside_transaction(connection: &mut SqliteConnection) -> bool {
    // Runs behind a rollback that is still queued. SQLite knows of no transaction within another.
    let is_outside = connection.execute("BEGIN; ROLLBACK").await.is_ok() && !connection.is_in_transaction();
    if !is_outside {
        tracing::warn!("a connection came back inside a transaction and is closed");
    }
    is_outside
}

/// A statement both databases read: `$1`, `$2`… are the values in order.
pub(super) fn statement(
    connection: &impl ConnectionTrait,
    sql: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}
