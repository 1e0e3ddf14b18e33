//! What the documents say is there, is there: settings, metrics, routes, files and links.
//!
//! Only the standard library is needed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Markdown file of the project, by its path from the root.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a readable folder") {
            let name = folder.join(entry.expect("a readable entry").file_name());
            if root().join(&name).is_dir() {
                folders.push(name);
            } else if name.extension().is_some_and(|extension| extension == "md") {
                found.push(name.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

fn assert_none(missing: &[String], rule: &str) {
    let mut told = String::new();
    for one in missing {
        let _ = write!(told, "\n  {one}");
    }
    assert!(missing.is_empty(), "{rule}{told}");
}

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// `section.name` of every setting; plans stand for each other.
fn settings() -> Vec<String> {
    let mut section = String::new();
    let mut found = BTreeSet::new();
    for line in read("src/config/default.toml").lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = if name.starts_with("plans.") { "plans.NAME".into() } else { name.to_owned() };
        } else if let Some((name, _)) = line.split_once(" = ")
            && !line.starts_with('#')
        {
            found.insert(format!("{section}.{name}"));
        }
    }
    found.into_iter().collect()
}

#[test]
fn every_setting_is_documented_and_no_other() {
    let page = read("docs/OPERATIONS.md");
    let (words, settings) = (quoted(&page), settings());
    assert!(settings.len() > 30, "{settings:?}");
    let mut wrong: Vec<String> = settings.iter().filter(|name| !words.contains(name.as_str())).cloned().collect();
    let (_, table) = page.split_once("## Settings").expect("a section Settings");
    let (table, _) = table.split_once("\n## ").expect("a section behind it");
    for row in table.lines().filter_map(|line| line.strip_prefix("| `")) {
        let name = row.split('`').next().unwrap_or_default();
        if !settings.iter().any(|setting| setting == name) {
            wrong.push(format!("{name} is no setting"));
        }
    }
    assert_none(&wrong, "docs/OPERATIONS.md lists the settings of default.toml:");
}

/// A plan's setting as the table of plans words it.
fn plan_cell(name: &str, setting: &str) -> String {
    match (name, setting.trim_matches('"')) {
        ("subscription", setting) => if setting == "true" { "yes" } else { "no" }.to_owned(),
        ("price_per_1000_credits", "") => "none".to_owned(),
        (_, setting) => setting.to_owned(),
    }
}

#[test]
fn every_plan_is_documented() {
    let page = read("docs/API/credits.md");
    let defaults = read("src/config/default.toml");
    let mut plans = 0;
    for section in defaults.split("\n[plans.").skip(1) {
        let section = section.split("\n[").next().unwrap_or_default();
        let (name, section) = section.split_once(']').expect("a name");
        let settings =
            section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, value)| plan_cell(name, value));
        let row = format!("| `{name}` | {} |", settings.collect::<Vec<_>>().join(" | "));
        assert!(page.lines().any(|line| line == row), "docs/API/credits.md lacks the row {row}");
        plans += 1;
    }
    assert_eq!(
        plans,
        page.lines().filter(|line| line.starts_with("| `")).filter(|line| line.ends_with("none |")).count()
    );
}

#[test]
fn every_metric_is_documented() {
    let page = read("docs/OPERATIONS.md");
    let source = read("src/telemetry/metrics.rs");
    let names: Vec<String> = source
        .match_indices(".register(")
        .filter_map(|(at, _)| source[at..].split('"').nth(1))
        .map(|name| format!("pricemill_{name}"))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    let words = quoted(&page);
    let missing: Vec<String> = names.into_iter().filter(|name| !words.contains(name.as_str())).collect();
    assert_none(&missing, "docs/OPERATIONS.md lists the metrics:");
}

#[test]
fn every_route_is_documented() {
    let pages: String =
        documents().iter().filter(|path| path.starts_with("docs/API/")).map(|path| read(path)).collect();
    let source = read("src/http/routes.rs");
    let (table, _) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
    let paths: BTreeSet<&str> = table.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).collect();
    assert!(paths.len() > 8, "{paths:?}");
    let missing = paths.into_iter().map(|path| path.replace("{job_id}", "{id}"));
    let missing: Vec<String> = missing.filter(|path| !pages.contains(path.as_str())).collect();
    assert_none(&missing, "the pages of docs/API name every route:");
}

/// Paths in backticks that begin with a folder of this project, and links that lead to a file.
#[test]
fn files_that_documents_name_are_there() {
    let folders = ["src/", "docs/", "tests/", "fixtures/", "entity/", "migration/"];
    let mut missing = Vec::new();
    for document in documents() {
        let text = read(&document);
        for word in quoted(&text) {
            let path = word.split(['*', '<', '{', ' ']).next().unwrap_or_default();
            let is_path = folders.iter().any(|folder| path.starts_with(folder)) && !path.contains("…");
            if is_path && !root().join(path).exists() {
                missing.push(format!("{document}: {path}"));
            }
        }
        let folder = Path::new(&document).parent().unwrap_or(Path::new(""));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            let is_ours = !path.is_empty() && !path.contains("://");
            // The licences lie beside the README; a checkout without them is told by its own check.
            if is_ours && !path.starts_with("LICENSE") && !root().join(folder).join(path).exists() {
                missing.push(format!("{document}: the link {link}"));
            }
        }
    }
    assert_none(&missing, "documents name files that are there:");
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let mut numbers: Vec<String> = documents()
        .iter()
        .filter_map(|path| {
            path.strip_prefix("docs/adr/").and_then(|name| name.split_once('-')).map(|(n, _)| n.to_owned())
        })
        .collect();
    numbers.sort();
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("{n:04}")).collect();
    assert_eq!(numbers, expected);
}
