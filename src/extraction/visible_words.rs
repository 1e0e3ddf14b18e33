//! Words printed around prices and on buttons, in many languages. ONE table for each.

use super::hints::Hints;
use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use std::sync::LazyLock;

const BUY: &[&str] = &[
    "add to cart",
    "add to basket",
    "add to bag",
    "add to trolley",
    "buy now",
    "buy it now",
    "in den warenkorb",
    "in den einkaufswagen",
    "jetzt kaufen",
    "kaufen",
    "in warenkorb",
    "zum warenkorb",
    "ajouter au panier",
    "acheter",
    "aggiungi al carrello",
    "acquista",
    "añadir a la cesta",
    "añadir al carrito",
    "comprar",
    "adicionar ao carrinho",
    "adicionar",
    "in winkelwagen",
    "in winkelmand",
    "lägg i varukorg",
    "köp",
    "læg i kurv",
    "legg i handlekurv",
    "kjøp",
    "lisää ostoskoriin",
    "do koszyka",
    "dodaj do koszyka",
    "kup teraz",
    "do košíku",
    "do košíka",
    "koupit",
    "kúpiť",
    "купить",
    "в корзину",
    "добавить в корзину",
    "купити",
    "до кошика",
    "kosárba",
    "adaugă în coș",
    "adauga in cos",
    "sepete ekle",
    "satın al",
    "προσθήκη στο καλάθι",
    "u košaricu",
    "dodaj u košaricu",
    "v košarico",
    "lisa korvi",
    "lisa ostukorvi",
    "ielikt grozā",
    "pievienot grozam",
    "į krepšelį",
    "dėti į krepšelį",
    "加入購物車",
    "立即購買",
    "加入购物车",
    "直接購買",
    "カートに入れる",
    "장바구니",
    "구매하기",
    "أضف إلى السلة",
    "أضف إلى الحقيبة",
    "הוסף לסל",
    "tambah ke keranjang",
    "beli sekarang",
    "thêm vào giỏ",
    "mua ngay",
    "place bid",
    "order now",
    "bestellen",
    "comprar agora",
];

/// Longer texts are no buttons.
const MAX_BUTTON_BYTES: usize = 90;

static BUY_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let builder = &mut AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).start_kind(StartKind::Anchored).build(BUY).ok()
});

/// Whether a button's or link's text offers to buy: it is such a phrase, or begins with one of several words.
pub(super) fn is_buy_button(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_BUTTON_BYTES {
        return false;
    }
    let lower = text.to_lowercase();
    let Some(finder) = BUY_FINDER.as_ref() else { return false };
    let Some(hit) = finder.find(Input::new(lower.as_str()).anchored(Anchored::Yes)) else { return false };
    let phrase = &lower[..hit.end()];
    hit.end() == lower.len() || phrase.contains(' ') || !phrase.is_ascii()
}

/// Words before a price and in its own text, and what they make of it.
const AROUND: &[(&str, Hints)] = &[
    ("price", Hints::PRICE),
    ("preis", Hints::PRICE),
    ("prix", Hints::PRICE),
    ("prezzo", Hints::PRICE),
    ("precio", Hints::PRICE),
    ("preço", Hints::PRICE),
    ("cena", Hints::PRICE),
    ("prijs", Hints::PRICE),
    ("pris", Hints::PRICE),
    ("цена", Hints::PRICE),
    ("ціна", Hints::PRICE),
    ("hinta", Hints::PRICE),
    ("kaina", Hints::PRICE),
    ("fiyat", Hints::PRICE),
    ("cijena", Hints::PRICE),
    ("τιμή", Hints::PRICE),
    ("售價", Hints::PRICE),
    ("特價", Hints::PRICE),
    ("优惠价", Hints::PRICE),
    ("价格", Hints::PRICE),
    ("价", Hints::PRICE),
    ("價", Hints::PRICE),
    ("価格", Hints::PRICE),
    ("가격", Hints::PRICE),
    ("السعر", Hints::PRICE),
    ("מחיר", Hints::PRICE),
    ("現省", Hints::SAVING),
    ("省", Hints::SAVING),
    ("節省", Hints::SAVING),
    ("滿", Hints::SHIPPING),
    ("满", Hints::SHIPPING),
    ("每", Hints::UNIT),
    ("送料", Hints::SHIPPING),
    ("starting bid", Hints::OLD),
    ("estimate", Hints::OLD),
    ("statt", Hints::OLD),
    ("uvp", Hints::OLD),
    ("rrp", Hints::OLD),
    ("msrp", Hints::OLD),
    ("was:", Hints::OLD),
    ("was ", Hints::OLD),
    ("list price", Hints::OLD),
    ("regular price", Hints::OLD),
    ("instead of", Hints::OLD),
    ("au lieu de", Hints::OLD),
    ("prix conseillé", Hints::OLD),
    ("anziché", Hints::OLD),
    ("prezzo consigliato", Hints::OLD),
    ("antes", Hints::OLD),
    ("pvp recomendado", Hints::OLD),
    ("van ", Hints::OLD),
    ("adviesprijs", Hints::OLD),
    ("běžná cena", Hints::OLD),
    ("před slevou", Hints::OLD),
    ("původní cena", Hints::OLD),
    ("stara cena", Hints::OLD),
    ("najniższa cena", Hints::OLD),
    ("ordinarie", Hints::OLD),
    ("normalpris", Hints::OLD),
    ("vejl", Hints::OLD),
    ("старая цена", Hints::OLD),
    ("原價", Hints::OLD),
    ("市價", Hints::OLD),
    ("定價", Hints::OLD),
    ("建議售價", Hints::OLD),
    ("unverb", Hints::OLD),
    ("de: ", Hints::OLD),
    ("barré", Hints::OLD),
    ("previously", Hints::OLD),
    ("originally", Hints::OLD),
    ("ursprünglich", Hints::OLD),
    ("vorher", Hints::OLD),
    ("versand ", Hints::SHIPPING),
    ("versand:", Hints::SHIPPING),
    ("versandkosten", Hints::SHIPPING),
    ("shipping", Hints::SHIPPING),
    ("delivery", Hints::SHIPPING),
    ("lieferung", Hints::SHIPPING),
    ("lieferkosten", Hints::SHIPPING),
    ("livraison", Hints::SHIPPING),
    ("spedizione", Hints::SHIPPING),
    ("consegna", Hints::SHIPPING),
    ("envío", Hints::SHIPPING),
    ("envio", Hints::SHIPPING),
    ("frete", Hints::SHIPPING),
    ("portes", Hints::SHIPPING),
    ("verzend", Hints::SHIPPING),
    ("frakt", Hints::SHIPPING),
    ("fragt", Hints::SHIPPING),
    ("dostawa", Hints::SHIPPING),
    ("doprava", Hints::SHIPPING),
    ("доставка", Hints::SHIPPING),
    ("postage", Hints::SHIPPING),
    ("p&p", Hints::SHIPPING),
    ("運費", Hints::SHIPPING),
    ("orders over", Hints::SHIPPING),
    ("bestellwert", Hints::SHIPPING),
    ("dès ", Hints::SHIPPING),
    ("save", Hints::SAVING),
    ("you save", Hints::SAVING),
    ("sie sparen", Hints::SAVING),
    ("sparen", Hints::SAVING),
    ("ersparnis", Hints::SAVING),
    ("rabatt", Hints::SAVING),
    ("économis", Hints::SAVING),
    ("risparmi", Hints::SAVING),
    ("ahorr", Hints::SAVING),
    ("economiz", Hints::SAVING),
    ("oszcz", Hints::SAVING),
    ("sleva", Hints::SAVING),
    ("ušetř", Hints::SAVING),
    ("скидка", Hints::SAVING),
    ("bonus", Hints::SAVING),
    ("cashback", Hints::SAVING),
    ("coupon", Hints::SAVING),
    ("gutschein", Hints::SAVING),
    ("discount", Hints::SAVING),
    ("折抵", Hints::SAVING),
    ("pfand", Hints::SAVING),
    ("deposit", Hints::SAVING),
    (" off", Hints::SAVING),
    ("urheberrecht", Hints::SAVING),
    ("/mo", Hints::INSTALMENT),
    ("per month", Hints::INSTALMENT),
    ("a month", Hints::INSTALMENT),
    ("monat", Hints::INSTALMENT),
    ("mtl", Hints::INSTALMENT),
    ("rate", Hints::INSTALMENT),
    ("par mois", Hints::INSTALMENT),
    ("/mois", Hints::INSTALMENT),
    ("al mese", Hints::INSTALMENT),
    ("rata", Hints::INSTALMENT),
    ("x de", Hints::INSTALMENT),
    ("vezes", Hints::INSTALMENT),
    ("parcela", Hints::INSTALMENT),
    ("sem juros", Hints::INSTALMENT),
    ("miesi", Hints::INSTALMENT),
    ("měsíč", Hints::INSTALMENT),
    ("в месяц", Hints::INSTALMENT),
    ("/мес", Hints::INSTALMENT),
    ("kuus", Hints::INSTALMENT),
    ("kuu", Hints::INSTALMENT),
    ("mēn", Hints::INSTALMENT),
    ("mėn", Hints::INSTALMENT),
    ("installment", Hints::INSTALMENT),
    ("payments of", Hints::INSTALMENT),
    ("分期", Hints::INSTALMENT),
    ("期", Hints::INSTALMENT),
    ("/ 100", Hints::UNIT),
    ("/100", Hints::UNIT),
    ("pro 100", Hints::UNIT),
    ("/ kg", Hints::UNIT),
    ("/kg", Hints::UNIT),
    ("/ l", Hints::UNIT),
    ("/l)", Hints::UNIT),
    ("pro kg", Hints::UNIT),
    ("per kg", Hints::UNIT),
    ("/ 1 ", Hints::UNIT),
    ("/1 ", Hints::UNIT),
    ("pro liter", Hints::UNIT),
    ("1 kg =", Hints::UNIT),
    ("1 l =", Hints::UNIT),
    ("grundpreis", Hints::UNIT),
    ("au kg", Hints::UNIT),
    ("le kg", Hints::UNIT),
    ("al kg", Hints::UNIT),
    ("/m²", Hints::UNIT),
    ("/ m²", Hints::UNIT),
    ("/unità", Hints::UNIT),
    ("/unité", Hints::UNIT),
    ("per 100", Hints::UNIT),
    ("les 100", Hints::UNIT),
    ("/ meter", Hints::UNIT),
    ("/gramm", Hints::UNIT),
    ("/ gram", Hints::UNIT),
    ("/ millil", Hints::UNIT),
    ("/ liter", Hints::UNIT),
    ("/ litre", Hints::UNIT),
    ("/litre", Hints::UNIT),
    ("warranty", Hints::ACCESSORY),
    ("garantie", Hints::ACCESSORY),
    ("insurance", Hints::ACCESSORY),
    ("protection", Hints::ACCESSORY),
    ("starting price", Hints::START),
    ("starting bid", Hints::START),
    ("start price", Hints::START),
    ("start bid", Hints::START),
    ("opening bid", Hints::START),
    ("startpreis", Hints::START),
    ("startgebot", Hints::START),
    ("mindestgebot", Hints::START),
    ("ausruf", Hints::START),
    ("mise à prix", Hints::START),
    ("prix de départ", Hints::START),
    ("mise de départ", Hints::START),
    ("prezzo di partenza", Hints::START),
    ("base d'asta", Hints::START),
    ("precio de salida", Hints::START),
    ("preço inicial", Hints::START),
    ("lance inicial", Hints::START),
    ("startprijs", Hints::START),
    ("startbod", Hints::START),
    ("utropspris", Hints::START),
    ("cena wywoławcza", Hints::START),
    ("vyvolávací cena", Hints::START),
    ("начальная цена", Hints::START),
    ("lähtöhinta", Hints::START),
    ("開始価格", Hints::START),
    ("起標價", Hints::START),
    ("estimate", Hints::START),
    ("schätzpreis", Hints::START),
    ("estimation", Hints::START),
    ("stima", Hints::START),
    ("reserve price", Hints::START),
    ("gebraucht", Hints::RANGE),
    ("used", Hints::RANGE),
    ("refurbished", Hints::RANGE),
    ("from", Hints::RANGE),
    ("ab ", Hints::RANGE),
    ("à partir", Hints::RANGE),
    ("a partire", Hints::RANGE),
    ("desde", Hints::RANGE),
    ("a partir", Hints::RANGE),
    ("od ", Hints::RANGE),
    ("excl", Hints::UNIT),
    ("zzgl", Hints::SHIPPING),
    ("exkl", Hints::UNIT),
    ("netto", Hints::UNIT),
    ("bez dph", Hints::UNIT),
    ("ex vat", Hints::UNIT),
    ("ex. vat", Hints::UNIT),
    ("hors taxe", Hints::UNIT),
];

/// Words that add something to a price.
const ADDITIONS: &[&str] = &[
    "zzgl", "exkl", "excl", "plus", "inkl", "incl", "+", "mwst", "ust", "vat", "tax", "gst", "tva", "iva", "hors",
    "più", "más", "mais",
];

static AROUND_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(AROUND.iter().map(|(w, _)| *w)).ok()
});

/// What the words right before a price and in its own text say of it.
pub(super) fn around_price(before: &str, own: &str) -> Hints {
    let Some(finder) = AROUND_FINDER.as_ref() else { return Hints::NONE };
    let mut hints = Hints::NONE;
    // Another price or sentence ends what the words before speak of.
    let before = before.rsplit(['.', '!', '€', '$', '£', '|', ')']).next().unwrap_or_default();
    let before = before.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let text = format!("{} {}", before.to_lowercase(), own.to_lowercase());
    // `19,99 € zzgl. Versand` names the postage that comes on top, not what the price is for.
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let adds = ADDITIONS.iter().any(|word| text[digit..].contains(word));
    if own.trim_start().starts_with('(') && own.contains('/') {
        hints |= Hints::UNIT;
    }
    for hit in finder.find_iter(&text) {
        // A word, not the end of another one: `corporate`, `favorite`.
        let glued = text[..hit.start()].chars().next_back().is_some_and(char::is_alphabetic)
            && text[hit.start()..].chars().next().is_some_and(|c| c.is_alphabetic() && (c as u32) < 0x2e80);
        let hint = AROUND[hit.pattern().as_usize()].1;
        let comes_on_top = adds && hit.start() > digit && hint == Hints::SHIPPING;
        if !glued && !comes_on_top {
            hints |= hint;
        }
    }
    hints
}

/// Beginnings and parts of headings over other products than the page's own, lower case.
const ABOUT_OTHERS: [&str; 30] = [
    "also bought",
    "also viewed",
    "also like",
    "similar products",
    "similar items",
    "related products",
    "related items",
    "recommended for you",
    "frequently bought together",
    "recently viewed",
    "kunden kauften auch",
    "kauften auch",
    "auch gekauft",
    "auch angesehen",
    "könnte ihnen auch",
    "könnte dir auch",
    "ähnliche produkte",
    "ähnliche artikel",
    "zuletzt angesehen",
    "wird oft zusammen",
    "vous aimerez aussi",
    "produits similaires",
    "ont également acheté",
    "prodotti simili",
    "potrebbe interessarti anche",
    "productos similares",
    "también te puede",
    "produtos relacionados",
    "podobne produkty",
    "похожие товары",
];

/// Whether a heading announces recommendations.
pub(super) fn is_about_others(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    ABOUT_OTHERS.iter().any(|words| lower.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_prices_apart() {
        assert!(around_price("UVP ", "19,99 €").has(Hints::OLD));
        assert!(around_price("", "(1,99 € / 100 g)").has(Hints::UNIT));
        assert!(around_price("zzgl. Versand ", "4,90 €").has(Hints::SHIPPING));
        assert!(!around_price("", "12 € inkl. Mwst zzgl. Versandkosten").has(Hints::SHIPPING));
        assert!(around_price("", "ab 12 € mtl.").has(Hints::INSTALMENT));
        assert_eq!(around_price("Corporate ", "12 €"), Hints::NONE);
        assert_eq!(around_price("UVP 30 € ", "12 €"), Hints::NONE);
        assert!(around_price("$200 2 bids Starting Price ", "$150").has(Hints::START));
    }

    #[test]
    fn buttons() {
        assert!(is_buy_button(" In den Warenkorb ") && is_buy_button("Add to cart now") && is_buy_button("加入購物車"));
        assert!(!is_buy_button("Why buy now? Read our long guide about buying") && !is_buy_button("Newsletter"));
    }
}
