//! `price`: printed prices to amount and currency.

use crate::domain::{Amount, Country, Currency};
use crate::extraction::price_text::{self, CurrencyHint, PriceHint, PrintedPrice};
use anyhow::{Context, bail};
use std::io::{BufRead, Write};

/// Reads printed prices: "1.299,00 €" is 1299.00 EUR.
#[derive(Debug, clap::Args)]
pub struct PriceArgs {
    /// Printed prices, one an argument; without any, one a line from standard input
    text: Vec<String>,
    /// Country whose currency a bare "$" or "kr" means
    #[arg(long)]
    country: Option<Country>,
    /// Read NDJSON {"text", "currency_hint", "decimal_separator"}, write NDJSON {"amount", "currency"}
    #[arg(long, conflicts_with = "text")]
    batch: bool,
}

#[derive(serde::Deserialize)]
struct BatchLine {
    text: String,
    #[serde(default)]
    currency_hint: Option<String>,
    #[serde(default)]
    decimal_separator: Option<String>,
}

#[derive(serde::Serialize)]
struct Answer {
    amount: Option<Amount>,
    currency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Answer {
    fn of(price: Option<PrintedPrice>) -> Answer {
        Answer {
            amount: price.map(|p| p.amount),
            currency: price.and_then(|p| p.currency).map(|c: Currency| c.code()),
            error: None,
        }
    }
}

/// Runs the command on standard input and output; fails when a text given as an argument holds no price.
pub fn run(args: &PriceArgs) -> anyhow::Result<()> {
    let stdout = std::io::stdout().lock();
    let mut out = std::io::BufWriter::new(stdout);
    if args.batch {
        run_batch(args.country, std::io::stdin().lock(), &mut out)?;
    } else if args.text.is_empty() {
        for line in std::io::stdin().lock().lines() {
            print_one(&mut out, &line?, args.country)?;
        }
    } else {
        for text in &args.text {
            if !print_one(&mut out, text, args.country)? {
                out.flush()?;
                bail!("no price in {text:?}");
            }
        }
    }
    out.flush().context("standard output")
}

/// One answer a line, in order; a line that cannot be read answers an `error`.
pub fn run_batch(country: Option<Country>, input: impl BufRead, mut out: impl Write) -> anyhow::Result<()> {
    for line in input.split(b'\n') {
        // A line in another charset is that line's trouble, not the batch's.
        let line = String::from_utf8_lossy(&line?).into_owned();
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<BatchLine>(&line) {
            Ok(request) => Answer::of(price_text::parse(
                &request.text,
                PriceHint {
                    currency: hint(country),
                    beside: request.currency_hint.as_deref(),
                    decimal: request.decimal_separator.as_deref().and_then(|s| s.chars().next()),
                },
            )),
            Err(error) => Answer { amount: None, currency: None, error: Some(error.to_string()) },
        };
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn hint(country: Option<Country>) -> CurrencyHint {
    CurrencyHint { currency: None, country }
}

/// Prints one answer; whether it was a price.
fn print_one(out: &mut impl Write, text: &str, country: Option<Country>) -> anyhow::Result<bool> {
    let price = price_text::parse(text, PriceHint { currency: hint(country), ..PriceHint::default() });
    serde_json::to_writer(&mut *out, &Answer::of(price))?;
    out.write_all(b"\n")?;
    Ok(price.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_answers_an_error_and_the_rest_goes_on() {
        let input = b"{\"text\":\"12,50 \xe2\x82\xac\",\"unknown\":1}\nnot json\n{\"text\":\"no price\"}\n";
        let mut out = Vec::new();
        run_batch(None, &input[..], &mut out).unwrap();
        let lines: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines[0], serde_json::json!({"amount": "12.50", "currency": "EUR"}));
        assert!(lines[1]["error"].is_string());
        assert_eq!(lines[2], serde_json::json!({"amount": null, "currency": null}));
    }
}
