//! Which format a download is wanted in.

use crate::domain::Topic;
use crate::http::codes::Refusal;
use crate::http::param_values::flag;
use crate::http::params::Params;
use crate::rendering::{Format, FormatV1, FormatV2, RenderOptions};

/// The formats by name, as path suffix and as parameter.
pub const FORMATS: [&str; 3] = ["json", "xml", "csv"];
/// The CSV shapes by name.
pub const FORMAT_OPTIONS: [&str; 2] = ["row", "column"];
/// The sets of CSV columns by name.
pub const COLUMN_SETS: [&str; 2] = ["default", "extended"];

/// The last part of a download's path as the job's id and the format behind the dot.
pub fn split_suffix(part: &str) -> (&str, Option<&str>) {
    match part.split_once('.') {
        Some((id, suffix)) => (id, Some(suffix)),
        None => (part, None),
    }
}

/// The suffix beats the parameter `format`; JSON is the default, and of CSV the column shape, as the followed API has it.
pub fn parse_download(suffix: Option<&str>, params: &Params) -> Result<(FormatV1, RenderOptions), Refusal> {
    let wanted = suffix.or_else(|| params.get("format")).unwrap_or(FORMATS[0]).to_ascii_lowercase();
    let csv = match params.get("format_option").map(str::to_ascii_lowercase).as_deref() {
        Some("row") => FormatV1::CsvRow,
        None | Some("column") => FormatV1::CsvColumn,
        Some(_) => return Err(Refusal::not_one_of("format_option", FORMAT_OPTIONS)),
    };
    let format = match wanted.as_str() {
        "json" => FormatV1::Json,
        "xml" => FormatV1::Xml,
        "csv" => csv,
        _ => return Err(Refusal::not_one_of("format", FORMATS)),
    };
    let extended = match params.get("columns") {
        None => false,
        Some(text) if text.eq_ignore_ascii_case(COLUMN_SETS[0]) => false,
        Some(text) if text.eq_ignore_ascii_case(COLUMN_SETS[1]) => true,
        Some(_) => return Err(Refusal::not_one_of("columns", COLUMN_SETS)),
    };
    Ok((
        format,
        RenderOptions {
            raw: flag(params, "raw")?.unwrap_or_default(),
            bom: flag(params, "bom")?.unwrap_or_default(),
            extended,
        },
    ))
}

/// v1 has words for products and their offers only; a job of another topic is told in the shape of v2.
pub fn format_for(format: FormatV1, topic: Topic) -> Format {
    match (topic, format) {
        (Topic::ProductAndOffers | Topic::Product | Topic::Offers, _) => format.into(),
        (Topic::SearchResults | Topic::Reviews, FormatV1::Json) => FormatV2::Json.into(),
        (Topic::SearchResults | Topic::Reviews, FormatV1::Xml) => FormatV2::Xml.into(),
        (Topic::SearchResults | Topic::Reviews, FormatV1::CsvRow | FormatV1::CsvColumn) => FormatV2::Csv.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(part: &str, query: &str) -> Result<(FormatV1, RenderOptions), (Option<String>, Vec<String>)> {
        let params = Params::from_parts(query, "", b"").unwrap();
        parse_download(split_suffix(part).1, &params).map_err(|refusal| (refusal.parameter, refusal.valid_values))
    }

    fn format(part: &str, query: &str) -> FormatV1 {
        parse(part, query).unwrap().0
    }

    #[test]
    fn the_suffix_beats_the_parameter() {
        assert_eq!(split_suffix("12.csv"), ("12", Some("csv")));
        assert_eq!(format("12", ""), FormatV1::Json);
        assert_eq!(format("12", "format=XML"), FormatV1::Xml);
        assert_eq!(format("12.json", "format=xml"), FormatV1::Json);
        assert_eq!(format("12.csv", ""), FormatV1::CsvColumn);
        assert_eq!(format("12", "format=csv&format_option=row"), FormatV1::CsvRow);
        assert_eq!(format("12.xml", "format_option=row"), FormatV1::Xml);
    }

    #[test]
    fn unknown_words_are_named() {
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(parse("12.pdf", "format=xml"), Err((Some("format".into()), words(&FORMATS))));
        assert_eq!(parse("12.", ""), Err((Some("format".into()), words(&FORMATS))));
        assert_eq!(parse("12.csv", "format_option=x"), Err((Some("format_option".into()), words(&FORMAT_OPTIONS))));
        assert_eq!(parse("12.xml", "format_option=x").unwrap_err().0.as_deref(), Some("format_option"));
        assert_eq!(parse("12.csv", "raw=x").unwrap_err().0.as_deref(), Some("raw"));
        assert_eq!(parse("12.csv", "columns=x").unwrap_err().0.as_deref(), Some("columns"));
    }

    #[test]
    fn csv_options() {
        let options = parse("12.csv", "raw=1&bom=true&columns=extended").unwrap().1;
        assert_eq!(options, RenderOptions { raw: true, bom: true, extended: true });
        assert_eq!(parse("12.csv", "raw=0&columns=default").unwrap().1, RenderOptions::default());
    }
}
