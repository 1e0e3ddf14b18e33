//! Days as people of a country write them.

use super::locale::Locale;
use jiff::civil::Date;

/// A day, counted from 1970-01-01.
pub(super) fn date_of(day: i32) -> Date {
    let first = jiff::civil::date(1970, 1, 1);
    first.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(day))).unwrap_or(first)
}

/// `31.08.2026`, `31/08/2026`, `08/31/2026`.
pub(super) fn short(date: Date, locale: &Locale) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match (locale.country.as_str(), locale.words.lang) {
        ("us", _) => format!("{month:02}/{day:02}/{year}"),
        ("nl", _) => format!("{day:02}-{month:02}-{year}"),
        (_, "de" | "pl" | "uk") => format!("{day:02}.{month:02}.{year}"),
        _ => format!("{day:02}/{month:02}/{year}"),
    }
}

/// `31. August 2026`, `August 31, 2026`, `31 de agosto de 2026`.
pub(super) fn long(date: Date, locale: &Locale) -> String {
    let month = months(locale.words.lang)[date.month().unsigned_abs() as usize % 12];
    let (year, day) = (date.year(), date.day());
    match (locale.country.as_str(), locale.words.lang) {
        ("us", _) => format!("{month} {day}, {year}"),
        (_, "de") => format!("{day}. {month} {year}"),
        (_, "pt") => format!("{day} de {month} de {year}"),
        _ => format!("{day} {month} {year}"),
    }
}

/// December first: its number is 0 of 12.
fn months(lang: &str) -> [&'static str; 12] {
    let names = match lang {
        "de" => "Dezember Januar Februar März April Mai Juni Juli August September Oktober November",
        "fr" => "décembre janvier février mars avril mai juin juillet août septembre octobre novembre",
        "it" => "dicembre gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre",
        "nl" => "december januari februari maart april mei juni juli augustus september oktober november",
        "pl" => "grudnia stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada",
        "pt" => "dezembro janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro",
        "uk" => "грудня січня лютого березня квітня травня червня липня серпня вересня жовтня листопада",
        _ => "December January February March April May June July August September October November",
    };
    let mut months = [""; 12];
    months.iter_mut().zip(names.split(' ')).for_each(|(place, name)| *place = name);
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_writes_its_own_way() {
        let both = |country: &str| {
            let locale = Locale::of(country.parse().unwrap()).unwrap();
            (short(date_of(20_696), &locale), long(date_of(20_696), &locale))
        };
        let own = |short: &str, long: &str| (short.to_owned(), long.to_owned());
        assert_eq!(both("de"), own("31.08.2026", "31. August 2026"));
        assert_eq!(both("us"), own("08/31/2026", "August 31, 2026"));
        assert_eq!(both("br"), own("31/08/2026", "31 de agosto de 2026"));
        assert_eq!(both("nl"), own("31-08-2026", "31 augustus 2026"));
        assert_eq!(date_of(0).to_string(), "1970-01-01");
    }
}
