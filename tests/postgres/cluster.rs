//! A private PostgreSQL cluster from the installed programs: a socket in a folder of its own, nothing on the network.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

const REQUIRED: &str = "PRICEMILL_REQUIRE_POSTGRES";
/// Name of the database that every cluster has.
const FIRST_DATABASE: &str = "postgres";

/// Makes, starts, stops and deletes the cluster; `$1` is the folder of the programs. It lasts as long as somebody holds
/// the other end of its standard input: the system closes that even when the tests are killed, so that no server and no
/// folder stays behind. The socket's folder is readable to its owner only, so nobody else gets in without a password.
const SCRIPT: &str = r#"
set -eu
unset TMPDIR
dir=$(mktemp -d -t pricemill-postgres.XXXXXX)
clean() { "$1/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap 'clean "$1"' EXIT
trap '' INT
cd "$dir"
"$1/initdb" -D data -U pricemill -A trust -E UTF8 --no-locale --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
"$1/pg_ctl" -D data -w -l server.log -o "-k '$dir' -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=100" start >/dev/null || { cat server.log >&2; exit 1; }
echo "$dir"
cat >/dev/null
"#;

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    next: AtomicU32,
    /// Closed when the test process ends, however it ends.
    _alive: ChildStdin,
    _keeper: Child,
}

impl Cluster {
    /// The cluster of this test process; `None`, said loudly, when PostgreSQL is not installed.
    pub fn shared() -> Option<&'static Cluster> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        CLUSTER.get_or_init(Cluster::start).as_ref()
    }

    fn start() -> Option<Cluster> {
        let Some(programs) = programs() else {
            assert!(std::env::var(REQUIRED).is_err(), "{REQUIRED} is set, but there is no PostgreSQL server (initdb)");
            // Not eprintln, which a passing test swallows.
            let _ = writeln!(std::io::stderr(), "\nSKIPPED: PostgreSQL is not installed; nothing is tested on it\n");
            return None;
        };
        let mut command = match servant() {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--", "sh"]);
                command
            }
            None => Command::new("sh"),
        };
        let mut keeper = command
            .args(["-c", SCRIPT, "sh"])
            .arg(programs)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let alive = keeper.stdin.take().unwrap();
        let mut folder = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "PostgreSQL does not start; see above");
        Some(Cluster { folder: folder.trim_end().into(), next: AtomicU32::new(0), _alive: alive, _keeper: keeper })
    }

    /// Makes an empty database and answers its URL.
    pub async fn create_database(&self) -> String {
        use sea_orm::{ConnectionTrait, Database};
        let name = format!("test_{}", self.next.fetch_add(1, SeqCst));
        let first = Database::connect(self.url(FIRST_DATABASE)).await.unwrap();
        first.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        first.close().await.unwrap();
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://pricemill@localhost/{database}?host={}", self.folder.display())
    }
}

/// PostgreSQL refuses to run as root: whom it runs as then.
fn servant() -> Option<&'static str> {
    let id = |args: &[&str]| Command::new("id").args(args).output().ok().filter(|out| out.status.success());
    let is_root = id(&["-u"]).is_some_and(|out| out.stdout.trim_ascii() == b"0");
    is_root.then(|| if id(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" })
}

/// The folder of `initdb` and its kin: Debian's newest, else wherever the path leads.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let in_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let folders = debian.into_iter().rev().map(|(_, folder)| folder).chain(in_path.into_iter().flatten());
    let is_whole = |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(|folder| is_whole(folder))
}
