//! `extract`: one page to one product.

use super::show_explanation;
use crate::domain::SearchResult;
use crate::domain::{Country, Offer, Product, Review};
use crate::extraction::recipe::{Embedded, Recipe};
use crate::extraction::{CompiledRecipe, Explanation, Extracted, PageContext, Verdict, explain, extract};
use crate::fetching::decode;
use crate::sources::{Definition, KnownPage, Registry};
use anyhow::{Context, bail};
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Larger pages, packed or unpacked, are refused.
const MAX_PAGE_BYTES: u64 = 32 << 20;

/// Reads one page and prints its product as JSON.
#[derive(Debug, clap::Args)]
pub struct ExtractArgs {
    /// A saved page (.html, .html.gz), an http(s) address, or - for standard input
    #[arg(required_unless_present = "batch")]
    page: Option<String>,
    /// Address the page came from: links are resolved against it, and it tells the page's own product from others
    #[arg(long)]
    url: Option<Url>,
    /// Country whose currency a bare "$" or "kr" means
    #[arg(long)]
    country: Option<Country>,
    /// Read it as a page of this source; otherwise its address tells the source, and pages of no source are read in general
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Directory of *.toml definitions that add to the compiled-in ones or override them
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Read NDJSON {"id", "file", "url"} from standard input, write one product a line
    #[arg(long, conflicts_with_all = ["page", "url"])]
    batch: bool,
    /// Tell of each field where it stands on the page and what lost against it; with --batch as the key `explain`
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    explain: Option<ExplainForm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ExplainForm {
    Text,
    Json,
}

#[derive(serde::Deserialize)]
struct BatchLine {
    #[serde(default)]
    id: serde_json::Value,
    file: String,
    #[serde(default)]
    url: Option<String>,
}

/// Runs the command. `fetch` gets a page by its address: its address after redirects, and its text.
pub async fn run(args: &ExtractArgs, fetch: impl AsyncFn(Url) -> anyhow::Result<(Url, String)>) -> anyhow::Result<()> {
    let reader = PageReader::new(args)?;
    let stdout = std::io::stdout().lock();
    let mut out = std::io::BufWriter::new(stdout);
    if args.batch {
        run_batch(&reader, args.explain.is_some(), std::io::stdin().lock(), &mut out)?;
        return out.flush().context("standard output");
    }
    let page = args.page.as_deref().unwrap_or("-");
    let (url, text) = match page.parse::<Url>() {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let (url, text) = fetch(url).await?;
            (Some(url), text)
        }
        _ if page == "-" => (args.url.clone(), read_page(std::io::stdin().lock(), false).context("standard input")?),
        _ => (args.url.clone(), read_file(Path::new(page)).with_context(|| page.to_owned())?),
    };
    if let Some(form) = args.explain {
        let (extracted, explanation) = reader.explain(&text, url.as_ref())?;
        match form {
            ExplainForm::Text => show_explanation::show(&mut out, &explanation, "")?,
            ExplainForm::Json => {
                serde_json::to_writer_pretty(&mut out, &explanation)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush().context("standard output")?;
        return understood(&extracted);
    }
    let extracted = reader.read(&text, url.as_ref())?;
    understood(&extracted)?;
    serde_json::to_writer_pretty(&mut out, &Answer::of(&extracted))?;
    out.write_all(b"\n")?;
    out.flush().context("standard output")
}

fn understood(extracted: &Extracted) -> anyhow::Result<()> {
    if extracted.verdict != Verdict::Understood {
        bail!("the page shows no product");
    }
    Ok(())
}

/// How pages are read: by the definition of the source they belong to, else as any shop's.
pub struct PageReader {
    registry: Registry,
    forced: Option<Arc<Definition>>,
    general: CompiledRecipe,
    country: Option<Country>,
}

impl PageReader {
    fn new(args: &ExtractArgs) -> anyhow::Result<PageReader> {
        let registry = Registry::check(args.sources.as_deref()).or_else(super::sources::refuse)?;
        let forced = match &args.source {
            Some(name) => Some(registry.find(name).with_context(|| format!("there is no source `{name}`"))?.clone()),
            None => None,
        };
        Ok(PageReader { registry, forced, general: recipe()?, country: args.country })
    }

    /// What the page's source reads on it; what any page shows where that is nothing.
    fn read(&self, text: &str, url: Option<&Url>) -> anyhow::Result<Extracted> {
        let context = context(url, self.country);
        if let Some(extracted) = self.known(url).map(|page| page.read(text, context)).transpose()?.flatten() {
            return Ok(extracted);
        }
        Ok(extract(&self.general, text, context)?)
    }

    /// As `read`, and why.
    fn explain(&self, text: &str, url: Option<&Url>) -> anyhow::Result<(Extracted, Explanation)> {
        let context = context(url, self.country);
        if let Some(explained) = self.known(url).map(|page| page.explain(text, context)).transpose()?.flatten() {
            return Ok(explained);
        }
        Ok(explain(&self.general, text, context)?)
    }

    fn known(&self, url: Option<&Url>) -> Option<KnownPage<'_>> {
        match &self.forced {
            Some(definition) => Some(Registry::page_of(definition, url)),
            None => url.and_then(|url| self.registry.page_at(url)),
        }
    }
}

/// One answer a line, in order; a line whose page cannot be read answers an `error`.
pub fn run_batch(reader: &PageReader, explains: bool, input: impl BufRead, mut out: impl Write) -> anyhow::Result<()> {
    for line in input.split(b'\n') {
        // A line in another charset is that line's trouble, not the batch's.
        let line = String::from_utf8_lossy(&line?).into_owned();
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<BatchLine>(&line) {
            Ok(request) => match answer(reader, explains, &request) {
                Ok(answer) => serde_json::to_value(answer)?,
                Err(error) => serde_json::json!({"id": request.id, "error": format!("{error:#}")}),
            },
            Err(error) => {
                let sent: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                serde_json::json!({"id": sent["id"], "error": format!("not a request: {error}")})
            }
        };
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// How any shop's page is read: all evidence, no rules.
pub fn recipe() -> anyhow::Result<CompiledRecipe> {
    let embedded = vec![Embedded::JsonLd, Embedded::Microdata, Embedded::Meta, Embedded::State, Embedded::Visible];
    Ok(CompiledRecipe::compile(&Recipe { embedded, ..Recipe::default() })?)
}

fn answer(reader: &PageReader, explains: bool, request: &BatchLine) -> anyhow::Result<BatchAnswer> {
    let text = read_file(Path::new(&request.file)).with_context(|| request.file.clone())?;
    let url = request.url.as_deref().and_then(|u| Url::parse(u).ok());
    let (extracted, explanation) = match explains {
        true => reader.explain(&text, url.as_ref()).map(|(extracted, explanation)| (extracted, Some(explanation)))?,
        false => (reader.read(&text, url.as_ref())?, None),
    };
    Ok(BatchAnswer { explain: explanation, ..BatchAnswer::of(request.id.clone(), extracted) })
}

/// What is known of a page beside its text. A country code at the end of the host's name says where a page is from, unless
/// the caller says it.
fn context(url: Option<&Url>, country: Option<Country>) -> PageContext<'_> {
    PageContext { url, country, currency: country.and_then(Country::currency) }
}

pub(super) fn read_file(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path)?;
    read_page(file, path.extension().is_some_and(|e| e == "gz"))
}

fn read_page(input: impl Read, is_gzip: bool) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if is_gzip {
        flate2::read::MultiGzDecoder::new(input.take(MAX_PAGE_BYTES))
            .take(MAX_PAGE_BYTES + 1)
            .read_to_end(&mut bytes)?;
    } else {
        input.take(MAX_PAGE_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_PAGE_BYTES {
        bail!("longer than {MAX_PAGE_BYTES} bytes");
    }
    Ok(decode(None, &bytes))
}

/// One page for people.
#[derive(serde::Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    product: &'a Product,
    #[serde(skip_serializing_if = "<[Offer]>::is_empty")]
    offers: &'a [Offer],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    search_results: Vec<ListEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bestsellers: Vec<ListEntry>,
    #[serde(flatten)]
    more: More,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(extracted: &'a Extracted) -> Answer<'a> {
        Answer {
            product: &extracted.product,
            offers: &extracted.offers,
            search_results: extracted.search_results.iter().map(ListEntry::of).collect(),
            bestsellers: extracted.bestsellers.iter().map(ListEntry::of).collect(),
            more: More::of(extracted),
            next_page: extracted.next_page.as_deref(),
        }
    }
}

/// What one page says, as `extract --batch` writes it: one a line.
#[derive(Debug, serde::Serialize)]
pub struct BatchAnswer {
    id: serde_json::Value,
    name: Option<String>,
    price: Option<String>,
    currency: Option<&'static str>,
    availability: Option<&'static str>,
    gtin: Vec<String>,
    brand: Option<String>,
    sku: Option<String>,
    mpn: Option<String>,
    offers: Vec<Offer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    search_results: Vec<ListEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bestsellers: Vec<ListEntry>,
    /// Of the bestsellers.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(flatten)]
    more: More,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Explanation>,
}

impl BatchAnswer {
    /// `id` is the caller's own.
    pub fn of(id: serde_json::Value, extracted: Extracted) -> BatchAnswer {
        let more = More::of(&extracted);
        let product = extracted.product;
        BatchAnswer {
            id,
            more,
            name: product.name,
            price: product.price.map(|p| p.rounded_to(product.currency).to_string()),
            currency: product.currency.map(|c| c.code()),
            availability: product.availability.map(|a| a.schema_org()),
            gtin: product.gtins.iter().map(ToString::to_string).collect(),
            brand: product.brand_name,
            sku: product.sku,
            mpn: product.mpns.into_iter().next(),
            offers: extracted.offers,
            search_results: extracted.search_results.iter().map(ListEntry::of).collect(),
            bestsellers: extracted.bestsellers.iter().map(ListEntry::of).collect(),
            category: product.category_name.filter(|_| !extracted.bestsellers.is_empty()),
            next_page: extracted.next_page,
            explain: None,
        }
    }
}

/// What buyers say, and how long the page's list is over all pages.
#[derive(Debug, serde::Serialize)]
struct More {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviews: Vec<ReviewEntry>,
    /// Of one star first.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating_distribution: Option<[u32; 5]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u64>,
}

impl More {
    fn of(extracted: &Extracted) -> More {
        More {
            reviews: extracted.reviews.iter().map(ReviewEntry::of).collect(),
            rating_distribution: extracted.rating_distribution.map(|told| told.stars),
            total_count: extracted.total_count,
        }
    }
}

#[derive(Debug, serde::Serialize)]
struct ReviewEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(flatten)]
    review: Review,
}

impl ReviewEntry {
    /// The date as people read it.
    fn of(review: &Review) -> ReviewEntry {
        let date = review.date.map(|date| date.to_string());
        ReviewEntry { date, review: Review { date: None, ..review.clone() } }
    }
}

#[derive(Debug, serde::Serialize)]
struct ListEntry {
    position: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl ListEntry {
    fn of(result: &SearchResult) -> ListEntry {
        let text = |amount: Option<crate::domain::Amount>| amount.map(|a| a.rounded_to(result.currency).to_string());
        ListEntry {
            position: result.position,
            name: result.name.clone(),
            price: text(result.price),
            min_price: text(result.min_price),
            max_price: text(result.max_price),
            currency: result.currency.map(|c| c.code()),
            url: result.url.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> PageReader {
        let registry = Registry::load(None, &[]).unwrap();
        PageReader { registry, forced: None, general: recipe().unwrap(), country: None }
    }

    #[test]
    fn one_answer_a_line_and_an_error_does_not_stop_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.html");
        std::fs::write(&file, "<h1>Tea pot</h1><span class=price>12,50 €</span><button>In den Warenkorb</button>")
            .unwrap();
        let packed = folder.path().join("b.html.gz");
        let mut gz =
            flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
        gz.write_all(b"<h1>Nothing</h1>").unwrap();
        gz.finish().unwrap();
        let line = |id: &str, file: &Path| serde_json::json!({"id": id, "file": file, "extra": 1}).to_string();
        let input = [line("a", &file), line("x", Path::new("absent.html")), "{".into(), line("b", &packed)].join("\n");
        let mut out = Vec::new();
        run_batch(&reader(), false, input.as_bytes(), &mut out).unwrap();
        let lines: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(
            (&lines[0]["id"], &lines[0]["price"], &lines[0]["currency"]),
            (&"a".into(), &"12.50".into(), &"EUR".into())
        );
        assert_eq!(lines[0]["availability"], "InStock");
        assert!(lines[1]["error"].is_string() && lines[1]["id"] == "x");
        assert!(lines[2]["error"].is_string());
        assert_eq!((&lines[3]["name"], &lines[3]["price"]), (&"Nothing".into(), &serde_json::Value::Null));
    }
}
