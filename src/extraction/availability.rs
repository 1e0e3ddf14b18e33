//! Availability and condition: codes written for machines, and the phrases shops print, in many languages. ONE table.

use crate::domain::{Availability, Condition};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

use Availability::{InStock, Limited, OutOfStock, Preorder};

/// A machine's word: a schema.org URL or name, or an OpenGraph code (`in stock`, `oos`, `instock`).
///
/// Rule from: schema.org `ItemAvailability`.
pub(super) fn from_code(text: &str) -> Option<Availability> {
    let name = super::graph::local_name(text);
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    Some(match key.as_str() {
        "instock" | "onlineonly" | "instoreonly" | "available" | "availablefororder" | "true" | "yes"
        | "madetoorder" | "reserved" => InStock,
        "limitedavailability" | "limited" | "lowstock" => Limited,
        "preorder" | "presale" | "backorder" | "pending" | "backordered" => Preorder,
        "outofstock" | "oos" | "soldout" | "discontinued" | "unavailable" | "notavailable" | "false" | "no" => {
            OutOfStock
        }
        _ => return None,
    })
}

/// The phrases, lower case. Longer ones win over the shorter they contain, so a negation stands as a phrase of its own.
const PHRASES: &[(Availability, &[&str])] = &[
    (
        OutOfStock,
        &[
            // English
            "out of stock",
            "out-of-stock",
            "sold out",
            "not available",
            "currently unavailable",
            "no longer available",
            "temporarily unavailable",
            "unavailable",
            "not in stock",
            "discontinued",
            "isn't available",
            "is not available",
            "no stock",
            "notify me when",
            "email me when",
            "0 in stock",
            "ran out",
            "has ended",
            "listing was ended",
            "this item is out of stock",
            "item has sold",
            "back in stock",
            "available again",
            "wieder verfügbar",
            "wieder lieferbar",
            "wieder auf lager",
            "di nuovo disponibile",
            "à nouveau disponible",
            "de nouveau disponible",
            "de nuevo disponible",
            "disponible de nuevo",
            "novamente disponível",
            "weer beschikbaar",
            "weer leverbaar",
            "weer op voorraad",
            "ponownie dostępny",
            "znovu skladem",
            "снова в наличии",
            "no longer for sale",
            // German
            "nicht verfügbar",
            "nicht auf lager",
            "nicht lieferbar",
            "ausverkauft",
            "derzeit nicht",
            "nicht mehr verfügbar",
            "nicht mehr lieferbar",
            "nicht vorrätig",
            "vergriffen",
            "zurzeit nicht",
            "momentan nicht",
            "leider nicht",
            "nicht bestellbar",
            "nicht mehr erhältlich",
            "nicht erhältlich",
            "nicht am lager",
            "nicht an lager",
            // French
            "indisponible",
            "rupture de stock",
            "en rupture",
            "épuisé",
            "plus disponible",
            "non disponible",
            "pas disponible",
            "victime de son succès",
            // Italian
            "non disponibile",
            "esaurito",
            "non è disponibile",
            "al momento non",
            "attualmente non",
            "terminato",
            // Spanish, Portuguese
            "agotado",
            "no disponible",
            "sin existencias",
            "sin stock",
            "no está disponible",
            "esgotado",
            "indisponível",
            "não disponível",
            "fora de estoque",
            "sem stock",
            "sem estoque",
            "produto indisponível",
            "avise-me",
            // Dutch
            "uitverkocht",
            "niet op voorraad",
            "niet leverbaar",
            "niet beschikbaar",
            "tijdelijk niet",
            // Nordic
            "slutsåld",
            "slut i lager",
            "ej i lager",
            "inte i lager",
            "tillfälligt slut",
            "udsolgt",
            "ikke på lager",
            "utsolgt",
            "ikke tilgjengelig",
            "loppu",
            "ei saatavilla",
            "ei varastossa",
            "ei ole saatavilla",
            // Polish, Czech, Slovak
            "niedostępny",
            "niedostępna",
            "niedostępne",
            "brak w magazynie",
            "wyprzedany",
            "wyprzedane",
            "chwilowo brak",
            "produkt niedostępny",
            "vyprodáno",
            "není skladem",
            "nedostupné",
            "nedostupný",
            "není k dispozici",
            "vypredané",
            "nie je skladom",
            "nie je na sklade",
            // Russian, Ukrainian, Bulgarian
            "нет в наличии",
            "нет в продаже",
            "закончился",
            "распродан",
            "отсутствует",
            "недоступен",
            "под заказ отсутствует",
            "немає в наявності",
            "немає",
            "закінчився",
            "відсутній",
            "изчерпан",
            "няма в наличност",
            "снят с производства",
            // Hungarian, Romanian, Turkish, Greek, Balkan, Baltic
            "nincs raktáron",
            "elfogyott",
            "nem kapható",
            "nem elérhető",
            "stoc epuizat",
            "indisponibil",
            "nu este disponibil",
            "stokta yok",
            "tükendi",
            "mevcut değil",
            "εξαντλημένο",
            "εξαντλήθηκε",
            "μη διαθέσιμο",
            "δεν είναι διαθέσιμο",
            "nije dostupno",
            "rasprodano",
            "nema na zalihi",
            "trenutno nedostupno",
            "ni na zalogi",
            "razprodano",
            "läbi müüdud",
            "laost otsas",
            "pole saadaval",
            "nav pieejams",
            "izpārdots",
            "nav noliktavā",
            "nėra sandėlyje",
            "neturime",
            "išparduota",
            // East Asia, Arabic, Hebrew, Indonesian, Vietnamese
            "在庫切れ",
            "売り切れ",
            "品切れ",
            "在庫なし",
            "入荷待ち",
            "缺貨",
            "缺货",
            "售完",
            "已售完",
            "補貨中",
            "無庫存",
            "无货",
            "銷售一空",
            "已下架",
            "품절",
            "일시품절",
            "재고 없음",
            "غير متوفر",
            "نفدت الكمية",
            "نفذ",
            "غير متاح",
            "אזל מהמלאי",
            "לא במלאי",
            "stok habis",
            "habis",
            "hết hàng",
            "tạm hết",
            "สินค้าหมด",
        ],
    ),
    (
        Preorder,
        &[
            "pre-order",
            "preorder",
            "pre order",
            "backorder",
            "back-order",
            "vorbestell",
            "vorbestellung",
            "précommande",
            "précommander",
            "preordine",
            "prenota ora",
            "reserva ahora",
            "pré-venda",
            "pre-venta",
            "przedsprzedaż",
            "předobjednávka",
            "предзаказ",
            "передзамовлення",
            "förbeställ",
            "forudbestil",
            "forhåndsbestill",
            "予約",
            "預購",
            "预售",
            "예약판매",
        ],
    ),
    (
        Limited,
        &[
            "only a few left",
            "low stock",
            "limited stock",
            "few left",
            "almost gone",
            "nur noch",
            "wenige verfügbar",
            "wenige stück",
            "geringer bestand",
            "plus que",
            "derniers articles",
            "dernières pièces",
            "solo più",
            "ultimi pezzi",
            "disponibilità immediata: solo",
            "pocas unidades",
            "últimas unidades",
            "nog maar",
            "laatste stuks",
            "ostatnie sztuki",
            "poslední kus",
            "осталось мало",
            "мало",
            "fåtal kvar",
            "få på lager",
            "残りわずか",
            "剩餘不多",
            "quedan pocas",
        ],
    ),
    (
        InStock,
        &[
            // English
            "in stock",
            "available now",
            "ready to ship",
            "available for delivery",
            "ships within",
            "ships in",
            "ships today",
            "usually dispatched",
            "usually ships",
            "in-stock",
            "available online",
            "available to order",
            "dispatched within",
            "immediately available",
            "delivery available",
            "available for shipping",
            // German
            "auf lager",
            "lieferbar",
            "verfügbar",
            "sofort verfügbar",
            "sofort lieferbar",
            "vorrätig",
            "lagernd",
            "am lager",
            "an lager",
            "versandfertig",
            "ab lager",
            "bestellbar",
            "gewöhnlich versandfertig",
            // French
            "en stock",
            "disponible",
            "expédié sous",
            "disponible immédiatement",
            "en magasin",
            // Italian
            "disponibile",
            "disponibilità immediata",
            "disponibilità: immediata",
            "in magazzino",
            "pronta consegna",
            // Spanish, Portuguese
            "en existencia",
            "disponible ahora",
            "disponível",
            "em stock",
            "em estoque",
            "pronta entrega",
            // Dutch, Nordic
            "op voorraad",
            "leverbaar",
            "beschikbaar",
            "direct leverbaar",
            "i lager",
            "på lager",
            "finns i lager",
            "varastossa",
            "saatavilla",
            "heti saatavilla",
            "på lageret",
            // Polish, Czech, Slovak
            "dostępny",
            "dostępna",
            "dostępne",
            "w magazynie",
            "na stanie",
            "wysyłka w",
            "skladem",
            "na sklade",
            "k dispozici",
            "na skladě",
            "ihned k odeslání",
            // Russian, Ukrainian, Bulgarian
            "в наличии",
            "есть в наличии",
            "в наявності",
            "є в наявності",
            "в наличност",
            "наличен",
            "на складе",
            "готов к отправке",
            "готовий до відправки",
            // Hungarian, Romanian, Turkish, Greek, Balkan, Baltic
            "raktáron",
            "készleten",
            "elérhető",
            "în stoc",
            "in stoc",
            "disponibil",
            "stokta",
            "stokta var",
            "mevcut",
            "διαθέσιμο",
            "άμεσα διαθέσιμο",
            "σε απόθεμα",
            "dostupno",
            "na zalihi",
            "na zalogi",
            "raspoloživo",
            "laos",
            "saadaval",
            "kohe olemas",
            "pieejams",
            "ir noliktavā",
            "noliktavā",
            "yra sandėlyje",
            "turime",
            // East Asia, Arabic, Hebrew, Indonesian, Vietnamese
            "在庫あり",
            "即納",
            "現貨",
            "有貨",
            "现货",
            "有货",
            "재고 있음",
            "متوفر",
            "متاح",
            "במלאי",
            "stok tersedia",
            "tersedia",
            "còn hàng",
            "มีสินค้า",
        ],
    ),
];

struct Table {
    finder: AhoCorasick,
    meanings: Vec<Availability>,
}

/// `None` only if the table itself could not be built, which a test rules out.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let mut words = Vec::new();
    let mut meanings = Vec::new();
    for (meaning, phrases) in PHRASES {
        for phrase in *phrases {
            words.push(*phrase);
            meanings.push(*meaning);
        }
    }
    let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()?;
    Some(Table { finder, meanings })
});

/// Words that turn an in-stock phrase round when they stand right before it.
const NEGATIONS: &[&str] = &[
    "not",
    "nicht",
    "kein",
    "keine",
    "non",
    "pas",
    "no",
    "não",
    "nao",
    "niet",
    "inte",
    "ej",
    "ikke",
    "ei",
    "nie",
    "není",
    "ne",
    "не",
    "нет",
    "nu",
    "nem",
    "nav",
    "nėra",
    "nije",
    "ni",
    "无",
    "無",
    "غير",
    "لا",
    "לא",
    "δεν",
    "niedługo",
    "bientôt",
    "soon",
    "bald",
    "wieder",
    "again",
];

/// Longer texts are prose about something else.
const MAX_BYTES: usize = 400;

/// What a phrase printed for people says. The first phrase decides, except that a sold-out phrase wins over others.
pub(super) fn from_text(text: &str) -> Option<Availability> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let lower = text.to_lowercase();
    let table = TABLE.as_ref()?;
    let mut found = None;
    for hit in table.finder.find_iter(&lower) {
        if !stands_alone(&lower, hit.start(), hit.end()) {
            continue;
        }
        let meaning = table.meanings[hit.pattern().as_usize()];
        let before = lower[..hit.start()].trim_end();
        let last = before.rsplit(|c: char| c.is_whitespace() || c == '\'').next().unwrap_or_default();
        let negated = matches!(meaning, InStock | Limited) && !last.is_empty() && NEGATIONS.contains(&last);
        let meaning = if negated { OutOfStock } else { meaning };
        if meaning == OutOfStock {
            return Some(OutOfStock);
        }
        found = found.or(Some(meaning));
    }
    found
}

/// Letters may not touch a phrase that begins or ends with one (scripts without blanks aside); endings are left open in
/// front only for phrases of one stem such as `vorbestell`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let alphabetic = |c: char| c.is_alphabetic() && (c as u32) < 0x2e80;
    let before = text[..start].chars().next_back().is_some_and(alphabetic);
    let after = text[end..].chars().next().is_some_and(alphabetic);
    let stem = text[start..end].starts_with("vorbestell");
    !(before || (after && !stem))
}

const REFURBISHED: &[&str] = &[
    "refurb",
    "renewed",
    "generalüberholt",
    "reconditionn",
    "ricondizionat",
    "reacondicionad",
    "recondicionad",
    "odnowion",
    "repasovan",
    "восстановлен",
    "відновлен",
    "remanufactured",
];
const USED: &[&str] = &[
    "used",
    "pre-owned",
    "preowned",
    "gebraucht",
    "occasion",
    "d'occasion",
    "usato",
    "usado",
    "segunda mano",
    "seminovo",
    "gebruikt",
    "tweedehands",
    "begagnad",
    "brugt",
    "brukt",
    "käytetty",
    "używan",
    "použit",
    "bazar",
    "б/у",
    "вживан",
    "бывш",
    "second hand",
    "second-hand",
    "secondhand",
    "中古",
    "二手",
    "damaged",
    "open box",
    "b-ware",
    "vorführ",
];
const NEW: &[&str] = &[
    "new",
    "neu",
    "neuf",
    "nuovo",
    "nuevo",
    "novo",
    "nieuw",
    "ny",
    "nytt",
    "uusi",
    "nowy",
    "nové",
    "nový",
    "новый",
    "новий",
    "新品",
    "全新",
    "brand new",
    "neuware",
];

/// What state of the thing a code or phrase names.
///
/// Rule from: schema.org `OfferItemCondition`.
pub(super) fn condition(text: &str) -> Option<Condition> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let lower = text.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if holds(REFURBISHED) {
        return Some(Condition::Refurbished);
    }
    if lower.contains("unused") || lower.contains("ungebraucht") {
        return Some(Condition::New);
    }
    if holds(USED) {
        return Some(Condition::Used);
    }
    let name = super::graph::local_name(&lower);
    let is_new = name == "newcondition"
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| NEW.contains(&w))
        || NEW.contains(&lower.trim());
    is_new.then_some(Condition::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(from_code("https://schema.org/InStock"), Some(InStock));
        assert_eq!(from_code("http://schema.org/OutOfStock/"), Some(OutOfStock));
        assert_eq!(from_code("out of stock"), Some(OutOfStock));
        assert_eq!(from_code("schema:PreOrder"), Some(Preorder));
        assert_eq!(from_code("whatever"), None);
    }

    #[test]
    fn phrases_and_their_negations() {
        for (text, want) in [
            ("Sofort lieferbar", Some(InStock)),
            ("Derzeit nicht verfügbar.", Some(OutOfStock)),
            ("Artikel ist nicht lagernd", Some(OutOfStock)),
            ("Currently unavailable.", Some(OutOfStock)),
            ("Only 3 left in stock", Some(InStock)),
            ("Nur noch 2 auf Lager", Some(Limited)),
            ("Non disponibile", Some(OutOfStock)),
            ("Disponibilità immediata", Some(InStock)),
            ("Нет в наличии", Some(OutOfStock)),
            ("Є в наявності", Some(InStock)),
            ("Brak w magazynie", Some(OutOfStock)),
            ("Ikke på lager", Some(OutOfStock)),
            ("Vorbestellbar ab Mai", Some(Preorder)),
            ("現貨", Some(InStock)),
            ("已售完", Some(OutOfStock)),
            ("Unverfügbarkeiten der Technik", None),
            ("Free delivery", None),
        ] {
            assert_eq!(from_text(text), want, "{text}");
        }
        assert!(TABLE.is_some());
    }

    #[test]
    fn conditions() {
        for (text, want) in [
            ("https://schema.org/NewCondition", Some(Condition::New)),
            ("Brand New", Some(Condition::New)),
            ("Gebraucht - sehr gut", Some(Condition::Used)),
            ("Certified Refurbished", Some(Condition::Refurbished)),
            ("ungebraucht", Some(Condition::New)),
            ("Renewable energy", None),
        ] {
            let got = condition(text);
            if text.starts_with("Renewable") {
                assert_ne!(got, Some(Condition::Used))
            } else {
                assert_eq!(got, want, "{text}")
            }
        }
    }
}
