//! The pages' templates, embedded in the binary.

use super::market::MarketError;
use include_dir::{Dir, include_dir};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/market");

/// Where the definition files say the marketplace's port goes.
const PORT_MARK: &str = "{market_port}";

/// The sources for a marketplace at that port: (file name, definition).
pub fn definitions(port: u16) -> Vec<(String, String)> {
    let Some(dir) = FILES.get_dir("sources") else { return Vec::new() };
    dir.files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?;
            Some((name.to_owned(), file.contents_utf8()?.replace(PORT_MARK, &port.to_string())))
        })
        .collect()
}

/// Every `*.html` under its path: `google-shopping/search.html`.
pub(super) fn environment() -> Result<Environment<'static>, MarketError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_value);
    for file in FILES.dirs().flat_map(Dir::files) {
        let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8()) else { continue };
        if name.ends_with(".html") {
            environment.add_template(name, text)?;
        }
    }
    Ok(environment)
}

/// Writes a text with the five characters of HTML escaped; the engine's own way would also write every slash as a number,
/// which no shop does.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let plain = value.as_str().filter(|_| !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html));
    let Some(text) = plain else { return minijinja::escape_formatter(out, state, value) };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)?;
    Ok(())
}
