//! Which of a page's links leads to the next page of its list.

use super::pass::Facts;
use super::siblings::Link;
use url::Url;

/// What such links are called, in lower case and without arrows.
const NEXT: &[&str] = &[
    "next",
    "next page",
    "go to next page",
    "load next page",
    "older",
    "weiter",
    "vor",
    "nächste",
    "nächste seite",
    "zur nächsten seite",
    "naechste seite",
    "gehe eine seite vor",
    "suivant",
    "suivante",
    "page suivante",
    "siguiente",
    "página siguiente",
    "successiva",
    "successivo",
    "pagina successiva",
    "avanti",
    "próxima",
    "próximo",
    "próxima página",
    "seguinte",
    "página seguinte",
    "volgende",
    "volgende pagina",
    "następna",
    "następna strona",
    "dalej",
    "další",
    "další stránka",
    "ďalšia",
    "następne",
    "nästa",
    "nästa sida",
    "neste",
    "neste side",
    "næste",
    "næste side",
    "seuraava",
    "järgmine",
    "nākamā",
    "kitas",
    "következő",
    "următoarea",
    "pagina următoare",
    "следующая",
    "следующая страница",
    "далее",
    "вперёд",
    "наступна",
    "наступна сторінка",
    "далі",
    "следваща",
    "sonraki",
    "sonraki sayfa",
    "επόμενη",
    "επόμενο",
    "التالي",
    "הבא",
    "次へ",
    "次のページ",
    "下一页",
    "下一頁",
    "다음",
    "sljedeća",
    "naslednja",
    "следећа",
];
/// Links that are nothing but such a sign lead on, too.
const ARROWS: [&str; 6] = ["›", "»", "→", ">", "❯", "＞"];
/// Parameters that count pages.
const PAGE_PARAMETERS: [&str; 10] =
    ["page", "p", "pg", "seite", "pagina", "pn", "_pgn", "pagenumber", "currentpage", "strana"];
/// A list has fewer pages.
const MAX_PAGE: u32 = 10_000;

/// The address of the next page, as written: the link that is marked or named so, else the one with the next number.
pub(super) fn find<'f>(facts: &'f Facts, url: Option<&Url>) -> Option<&'f str> {
    let links = &facts.siblings.links;
    let text = |link: &Link| facts.visible.since(link.start, 60_usize.min(link.end.saturating_sub(link.start)));
    let named = links.iter().find(|link| {
        let called = [link.label.clone(), text(link)];
        link.rel.split_ascii_whitespace().any(|rel| rel == "next") || called.iter().any(|name| is_next(name))
    });
    let here = url.and_then(page_number).unwrap_or(1);
    let numbered = || links.iter().find(|link| is_numbered(link, &text(link), url, here + 1));
    let arrow = || {
        let after = |link: &&Link| url.and_then(|url| url.join(&link.href).ok()).and_then(|url| page_number(&url));
        links.iter().find(|link| ARROWS.contains(&text(link).as_str()) && after(link) == Some(here + 1))
    };
    named.or_else(numbered).or_else(arrow).map(|link| link.href.as_str())
}

fn is_next(name: &str) -> bool {
    let lower = name.to_lowercase();
    let bare = lower.trim_matches(|c: char| c.is_whitespace() || ARROWS.iter().any(|arrow| arrow.contains(c)));
    // "Go to next page, page 2".
    let first = bare.split(',').next().unwrap_or(bare).trim();
    NEXT.contains(&bare) || NEXT.contains(&first)
}

fn is_numbered(link: &Link, text: &str, base: Option<&Url>, wanted: u32) -> bool {
    let leads_to = || base.and_then(|base| base.join(&link.href).ok()).and_then(|url| page_number(&url));
    text.trim().parse() == Ok(wanted) && leads_to() == Some(wanted)
}

/// The page's number that an address tells, in its query or as `/page/2`.
fn page_number(url: &Url) -> Option<u32> {
    let of = |text: &str| text.parse::<u32>().ok().filter(|number| (1..MAX_PAGE).contains(number));
    let query = url.query_pairs().find_map(|(name, value)| {
        PAGE_PARAMETERS.contains(&name.to_lowercase().as_str()).then(|| of(&value)).flatten()
    });
    query.or_else(|| {
        let mut parts = url.path_segments()?;
        parts.find(|part| matches!(*part, "page" | "seite" | "pagina" | "p"))?;
        of(parts.next()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_next_is_called() {
        for name in ["Next", "weiter »", "Go to next page, page 2", "→ Page suivante", "次へ", "Zur nächsten Seite"]
        {
            assert!(is_next(name), "{name}");
        }
        for name in ["", "»", "Next day delivery", "nextgen", "Weiterlesen"] {
            assert!(!is_next(name), "{name}");
        }
    }

    #[test]
    fn numbers_of_pages() {
        let of = |path: &str| page_number(&Url::parse("https://a.example").unwrap().join(path).unwrap());
        assert_eq!((of("/s?q=1&Page=2"), of("/tea/page/3/"), of("/p/7?pg=4")), (Some(2), Some(3), Some(4)));
        assert_eq!((of("/tea"), of("/?page=0"), of("/page/x"), of("/?page=99999999999")), (None, None, None, None));
    }
}
