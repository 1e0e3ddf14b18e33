//! Days as people and machines write them: `2023-08-14`, `14.08.2023`, `08/14/2023` in America, `on 14 August 2023`.
//!
//! A day that could be another one is none, and so is a day counted back from today (`3 days ago`): a page does not say when
//! it was written.

use super::month_words::month_of;
use crate::domain::{Country, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Longer texts are no dates; what stands behind is not read.
const MAX_BYTES: usize = 300;
/// Words read of a text.
const MAX_WORDS: usize = 60;
/// Reviews are written in these years.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Where the month comes before the day.
const MONTH_FIRST: [&str; 4] = ["us", "ph", "fm", "mh"];

/// The first day that the text names, at midnight UTC; with a time and its zone the moment itself.
pub(super) fn parse(text: &str, country: Option<Country>) -> Option<Timestamp> {
    let text = text[..text.floor_char_boundary(MAX_BYTES)].trim();
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return is_believable(moment.to_zoned_datetime(TimeZone::UTC).date())
            .then(|| Timestamp(moment.as_microsecond()));
    }
    let pieces = pieces(text);
    let date = (0..pieces.len()).find_map(|at| date_at(&pieces[at..], country)).filter(|date| is_believable(*date))?;
    let midnight = date.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Timestamp(midnight.timestamp().as_microsecond()))
}

fn is_believable(date: Date) -> bool {
    YEARS.contains(&date.year())
}

/// A number, a word, or a sign between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    /// With its count of digits.
    Number(u32, usize),
    Word(&'t str),
    Sign(char),
}

/// Blanks and commas are left out: they part what they stand between as well as anything else does.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if pieces.len() >= MAX_WORDS {
            break;
        }
        let kind =
            |c: char| (c.is_ascii_digit(), c.is_alphabetic() && !matches!(c, '年' | '月' | '日' | '년' | '월' | '일'));
        let end = match kind(first) {
            (false, false) => first.len_utf8(),
            same => rest.find(|c: char| kind(c) != same).unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        match kind(first) {
            (true, _) => pieces.push(Piece::Number(piece.parse().unwrap_or(u32::MAX), piece.len())),
            (_, true) => pieces.push(Piece::Word(piece)),
            _ if first.is_whitespace() || first == ',' => {}
            _ => pieces.push(Piece::Sign(first)),
        }
    }
    pieces
}

/// The date that begins here.
fn date_at(pieces: &[Piece<'_>], country: Option<Country>) -> Option<Date> {
    use Piece::{Number, Sign, Word};
    match *pieces {
        [
            Number(year, 4),
            Sign(a @ ('-' | '/' | '.' | '年' | '년')),
            Number(month, 1..=2),
            Sign(b),
            Number(day, 1..=2),
            ..,
        ] if a == b || (matches!(a, '年' | '년') && matches!(b, '月' | '월')) => date(year, month, day),
        // `20230814` and Korean `2023. 8. 14.` are covered by the forms around; two-digit years are anybody's guess.
        [Number(first, 1..=2), Sign(a @ ('.' | '/' | '-')), Number(second, 1..=2), Sign(b), Number(year, 4), ..]
            if a == b =>
        {
            let is_month_first = a != '.' && country.is_some_and(|c| MONTH_FIRST.contains(&c.as_str()));
            match is_month_first {
                true => date(year, first, second),
                // Without a country `03/04/2023` may be either.
                false if a != '.' && country.is_none() && first <= 12 && second <= 12 && first != second => None,
                false => date(year, second, first).or_else(|| country.is_none().then(|| date(year, first, second))?),
            }
        }
        [Number(day, 1..=2), ..] => {
            let rest = behind_day(&pieces[1..]);
            let [Word(month), rest @ ..] = rest else { return None };
            let Number(year, 4) = *behind_small_words(rest).first()? else { return None };
            date(year, month_of(month)?, day)
        }
        [Word(month), ..] => {
            let month = month_of(month)?;
            let rest = if pieces.get(1) == Some(&Sign('.')) { &pieces[2..] } else { &pieces[1..] };
            let [Number(day, 1..=2), rest @ ..] = rest else { return None };
            let Number(year, 4) = *behind_day(rest).first()? else { return None };
            date(year, month, *day)
        }
        _ => None,
    }
}

/// What follows a day's number: `14.`, `14th`, `14 de`, `1er`, `14º`, `14-Aug`.
fn behind_day<'p, 't>(pieces: &'p [Piece<'t>]) -> &'p [Piece<'t>] {
    const ORDINALS: [&str; 7] = ["st", "nd", "rd", "th", "er", "º", "ª"];
    let mut rest = pieces;
    loop {
        rest = match rest {
            [Piece::Sign('.' | '-' | '°'), behind @ ..] => behind,
            [Piece::Word(word), behind @ ..] if ORDINALS.contains(word) || is_small(word) => behind,
            _ => return rest,
        };
    }
}

/// `agosto de 2023`, `Aug. 2023`, `Aug-2023`.
fn behind_small_words<'p, 't>(pieces: &'p [Piece<'t>]) -> &'p [Piece<'t>] {
    match pieces {
        [Piece::Word(word), behind @ ..] if is_small(word) => behind,
        [Piece::Sign('.' | '-'), behind @ ..] => behind,
        rest => rest,
    }
}

fn is_small(word: &str) -> bool {
    ["de", "of", "del", "d", "di"].contains(&word)
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str, country: &str) -> Option<String> {
        parse(text, country.parse().ok()).map(|date| date.to_string()[..10].to_owned())
    }

    #[test]
    fn reads_what_sources_write() {
        for (text, country) in [
            ("2023-08-14", ""),
            ("2023-08-14T22:30:00+00:00", ""),
            ("2023-08-14T10:00:00", ""),
            ("2023-08-14 10:00", "de"),
            ("2023/8/14", "jp"),
            ("2023年8月14日", "jp"),
            ("2023년 8월 14일", "kr"),
            ("14.08.2023", "de"),
            ("14.8.2023", ""),
            ("14/08/2023", "gb"),
            ("08/14/2023", "us"),
            ("14/08/2023", ""),
            ("14-08-2023", "nl"),
            ("Reviewed in the United Kingdom on 14 August 2023", "gb"),
            ("Reviewed in the United States on August 14, 2023", "us"),
            ("Rezension aus Deutschland vom 14. August 2023", "de"),
            ("Commenté en France le 14 août 2023", "fr"),
            ("Recensito in Italia il 14 agosto 2023", "it"),
            ("Avaliado no Brasil em 14 de agosto de 2023", "br"),
            ("Beoordeeld in Nederland op 14 augustus 2023", "nl"),
            ("Opinia z Polski z 14 sierpnia 2023", "pl"),
            ("14 серпня 2023 р.", "ua"),
            ("14-Aug-2023", "in"),
            ("Aug. 14th, 2023", "us"),
        ] {
            assert_eq!(day(text, country).as_deref(), Some("2023-08-14"), "{text}");
        }
        assert_eq!(day("1er mars 2024", "fr").as_deref(), Some("2024-03-01"));
        assert_eq!(parse("2023-08-14T22:30:00+02:00", None).unwrap().to_string(), "2023-08-14T20:30:00Z");
    }

    #[test]
    fn what_could_be_another_day_is_none() {
        for (text, country) in [
            ("3 days ago", "us"),
            ("vor 3 Tagen", "de"),
            ("03/04/2023", ""),
            ("31.02.2023", "de"),
            ("14/13/2023", "us"),
            ("14.08.23", "de"),
            ("August 2023", "us"),
            ("14 Foobar 2023", "gb"),
            ("14.08.0999", "de"),
            ("", ""),
        ] {
            assert_eq!(day(text, country), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_ends_well(text in ".{0,400}") {
            let _ = parse(&text, None);
        }
    }
}
