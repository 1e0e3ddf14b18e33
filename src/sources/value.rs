//! Whether a value can exist at a source.

use super::{Definition, Registry, ValueForm};
use crate::domain::{InvalidValue, Key, check_value};
use url::Url;

impl Registry {
    /// The form in which equal values are equal at this source.
    ///
    /// Errors: what [`check_value`] refuses, a key the source does not have, a value that does not match the key's pattern,
    /// and, where values are page addresses, anything but an http or https URL with a host and without credentials.
    pub fn check_value(definition: &Definition, key: Key, value: &str) -> Result<String, InvalidValue> {
        let rule = definition
            .keys
            .get(&key)
            .ok_or_else(|| InvalidValue(format!("{} is not looked up by {}", definition.name, key.v1())))?;
        let value = check_value(key, value)?;
        let value = match rule.form {
            ValueForm::Text => value,
            ValueForm::Url => page_url(&value)?,
        };
        match &rule.pattern {
            Some(pattern) if !pattern.is_match(&value) => {
                Err(InvalidValue(format!("not a {} of {}", key.v1(), definition.name)))
            }
            _ => Ok(value),
        }
    }
}

/// The URL in its normal form, without its fragment, which is never sent to the server.
fn page_url(text: &str) -> Result<String, InvalidValue> {
    let mut url = Url::parse(text).map_err(|_| InvalidValue("not a URL".into()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(InvalidValue("only http and https URLs are looked up".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidValue("a URL with a user name is not looked up".into()));
    }
    url.set_fragment(None);
    let normal = url.to_string();
    // Encoding can make a URL longer than it was sent.
    check_value(Key::SourceId, &normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_web_takes_page_urls() {
        let registry = Registry::load(None, &[]).unwrap();
        let web = registry.find("web").unwrap();
        let check = |value: &str| Registry::check_value(web, Key::SourceId, value);
        assert_eq!(check(" https://Shop.Example/a b#top ").unwrap(), "https://shop.example/a%20b");
        assert_eq!(check("http://shop.example").unwrap(), "http://shop.example/");
        for bad in ["shop.example/x", "ftp://shop.example/", "file:///etc/passwd", "javascript:alert(1)", "http://", ""]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("https://user:pw@shop.example/").is_err());
        assert!(check(&format!("https://shop.example/{}", "x".repeat(2048))).is_err());
        assert!(check(&format!("https://shop.example/{}", " x".repeat(1000))).is_err(), "too long once encoded");
        assert!(Registry::check_value(web, Key::Gtin, "4006381333931").is_err());
    }
}
