//! The names of the months.

/// Of each month: how names begin that mean no other month, lower case; English, German, French, Italian, Spanish,
/// Portuguese, Dutch, Polish, Czech, Swedish, Danish, Ukrainian, Russian, Turkish.
const BEGINNINGS: [&[&str]; 12] = [
    &["jan", "jän", "gen", "ene", "ocak", "sty", "led", "січ", "янв"],
    &["feb", "fév", "fev", "febb", "şub", "lut", "úno", "лют", "фев"],
    &["mar", "mär", "mrz", "maa", "mrt", "bře", "бер", "мар"],
    &["apr", "avr", "abr", "kwi", "dub", "nis", "кві", "апр"],
    &["may", "mai", "mag", "mei", "maj", "kvě", "трав", "мая", "май"],
    &["jun", "juin", "giu", "haz", "cze", "červn", "черв", "июн"],
    &["jul", "juil", "lug", "tem", "lip", "лип", "июл"],
    &["aug", "aoû", "aou", "ago", "ağu", "sie", "srp", "серп", "авг"],
    &["sep", "set", "eyl", "wrz", "zář", "вер", "сен"],
    &["oct", "okt", "ott", "out", "eki", "paź", "říj", "жов", "окт"],
    &["nov", "kas", "lis", "листоп", "ноя"],
    &["dec", "dez", "déc", "dic", "ara", "gru", "pro", "груд", "дек"],
];
/// Longer words are no months.
const MAX_BYTES: usize = 24;

/// 1 to 12.
pub(super) fn month_of(word: &str) -> Option<u32> {
    if word.len() > MAX_BYTES {
        return None;
    }
    let word = word.to_lowercase();
    // In Czech červen is June and červenec July.
    if word.starts_with("červen") {
        return Some(if word.len() > "červen".len() { 7 } else { 6 });
    }
    let is = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
    let found = BEGINNINGS.iter().position(is)?;
    Some(found as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_languages() {
        for (word, month) in [
            ("Januar", 1),
            ("gennaio", 1),
            ("février", 2),
            ("März", 3),
            ("maart", 3),
            ("avril", 4),
            ("Mai", 5),
            ("maja", 5),
            ("maggio", 5),
            ("juin", 6),
            ("juillet", 7),
            ("července", 7),
            ("června", 6),
            ("sierpnia", 8),
            ("settembre", 9),
            ("setembro", 9),
            ("listopada", 11),
            ("листопада", 11),
            ("липня", 7),
            ("października", 10),
            ("grudnia", 12),
        ] {
            assert_eq!(month_of(word), Some(month), "{word}");
        }
        assert_eq!(month_of("monday"), None);
    }
}
