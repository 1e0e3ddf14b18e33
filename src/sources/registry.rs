//! Every source this server knows.

use super::check::check;
use super::document::Document;
use super::{Definition, DefinitionError};
use crate::domain::SourceName;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Longest definition file, in bytes.
pub const MAX_DEFINITION_BYTES: u64 = 256 * 1024;
/// Most files read from one directory.
const MAX_FILES: usize = 10_000;

/// Stands for the demo marketplace's port while definitions are checked.
const SAMPLE_PORT: u16 = 8081;

/// Definitions that are part of the program, by file name.
const COMPILED_IN: [(&str, &str); 7] = [
    ("amazon.toml", include_str!("shops/amazon.toml")),
    ("ebay.toml", include_str!("shops/ebay.toml")),
    ("geizhals.toml", include_str!("shops/geizhals.toml")),
    ("shopify.toml", include_str!("shops/shopify.toml")),
    ("test.toml", include_str!("shops/test.toml")),
    ("web.toml", include_str!("shops/web.toml")),
    ("woocommerce.toml", include_str!("shops/woocommerce.toml")),
];

/// The sources by name, and the one table of their spellings.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    by_name: BTreeMap<SourceName, Arc<Definition>>,
    by_spelling: BTreeMap<String, Arc<Definition>>,
}

/// One file before it is read.
struct SourceText {
    file: String,
    text: String,
}

impl Registry {
    /// Reads the compiled-in definitions, then `*.toml` of a directory in order of file name, then `extra` (file name,
    /// text); a later group overrides an earlier one by source name.
    ///
    /// Errors: every mistake in every file, in that order.
    pub fn load(dir: Option<&Path>, extra: &[(String, String)]) -> Result<Registry, Vec<DefinitionError>> {
        Registry::load_groups(dir, extra, None)
    }

    /// The same for definitions that are only to be checked: those of the demo, which know its port only when it runs, are
    /// right with any port.
    pub fn check(dir: Option<&Path>) -> Result<Registry, Vec<DefinitionError>> {
        Registry::load_groups(dir, &[], Some(SAMPLE_PORT))
    }

    /// As [`Registry::load`] beside a running demo, whose definitions wait for its port.
    pub fn load_for_market(
        dir: Option<&Path>,
        extra: &[(String, String)],
        market_port: u16,
    ) -> Result<Registry, Vec<DefinitionError>> {
        Registry::load_groups(dir, extra, Some(market_port))
    }

    fn load_groups(
        dir: Option<&Path>,
        extra: &[(String, String)],
        market_port: Option<u16>,
    ) -> Result<Registry, Vec<DefinitionError>> {
        let mut errors = Vec::new();
        let owned = |(file, text): (&str, &str)| SourceText { file: file.to_owned(), text: text.to_owned() };
        let groups = [
            COMPILED_IN.into_iter().map(owned).collect(),
            dir.map(|dir| read_directory(dir, &mut errors)).unwrap_or_default(),
            extra.iter().map(|(file, text)| owned((file, text))).collect(),
        ];
        let mut chosen: BTreeMap<SourceName, (Definition, SourceText)> = BTreeMap::new();
        for group in groups {
            let mut here: BTreeMap<SourceName, (Definition, SourceText)> = BTreeMap::new();
            for mut source in group {
                if let Some(port) = market_port {
                    source.text = with_market_port(&source.text, port);
                }
                match check(&source.file, &source.text) {
                    Ok(definition) => match here.get(&definition.name) {
                        Some((first, _)) => {
                            let message = format!("the source {} is already in {}", definition.name, first.file);
                            errors.push(error_at(&source, "name", message));
                        }
                        None => {
                            here.insert(definition.name.clone(), (definition, source));
                        }
                    },
                    Err(found) => errors.extend(found),
                }
            }
            chosen.extend(here);
        }
        let registry = Registry::index(chosen, &mut errors);
        if errors.is_empty() { Ok(registry) } else { Err(errors) }
    }

    fn index(chosen: BTreeMap<SourceName, (Definition, SourceText)>, errors: &mut Vec<DefinitionError>) -> Registry {
        let mut registry = Registry::default();
        let mut with_text = Vec::new();
        for (name, (definition, source)) in chosen {
            let definition = Arc::new(definition);
            registry.by_spelling.insert(spelling(name.as_str()), definition.clone());
            registry.by_name.insert(name, definition.clone());
            with_text.push((definition, source));
        }
        // Names first, so that an alias never takes another source's own name.
        for (definition, source) in with_text {
            for (index, alias) in definition.aliases.iter().enumerate() {
                match registry.by_spelling.get(&spelling(alias)) {
                    Some(other) if other.name != definition.name => {
                        let message = format!("the alias `{alias}` already means {} ({})", other.name, other.file);
                        errors.push(error_at(&source, &format!("aliases/{index}"), message));
                    }
                    Some(_) => {}
                    None => {
                        registry.by_spelling.insert(spelling(alias), definition.clone());
                    }
                }
            }
        }
        registry
    }

    /// The source with this name or alias, in any letter case; `_`, `-` and blank are alike.
    pub fn find(&self, text: &str) -> Option<&Arc<Definition>> {
        self.by_spelling.get(&spelling(text))
    }

    /// The source with exactly this name.
    pub fn get(&self, name: &SourceName) -> Option<&Arc<Definition>> {
        self.by_name.get(name)
    }

    /// Fetches a source's pages through this pool of proxies, whatever its definition says; false when there is no such
    /// source.
    pub fn assign_proxies(&mut self, source: &str, pool: &str) -> bool {
        let Some(name) = self.find(source).map(|definition| definition.name.clone()) else { return false };
        let spellings = self.by_spelling.values_mut().filter(|definition| definition.name == name);
        for definition in self.by_name.get_mut(&name).into_iter().chain(spellings) {
            Arc::make_mut(definition).set_proxies(pool);
        }
        true
    }

    /// By name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.by_name.values()
    }
}

/// Fills the demo's own placeholder, the port its marketplace listens on.
pub fn with_market_port(text: &str, port: u16) -> String {
    text.replace("{market_port}", &port.to_string())
}

fn spelling(text: &str) -> String {
    text.trim().chars().map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn error_at(source: &SourceText, place: &str, message: String) -> DefinitionError {
    let (document, _) = Document::read(&source.file, &source.text);
    DefinitionError { file: source.file.clone(), line: Some(document.line_of(place)), message }
}

fn read_directory(dir: &Path, errors: &mut Vec<DefinitionError>) -> Vec<SourceText> {
    let unreadable =
        |path: &Path, message: String| DefinitionError { file: path.display().to_string(), line: None, message };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            errors.push(unreadable(dir, format!("cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut paths: Vec<_> = entries
        .take(MAX_FILES)
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file())
        .collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        match read_file(&path) {
            Ok(text) => texts.push(SourceText { file: path.display().to_string(), text }),
            Err(message) => errors.push(unreadable(&path, message)),
        }
    }
    texts
}

fn read_file(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_DEFINITION_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_DEFINITION_BYTES {
        return Err(format!("longer than {MAX_DEFINITION_BYTES} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())
}
