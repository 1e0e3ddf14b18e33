//! From the three places a setting can stand to one [`Config`].

use super::Config;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

const DEFAULTS: &str = include_str!("default.toml");
const ENV_PREFIX: &str = "PRICEMILL_";
/// Only variables with it are settings; others (`PRICEMILL_TOKEN`) belong to single commands.
const ENV_SEPARATOR: &str = "__";

/// A setting that is unknown or cannot be what it says.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {cause}")]
    Unreadable { path: PathBuf, cause: std::io::Error },
    #[error("{origin}: {cause}")]
    Invalid { origin: String, cause: String },
}

/// Defaults, overridden by the file, overridden by the environment.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut settings = parse("default.toml", DEFAULTS)?;
    if let Some(path) = file {
        let text =
            std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
        let origin = path.display().to_string();
        override_with(&mut settings, parse(&origin, &text)?);
        check(&settings, &origin)?;
    }
    for (name, text) in environment {
        let Some(path) = name.strip_prefix(ENV_PREFIX).filter(|path| path.contains(ENV_SEPARATOR)) else { continue };
        set(&mut settings, &path.to_ascii_lowercase(), &text, &name)?;
    }
    check(&settings, "environment")
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|cause: toml::de::Error| invalid(origin, cause))
}

fn check(settings: &Table, origin: &str) -> Result<Config, ConfigError> {
    Value::Table(settings.clone()).try_into().map_err(|cause: toml::de::Error| invalid(origin, cause))
}

fn invalid(origin: &str, cause: impl std::fmt::Display) -> ConfigError {
    ConfigError::Invalid { origin: origin.to_owned(), cause: without_passwords(cause.to_string().trim_end()) }
}

/// The text with whatever stands between `://` and `@` blotted out: errors quote the line they are about, and that may be a
/// database's or a proxy's address.
fn without_passwords(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        kept.push_str(before);
        kept.push_str("://");
        // A password may hold anything but a blank or quote, written badly even a slash; so the last @ of the word counts.
        let word = &after[..after.find([' ', '"', '\'', '`', ',', '\n']).unwrap_or(after.len())];
        rest = match word.rfind('@') {
            Some(at) => {
                kept.push_str("***");
                &after[at..]
            }
            None => after,
        };
    }
    kept.push_str(rest);
    kept
}

fn override_with(base: &mut Table, over: Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(base)), Value::Table(over)) => override_with(base, over),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

/// Sets `section__name` to a text, read as TOML where it is not to become a string.
fn set(settings: &mut Table, path: &str, text: &str, origin: &str) -> Result<(), ConfigError> {
    let mut names: Vec<&str> = path.split(ENV_SEPARATOR).collect();
    let last = names.pop().unwrap_or_default();
    let mut table = settings;
    for name in names {
        let entry = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
        table = entry.as_table_mut().ok_or_else(|| invalid(origin, "no such section"))?;
    }
    let value = match table.get(last) {
        Some(Value::String(_)) => Value::String(text.to_owned()),
        _ => parse(origin, &format!("value = {text}"))
            .ok()
            .and_then(|mut table| table.remove("value"))
            .unwrap_or_else(|| Value::String(text.to_owned())),
    };
    table.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_defaults_are_complete() {
        let config = load(None, []).unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:8080");
        assert_eq!(config.plans["pro"].included_credits, 50_000);
    }

    #[test]
    fn the_environment_wins() {
        let config = load(
            None,
            env(&[
                ("PRICEMILL_SERVER__LISTEN", "0.0.0.0:1"),
                ("PRICEMILL_PLANS__FREE__DAILY_QUOTA", "7"),
                ("PRICEMILL_OUTBOUND__ALLOW", r#"["127.0.0.1:9"]"#),
                ("PRICEMILL_TOKEN", "not a setting"),
            ]),
        )
        .unwrap();
        assert_eq!((config.server.listen.as_str(), config.plans["free"].daily_quota), ("0.0.0.0:1", 7));
        assert_eq!(config.outbound.allow, ["127.0.0.1:9"]);
    }

    #[test]
    fn unknown_names_are_errors() {
        let error = load(None, env(&[("PRICEMILL_SERVER__LISTENN", "x")])).unwrap_err().to_string();
        assert!(error.contains("listenn"), "{error}");
        assert!(load(None, env(&[("PRICEMILL_JOBS__BATCHES", "many")])).is_err());
    }

    #[test]
    fn errors_never_quote_a_password() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pricemill.toml");
        for text in [
            "[proxies.rented]\nurls = [\"http://u:s3cret@h:1, \n",
            "[proxies.rented]\nurls = 'socks5://u:s3cret/x@h:1\n",
            "[proxies.rented]\nurl = \"http://u:s3cret@h:1\"",
            "[proxies.rented]\nurls = { a = \"http://u:s3cret@h:1\" }",
            "[proxies]\nrented = \"http://u:s3cret@h:1\"",
            "[database]\nurl = \"postgres://u:s3cret@h/d\" x",
        ] {
            std::fs::write(&path, text).unwrap();
            let error = load(Some(&path), []).unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
        for (name, value) in [
            ("PRICEMILL_PROXIES__RENTED__URLS", "[\"http://u:s3cret@h:1\", 7]"),
            ("PRICEMILL_PROXIES__RENTED__URL", "http://u:s3cret@h:1"),
            ("PRICEMILL_SERVER__THREADS", "http://u:s3cret@h:1"),
        ] {
            let error = load(None, env(&[(name, value)])).unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn pools_of_proxies_come_from_the_file_and_the_environment() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pricemill.toml");
        std::fs::write(&path, "[proxies.rented]\nurls = [\"http://h:1\"]\nsources = [\"web\"]\n").unwrap();
        let from_file = load(Some(&path), []).unwrap();
        let over = env(&[("PRICEMILL_PROXIES__RENTED__URLS", "http://u:s3cret@h:1 socks5://h:2")]);
        let over = load(Some(&path), over).unwrap();
        let count = |config: &Config| config.proxies["rented"].urls.addresses().unwrap().len();
        assert_eq!((count(&from_file), count(&over)), (1, 2));
        assert_eq!(over.proxies["rented"].sources, ["web"]);
        assert!(!format!("{over:?}").contains("s3cret"));
    }

    #[test]
    fn a_file_overrides_what_it_names() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pricemill.toml");
        std::fs::write(&path, "[jobs]\nbatches = 9\n").unwrap();
        let config = load(Some(&path), []).unwrap();
        assert_eq!((config.jobs.batches, config.jobs.batch_values), (9, 50));
        std::fs::write(&path, "[jobs]\nbatchs = 9\n").unwrap();
        let error = load(Some(&path), []).unwrap_err().to_string();
        assert!(error.contains("batchs") && error.contains("pricemill.toml"), "{error}");
    }
}
