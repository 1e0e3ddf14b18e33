//! What the house promises about itself, read from its source text: which room may import which, which crate is named
//! where, who may ask what time it is, and what a `mod.rs` holds. A breach is told as FILE:LINE.
//!
//! Only the standard library is needed. Code under `#[cfg(test)]` is free: a test may reach further than what it tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What each room imports. The table is exact: an import that is missing here is a breach, and a permission that nobody
/// uses is one too. Where a row departs from the ordinary direction (docs/ARCHITECTURE.md), it says why.
#[rustfmt::skip]
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &["domain"]),
    ("ids", &["domain"]),
    ("outbound", &[]),
    ("demo", &["clock", "domain"]),
    ("extraction", &["domain"]),
    ("fetching", &["clock", "domain", "outbound"]),
    ("storage", &["domain"]),
    // The crawler's settings are a type of the crawler: a copy of them in config would be one more thing to keep alike.
    ("config", &["domain", "fetching"]),
    // The queue's tables lie in the same database and share its pools (one writer on SQLite).
    ("queue", &["storage"]),
    ("rendering", &["domain"]),
    // A definition IS a fetch policy and recipes (docs/adr/0006): it names their types and runs neither.
    ("sources", &["domain", "extraction", "fetching"]),
    ("health", &["config", "domain", "storage"]),
    ("lookup", &["clock", "domain", "extraction", "fetching", "ids", "sources"]),
    ("telemetry", &["config"]),
    // It is handed how a job is described: the words of an answer are http's.
    ("notifications", &["clock", "config", "domain", "ids", "outbound", "storage", "telemetry"]),
    // App holds the parts that use cases work with, so use cases import it and not the other way round (docs/adr/0007).
    ("app", &["clock", "config", "health", "ids", "lookup", "notifications", "outbound", "queue", "storage", "telemetry"]),
    ("accounts", &["clock", "config", "domain", "ids", "storage"]),
    ("ledger", &["app", "domain", "storage"]),
    ("jobs", &["app", "domain", "ledger", "lookup", "queue", "sources", "storage"]),
    // It reads storage and sources for plain answers; it never writes but through a use case.
    ("http", &["accounts", "app", "config", "domain", "health", "jobs", "ledger", "notifications", "rendering", "sources", "storage"]),
    ("workers", &["app", "health", "jobs", "queue"]),
    // It puts everything together, the demo marketplace as the source `test` included; lookup itself does not know demo.
    ("boot", &["app", "clock", "config", "demo", "domain", "fetching", "health", "http", "ids", "lookup", "notifications", "outbound", "queue", "sources",
               "storage", "telemetry", "workers"]),
    // Single commands are programs of their own: `extract` and `price` are extraction alone, `account` accounts alone.
    // `sources try` is one lookup, watched.
    // `openapi` prints what http would serve.
    ("cli", &["accounts", "boot", "clock", "config", "demo", "domain", "extraction", "fetching", "health", "http", "ids", "lookup",
              "outbound", "queue", "sources", "storage", "telemetry"]),
];

/// Crates that only some places name: a room (`http/`) or a file.
#[rustfmt::skip]
const CRATES: &[(&str, &[&str])] = &[
    ("actix_web", &["http/", "boot.rs", "demo/"]),
    ("actix_cors", &["http/"]),
    ("utoipa", &["http/"]),
    ("actix_multipart", &["http/"]),
    ("reqwest", &["outbound.rs", "outbound/", "fetching/", "notifications/", "cli/client.rs"]),
    ("tokio_tungstenite", &["fetching/browser/"]),
    ("sea_orm", &["storage/"]),
    ("entity", &["storage/"]),
    ("migration", &["storage/"]),
    ("sqlx", &["storage/", "queue/"]),
    ("apalis", &["queue/", "workers.rs"]),
    ("apalis_core", &["queue/"]),
    ("apalis_sqlite", &["queue/"]),
    ("apalis_postgres", &["queue/"]),
    // fetching: the jitter of a wait needs no seed, since no test looks at it.
    ("rand", &["ids.rs", "fetching/retry.rs"]),
    ("uuid", &["ids.rs"]),
    ("lol_html", &["extraction/"]),
    ("prometheus_client", &["telemetry/"]),
    ("clap", &["cli/"]),
];

/// Who asks what time it is, besides `clock.rs`.
#[rustfmt::skip]
const TIME_TELLERS: &[(&str, &str)] = &[
    ("jobs/run_batch.rs", "tokio's own clock, for moments that are only slept until"),
    ("jobs/wait.rs", "tokio's own clock, for the same"),
    ("fetching/pace.rs", "measures its own sleeps; every other moment is handed in"),
    ("http/rate_limit.rs", "governor measures its windows by a clock of its own"),
];
const ASKING_THE_TIME: [&str; 5] = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "DefaultClock"];

/// The environment and the arguments belong to the command line, or two servers in one process would share them.
const ENVIRONMENT: &str = "std::env";

/// A file this long wants a second noun; about 400 are aimed at.
const MOST_LINES: usize = 520;

/// A source file: its path below `src/`, and its code with comments, texts and test code blanked out, line by line.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    /// The top-level module the file belongs to.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many modules deep: `a.rs` and `a/mod.rs` are 1, `a/b.rs` is 2.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }

    fn at(&self, offset: usize) -> String {
        format!("src/{}:{}", self.path, self.code[..offset].matches('\n').count() + 1)
    }

    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| if place.ends_with('/') { self.path.starts_with(place) } else { self.path == *place })
    }
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let root = source_folder();
    let mut files = Vec::new();
    collect(&root, &mut files);
    let mut sources: Vec<Source> = files
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).expect("a readable source file");
            let path = file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let code = without_tests(&without_words(&text));
            Source { path, text, code }
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    sources.retain(|source| !tests.contains(&source.path));
    assert!(sources.len() > 100, "the walk over src/ found only {} files", sources.len());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The files of `#[cfg(test)] mod name;` in a file.
fn test_files(source: &Source) -> Vec<String> {
    let folder = match source.path.strip_suffix("/mod.rs") {
        Some(folder) => format!("{folder}/"),
        None => format!("{}/", source.path.trim_end_matches(".rs")),
    };
    let code = without_words(&source.text);
    let mut found = Vec::new();
    for (at, attribute) in code.match_indices("#[cfg(test)]") {
        let item = code[at + attribute.len()..].trim_start();
        let item = item.strip_prefix("pub(super) ").unwrap_or(item);
        if let Some((name, _)) = item.strip_prefix("mod ").and_then(|rest| rest.split_once(';'))
            && !name.contains('{')
        {
            found.push(format!("{folder}{}.rs", name.trim()));
        }
    }
    found
}

/// The code with comments and the insides of texts blanked out; every line keeps its number.
fn without_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = bytes.to_vec();
    let blank = |kept: &mut Vec<u8>, from: usize, to: usize| {
        for byte in &mut kept[from..to.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let mut i = 0;
    while i < bytes.len() {
        let rest = &bytes[i..];
        let follows_word = i > 0 && (bytes[i - 1].is_ascii_alphanumeric() || bytes[i - 1] == b'_');
        let end = if rest.starts_with(b"//") {
            i + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            i + end_of_block_comment(rest)
        } else if !follows_word && let Some(hashes) = raw_text_hashes(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = rest.iter().position(|byte| *byte == b'"').unwrap_or(0) + 1;
            let body = find(&rest[open..], close.as_bytes()).unwrap_or(rest.len() - open);
            i + open + body + close.len()
        } else if rest[0] == b'"' {
            i + end_of_text(rest, b'"')
        } else if rest[0] == b'\'' && is_char_literal(rest) {
            i + end_of_text(rest, b'\'')
        } else {
            i += 1;
            continue;
        };
        blank(&mut kept, i, end);
        i = end;
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn end_of_block_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut i) = (0, 0);
    while i < bytes.len() {
        if bytes[i..].starts_with(b"/*") {
            (depth, i) = (depth + 1, i + 2);
        } else if bytes[i..].starts_with(b"*/") {
            (depth, i) = (depth - 1, i + 2);
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    bytes.len()
}

/// `r"`, `br#"`, … as the number of its hashes.
fn raw_text_hashes(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"br").or_else(|| bytes.strip_prefix(b"r"))?;
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    (rest.get(hashes) == Some(&b'"')).then_some(hashes)
}

fn end_of_text(bytes: &[u8], quote: u8) -> usize {
    let mut i = 1;
    while i < bytes.len() && bytes[i] != quote {
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    i + 1
}

/// A quote opens a character, not a lifetime, when it closes again behind one character or begins with a backslash.
fn is_char_literal(bytes: &[u8]) -> bool {
    if bytes.get(1) == Some(&b'\\') {
        return true;
    }
    let width = match bytes.get(1) {
        Some(byte) if *byte < 0x80 => 1,
        Some(byte) if *byte < 0xE0 => 2,
        Some(byte) if *byte < 0xF0 => 3,
        _ => 4,
    };
    bytes.get(1 + width) == Some(&b'\'')
}

/// The code with whatever follows `#[cfg(test)]` blanked out: an item up to its `;` or the end of its braces.
fn without_tests(code: &str) -> String {
    let mut kept = code.as_bytes().to_vec();
    for (start, _) in code.match_indices("#[cfg(test)]") {
        let (mut depth, mut brackets, mut end) = (0, 0, code.len());
        for (i, byte) in code.bytes().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'(' | b'[' => brackets += 1,
                b')' | b']' => brackets -= 1,
                _ => {}
            }
            if (byte == b'}' && depth == 0) || (byte == b';' && depth == 0 && brackets == 0) {
                end = i + 1;
                break;
            }
        }
        for byte in &mut kept[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Offsets at which a word or path stands by itself.
fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = usize> + 'c {
    let bytes = code.as_bytes();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after = bytes.get(at + word.len()).copied();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The rooms a file names, each with the offset: behind `crate::`, and behind as many `super::` as lead to the crate.
fn imports(source: &Source) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let code = &source.code;
    for at in words(code, "crate") {
        if let Some(path) = code[at + "crate".len()..].trim_start().strip_prefix("::") {
            found.extend(heads(path).into_iter().map(|room| (room, at)));
        }
    }
    let to_crate = "super::".repeat(source.depth());
    for (at, _) in code.match_indices(&to_crate) {
        let is_longer = code[..at].ends_with("super::");
        if !is_longer {
            found.extend(heads(&code[at + to_crate.len()..]).into_iter().map(|room| (room, at)));
        }
    }
    found
}

/// The first names of a path or of a group of paths: `a::b` → a; `{a::{b, c}, d}` → a, d.
fn heads(path: &str) -> Vec<String> {
    let name =
        |text: &str| text.trim_start().bytes().take_while(|byte| is_word(*byte)).map(char::from).collect::<String>();
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| name(part.trim_start_matches(','))).filter(|name| !name.is_empty()).collect()
}

fn rooms() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    ROOMS.iter().map(|(room, imports)| (*room, imports.iter().copied().collect())).collect()
}

fn assert_none(breaches: &[String], rule: &str) {
    let mut told = String::new();
    for breach in breaches {
        let _ = write!(told, "\n  {breach}");
    }
    assert!(breaches.is_empty(), "{rule}{told}");
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let (rooms, mut used) = (rooms(), BTreeSet::new());
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs" && source.path != "main.rs") {
        let room = source.room();
        let Some(allowed) = rooms.get(room) else {
            breaches.push(format!("src/{}: the room {room} has no row in the table", source.path));
            continue;
        };
        for (imported, at) in imports(source) {
            if imported == room {
                continue;
            }
            if !allowed.contains(imported.as_str()) {
                breaches.push(format!("{}: {room} may not import {imported}", source.at(at)));
            }
            used.insert((room.to_owned(), imported));
        }
    }
    for (room, allowed) in &rooms {
        for imported in allowed {
            if !used.contains(&((*room).to_owned(), (*imported).to_owned())) {
                breaches.push(format!("{room} may import {imported}, but does not: take it out of the table"));
            }
        }
    }
    assert_none(&breaches, "imports run in one direction:");
}

/// `lib.rs` is the map: blank lines part groups, and a room imports only rooms of earlier groups. So there is no circle.
#[test]
fn the_map_in_lib_rs_is_in_import_order() {
    let rooms = rooms();
    let lib = std::fs::read_to_string(source_folder().join("lib.rs")).expect("lib.rs");
    let mut before: BTreeSet<String> = BTreeSet::new();
    let mut breaches = Vec::new();
    for group in without_words(&lib).split("\n\n") {
        let group: Vec<String> = group
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
            .collect();
        for room in &group {
            match rooms.get(room.as_str()) {
                None => breaches.push(format!("{room} has no row in the table")),
                Some(imports) => breaches.extend(
                    imports
                        .iter()
                        .filter(|i| !before.contains(**i))
                        .map(|i| format!("{room} stands before or beside {i}")),
                ),
            }
        }
        before.extend(group);
    }
    breaches
        .extend(rooms.keys().filter(|room| !before.contains(**room)).map(|room| format!("{room} is not in lib.rs")));
    assert_none(&breaches, "lib.rs lists the rooms in import order:");
}

#[test]
fn crates_are_named_only_where_they_belong() {
    let mut breaches = Vec::new();
    for source in &sources() {
        for (name, places) in CRATES.iter().filter(|(_, places)| !source.is_in(places)) {
            for at in words(&source.code, name) {
                let is_path = source.code[at + name.len()..].starts_with("::");
                let is_own = source.code[..at].ends_with("::");
                if (is_path || source.code[..at].ends_with("use ")) && !is_own {
                    breaches.push(format!("{}: {name} belongs to {}", source.at(at), places.join(", ")));
                }
            }
        }
    }
    assert_none(&breaches, "each of these crates is known to few rooms:");
}

#[test]
fn only_the_clock_says_what_time_it_is() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.path != "clock.rs") {
        let is_listed = TIME_TELLERS.iter().any(|(path, _)| *path == source.path);
        let asks: Vec<usize> = ASKING_THE_TIME.iter().flat_map(|word| words(&source.code, word)).collect();
        if is_listed && asks.is_empty() {
            breaches.push(format!("src/{} asks no more: take it out of the list", source.path));
        }
        if !is_listed {
            breaches.extend(asks.iter().map(|at| format!("{}: ask the clock", source.at(*at))));
        }
    }
    assert_none(&breaches, "now is made in clock.rs, so that tests and the demo can move it:");
}

#[test]
fn only_the_command_line_reads_the_environment() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.room() != "cli") {
        breaches.extend(words(&source.code, ENVIRONMENT).map(|at| format!("{}: hand it in", source.at(at))));
    }
    assert_none(&breaches, "std::env belongs to cli/:");
}

#[test]
fn no_file_is_longer_than_a_reader_likes() {
    let mut breaches = Vec::new();
    for source in &sources() {
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            breaches.push(format!("src/{} has {lines} lines, at most {MOST_LINES} are allowed", source.path));
        }
    }
    assert_none(&breaches, "a long file wants a second noun:");
}

#[test]
fn mod_files_hold_no_code() {
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.path.ends_with("/mod.rs")) {
        if !source.text.starts_with("//!") {
            breaches.push(format!("src/{}:1: the room is not described", source.path));
        }
        let mut offset = 0;
        for item in source.code.split_inclusive(';') {
            let start = offset + item.len() - item.trim_start().len();
            offset += item.len();
            let mut item = item.trim();
            while let Some((_, rest)) = item.strip_prefix("#[").and_then(|rest| rest.split_once(']')) {
                item = rest.trim_start();
            }
            if let Some(rest) = item.strip_prefix("pub(") {
                item = rest.split_once(')').map_or(rest, |(_, rest)| rest.trim_start());
            }
            let item = item.strip_prefix("pub ").unwrap_or(item);
            let is_allowed =
                item.is_empty() || ((item.starts_with("mod ") || item.starts_with("use ")) && item.ends_with(';'));
            if !is_allowed {
                breaches.push(format!("{}: only mod and use stand in a mod.rs", source.at(start)));
            }
        }
    }
    assert_none(&breaches, "a mod.rs is a room's door:");
}

/// The reader of this file itself: what it blanks out, and what it must still see.
#[test]
fn breaches_are_seen_and_words_are_not() {
    let text = "// crate::a\n/* crate::b /* x */ */ let c = '\"'; let s = \"crate::d \\\" crate::e\"; use crate::{f::{x, y}, g};\n\
                let r = r#\"crate::h\"#; fn l<'a>(x: &'a str) { super::super::i::j(); }\n\
                #[cfg(test)]\nmod tests { use crate::k; }\n#[cfg(test)]\nuse crate::l;\nuse crate::m::n;\n";
    let source =
        |path: &str| Source { path: path.into(), text: text.into(), code: without_tests(&without_words(text)) };
    let found = |path: &str| imports(&source(path)).into_iter().map(|(room, _)| room).collect::<Vec<_>>();
    assert_eq!(found("room/file.rs"), ["f", "g", "m", "i"]);
    assert_eq!(found("room/deep/file.rs"), ["f", "g", "m"], "two supers lead to the room only");
    let line_of_m = imports(&source("room/file.rs")).into_iter().find(|(room, _)| room == "m").map(|(_, at)| at);
    assert_eq!(line_of_m.map(|at| source("room/file.rs").at(at)).as_deref(), Some("src/room/file.rs:8"));
    assert_eq!(
        test_files(&Source { text: "#[cfg(test)]\nmod cases;".into(), ..source("room/mod.rs") }),
        ["room/cases.rs"]
    );
}
