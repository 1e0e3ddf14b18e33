//! Why an answer is what it is: the merge's trace, the rules' trails and the page's facts put together, field by field.

use super::compile::{BESTSELLERS, CompiledList, CompiledRecipe, Named, OFFERS, RESULTS, REVIEWS, SPECIFICATIONS};
use super::explanation::{EntryExplained, Explanation, FieldExplained, ListExplained, Loser, Origin, Why};
use super::extracted::{Evidence, Extracted, PageContext};
use super::merge::currency_hint;
use super::pass::Facts;
use super::price_text::{self, CurrencyHint};
use super::recipe::{OfferField, ProductField, ResultField, ReviewField, SpecificationField};
use super::rules::{self, Money, Reader, Trail};
use super::selectors::Caught;
use super::trace::Seen;
use super::{explain_rules, field_text, origin, reviews};
use crate::domain::SearchResult;
use crate::domain::{Amount, Offer, Review};

/// Losers told of one field.
const MAX_LOSERS: usize = 6;

/// Everything that is known about one page when someone asks.
pub(super) struct Explainer<'a> {
    recipe: &'a CompiledRecipe,
    html: &'a str,
    facts: &'a Facts,
    context: PageContext<'a>,
    money: Money,
    extracted: &'a Extracted,
    seen: Seen,
}

impl<'a> Explainer<'a> {
    pub fn new(
        recipe: &'a CompiledRecipe,
        html: &'a str,
        facts: &'a Facts,
        context: PageContext<'a>,
        extracted: &'a Extracted,
        seen: Seen,
    ) -> Explainer<'a> {
        let money = Money::of(recipe, &facts.page, currency_hint(facts, context), context);
        Explainer { recipe, html, facts, context, money, extracted, seen }
    }

    pub fn explain(&self) -> Explanation {
        Explanation {
            fields: self.product(),
            lists: [
                self.offers(),
                self.entries("results", self.recipe.results.as_ref(), RESULTS, &self.extracted.search_results),
                self.entries("bestsellers", self.recipe.bestsellers.as_ref(), BESTSELLERS, &self.extracted.bestsellers),
                self.reviews(),
                self.specifications(),
            ]
            .into_iter()
            .flatten()
            .collect(),
            next_page: self.next_page(),
            no_result: self.facts.no_result_sign.and_then(|i| self.recipe.no_result.get(i)).map(|s| s.text.clone()),
            prices_stand_in: Vec::new(),
        }
    }

    fn reader<'r>(&'r self, caught: &'r Caught, trail: &'r Trail) -> Reader<'r> {
        Reader { caught, money: self.money, context: self.context, trail: Some(trail) }
    }

    fn product(&self) -> Vec<FieldExplained> {
        let trail = Trail::default();
        rules::product(self.recipe, &self.reader(&self.facts.page, &trail));
        let trail = trail.into_inner();
        let text = |field| field_text::product(&self.extracted.product, field);
        let mut fields = Vec::new();
        for field in ProductField::ALL.iter().copied() {
            let ruled = self.recipe.fields.iter().find(|(f, _)| *f == field);
            let value = text(field);
            if ruled.is_none() && value.is_none() {
                continue;
            }
            let rules = ruled.map_or(&[][..], |(_, rules)| rules.as_slice());
            let by_rule = self.extracted.provenance.get(&field) == Some(&Evidence::Rule);
            let mut explained = explain_rules::field(field.name(), rules, &self.facts.page, &trail, value);
            if !by_rule {
                explained.origin = None;
            }
            self.weigh(field, &mut explained);
            fields.push(explained);
        }
        fields.extend(self.counts());
        let price = fields.iter().find(|f| f.field == ProductField::Price.name()).and_then(|f| f.origin.clone());
        let currency = fields.iter_mut().find(|f| f.field == ProductField::Currency.name());
        if let Some(currency) = currency.filter(|c| c.value.is_some() && c.origin.is_none()) {
            currency.origin = price;
        }
        fields
    }

    /// Adds where a value of embedded evidence stands, what agrees with it, and what lost against it.
    fn weigh(&self, field: ProductField, explained: &mut FieldExplained) {
        let Some(value) = explained.value.clone() else { return };
        let find =
            |evidence, value: &str| origin::find(self.html, self.facts, &self.seen.products, field, evidence, value);
        if explained.origin.is_none() {
            let evidence = self.extracted.provenance.get(&field).copied();
            let evidence = evidence.filter(|evidence| *evidence != Evidence::Rule);
            let first = value.split(", ").next().unwrap_or(&value);
            let value = if field == ProductField::Gtins { first } else { &value };
            explained.origin = evidence.map(|evidence| find(evidence, value));
        }
        let is_same = |other: &str| match (value.parse::<Amount>(), other.parse::<Amount>()) {
            (Ok(value), Ok(other)) => value == other,
            _ => value == other || (field == ProductField::Gtins && value.contains(other)),
        };
        let lost = self.seen.values.iter().filter(|seen| seen.field == field && !seen.is_taken);
        for seen in lost {
            let why = Why::WeakerEvidence;
            hear(explained, is_same(&seen.value), seen.evidence, &seen.value, || {
                (find(seen.evidence, &seen.value), why)
            });
        }
        let others = self.seen.other_prices.iter().filter(|_| field == ProductField::Price);
        for other in others {
            let (evidence, value) = (other.origin.evidence, other.value.as_str());
            hear(explained, is_same(value), evidence, value, || (other.origin.clone(), other.why));
        }
    }

    fn offers(&self) -> Option<ListExplained> {
        let Some(list) = &self.recipe.offers else {
            let evidence = self.seen.products.iter().find(|p| !p.seller_offers().is_empty())?.evidence?;
            let entry = |offer: &Offer| {
                let fields = OfferField::ALL.iter().copied();
                told(fields.map(|f| (f.name(), field_text::offer(offer, f))), evidence, "Product.offers")
            };
            return embedded("offers", "Product.offers", self.extracted.offers.iter().map(entry));
        };
        let mut kept = self.extracted.offers.iter().peekable();
        Some(explain_rules::list("offers", list, &self.facts.entries[OFFERS], |caught| {
            let trail = Trail::default();
            let offer = rules::offer(list, &self.reader(caught, &trail));
            let mut fields = explain_rules::fields(&list.fields, caught, &trail.into_inner(), |field| {
                field_text::offer(&offer, field)
            });
            self.add_currency(&mut fields, offer.currency.map(|c| c.code()));
            match kept.next_if(|kept| **kept == offer) {
                Some(_) => Ok(fields),
                None => Err(why_dropped(offer == Offer::default())),
            }
        }))
    }

    /// Search results or bestsellers.
    fn entries(
        &self,
        name: &'static str,
        list: Option<&CompiledList<ResultField>>,
        place: usize,
        kept: &[SearchResult],
    ) -> Option<ListExplained> {
        let Some(list) = list else {
            let graph = &self.facts.graph;
            let (evidence, place, what) = match (0..graph.nodes.len()).any(|node| graph.is_a(node, &["ItemList"])) {
                true => (Evidence::JsonLd, "ItemList.itemListElement", "ItemList"),
                false => (Evidence::Visible, "repeated elements", "elements alike"),
            };
            let entry = |result: &SearchResult| {
                let fields = ResultField::ALL.iter().copied();
                let fields = fields.map(|f| (f.name(), field_text::result(result, f)));
                told(fields, evidence, place)
            };
            return embedded(name, what, kept.iter().map(entry));
        };
        let mut kept = kept.iter().peekable();
        Some(explain_rules::list(name, list, &self.facts.entries[place], |caught| {
            let trail = Trail::default();
            let result = rules::result(list, &self.reader(caught, &trail));
            let mut fields = explain_rules::fields(&list.fields, caught, &trail.into_inner(), |field| {
                field_text::result(&result, field)
            });
            self.add_currency(&mut fields, result.currency.map(|c| c.code()));
            let is_it = |kept: &&SearchResult| SearchResult { position: result.position, ..(*kept).clone() } == result;
            match kept.next_if(is_it) {
                Some(_) => Ok(fields),
                None => Err(why_dropped(result == SearchResult::default())),
            }
        }))
    }

    /// How many reviews gave each number of stars, and how many entries the list has: what rules of their own read.
    fn counts(&self) -> Vec<FieldExplained> {
        let trail = Trail::default();
        let read = self.reader(&self.facts.page, &trail);
        reviews::distribution(self.recipe, &read, self.extracted.product.review_count);
        rules::total(&self.recipe.total, &read);
        let trail = trail.into_inner();
        let told = self.extracted.rating_distribution;
        let star = |(star, rules): &(super::recipe::StarField, Vec<_>)| {
            let value = told.map(|told| star.of(&told));
            explain_rules::field(star.name(), rules, &self.facts.page, &trail, value)
        };
        let mut fields: Vec<FieldExplained> = self.recipe.stars.iter().map(star).collect();
        if !self.recipe.total.is_empty() {
            let value = self.extracted.total_count.map(|count| count.to_string());
            fields.push(explain_rules::field("total", &self.recipe.total, &self.facts.page, &trail, value));
        }
        fields
    }

    fn reviews(&self) -> Option<ListExplained> {
        let Some(list) = &self.recipe.reviews else {
            let entry = |review: &Review| {
                let fields = ReviewField::ALL.iter().copied().map(|f| (f.name(), field_text::review(review, f)));
                told(fields, Evidence::JsonLd, "Product.review")
            };
            return embedded("reviews", "Product.review", self.extracted.reviews.iter().map(entry));
        };
        let mut kept = self.extracted.reviews.iter().peekable();
        Some(explain_rules::list("reviews", list, &self.facts.entries[REVIEWS], |caught| {
            let trail = Trail::default();
            let review = reviews::review(list, &self.reader(caught, &trail));
            let fields = explain_rules::fields(&list.fields, caught, &trail.into_inner(), |field| {
                field_text::review(&review, field)
            });
            match kept.next_if(|kept| **kept == review) {
                Some(_) => Ok(fields),
                None => Err(why_dropped(!reviews::says_something(&review))),
            }
        }))
    }

    fn specifications(&self) -> Option<ListExplained> {
        let list = self.recipe.specifications.as_ref()?;
        let mut kept = self.extracted.product.specifications.iter().peekable();
        Some(explain_rules::list("specifications", list, &self.facts.entries[SPECIFICATIONS], |caught| {
            let trail = Trail::default();
            let line = reviews::specification(list, &self.reader(caught, &trail));
            let fields =
                explain_rules::fields(&list.fields, caught, &trail.into_inner(), |field: SpecificationField| {
                    field_text::specification(&line, field)
                });
            match kept.next_if(|kept| **kept == line) {
                Some(_) => Ok(fields),
                None => Err(why_dropped(line.label.is_empty() && line.values.is_empty())),
            }
        }))
    }

    /// The currency of an entry without a rule of its own for it: from its price's text, else the source's.
    fn add_currency(&self, fields: &mut Vec<FieldExplained>, currency: Option<&'static str>) {
        let name = ProductField::Currency.name();
        let Some(code) = currency.filter(|_| !fields.iter().any(|f| f.field == name && f.origin.is_some())) else {
            return;
        };
        let names_it = |field: &&FieldExplained| {
            let raw = field.origin.as_ref().and_then(|origin| origin.raw.as_deref());
            let without = CurrencyHint { currency: None, ..self.money.hint };
            raw.is_some_and(|raw| price_text::parse_currency(raw, without).is_some_and(|c| c.code() == code))
        };
        let origin = match fields.iter().filter(|f| f.field.contains("price")).find(names_it) {
            Some(price) => price.origin.clone(),
            None => Some(origin::bare(Evidence::Default, "the source's currency in this country")),
        };
        fields.retain(|f| f.field != name);
        fields.push(FieldExplained { field: name, value: Some(code.to_owned()), origin, ..FieldExplained::default() });
    }

    fn next_page(&self) -> Option<FieldExplained> {
        let value = self.extracted.next_page.clone();
        if self.recipe.next.is_empty() {
            let origin = origin::bare(Evidence::Meta, "link rel=next");
            return value.map(|value| FieldExplained {
                field: "next",
                value: Some(value),
                origin: Some(origin),
                ..FieldExplained::default()
            });
        }
        let trail = Trail::default();
        rules::next(&self.recipe.next, &self.reader(&self.facts.page, &trail));
        Some(explain_rules::field("next", &self.recipe.next, &self.facts.page, &trail.into_inner(), value))
    }
}

/// Another place speaks: it agrees, lost, or says what was told already. Where it stands is looked for only if it is told.
fn hear(
    explained: &mut FieldExplained,
    agrees: bool,
    evidence: Evidence,
    value: &str,
    tell: impl FnOnce() -> (Origin, Why),
) {
    if agrees {
        if !explained.origin.iter().chain(&explained.agrees).any(|told| told.evidence == evidence) {
            explained.agrees.push(tell().0);
        }
    } else if explained.losers.iter().any(|told| told.value == value) {
        // Told already, with the stronger reason.
    } else if explained.losers.len() < MAX_LOSERS {
        let (origin, why) = tell();
        explained.losers.push(Loser { value: value.to_owned(), origin, why });
    } else {
        explained.more_losers += 1;
    }
}

fn why_dropped(is_empty: bool) -> &'static str {
    if is_empty { "none of its rules yielded a value" } else { "it lacks what every entry has, or was there already" }
}

/// The fields of an entry of a list that the page tells by itself.
fn told(
    fields: impl Iterator<Item = (&'static str, Option<String>)>,
    evidence: Evidence,
    place: &str,
) -> Vec<FieldExplained> {
    fields
        .filter_map(|(field, value)| {
            let origin = Some(origin::bare(evidence, place));
            Some(FieldExplained { field, value: Some(value?), origin, ..FieldExplained::default() })
        })
        .collect()
}

fn embedded(
    list: &'static str,
    item: &str,
    entries: impl Iterator<Item = Vec<FieldExplained>>,
) -> Option<ListExplained> {
    let entries: Vec<EntryExplained> =
        entries.zip(1..).map(|(fields, entry)| EntryExplained { entry, fields }).collect();
    let matched = entries.len();
    (matched > 0).then(|| ListExplained { list, item: item.to_owned(), matched, entries, dropped: Vec::new() })
}
