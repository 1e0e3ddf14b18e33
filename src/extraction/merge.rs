//! Evidence to product: for each field the strongest evidence that says something wins, and its source is remembered.

use super::article_votes::{self, ArticleVotes};
use super::compile::CompiledRecipe;
use super::embedded_state::{self, Known, StateFacts};
use super::extracted::{Evidence, Extracted, PageContext, Verdict};
use super::identifiers::{self, Label};
use super::identity::{self, PageIdentity};
use super::pass::Facts;
use super::price_text::CurrencyHint;
use super::recipe::{Embedded, ProductField};
use super::rules::Money;
use super::schema_offer::OfferFacts;
use super::schema_org::{self, ProductFacts};
use super::trace::Trace;
use super::visible::Visible;
use super::visible_rank::{self, Shown};
use super::{availability, breadcrumbs, lists, losers, rules, schema_review};
use crate::domain::{Amount, Availability, Currency, Gtin, Offer, Product, Review};
use std::collections::BTreeMap;

/// A visible price this sure is believed over a structured one that several offers leave open.
const SURE: i32 = 70;

/// Builds the answer from everything one pass found; `trace` hears what won and what lost.
pub(super) fn merge(recipe: &CompiledRecipe, facts: &Facts, context: PageContext<'_>, trace: &mut Trace) -> Extracted {
    let hint = currency_hint(facts, context);
    let mut merger = Merger {
        product: Product::default(),
        provenance: BTreeMap::new(),
        context,
        skus: ArticleVotes::default(),
        trace,
    };
    let money = Money::of(recipe, &facts.page, hint, context);
    let read = rules::Reader { caught: &facts.page, money, context, trail: None };
    merger.take(rules::product(recipe, &read), Evidence::Rule);
    if merger.product.price.is_some() {
        merger.default_currency(context.currency, Evidence::Default);
    }
    let headings = facts.visible.headings.iter().map(|h| h.value.as_str());
    let names = headings.chain(facts.head.name()).chain(facts.head.title.as_deref());
    let identity = PageIdentity::new(context.url, facts.head.url(), names);
    let products = schema_org::own_products(&facts.graph, &identity, hint);
    let structured_currency = products.iter().flat_map(|p| &p.offers).find_map(|o| o.currency);
    let shown_hint = CurrencyHint { currency: structured_currency.or(hint.currency), ..hint };
    let shown = if recipe.reads(Embedded::Visible) {
        visible_rank::rank(&facts.visible, &facts.head, shown_hint)
    } else {
        Shown::default()
    };
    let mut offers = Vec::new();
    for product in &products {
        if offers.is_empty() {
            offers = product.seller_offers();
        }
        merger.take_structured(product, &identity, &shown);
    }
    merger.take_path(breadcrumbs::path(&facts.graph, merger.product.name.as_deref()));
    if recipe.reads(Embedded::Meta) {
        merger.take_meta(facts, hint);
    }
    let state = merger.own_state(facts, &identity, hint);
    merger.take_state(&state);
    if recipe.reads(Embedded::Visible) {
        merger.take_visible(facts, &shown);
    }
    merger.take_state_price(&state, &facts.visible);
    if shown.has_buy_button && merger.product.price.is_some() {
        merger.availability(Some(Availability::InStock), Evidence::Visible);
    }
    // A definition that names its rules knows what stands in its source's addresses: most often the source's own id.
    merger.take_article_number(&identity, recipe.reads(Embedded::Visible));
    if merger.product.currency.is_none() && merger.product.price.is_some() {
        merger.default_currency(structured_currency, Evidence::JsonLd);
        merger.default_currency(context.currency, Evidence::Default);
        merger.default_currency(shown.page_currency, Evidence::Visible);
    }
    let own = products.iter().find_map(|product| product.node);
    let reviews = own.map(|node| schema_review::reviews(&facts.graph, node, hint.country, context)).unwrap_or_default();
    merger.trace.keep(products, |own| losers::prices(recipe, facts, own, &identity, shown_hint));
    merger.finish(recipe, facts, money, (offers, reviews))
}

/// What a bare `$` or `kr` may stand for on this page.
pub(super) fn currency_hint(facts: &Facts, context: PageContext<'_>) -> CurrencyHint {
    let country = context
        .country
        .or_else(|| context.url.and_then(identity::host_country))
        .or_else(|| facts.head.locale_country());
    CurrencyHint { currency: context.currency, country }
}

struct Merger<'a> {
    product: Product,
    provenance: BTreeMap<ProductField, Evidence>,
    context: PageContext<'a>,
    trace: &'a mut Trace,
    skus: ArticleVotes,
}

impl Merger<'_> {
    /// The currency of a price that names none itself.
    fn default_currency(&mut self, currency: Option<Currency>, evidence: Evidence) {
        if let Some(currency) = currency {
            self.trace
                .saw(ProductField::Currency, evidence, self.product.currency.is_none(), || currency.code().into());
            if self.product.currency.is_none() {
                self.product.currency = Some(currency);
                self.note(ProductField::Currency, evidence);
            }
        }
    }

    fn note(&mut self, field: ProductField, evidence: Evidence) {
        self.provenance.entry(field).or_insert(evidence);
    }

    fn text(&mut self, field: ProductField, value: Option<&str>, evidence: Evidence) {
        let Some(value) = value.map(clean).filter(|v| !v.is_empty()) else { return };
        let value = match field {
            ProductField::Url | ProductField::ImageUrl => absolute(&value, self.context),
            _ => value,
        };
        let p = &mut self.product;
        let place = match field {
            ProductField::Id => &mut p.id,
            ProductField::Name => &mut p.name,
            ProductField::Url => &mut p.url,
            ProductField::ImageUrl => &mut p.image_url,
            ProductField::Description => &mut p.description,
            ProductField::BrandName => &mut p.brand_name,
            ProductField::CategoryName => &mut p.category_name,
            ProductField::Sku => &mut p.sku,
            ProductField::Availability => &mut p.availability_text,
            ProductField::Dimensions => &mut p.dimensions,
            ProductField::SellerName => &mut p.seller_name,
            _ => return,
        };
        self.trace.saw(field, evidence, place.is_none(), || value.clone());
        if place.is_none() {
            *place = Some(value);
            self.note(field, evidence);
        }
    }

    fn gtins(&mut self, gtins: &[Gtin], evidence: Evidence) {
        for gtin in gtins {
            self.trace.saw(ProductField::Gtins, evidence, self.product.gtins.is_empty(), || gtin.to_string());
        }
        if self.product.gtins.is_empty() && !gtins.is_empty() {
            self.product.gtins = gtins.to_vec();
            self.product.gtins.sort();
            self.product.gtins.dedup();
            self.note(ProductField::Gtins, evidence);
        }
    }

    fn mpns(&mut self, mpns: Vec<String>, evidence: Evidence) {
        let mpns: Vec<String> = mpns.iter().map(|m| clean(m)).filter(|m| !m.is_empty() && m.len() <= 80).collect();
        for mpn in &mpns {
            self.trace.saw(ProductField::Mpns, evidence, self.product.mpns.is_empty(), || mpn.clone());
        }
        if self.product.mpns.is_empty() && !mpns.is_empty() {
            self.product.mpns = mpns;
            self.note(ProductField::Mpns, evidence);
        }
    }

    fn price(&mut self, amount: Option<Amount>, currency: Option<Currency>, evidence: Evidence) {
        let Some(amount) = amount.filter(|a| a.is_positive()) else { return };
        self.trace.saw(ProductField::Price, evidence, self.product.price.is_none(), || amount.to_string());
        if self.product.price.is_none() {
            self.product.price = Some(amount);
            self.note(ProductField::Price, evidence);
        } else if self.product.price != Some(amount) {
            return;
        }
        if let Some(currency) = currency {
            self.trace
                .saw(ProductField::Currency, evidence, self.product.currency.is_none(), || currency.code().into());
        }
        if self.product.currency.is_none() && currency.is_some() {
            self.product.currency = currency;
            self.note(ProductField::Currency, evidence);
        }
    }

    /// A list price is higher than the price.
    fn list_price(&mut self, amount: Option<Amount>, evidence: Evidence) {
        let Some(amount) = amount.filter(|_| self.product.price.is_some()) else { return };
        let is_taken = self.product.list_price.is_none() && Some(amount) > self.product.price;
        self.trace.saw(ProductField::ListPrice, evidence, is_taken, || amount.to_string());
        if is_taken {
            self.product.list_price = Some(amount);
            self.note(ProductField::ListPrice, evidence);
        }
    }

    fn availability(&mut self, value: Option<Availability>, evidence: Evidence) {
        if let Some(value) = value {
            let is_first = self.product.availability.is_none();
            self.trace.saw(ProductField::Availability, evidence, is_first, || value.schema_org().to_owned());
        }
        if self.product.availability.is_none() && value.is_some() {
            self.product.availability = value;
            self.note(ProductField::Availability, evidence);
        }
    }

    /// What the recipe's rules say stands as it is.
    fn take(&mut self, product: Product, evidence: Evidence) {
        self.product = product;
        let p = &self.product;
        let said = [
            (ProductField::Id, p.id.is_some()),
            (ProductField::Name, p.name.is_some()),
            (ProductField::Url, p.url.is_some()),
            (ProductField::ImageUrl, p.image_url.is_some()),
            (ProductField::Description, p.description.is_some()),
            (ProductField::BrandName, p.brand_name.is_some()),
            (ProductField::CategoryName, p.category_name.is_some()),
            (ProductField::CategoryPath, !p.category_path.is_empty()),
            (ProductField::ReviewCount, p.review_count.is_some()),
            (ProductField::ReviewRating, p.review_rating.is_some()),
            (ProductField::Gtins, !p.gtins.is_empty()),
            (ProductField::Mpns, !p.mpns.is_empty()),
            (ProductField::Sku, p.sku.is_some()),
            (ProductField::Price, p.price.is_some()),
            (ProductField::ListPrice, p.list_price.is_some()),
            (ProductField::Currency, p.currency.is_some()),
            (ProductField::Availability, p.availability.is_some() || p.availability_text.is_some()),
            (ProductField::Condition, p.condition.is_some()),
            (ProductField::Dimensions, p.dimensions.is_some()),
            (ProductField::OfferCount, p.offer_count.is_some()),
            (ProductField::OffersUrl, p.offers_url.is_some()),
            (ProductField::SellerName, p.seller_name.is_some()),
            (ProductField::ShippingCosts, p.shipping_costs.is_some()),
            (ProductField::FeatureBullets, !p.feature_bullets.is_empty()),
        ];
        self.provenance = said.into_iter().filter(|(_, is)| *is).map(|(field, _)| (field, evidence)).collect();
    }

    fn take_structured(&mut self, facts: &ProductFacts, identity: &PageIdentity<'_>, shown: &Shown) {
        let evidence = facts.evidence.unwrap_or(Evidence::JsonLd);
        self.text(ProductField::Name, facts.name.as_deref(), evidence);
        self.text(ProductField::Url, facts.url.as_deref(), evidence);
        self.text(ProductField::ImageUrl, facts.image.as_deref(), evidence);
        self.text(ProductField::Description, facts.description.as_deref(), evidence);
        self.text(ProductField::BrandName, facts.brand.as_deref().map(identifiers::brand_name), evidence);
        self.text(ProductField::CategoryName, facts.category.as_deref(), evidence);
        let offer = choose_offer(facts, identity, shown);
        let sku = facts.sku.as_deref().or_else(|| offer.and_then(|o| o.sku.as_deref()));
        if let Some(sku) = sku {
            let is_one = facts.has_other_skus || facts.sku.is_none() && facts.offers.len() > 1;
            self.skus.add(
                sku,
                if is_one { article_votes::IN_MARKUP_OF_ONE } else { article_votes::IN_MARKUP },
                evidence,
            );
        }
        self.mpns(facts.mpns.clone(), evidence);
        self.gtins(&facts.gtins, evidence);
        if let Some(offer) = offer {
            // Markup may name the list price while the page asks for less, or where bidding began while more is bid.
            let is_list = offer.price.is_some() && offer.price == shown.list_price;
            let is_start = offer.price.is_some() && offer.price == shown.start_price;
            if shown.score >= SURE && is_start {
                self.price(shown.price, shown.currency.or(offer.currency), Evidence::Visible);
            } else if shown.score >= SURE && is_list {
                self.price(shown.price, shown.currency.or(offer.currency), Evidence::Visible);
                self.list_price(offer.price, evidence);
            }
            if facts.offers.len() == 1 || facts.gtins.is_empty() {
                self.gtins(&offer.gtins, evidence);
            }
            self.price(offer.price, offer.currency, evidence);
            if offer.list_price > offer.price {
                self.list_price(offer.list_price, evidence);
            }
            self.availability(offer_availability(facts, offer), evidence);
            if self.product.condition.is_none() && offer.condition.is_some() {
                self.product.condition = offer.condition;
                self.note(ProductField::Condition, evidence);
            }
            // Who sells, and for what postage, is true of the price it stands beside.
            if offer.price.is_some() && offer.price == self.product.price {
                self.text(ProductField::SellerName, offer.seller.as_deref(), evidence);
                if self.product.shipping_costs.is_none() && offer.shipping.is_some() {
                    self.product.shipping_costs = offer.shipping;
                    self.note(ProductField::ShippingCosts, evidence);
                }
            }
        }
        if self.product.specifications.is_empty() {
            self.product.specifications.clone_from(&facts.specifications);
        }
        if self.product.review_rating.is_none() && facts.review_rating.is_some() {
            self.product.review_rating = facts.review_rating;
            self.note(ProductField::ReviewRating, evidence);
        }
        if self.product.review_count.is_none() && facts.review_count.is_some() {
            self.product.review_count = facts.review_count;
            self.note(ProductField::ReviewCount, evidence);
        }
        if self.product.offer_count.is_none() && facts.offer_count.is_some() {
            self.product.offer_count = facts.offer_count;
            self.note(ProductField::OfferCount, evidence);
        }
    }

    fn take_path(&mut self, path: Vec<String>) {
        if self.product.category_path.is_empty() && !path.is_empty() {
            self.text(ProductField::CategoryName, path.last().map(String::as_str), Evidence::JsonLd);
            self.product.category_path = path;
            self.note(ProductField::CategoryPath, Evidence::JsonLd);
        }
    }

    fn take_meta(&mut self, facts: &Facts, hint: CurrencyHint) {
        let head = &facts.head;
        let evidence = Evidence::Meta;
        if let Some((amount, currency)) = head.price(hint) {
            self.price(Some(amount), currency, evidence);
        }
        self.list_price(head.list_price(hint), evidence);
        self.availability(head.availability(), evidence);
        self.text(ProductField::BrandName, head.brand().map(identifiers::brand_name), evidence);
        if let Some(sku) = head.sku() {
            self.skus.add(sku, article_votes::IN_META, evidence);
        }
        self.text(ProductField::ImageUrl, head.image(), evidence);
        self.text(ProductField::CategoryName, head.category(), evidence);
        self.text(ProductField::Description, head.description(), evidence);
        self.mpns(head.mpn().map(str::to_owned).into_iter().collect(), evidence);
        self.gtins(&head.gtins(), evidence);
        if self.product.condition.is_none()
            && let Some(condition) = head.condition().and_then(availability::condition)
        {
            self.product.condition = Some(condition);
            self.note(ProductField::Condition, evidence);
        }
        self.text(ProductField::Url, head.url(), evidence);
    }

    fn take_visible(&mut self, facts: &Facts, shown: &Shown) {
        let evidence = Evidence::Visible;
        self.text(ProductField::Name, shown.name.as_deref(), evidence);
        if self.product.name.is_none() {
            self.text(ProductField::Name, facts.head.name().or(facts.head.title.as_deref()), Evidence::Meta);
        }
        self.price(shown.price, shown.currency, evidence);
        if self.product.price == shown.price {
            self.list_price(shown.list_price, evidence);
        }
        self.availability(shown.availability, evidence);
        let labelled = |label| visible_rank::labelled(&facts.visible, label);
        self.text(ProductField::BrandName, labelled(Label::Brand).next().map(identifiers::brand_name), evidence);
        self.text(
            ProductField::BrandName,
            visible_rank::named_brand(&facts.visible, &facts.head).map(identifiers::brand_name),
            evidence,
        );
        visible_rank::vote_for_articles(&facts.visible, &facts.head, &mut self.skus);
        self.mpns(
            labelled(Label::Mpn).filter(|v| identifiers::is_article_number(v)).take(1).map(str::to_owned).collect(),
            evidence,
        );
        let gtins: Vec<Gtin> =
            labelled(Label::Gtin).flat_map(|v| v.split([',', ';', '/']).filter_map(identifiers::gtin)).collect();
        self.gtins(&gtins, evidence);
    }

    /// The product in the page's scripts, known again by what stronger evidence says.
    fn own_state(&self, facts: &Facts, identity: &PageIdentity<'_>, hint: CurrencyHint) -> StateFacts {
        let skus: Vec<&str> = self.skus.values().collect();
        let known = Known { skus: &skus, gtins: &self.product.gtins };
        embedded_state::own(&facts.state, identity, known, hint)
    }

    fn take_state(&mut self, state: &StateFacts) {
        let evidence = Evidence::State;
        for sku in &state.skus {
            // Several numbers are those of sizes.
            let points = if state.skus.len() == 1 { article_votes::IN_STATE } else { article_votes::DATABASE_ID };
            self.skus.add(sku, points, evidence);
        }
        state.ids.iter().for_each(|id| self.skus.add(id, article_votes::DATABASE_ID, evidence));
        self.text(ProductField::BrandName, state.brand.as_deref(), evidence);
        if let [gtin] = state.gtins.as_slice() {
            self.gtins(&[*gtin], evidence);
        }
        if let [mpn] = state.mpns.as_slice() {
            self.mpns(vec![mpn.clone()], evidence);
        }
    }

    /// Where nothing else names a price, or a price without its currency or stock.
    fn take_state_price(&mut self, state: &StateFacts, visible: &Visible) {
        let evidence = Evidence::State;
        self.availability(state.availability, evidence);
        // A price that only a script knows is one where the page is drawn by scripts; where it shows other prices, or the
        // product cannot be had, the page keeps it from its readers for a reason.
        let is_hidden = visible.shows_any_price() || self.product.availability == Some(Availability::OutOfStock);
        self.price(state.price(|amount| visible.shows(amount), !is_hidden), state.currency, evidence);
        self.list_price(state.list_price.filter(|amount| visible.shows(*amount)), evidence);
        if self.product.price.is_some() && self.product.currency.is_none() && state.currency.is_some() {
            self.product.currency = state.currency;
            self.note(ProductField::Currency, evidence);
        }
        self.text(ProductField::Name, state.name.as_deref(), evidence);
    }

    fn take_article_number(&mut self, identity: &PageIdentity<'_>, reads_address: bool) {
        if reads_address {
            self.skus.add_address(identity);
        }
        if self.product.sku.is_none()
            && let Some((sku, evidence)) = std::mem::take(&mut self.skus).decide(identity)
        {
            self.text(ProductField::Sku, Some(&sku), evidence);
        }
    }

    fn finish(
        self,
        recipe: &CompiledRecipe,
        facts: &Facts,
        money: Money,
        told: (Vec<Offer>, Vec<Review>),
    ) -> Extracted {
        let Merger { product, provenance, context, .. } = self;
        let mut extracted = Extracted { product, provenance, ..Extracted::default() };
        (extracted.offers, extracted.reviews) = told;
        lists::read(recipe, facts, money, context, &mut extracted);
        if recipe.offers.is_some() {
            forget_price_of_others(&mut extracted);
        }
        extracted.verdict = verdict(&extracted, facts.no_result_sign.is_some());
        extracted
    }
}

/// Where a definition names the page's offers, a price that is only seen and none of theirs is somebody else's: used ones, a
/// recommendation, a list price.
fn forget_price_of_others(extracted: &mut Extracted) {
    let is_seen = extracted.provenance.get(&ProductField::Price) == Some(&Evidence::Visible);
    if is_seen && !extracted.offers.iter().any(|offer| offer.price == extracted.product.price) {
        let product = &mut extracted.product;
        (product.price, product.list_price, product.currency) = (None, None, None);
        for field in [ProductField::Price, ProductField::ListPrice, ProductField::Currency] {
            extracted.provenance.remove(&field);
        }
    }
}

/// A page is understood when it shows what recipes are about: a name or price, or at least one entry of a list.
pub(super) fn verdict(extracted: &Extracted, has_no_result_sign: bool) -> Verdict {
    let product = &extracted.product;
    if has_no_result_sign {
        Verdict::NoResult
    } else if product.name.is_some()
        || product.price.is_some()
        || !extracted.offers.is_empty()
        || !extracted.search_results.is_empty()
        || !extracted.bestsellers.is_empty()
        || !extracted.reviews.is_empty()
    {
        Verdict::Understood
    } else {
        Verdict::NotUnderstood
    }
}

/// The page's own offer. Where several offers leave the price open, the one whose price a person sees as the page's own.
fn choose_offer<'a>(facts: &'a ProductFacts, identity: &PageIdentity<'_>, shown: &Shown) -> Option<&'a OfferFacts> {
    let main = facts.main_offer(identity)?;
    if shown.score >= SURE && main.price != shown.price {
        let seen = facts.offers.iter().find(|o| o.price.is_some() && o.price == shown.price);
        return seen.or(Some(main));
    }
    Some(main)
}

/// Of several offers at the same price (sizes, colours) one that can be had is enough.
fn offer_availability(facts: &ProductFacts, offer: &OfferFacts) -> Option<Availability> {
    let same = || facts.offers.iter().filter(|o| o.price == offer.price && o.seller == offer.seller);
    same().filter_map(|o| o.availability).find(|a| *a != Availability::OutOfStock).or(offer.availability)
}

/// Blanks folded; HTML tags that slipped into structured texts dropped.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace(super::price_text::RUN_BREAK, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address in its absolute form, where the page's own is known.
pub(super) fn absolute(link: &str, context: PageContext<'_>) -> String {
    match context.url {
        Some(base) => base.join(link.trim()).map_or_else(|_| link.trim().to_owned(), |u| u.to_string()),
        None => link.trim().to_owned(),
    }
}
