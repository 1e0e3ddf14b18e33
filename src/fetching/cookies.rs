//! Cookies of one page's journey: some servers send a cookie and redirect to the same page until it comes back.
//!
//! A jar lives as long as the fetch of one page, its tries included, so nobody is recognised from page to page. Rule from
//! RFC 6265, narrowed: a cookie goes back to the very host that set it (`Domain` is not looked at) at any path.

use reqwest::header::{self, HeaderMap, HeaderValue};
use std::time::SystemTime;
use url::Url;

/// Most cookies in a jar; further ones are not taken.
const MOST_COOKIES: usize = 50;

/// Longest name and value of a cookie together. Rule from RFC 6265 §6.1.
const LONGEST_COOKIE: usize = 4_096;

/// Most bytes of cookies sent with one request: servers refuse longer heads.
const MOST_SENT: usize = 8_192;

/// The cookies of one page's journey.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Debug, PartialEq, Eq)]
struct Cookie {
    host: String,
    name: String,
    value: String,
    /// For https only.
    is_secure: bool,
}

impl Jar {
    /// Takes what an answer sets for its own host, and drops what it takes back.
    pub(super) fn take(&mut self, headers: &HeaderMap, from: &Url, now: SystemTime) {
        let Some(host) = from.host_str() else { return };
        for line in headers.get_all(header::SET_COOKIE).iter().take(MOST_COOKIES) {
            let Some((cookie, is_gone)) = line.to_str().ok().and_then(|line| read(line, host, now)) else { continue };
            self.cookies.retain(|had| (&had.host, &had.name) != (&cookie.host, &cookie.name));
            if !is_gone && self.cookies.len() < MOST_COOKIES {
                self.cookies.push(cookie);
            }
        }
    }

    /// Adds the cookies for a URL to a request's headers, behind those the source's definition sends itself.
    pub(super) fn add_to(&self, headers: &mut HeaderMap, url: &Url) {
        let own = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let mut sent = own.clone();
        for cookie in &self.cookies {
            let is_own = own.split(';').any(|pair| pair.split('=').next().unwrap_or_default().trim() == cookie.name);
            let is_for_it = url.host_str() == Some(&cookie.host) && (!cookie.is_secure || url.scheme() == "https");
            let longer = sent.len() + cookie.name.len() + cookie.value.len() + "; =".len();
            if is_for_it && !is_own && longer <= MOST_SENT {
                let separator = if sent.is_empty() { "" } else { "; " };
                sent = format!("{sent}{separator}{}={}", cookie.name, cookie.value);
            }
        }
        if let Ok(value) = HeaderValue::try_from(sent)
            && !value.is_empty()
        {
            headers.insert(header::COOKIE, value);
        }
    }
}

/// Reads a `Set-Cookie`: the cookie, and whether it is taken back.
fn read(line: &str, host: &str, now: SystemTime) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || name.len() + value.len() > LONGEST_COOKIE {
        return None;
    }
    let (mut is_secure, mut expired, mut no_age_left) = (false, None, None);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.trim().to_ascii_lowercase().as_str() {
            "secure" => is_secure = true,
            "max-age" => no_age_left = value.trim().parse::<i64>().ok().map(|seconds| seconds <= 0),
            "expires" => expired = read_date(value.trim()).map(|date| date <= now),
            _ => {}
        }
    }
    let cookie = Cookie { host: host.to_owned(), name: name.to_owned(), value: value.to_owned(), is_secure };
    Some((cookie, no_age_left.or(expired).unwrap_or(false)))
}

/// A date, in the old form with hyphens too: `Thu, 01-Jan-1970 00:00:00 GMT`.
fn read_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).or_else(|_| httpdate::parse_http_date(&text.replace('-', " "))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn taken(jar: &mut Jar, from: &str, lines: &[&str]) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::SET_COOKIE, HeaderValue::from_str(line).unwrap());
        }
        jar.take(&headers, &url(from), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    }

    fn sent(jar: &Jar, own: &str, to: &str) -> String {
        let mut headers = HeaderMap::new();
        if !own.is_empty() {
            headers.insert(header::COOKIE, HeaderValue::from_str(own).unwrap());
        }
        jar.add_to(&mut headers, &url(to));
        headers.get(header::COOKIE).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_and_to_no_other() {
        let mut jar = Jar::default();
        taken(&mut jar, "http://a.example/x", &["s=1; Path=/x; HttpOnly; Domain=example", "t = 2 ;Secure"]);
        assert_eq!(sent(&jar, "", "http://a.example/y"), "s=1");
        assert_eq!(sent(&jar, "", "https://a.example/"), "s=1; t=2");
        for other in ["http://example/", "http://b.example/", "http://b.a.example/", "http://127.0.0.1/"] {
            assert_eq!(sent(&jar, "", other), "", "{other}");
        }
    }

    #[test]
    fn a_newer_cookie_replaces_and_a_past_one_removes() {
        let mut jar = Jar::default();
        taken(&mut jar, "http://a.example/", &["s=1", "t=1", "u=1", "v=1"]);
        let past = "t=; Expires=Thu, 01-Jan-1970 00:00:00 GMT";
        taken(&mut jar, "http://a.example/", &["s=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT", past, "u=; Max-Age=0"]);
        taken(&mut jar, "http://a.example/", &["v=3; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
        assert_eq!(sent(&jar, "", "http://a.example/"), "s=2; v=3");
    }

    #[test]
    fn the_definition_s_own_cookies_go_first() {
        let mut jar = Jar::default();
        taken(&mut jar, "http://a.example/", &["currency=USD", "s=1"]);
        assert_eq!(sent(&jar, "currency=EUR; x=y", "http://a.example/"), "currency=EUR; x=y; s=1");
    }

    #[test]
    fn a_jar_is_bounded_and_nonsense_is_not_taken() {
        let mut jar = Jar::default();
        taken(&mut jar, "http://a.example/", &["", "=x", "no cookie", &format!("long={}", "x".repeat(5_000))]);
        assert_eq!(sent(&jar, "", "http://a.example/"), "");
        let value = "x".repeat(3_000);
        for n in 0..200 {
            taken(&mut jar, "http://a.example/", &[&format!("c{n}={value}")]);
        }
        assert_eq!(jar.cookies.len(), MOST_COOKIES);
        assert!(sent(&jar, "", "http://a.example/").len() <= MOST_SENT);
    }
}
