//! Is this page a refusal in disguise? Block pages, challenges and captchas that come with a status of success.
//!
//! Three kinds of signs: headers that only refusals carry, addresses that redirects to captchas lead to, and the wording of
//! real refusals in short pages. A page that merely embeds a captcha (a review form, a login) is a page.

use super::{BlockSigns, FetchError};
use reqwest::header::HeaderMap;
use url::Url;

/// A page longer than this is not searched for the wording of refusals: real challenge pages are short, and long
/// ordinary pages say "captcha" in their scripts.
const LONGEST_CHALLENGE: usize = 48 * 1024;

/// The same for wording that forms of ordinary pages use beside their captcha.
const LONGEST_PLAIN_CHALLENGE: usize = 8 * 1024;

/// Where a page's title is looked for.
const TITLE_WITHIN: usize = 64 * 1024;

/// Headers that only come with a refusal: Cloudflare, AWS WAF, DataDome. (`x-datadome` comes with every answer of a site
/// that DataDome protects, so it is no sign.)
const HEADERS: [&str; 3] = ["cf-mitigated", "x-amzn-waf-action", "x-dd-b"];

/// Where a redirect to a captcha leads: the end of the host's name (empty: any host) and the beginning of the path, both
/// lower case.
const ADDRESSES: [(&str, &str); 8] = [
    ("", "/errors/validatecaptcha"),
    ("", "/cdn-cgi/challenge"),
    ("", "/splashui/captcha"),
    ("", "/splashui/challenge"),
    ("", "/distil_r_captcha.html"),
    ("", "/_____tmd_____/"),
    ("", "/sorry/index"),
    ("captcha-delivery.com", "/"),
];

/// Titles of pages that stand in for the real one, lower case. Compared with the whole title or its part before or behind
/// a `|`, `-`, `–` or `:`, so that an article about captchas is none.
const TITLES: [&str; 30] = [
    "just a moment...",
    "just a moment…",
    "nur einen moment…",
    "un instant…",
    "un momento…",
    "een moment geduld…",
    "attention required!",
    "access denied",
    "access to this page has been denied",
    "access to this page has been denied.",
    "are you a robot?",
    "are you a human?",
    "are you human?",
    "robot or human?",
    "robot check",
    "bot verification",
    "captcha",
    "captcha challenge",
    "human verification",
    "security check",
    "security measure",
    "client challenge",
    "pardon our interruption",
    "pardon our interruption...",
    "please verify you are a human",
    "ddos-guard",
    "verify your identity",
    "verifying your connection...",
    "validate captcha",
    "you have been blocked",
];

/// Marks of the known guards' challenge pages, lower case; found in a short page, it is one.
const MARKS: [&str; 26] = [
    // Cloudflare
    "window._cf_chl_opt",
    "id=\"challenge-error-text\"",
    "checking your browser before accessing",
    "enable javascript and cookies to continue",
    "sorry, you have been blocked",
    "why have i been blocked?",
    "verifying you are human. this may take a few seconds",
    // DataDome
    "please enable js and disable any ad blocker",
    "geo.captcha-delivery.com/captcha",
    "ct.captcha-delivery.com/c.js",
    // PerimeterX
    "id=\"px-captcha\"",
    "press &amp; hold to confirm you are",
    "press & hold to confirm you are",
    // Akamai
    "errors.edgesuite.net/",
    "id=\"sec-if-cpt-container\"",
    "?bm-verify=",
    // Imperva
    "request unsuccessful. incapsula incident id",
    "something about your browser made us think you were a bot",
    // Amazon, also where its text is in another language
    "action=\"/errors/validatecaptcha\"",
    "enter the characters you see below",
    "to discuss automated access to amazon data",
    // Google
    "id=\"captcha-form\"",
    "our systems have detected unusual traffic",
    "unusual traffic from your computer network",
    // AWS WAF, Kasada
    "need to verify that you're not a robot",
    "window.kpsdk={}",
];

/// What anyone says who doubts us, lower case; found in a very short page, it is a challenge.
const WORDING: [&str; 9] = [
    "verify you are a human by completing",
    "verify that you are a human",
    "verify that you are human",
    "verify you are human",
    "please verify you are a human",
    "confirm that you are not a robot",
    "confirm you are not a robot",
    "bestätigen sie, dass sie kein roboter sind",
    "bestätige, dass du kein roboter bist",
];

/// Whether the head alone gives the refusal away.
pub(super) fn judge_headers(headers: &HeaderMap) -> Result<(), FetchError> {
    match HEADERS.into_iter().find(|name| headers.contains_key(*name)) {
        Some(name) => Err(FetchError::Blocked(format!("header {name}"))),
        None => Ok(()),
    }
}

/// Whether a redirect leads to a captcha.
pub(super) fn judge_target(target: &Url) -> Result<(), FetchError> {
    let host = target.host_str().unwrap_or_default();
    let path = target.path().to_ascii_lowercase();
    let leads_to = |(end, start): &&(&str, &str)| host.ends_with(end) && path.starts_with(start);
    match ADDRESSES.iter().find(leads_to) {
        Some((end, start)) => Err(FetchError::Blocked(format!("a redirect to {end}{start}"))),
        None => Ok(()),
    }
}

/// Whether the text is a refusal, by the source's own signs or by those of the known guards.
pub(super) fn judge_wording(text: &str, signs: &BlockSigns) -> Result<(), FetchError> {
    match blocked_sign(text, signs) {
        Some(sign) => Err(FetchError::Blocked(format!("the page says {sign:?}"))),
        None => Ok(()),
    }
}

fn blocked_sign(text: &str, signs: &BlockSigns) -> Option<String> {
    if !signs.text.is_empty() {
        let lower = text.to_lowercase();
        let sign = signs.text.iter().find(|sign| !sign.is_empty() && lower.contains(&sign.to_lowercase()));
        if sign.is_some() {
            return sign.cloned();
        }
    }
    if text.len() > LONGEST_CHALLENGE {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let wording: &[&str] = if text.len() <= LONGEST_PLAIN_CHALLENGE { &WORDING } else { &[] };
    challenge_title(&lower)
        .or_else(|| MARKS.iter().chain(wording).copied().find(|wording| lower.contains(wording)))
        .map(str::to_owned)
}

fn challenge_title(lower: &str) -> Option<&'static str> {
    let mut end = lower.len().min(TITLE_WITHIN);
    while !lower.is_char_boundary(end) {
        end -= 1;
    }
    let (_, after) = lower[..end].split_once("<title")?;
    let title = after.split_once('>')?.1.split_once("</title")?.0.trim();
    TITLES.into_iter().find(|sign| match title.strip_prefix(sign) {
        Some(rest) => rest.is_empty() || rest.trim_start().starts_with(['|', '-', '–', ':']),
        None => title.strip_suffix(sign).is_some_and(|before| before.trim_end().ends_with(['|', '-', '–', ':'])),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn is_blocked(text: &str) -> bool {
        matches!(judge_wording(text, &BlockSigns::default()), Err(FetchError::Blocked(_)))
    }

    #[test]
    fn challenge_pages_are_refusals() {
        for page in [
            "<html><head><title>Just a moment...</title></head><body></body></html>",
            "<TITLE lang=en>Attention Required! | Cloudflare</TITLE>",
            "<title>\n  Robot Check\n</title>",
            "<title>amazon.com - Robot Check</title>",
            "<title>Sucuri WebSite Firewall - Access Denied</title>",
            "<title>shop.example</title><p>Please enable JS and disable any ad blocker</p>",
            "<body><h4>Enter the characters you see below</h4></body>",
            "<title>Amazon.de</title><form method=\"get\" action=\"/errors/validateCaptcha\" name=\"\">",
            "<title>shop</title><div id=\"px-captcha\" role=\"main\"></div>",
            "<title>https://www.google.com/search?q=x</title><form id=\"captcha-form\" action=\"index\" method=\"post\">",
            "<meta http-equiv=\"refresh\" content=\"5; URL='/p/1?bm-verify=AAQAAAAE'\" />",
            "<h1>Access Denied</h1><p>https://errors.edgesuite.net/18.2f.17</p>",
            "<iframe src=\"/_Incapsula_Resource?x\">Request unsuccessful. Incapsula incident ID: 1</iframe>",
            "<script>window.KPSDK={};KPSDK.now=1</script>",
            "<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>",
        ] {
            assert!(is_blocked(page), "{page}");
        }
    }

    #[test]
    fn ordinary_pages_with_a_captcha_somewhere_are_pages() {
        let long =
            format!("<title>Lamp</title>{}our systems have detected unusual traffic", "x".repeat(LONGEST_CHALLENGE));
        let form = format!("<title>Lamp</title>{}<p>Please confirm you are not a robot</p>", "x".repeat(9_000));
        for page in [
            form.as_str(),
            "<title>Lamp 19.99</title><script src=https://www.google.com/recaptcha/api.js></script><div class=g-recaptcha>",
            "<title>Lamp</title><p>Protected by reCAPTCHA; the Google privacy policy and terms apply.</p>",
            "<title>Lamp</title><form><div class=h-captcha data-sitekey=x></div></form>",
            "<title>Captchas and other poems, hardcover</title><p>9.99</p>",
            "<title>Lamp</title><script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>",
            "<title>Lamp</title><script src=/_Incapsula_Resource?SWJIYLWA=1></script>",
            "<title>Lamp</title><script src=https://js.datadome.co/tags.js></script><script>window._pxAppId='PX1'</script>",
            "<title>Access denied: the board game box</title>".replace(':', ",").as_str(),
            long.as_str(),
        ] {
            assert!(!is_blocked(page), "{page}");
        }
    }

    #[test]
    fn a_source_names_its_own_signs() {
        let signs =
            BlockSigns { status: vec![], text: vec!["Zugriff VERWEIGERT".into(), "ÜBERLASTET".into(), String::new()] };
        let judged = |text: &str| judge_wording(text, &signs).is_err();
        assert!(judged("<p>zugriff verweigert</p>"));
        assert!(judged(&format!("{}Überlastet", "x".repeat(LONGEST_CHALLENGE))));
        assert!(!judged("<p>Zugriff gewährt</p>"));
    }

    #[test]
    fn headers_that_only_refusals_carry_are_signs() {
        let judged = |name: &'static str| {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static("challenge"))]);
            judge_headers(&headers).is_err()
        };
        for name in HEADERS {
            assert!(judged(name), "{name}");
        }
        for name in ["x-datadome", "cf-ray", "x-iinfo", "x-amz-cf-id"] {
            assert!(!judged(name), "{name}");
        }
    }

    #[test]
    fn redirects_to_captchas_are_refusals() {
        let judged = |url: &str| judge_target(&Url::parse(url).unwrap()).is_err();
        for url in [
            "https://www.amazon.com/errors/validateCaptcha?x",
            "https://www.google.com/sorry/index?continue=x",
            "https://geo.captcha-delivery.com/captcha/?initialCid=x",
            "https://www.ebay.com/splashui/captcha?ap=1",
        ] {
            assert!(judged(url), "{url}");
        }
        for url in ["https://a.example/p/captcha", "https://a.example/sorry", "https://a.example/"] {
            assert!(!judged(url), "{url}");
        }
    }
}
