//! What the names that shops give their elements (class, id, test ids) say about the text inside. ONE table of words.

use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A set of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hints(u32);

macro_rules! hints {
    ($($name:ident = $bit:literal),+ $(,)?) => { impl Hints { $(pub const $name: Hints = Hints(1 << $bit);)+ } };
}

hints! {
    PRICE = 0, CURRENT = 1, OLD = 2, UNIT = 3, SHIPPING = 4, SAVING = 5, INSTALMENT = 6, RELATED = 7, STOCK = 8,
    BUY = 9, HEADER = 10, FOOTER = 11, NAVIGATION = 12, TITLE = 13, PRODUCT = 14, CENTS = 15, CARD = 16, VARIANT = 17,
    REVIEW = 18, HIDDEN = 19, STRUCK = 20, LINK = 21, OPTION = 22, ASIDE = 23, BRAND = 24, RANGE = 25,
    ACCESSORY = 26, CODE = 27, START = 28,
}

impl Hints {
    pub const NONE: Hints = Hints(0);

    pub fn has(self, any: Hints) -> bool {
        self.0 & any.0 != 0
    }

    pub fn without(self, other: Hints) -> Hints {
        Hints(self.0 & !other.0)
    }
}

impl std::ops::BitOr for Hints {
    type Output = Hints;

    fn bitor(self, other: Hints) -> Hints {
        Hints(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Hints {
    fn bitor_assign(&mut self, other: Hints) {
        self.0 |= other.0;
    }
}

/// Words for "price" that shops put into names, alone or grown together with others (`oldprice`, `preisblock`).
const PRICE_STEMS: &[&str] = &[
    "price", "preis", "prix", "prezzo", "prezzi", "precio", "preco", "cena", "pris", "prijs", "hinta", "kaina",
    "fiyat", "pricing", "amount", "harga",
];

static STEM_FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(PRICE_STEMS).ok());

/// A word of a name (or the rest of one beside a price stem) to its hint.
fn word(word: &str) -> Hints {
    match word {
        "current" | "our" | "final" | "sale" | "sales" | "special" | "now" | "actual" | "new" | "buying" | "deal"
        | "buybox" | "main" | "primary" | "offer" | "today" | "selling" | "aktuell" | "promo" | "promotion" | "neu"
        | "actuel" | "reduced" | "discounted" => Hints::CURRENT,
        "old" | "was" | "list" | "strike" | "striked" | "strikethrough" | "crossed" | "cross" | "rrp" | "uvp"
        | "msrp" | "srp" | "before" | "previous" | "original" | "compare" | "retail" | "barre" | "barred"
        | "ancien" | "alt" | "statt" | "anterior" | "vecchio" | "stara" | "listino" | "lowest30" | "past"
        | "discontinued" | "throughline" | "linethrough" | "basisprice" | "pvp" | "regular" | "normal"
        | "undiscounted" | "antes" | "avant" => Hints::OLD,
        "unit" | "per" | "base" | "grund" | "grundpreis" | "ppu" | "perunit" | "measure" | "kg" => Hints::UNIT,
        "shipping" | "ship" | "delivery" | "versand" | "versandkosten" | "lieferung" | "freight" | "postage"
        | "livraison" | "spedizione" | "shippingmessage" | "envio" | "dostawa" => Hints::SHIPPING,
        "save" | "saving" | "savings" | "saved" | "discount" | "rabatt" | "ersparnis" | "coupon" | "voucher"
        | "cashback" | "bonus" | "points" | "reduction" | "off" | "sconto" | "remise" | "percent" | "percentage"
        | "gutschein" | "economie" | "descuento" | "desconto" | "credits" => Hints::SAVING,
        "installment" | "installments" | "instalment" | "instalments" | "month" | "monthly" | "finance"
        | "financing" | "leasing" | "credit" | "rate" | "rates" | "raten" | "ratenzahlung" | "parcela" | "parcelas"
        | "parcelado" | "klarna" | "afterpay" | "affirm" | "kredit" | "deposit" | "loan" => Hints::INSTALMENT,
        "related" | "recommend" | "recommended" | "recommendation" | "recommendations" | "recommends" | "recs"
        | "similar" | "sims" | "carousel" | "crosssell" | "crosssells" | "crossell" | "crosselling"
        | "crossselling" | "upsell" | "upsells" | "upselling" | "alsobought" | "alsoviewed" | "alternatives"
        | "alternative" | "recently" | "recentlyviewed" | "bestseller" | "bestsellers" | "bundle" | "bundles"
        | "sponsored" | "suggestions" | "suggested" | "p13n" | "rhf" | "teaser" | "teasers" | "recommender"
        | "reco" | "recos" | "likewise" | "comparison" | "history" | "empfehlung" | "empfehlungen" | "interesting"
        | "others" | "slick" | "swiper" | "owl" | "popular" | "trending" | "wishlist" | "cartpreview" | "minicart"
        | "ads" | "advert" | "advertisement" => Hints::RELATED,
        "accessory" | "accessories" | "zubehoer" | "zubehor" | "warranty" | "garantie" | "protection" | "insurance"
        | "addon" | "addons" | "service" | "services" => Hints::ACCESSORY,
        "stock" | "availability" | "available" | "avail" | "instock" | "outofstock" | "verfuegbarkeit"
        | "verfugbarkeit" | "lager" | "lagerstand" | "lagerbestand" | "lieferzeit" | "deliverytime" | "inventory"
        | "soldout" | "dispo" | "disponibilita" | "disponibilite" | "disponibilidad" | "disponibilidade"
        | "availabilities" | "lieferstatus" | "lieferbarkeit" | "nalichie" => Hints::STOCK,
        "addtocart" | "addtobasket" | "addtobag" | "buynow" | "buybutton" | "buy" | "buybtn" | "buybut"
        | "cartbutton" | "addcart" | "warenkorb" | "inwarenkorb" | "tocart" | "tobasket" | "buybuttons"
        | "purchase" | "kaufen" | "checkout" | "cartadd" | "addtrolley" | "atc" | "panier" | "carrello" | "carrito" => {
            Hints::BUY
        }
        "topbar" | "masthead" => Hints::HEADER,
        "nav" | "navbar" | "navigation" | "menu" | "megamenu" | "breadcrumb" | "breadcrumbs" | "sidebar" => {
            Hints::NAVIGATION
        }
        "title" | "name" | "headline" | "productname" | "producttitle" | "prodname" => Hints::TITLE,
        "product" | "pdp" | "item" | "article" | "artikel" | "produkt" | "prod" | "detail" | "details" => {
            Hints::PRODUCT
        }
        "cents" | "cent" | "fraction" | "decimal" | "decimals" | "penny" | "kopecks" | "minor" | "superscript" => {
            Hints::CENTS
        }
        "card" | "tile" | "box" | "slide" | "grid" => Hints::CARD,
        "variant" | "variants" | "variation" | "variations" | "swatch" | "swatches" | "sizes" | "size" | "option"
        | "options" | "twister" | "selector" | "bundleoption" => Hints::VARIANT,
        "review" | "reviews" | "rating" | "ratings" | "comment" | "comments" | "bewertung" | "bewertungen" => {
            Hints::REVIEW
        }
        "brand" | "manufacturer" | "marke" | "hersteller" | "byline" | "vendor" | "designer" => Hints::BRAND,
        "sku" | "productcode" | "prdcode" | "artnr" | "artnum" | "articlenumber" | "artikelnummer" | "artikelnr"
        | "itemnumber" | "productnumber" | "reference" | "itemcode" | "bestellnummer" => Hints::CODE,
        "startprice" | "startingprice" | "startbid" | "startingbid" | "startpreis" | "openingbid" => Hints::START,
        "from" | "range" | "starting" | "ab" | "min" | "max" => Hints::RANGE,
        "price" => Hints::PRICE,
        _ => Hints::NONE,
    }
}

/// Pairs of neighbouring words that only together say something.
fn pair(first: &str, second: &str) -> Hints {
    match (first, second) {
        ("cross", "sell" | "selling" | "sells" | "seller") | ("up", "sell" | "selling" | "sells") => Hints::RELATED,
        ("also", _) | ("you", "may") | ("customers", _) | ("recently", _) | ("best", "seller" | "sellers") => {
            Hints::RELATED
        }
        ("last", "seen" | "viewed") | ("other", "products" | "items" | "sellers" | "offers") => Hints::RELATED,
        ("mini" | "side" | "header", "cart" | "basket") | ("product", "list" | "grid" | "slider") => Hints::RELATED,
        ("olp", _) | ("more", "buying" | "offers" | "items") => Hints::RELATED,
        ("add" | "to" | "in" | "buy", "cart" | "basket" | "bag" | "btn" | "button" | "box") => Hints::BUY,
        ("line" | "cross", "through" | "out") | ("non", "sale") | ("full", "price") => Hints::OLD,
        ("base", "unit") => Hints::UNIT,
        ("start" | "starting" | "opening", "price" | "bid") => Hints::START,
        (
            "product" | "item" | "article" | "prd" | "prod" | "style" | "art" | "artikel" | "order",
            "code" | "number" | "no" | "nr" | "num" | "ref" | "reference" | "nummer",
        ) => Hints::CODE,
        ("sold", "out") | ("in", "stock") => Hints::STOCK,
        ("side", "bar") => Hints::NAVIGATION,
        _ => Hints::NONE,
    }
}

/// Reads names and remembers them: a page repeats the same few hundred.
#[derive(Default)]
pub(super) struct HintReader {
    seen: HashMap<String, Hints>,
    /// Bytes of names read, those remembered aside.
    read: usize,
}

/// Names remembered; a page that makes up more is read without memory.
const MAX_REMEMBERED: usize = 4096;
/// Bytes of names read on a page: one with more makes up a name for each element, and they say nothing.
const MAX_READ_BYTES: usize = 2 << 20;
/// Longer attribute values are no names.
const MAX_NAME_BYTES: usize = 300;

impl HintReader {
    /// The hints in one attribute's value.
    pub fn read(&mut self, names: &str) -> Hints {
        if names.len() > MAX_NAME_BYTES || self.read > MAX_READ_BYTES {
            return Hints::NONE;
        }
        if let Some(hints) = self.seen.get(names) {
            return *hints;
        }
        self.read += names.len();
        let hints = read_names(names);
        if self.seen.len() < MAX_REMEMBERED {
            self.seen.insert(names.to_owned(), hints);
        }
        hints
    }
}

fn read_names(names: &str) -> Hints {
    let mut hints = Hints::NONE;
    for name in names.split_ascii_whitespace() {
        let words = split_words(name);
        hints |= page_part(&words);
        for (i, part) in words.iter().enumerate() {
            hints |= word(part) | stem(part);
            if let Some(next) = words.get(i + 1) {
                hints |= pair(part, next);
            }
        }
    }
    hints
}

/// The page's header or footer; `card-footer` and `header-price` are neither.
fn page_part(words: &[String]) -> Hints {
    const WHOLE: &[&str] = &["site", "page", "main", "global", "top", "shop", "app", "layout", "bottom", "nav"];
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["header"] | ["header", "wrapper" | "container" | "main" | "top"] => Hints::HEADER,
        ["footer", ..] => Hints::FOOTER,
        [whole, "header", ..] if WHOLE.contains(whole) => Hints::HEADER,
        [whole, "footer", ..] if WHOLE.contains(whole) => Hints::FOOTER,
        _ => Hints::NONE,
    }
}

/// A word that has grown together with a word for price.
fn stem(part: &str) -> Hints {
    let Some(hit) = STEM_FINDER.as_ref().and_then(|finder| finder.find(part)) else { return Hints::NONE };
    let (before, stem, after) = (&part[..hit.start()], &part[hit.start()..hit.end()], &part[hit.end()..]);
    if stem == "amount" && part != stem {
        return Hints::NONE;
    }
    // `enterprise`, `prison`: short stems only at a word's edge.
    if stem.len() <= 4 && !before.is_empty() && !after.is_empty() {
        return Hints::NONE;
    }
    Hints::PRICE | word(before) | word(after)
}

/// `priceBlock_ourPrice-v2` → price, block, our, price, v2; lower case.
fn split_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            before_lower = false;
            continue;
        }
        if c.is_uppercase() && before_lower {
            words.push(std::mem::take(&mut word));
        }
        before_lower = c.is_lowercase();
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_price_it_is() {
        let mut reader = HintReader::default();
        let mut has = |names: &str, hint: Hints| reader.read(names).has(hint);
        assert!(has("priceblock_ourprice", Hints::PRICE) && has("priceblock_ourprice", Hints::CURRENT));
        assert!(has("product__oldPrice", Hints::OLD) && has("ek-slider-priceold", Hints::OLD));
        assert!(has("shippingCosts", Hints::SHIPPING) && !has("relationship", Hints::SHIPPING));
        assert!(has("box cross-selling", Hints::RELATED) && has("recentlyViewed", Hints::RELATED));
        assert!(has("site-footer", Hints::FOOTER) && !has("card-footer nonFooter", Hints::FOOTER));
        assert!(!has("enterprise-area", Hints::PRICE) && !has("accentuated", Hints::CENTS));
    }
}
