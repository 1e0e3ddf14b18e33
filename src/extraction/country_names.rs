//! Countries as markup names them: by code of two or three letters, in English, and in their own language. ONE table.

use crate::domain::Country;

/// Alpha-2 code, alpha-3 code, and names in lower case.
const COUNTRIES: &[(&str, &str, &[&str])] = &[
    ("ae", "are", &["united arab emirates"]),
    ("at", "aut", &["austria", "österreich", "oesterreich"]),
    ("au", "aus", &["australia"]),
    ("be", "bel", &["belgium", "belgique", "belgië", "belgien"]),
    ("bg", "bgr", &["bulgaria", "българия"]),
    ("br", "bra", &["brazil", "brasil"]),
    ("ca", "can", &["canada"]),
    ("ch", "che", &["switzerland", "schweiz", "suisse", "svizzera"]),
    ("cl", "chl", &["chile"]),
    ("cn", "chn", &["china", "中国", "中國"]),
    ("cz", "cze", &["czech republic", "czechia", "česká republika", "česko", "tschechien"]),
    ("de", "deu", &["germany", "deutschland", "allemagne", "germania", "alemania"]),
    ("dk", "dnk", &["denmark", "danmark"]),
    ("ee", "est", &["estonia", "eesti"]),
    ("es", "esp", &["spain", "españa", "spanien", "espagne"]),
    ("fi", "fin", &["finland", "suomi"]),
    ("fr", "fra", &["france", "frankreich", "francia"]),
    ("gb", "gbr", &["united kingdom", "great britain", "england", "uk"]),
    ("gr", "grc", &["greece", "ελλάδα"]),
    ("hk", "hkg", &["hong kong"]),
    ("hr", "hrv", &["croatia", "hrvatska"]),
    ("hu", "hun", &["hungary", "magyarország"]),
    ("ie", "irl", &["ireland"]),
    ("in", "ind", &["india"]),
    ("it", "ita", &["italy", "italia", "italien", "italie"]),
    ("jp", "jpn", &["japan", "日本"]),
    ("kr", "kor", &["south korea", "korea", "대한민국"]),
    ("lt", "ltu", &["lithuania", "lietuva"]),
    ("lu", "lux", &["luxembourg", "luxemburg"]),
    ("lv", "lva", &["latvia", "latvija"]),
    ("mx", "mex", &["mexico", "méxico"]),
    ("nl", "nld", &["netherlands", "the netherlands", "nederland", "niederlande"]),
    ("no", "nor", &["norway", "norge"]),
    ("nz", "nzl", &["new zealand"]),
    ("pl", "pol", &["poland", "polska", "polen"]),
    ("pt", "prt", &["portugal"]),
    ("ro", "rou", &["romania", "românia"]),
    ("rs", "srb", &["serbia", "srbija"]),
    ("ru", "rus", &["russia", "россия"]),
    ("sa", "sau", &["saudi arabia"]),
    ("se", "swe", &["sweden", "sverige"]),
    ("sg", "sgp", &["singapore"]),
    ("si", "svn", &["slovenia", "slovenija"]),
    ("sk", "svk", &["slovakia", "slovensko"]),
    ("tr", "tur", &["turkey", "türkiye", "türkei"]),
    ("tw", "twn", &["taiwan", "台灣", "臺灣"]),
    ("ua", "ukr", &["ukraine", "україна"]),
    ("us", "usa", &["united states", "united states of america", "u.s.a.", "usa"]),
    ("za", "zaf", &["south africa"]),
];

/// The country a text names; `None` when it names none of the table.
pub(super) fn country(text: &str) -> Option<Country> {
    let name = text.trim().to_lowercase();
    if let Ok(country) = name.parse() {
        return Some(country);
    }
    let known = |(_, three, names): &&(&str, &str, &[&str])| *three == name || names.contains(&name.as_str());
    COUNTRIES.iter().find(known)?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        for text in ["de", "DE", "DEU", "Germany", " Deutschland "] {
            assert_eq!(country(text).map(|c| c.to_string()).as_deref(), Some("de"), "{text}");
        }
        assert_eq!(country("UK"), country("United Kingdom"));
        assert_eq!(country("Europe"), None);
        assert!(
            COUNTRIES
                .iter()
                .all(|(two, three, _)| two.len() == 2 && three.len() == 3 && two.parse::<Country>().is_ok())
        );
    }
}
