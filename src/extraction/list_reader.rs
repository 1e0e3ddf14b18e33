//! Lists on pages of sources without a definition: repeated elements that each hold a link, a name and a price are the
//! results of a search or category; where each leads to a shop, the offers of a comparator's page.
//!
//! A page of one product is none of them, whatever else it recommends.

use super::extracted::{Evidence, Extracted, PageContext};
use super::hints::Hints;
use super::merge::{absolute, clean};
use super::next_link;
use super::pass::Facts;
use super::price_text::{self, CurrencyHint, PriceHint, RUN_BREAK};
use super::recipe::ProductField;
use super::siblings::{Block, Link};
use super::visible::Candidate;
use crate::domain::SearchResult;
use crate::domain::{Amount, Currency, Offer};
use std::collections::{BTreeMap, HashSet};

/// Fewer products are no list.
const MIN_PRODUCTS: usize = 4;
/// Fewer products in a place named for recommendations are recommendations.
const MIN_RECOMMENDED: usize = 12;
/// Fewer offers are no comparison.
const MIN_OFFERS: usize = 2;
/// Entries kept of a list.
const MAX_ENTRIES: usize = 500;
/// Links looked at in one entry.
const MAX_LINKS_OF_ENTRY: usize = 40;
/// Links of all blocks together that are weighed on one page.
const MAX_LINKS_WEIGHED: usize = 40_000;
/// Of ten entries of a list so many have a price.
const PRICED_OF_TEN: usize = 6;
/// Of ten entries of a bestseller list so many begin with their rank.
const RANKED_OF_TEN: usize = 8;
/// More letters before a number are a name.
const MAX_TAG_LETTERS: usize = 12;
/// Letters a name has at least, bytes it has at most.
const MIN_NAME_LETTERS: usize = 3;
const MAX_NAME_BYTES: usize = 300;

/// One element of the list.
#[derive(Debug)]
struct Entry<'f> {
    block: Block,
    name: String,
    link: &'f Link,
    image: Option<&'f str>,
    price: Option<(Amount, Option<Currency>)>,
    links: &'f [Link],
    /// How often its link stands in it, one more for a picture that is the link.
    link_weight: usize,
}

/// Adds the list that a page without a definition shows, if it is no page of one product.
pub(super) fn add_seen(facts: &Facts, context: PageContext<'_>, hint: CurrencyHint, extracted: &mut Extracted) {
    let groups = groups(facts, hint);
    let offers = groups.iter().filter_map(|group| as_offers(group, facts, context, extracted));
    if let Some(offers) = offers.max_by_key(Vec::len) {
        extracted.offers = offers;
    } else if let Some(group) = groups.into_iter().max_by_key(|group| group.weight)
        && is_list_page(&group.entries, facts, extracted)
    {
        let results = as_results(&group.entries, context);
        match are_ranked(&group.entries, facts) {
            true => extracted.bestsellers = results,
            false => extracted.search_results = results,
        }
        forget_seen_price(extracted);
    } else {
        return;
    }
    if extracted.next_page.is_none() {
        extracted.next_page = next_link::find(facts, context.url).map(|href| absolute(href, context));
    }
}

/// Like elements with what they hold.
struct Group<'f> {
    entries: Vec<Entry<'f>>,
    /// How many have a price, then how much of the page they are: of nested elements the outermost.
    weight: (usize, usize),
}

/// The groups of like elements most of which have a link, a name and a price.
fn groups<'f>(facts: &'f Facts, hint: CurrencyHint) -> Vec<Group<'f>> {
    let mut kinds: BTreeMap<u64, Vec<Block>> = BTreeMap::new();
    let mut left = MAX_LINKS_WEIGHED;
    for block in facts.siblings.blocks.iter().filter(|block| !block.region.has(Hints::HEADER | Hints::FOOTER)) {
        // Blocks inside blocks hold the same links again and again.
        let links = facts.siblings.links_in(block).len().clamp(1, MAX_LINKS_OF_ENTRY);
        if links > left {
            break;
        }
        left -= links;
        kinds.entry(block.kind).or_default().push(*block);
    }
    let read = |blocks: Vec<Block>| {
        let mut seen = HashSet::new();
        let entries = blocks.iter().filter_map(|block| entry(*block, facts, hint));
        let mut entries: Vec<Entry<'f>> =
            entries.filter(|entry| seen.insert(entry.link.href.as_str())).take(MAX_ENTRIES).collect();
        drop_unlike(&mut entries);
        let priced = entries.iter().filter(|entry| entry.price.is_some()).count();
        let weight = (priced, entries.iter().map(|entry| entry.block.end - entry.block.start).sum());
        let is_priced = priced >= MIN_OFFERS && priced * 10 >= entries.len() * PRICED_OF_TEN;
        is_priced.then_some(Group { entries, weight })
    };
    kinds.into_values().filter(|blocks| blocks.len() >= MIN_OFFERS).filter_map(read).collect()
}

/// Heads of tables, notices and advertisements between the entries have no price, and their links are not woven in like
/// those of the entries that have one.
fn drop_unlike(entries: &mut Vec<Entry<'_>>) {
    let mut weights: Vec<usize> = entries.iter().filter(|e| e.price.is_some()).map(|e| e.link_weight).collect();
    weights.sort_unstable();
    let usual = weights.get(weights.len() / 2).copied().unwrap_or_default();
    entries.retain(|e| e.price.is_some() || (e.link_weight + 1 >= usual && !e.link.href.starts_with("http")));
}

fn entry<'f>(block: Block, facts: &'f Facts, hint: CurrencyHint) -> Option<Entry<'f>> {
    let links = facts.siblings.links_in(&block);
    let links = &links[..links.len().min(MAX_LINKS_OF_ENTRY)];
    let pictures = facts.siblings.pictures_in(&block);
    let heading = facts.siblings.headings_in(&block).first();
    let heading = heading.map(|(start, end)| text(facts, *start, *end)).filter(|name| is_name(name));
    // The product's link stands on its picture and its name; others (ratings, the shop) stand there once.
    let weigh = |link: &Link| {
        let same = || links.iter().filter(|other| other.page() == link.page());
        same().count().min(3) + usize::from(same().any(|other| !other.pictures.is_empty()))
    };
    let named = links
        .iter()
        .filter(|link| !holds_price(facts, link))
        .map(|link| (text(facts, link.start, link.end), link))
        .filter(|(name, _)| is_name(name))
        .max_by_key(|(name, link)| (weigh(link), name.chars().count(), std::cmp::Reverse(link.start)));
    let label = |link: &Link| Some(link.label.clone()).filter(|label| is_name(label));
    let picture = || pictures.iter().map(|picture| picture.alt.as_str()).find(|alt| is_name(alt)).map(str::to_owned);
    let (name, link) = match (heading, named) {
        (Some(heading), named) => {
            let around = links.iter().find(|link| text(facts, link.start, link.end).contains(&heading));
            let link = around.or(named.map(|(_, link)| link)).or_else(|| links.first());
            (heading, link.or_else(|| whole_link(block, facts))?)
        }
        (None, Some((name, link))) => (name, link),
        (None, None) => {
            let link = links.first().or_else(|| whole_link(block, facts))?;
            (label(link).or_else(picture)?, link)
        }
    };
    let image = pictures.iter().find_map(|picture| picture.src.as_deref());
    let (price, link_weight) = (price_in(block, facts, hint), weigh(link));
    Some(Entry { block, name: clean(&name), link, image, price, links, link_weight })
}

/// The link that is the entry itself.
fn whole_link(block: Block, facts: &Facts) -> Option<&Link> {
    facts.siblings.links.iter().find(|link| link.start <= block.start && link.end >= block.end)
}

fn text(facts: &Facts, start: usize, end: usize) -> String {
    facts.visible.text.get(start..end).unwrap_or_default().replace(RUN_BREAK, "").trim().to_owned()
}

fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && text.chars().filter(|c| c.is_alphabetic()).count() >= MIN_NAME_LETTERS
}

/// The prices between two places. A name with a number in it is none.
fn candidates(facts: &Facts, start: usize, end: usize) -> impl Iterator<Item = &Candidate> {
    let is_tag = |c: &&Candidate| {
        let text = facts.visible.text.get(c.start..c.end).unwrap_or_default();
        let before = text.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        before.chars().filter(|c| c.is_alphabetic()).count() <= MAX_TAG_LETTERS
    };
    let first = facts.visible.candidates.partition_point(|c| c.start < start);
    facts.visible.candidates[first..].iter().take_while(move |c| c.start < end).filter(is_tag)
}

fn holds_price(facts: &Facts, link: &Link) -> bool {
    candidates(facts, link.start, link.end).next().is_some()
}

/// The price to pay: not a struck one, one for a unit, the postage or what is saved. Names of elements may mislead, so the
/// only price of an entry is its price.
fn price_in(block: Block, facts: &Facts, hint: CurrencyHint) -> Option<(Amount, Option<Currency>)> {
    let not_paid = Hints::SHIPPING | Hints::SAVING | Hints::INSTALMENT;
    let seen = || {
        let all = candidates(facts, block.start, block.end).filter(|c| c.amount.is_positive());
        all.filter(|c| !(c.hints | c.region).has(Hints::STRUCK) && !c.hints.has(not_paid))
    };
    let plain = |c: &&Candidate| !c.hints.has(Hints::OLD | Hints::UNIT | Hints::RANGE);
    let only = || seen().next().filter(|_| seen().count() == 1);
    let chosen =
        seen().filter(plain).find(|c| c.hints.has(Hints::PRICE)).or_else(|| seen().find(plain)).or_else(only)?;
    let text = facts.visible.text.get(chosen.start..chosen.end)?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == RUN_BREAK);
    let price = price_text::parse(text, PriceHint { currency: hint, ..PriceHint::default() })?;
    Some((price.amount, price.currency.or(hint.currency)))
}

/// The offers of a comparator's page: each entry leads to a shop, and the page's own price is the lowest of theirs (or it
/// counts as many offers). Recommendations fail both.
fn as_offers(group: &Group<'_>, facts: &Facts, context: PageContext<'_>, extracted: &Extracted) -> Option<Vec<Offer>> {
    let entries = &group.entries;
    extracted.product.name.as_ref()?;
    let offers: Vec<Offer> = entries.iter().map(|entry| offer(entry, facts, context)).collect::<Option<_>>()?;
    let lowest = offers.iter().filter_map(|offer| offer.price).min();
    let counts = extracted.product.offer_count.is_some_and(|count| usize::try_from(count) == Ok(entries.len()));
    (counts || extracted.product.price == lowest).then_some(offers)
}

fn offer(entry: &Entry<'_>, facts: &Facts, context: PageContext<'_>) -> Option<Offer> {
    let (price, currency) = entry.price?;
    let own = || entry.links.iter().filter(|link| leads_to_shop(link, context));
    let url = own().next().or(Some(entry.link).filter(|link| leads_to_shop(link, context)))?;
    // Comparators show shops by their logos, which lead to them.
    let pictures = |link: &Link| facts.siblings.pictures.get(link.pictures.clone()).unwrap_or_default();
    let logo = own().flat_map(pictures).map(|picture| picture.alt.as_str()).find(|alt| is_name(alt));
    Some(Offer {
        shop_name: Some(clean(logo.unwrap_or(&entry.name))),
        price: Some(price),
        currency,
        url: Some(absolute(&url.href, context)),
        ..Offer::default()
    })
}

/// Words of addresses that send a visitor on to a shop.
const LEAVING: [&str; 13] = [
    "redir",
    "relocate",
    "clickout",
    "/goto",
    "/go/",
    "outgoing",
    "/exit",
    "leadout",
    "merchant-click",
    "go-to-shop",
    "to-shop",
    "zum-shop",
    "/out/",
];

fn leads_to_shop(link: &Link, context: PageContext<'_>) -> bool {
    let href = link.href.to_lowercase();
    let host = |url: &url::Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let is_other = context.url.is_some_and(|base| base.join(&link.href).is_ok_and(|url| host(&url) != host(base)));
    is_other || link.rel.contains("sponsored") || LEAVING.iter().any(|word| href.contains(word))
}

/// Whether the page is about its list: it has no product, price or buy button of its own outside of it.
fn is_list_page(group: &[Entry<'_>], facts: &Facts, extracted: &Extracted) -> bool {
    let recommended = group.iter().filter(|entry| entry.block.region.has(Hints::RELATED)).count();
    let least = if recommended * 2 > group.len() { MIN_RECOMMENDED } else { MIN_PRODUCTS };
    if group.len() < least {
        return false;
    }
    let told = |field| {
        let evidence = extracted.provenance.get(&field);
        evidence.is_some_and(|evidence| !matches!(evidence, Evidence::Visible | Evidence::Meta))
    };
    if told(ProductField::Name) || told(ProductField::Price) || facts.head.is_product() {
        return false;
    }
    let listed = |at: usize| group.iter().any(|entry| entry.block.start <= at && at < entry.block.end);
    let elsewhere = Hints::HEADER | Hints::FOOTER | Hints::RELATED | Hints::NAVIGATION;
    let mut buttons = facts.visible.buy_buttons.iter().filter(|button| !button.region.has(elsewhere));
    if buttons.any(|button| !listed(button.at)) {
        return false;
    }
    let own = extracted.product.price;
    own.is_none_or(|own| facts.visible.candidates.iter().filter(|c| c.amount == own).all(|c| listed(c.start)))
}

/// What was seen as the page's own price is that of an entry.
fn forget_seen_price(extracted: &mut Extracted) {
    let product = &mut extracted.product;
    (product.price, product.list_price, product.currency, product.availability) = (None, None, None, None);
    product.availability_text = None;
    for field in [ProductField::Price, ProductField::ListPrice, ProductField::Currency, ProductField::Availability] {
        extracted.provenance.remove(&field);
    }
}

/// Whether the entries begin with their ranks: "#1", "2.".
fn are_ranked(group: &[Entry<'_>], facts: &Facts) -> bool {
    let ranked = group.iter().zip(1_usize..).filter(|(entry, rank)| {
        let text = text(facts, entry.block.start, entry.block.end);
        let first = text.split_whitespace().next().unwrap_or_default();
        let is_marked = first.starts_with(['#', '№']) || first.ends_with(['.', ')', '°', 'º']);
        is_marked && first.trim_matches(|c: char| !c.is_ascii_digit()).parse() == Ok(*rank)
    });
    ranked.count() * 10 >= group.len() * RANKED_OF_TEN
}

fn as_results(group: &[Entry<'_>], context: PageContext<'_>) -> Vec<SearchResult> {
    let results = group.iter().zip(1..).map(|(entry, position)| SearchResult {
        position,
        name: Some(entry.name.clone()),
        url: Some(absolute(&entry.link.href, context)),
        image_url: entry.image.map(|src| absolute(src, context)),
        price: entry.price.map(|(amount, _)| amount),
        currency: entry.price.and_then(|(_, currency)| currency),
        ..SearchResult::default()
    });
    results.collect()
}

#[cfg(test)]
mod tests {
    use crate::extraction::recipe::{Embedded, Recipe};
    use crate::extraction::{CompiledRecipe, Extracted, PageContext, extract};
    use url::Url;

    fn read(html: &str) -> Extracted {
        let embedded = vec![Embedded::JsonLd, Embedded::Microdata, Embedded::Meta, Embedded::Visible];
        let recipe = CompiledRecipe::compile(&Recipe { embedded, ..Recipe::default() }).unwrap();
        let url = Url::parse("https://shop.example/tea?page=2").unwrap();
        extract(&recipe, html, PageContext { url: Some(&url), ..PageContext::default() }).unwrap()
    }

    fn card(n: usize) -> String {
        format!(
            "<li class=card{}><a href=/p/{n}><img src=/{n}.png alt=''></a><a href='/p/{n}#reviews'>({n} reviews)</a>\
             <a href=/p/{n}>Green tea number {n}</a><s>9{n},00 €</s> <b>{n},50 €</b></li>",
            n % 2
        )
    }

    fn cards(count: usize) -> String {
        format!("<ul>{}</ul>", (1..=count).map(card).collect::<String>())
    }

    #[test]
    fn a_category_page_is_its_products() {
        let head = "<h1>Tea</h1><li>Sort by<li>Filter";
        let pages = "<a href='?page=1'>1</a><a href='?page=3'>3</a><a href='?page=9'>9</a>";
        let extracted = read(&format!("{head}{}{pages}", cards(6)));
        let found: Vec<_> = extracted
            .search_results
            .iter()
            .map(|r| (r.name.as_deref().unwrap(), r.price.unwrap().to_string(), r.url.as_deref().unwrap()))
            .collect();
        assert_eq!(found.len(), 6);
        assert_eq!(found[1], ("Green tea number 2", "2.50".into(), "https://shop.example/p/2"));
        assert_eq!(extracted.product.price, None, "the list's prices are not the page's");
        assert_eq!(extracted.next_page.as_deref(), Some("https://shop.example/tea?page=3"));
    }

    #[test]
    fn printed_ranks_make_bestsellers() {
        let ranked: String =
            (1..=5).map(|n| format!("<li><i>#{n}</i><a href=/p/{n}>Green tea {n}</a><b>{n} €</b>")).collect();
        let extracted = read(&format!("<h1>Most sold</h1><ol>{ranked}</ol><a href=/next>Weiter ›</a>"));
        assert_eq!((extracted.bestsellers.len(), extracted.search_results.len()), (5, 0));
        assert_eq!(extracted.next_page.as_deref(), Some("https://shop.example/next"));
    }

    #[test]
    fn a_products_page_recommends_and_lists_nothing() {
        let own = "<h1>Pot</h1><b class=price>40,00 €</b><button>In den Warenkorb</button>";
        let data = r#"<script type="application/ld+json">{"@type":"Product","name":"Pot","offers":{"@type":"Offer","price":"40","priceCurrency":"EUR"}}</script><h1>Pot</h1>"#;
        let sold_out = r#"<meta property="og:type" content="product"><h1>Pot</h1><p>Ausverkauft</p>"#;
        for (page, price) in [(own, "40"), (data, "40"), (sold_out, "")] {
            let extracted = read(&format!("{page}{}<a href=/x>Next</a>", cards(8)));
            assert!(extracted.search_results.is_empty() && extracted.offers.is_empty(), "{page}");
            assert_eq!(extracted.product.price, price.parse().ok(), "{page}");
            assert_eq!(extracted.next_page, None);
        }
    }

    #[test]
    fn a_comparison_lists_who_sells_it() {
        let row = |shop: &str, price: &str| {
            format!(
                "<div class=row><a href='/redir?s={shop}'><img alt='{shop}' src=/l.png></a><span>{price}</span><a href='/redir?s={shop}'>Zum Shop</a></div>"
            )
        };
        let rows = row("Teeladen", "12,00 €") + &row("Kannenhaus", "13,49 €");
        let page = |lowest: &str| {
            format!(
                r#"<script type="application/ld+json">{{"@type":"Product","name":"Pot","offers":{{"@type":"AggregateOffer","lowPrice":"{lowest}","priceCurrency":"EUR"}}}}</script><h1>Pot</h1>{rows}{}"#,
                cards(8)
            )
        };
        let offers = read(&page("12.00")).offers;
        let found: Vec<_> =
            offers.iter().map(|o| (o.shop_name.as_deref().unwrap(), o.price.unwrap().to_string())).collect();
        assert_eq!(found, [("Teeladen", "12.00".into()), ("Kannenhaus", "13.49".into())]);
        assert_eq!(offers[1].url.as_deref(), Some("https://shop.example/redir?s=Kannenhaus"));
        assert!(read(&page("7.00")).offers.is_empty(), "those are not offers of this product");
    }
}
