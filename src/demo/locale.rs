//! How each country writes: its language, its currency, its prices.

use crate::domain::{Country, Currency};
use serde::Serialize;

/// The countries every demo source is defined for; pages exist for any other as well, in English.
pub const COUNTRIES: [&str; 12] = ["de", "at", "gb", "us", "fr", "it", "nl", "pl", "in", "br", "au", "ua"];

/// What a page needs to know about its country.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locale {
    pub country: Country,
    pub currency: Currency,
    pub words: &'static Words,
}

impl Locale {
    /// `None` for codes without a currency.
    pub fn of(country: Country) -> Option<Locale> {
        Some(Locale { country, currency: country.currency()?, words: words(country.as_str()) })
    }

    /// Euro cents → minor units of the country's currency.
    pub fn price_of_euro_cents(&self, cents: i64) -> i64 {
        let decimals = u32::from(self.currency.exponent().unwrap_or(2)).min(3);
        cents * euro_permille(self.currency) / 1000 * 10i64.pow(decimals) / 100
    }
}

/// What a thousand units of a euro are worth; round figures, since nobody trades by them.
fn euro_permille(currency: Currency) -> i64 {
    match currency.code() {
        "GBP" => 860,
        "USD" => 1_090,
        "PLN" => 4_300,
        "INR" => 91_000,
        "BRL" => 6_200,
        "AUD" => 1_660,
        "UAH" => 45_500,
        "CHF" => 950,
        "JPY" => 165_000,
        "SEK" => 11_300,
        "NOK" => 11_700,
        "DKK" => 7_460,
        "CZK" => 25_200,
        "HUF" => 395_000,
        _ => 1_000,
    }
}

/// The texts of a page in one language.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    pub lang: &'static str,
    pub search: &'static str,
    pub nothing_found: &'static str,
    pub no_such_product: &'static str,
    pub offers: &'static str,
    pub from: &'static str,
    pub next: &'static str,
    pub brand: &'static str,
    pub category: &'static str,
    pub reviews: &'static str,
    /// Between a rating and its scale: `4,5 von 5`.
    pub out_of: &'static str,
    pub shipping: &'static str,
    pub free_shipping: &'static str,
    pub shipping_unknown: &'static str,
    pub in_stock: &'static str,
    pub limited: &'static str,
    pub preorder: &'static str,
    pub out_of_stock: &'static str,
    pub new: &'static str,
    pub used: &'static str,
    pub refurbished: &'static str,
    pub details: [&'static str; 3],
    /// Follows the name in a description.
    pub praise: &'static str,
}

fn words(country: &str) -> &'static Words {
    match country {
        "de" | "at" | "ch" | "li" => &GERMAN,
        "fr" => &FRENCH,
        "it" => &ITALIAN,
        "nl" => &DUTCH,
        "pl" => &POLISH,
        "br" | "pt" => &PORTUGUESE,
        "ua" => &UKRAINIAN,
        _ => &ENGLISH,
    }
}

const ENGLISH: Words = Words {
    lang: "en",
    search: "Search",
    nothing_found: "Your search did not match any products.",
    no_such_product: "This product is no longer here.",
    offers: "Compare prices",
    from: "from",
    next: "Next",
    brand: "Brand",
    category: "Category",
    reviews: "reviews",
    out_of: "out of",
    shipping: "Shipping",
    free_shipping: "Free shipping",
    shipping_unknown: "Shipping costs: see shop",
    in_stock: "In stock",
    limited: "Low stock",
    preorder: "Pre-order",
    out_of_stock: "Out of stock",
    new: "New",
    used: "Used – very good",
    refurbished: "Refurbished",
    details: ["Delivery in 2–3 days, 30 days right of return", "Two years of warranty", "Invoice with VAT on request"],
    praise: "Proven in everyday use, well finished and easy to look after.",
};

const GERMAN: Words = Words {
    lang: "de",
    search: "Suchen",
    nothing_found: "Ihre Suche ergab leider keine Treffer.",
    no_such_product: "Dieses Produkt gibt es hier nicht mehr.",
    offers: "Preise vergleichen",
    from: "ab",
    next: "Weiter",
    brand: "Marke",
    category: "Kategorie",
    reviews: "Bewertungen",
    out_of: "von",
    shipping: "Versand",
    free_shipping: "Versandkostenfrei",
    shipping_unknown: "Versandkosten: siehe Shop",
    in_stock: "Auf Lager",
    limited: "Nur noch wenige Stück",
    preorder: "Vorbestellung",
    out_of_stock: "Ausverkauft",
    new: "Neu",
    used: "Gebraucht – sehr gut",
    refurbished: "Generalüberholt",
    details: [
        "Lieferung in 2–3 Werktagen, 30 Tage Rückgaberecht",
        "Zwei Jahre Gewährleistung",
        "Rechnung mit ausgewiesener MwSt.",
    ],
    praise: "Im Alltag bewährt, sauber verarbeitet und leicht zu pflegen.",
};

const FRENCH: Words = Words {
    lang: "fr",
    search: "Rechercher",
    nothing_found: "Aucun produit ne correspond à votre recherche.",
    no_such_product: "Ce produit n’est plus ici.",
    offers: "Comparer les prix",
    from: "dès",
    next: "Suivant",
    brand: "Marque",
    category: "Catégorie",
    reviews: "avis",
    out_of: "sur",
    shipping: "Livraison",
    free_shipping: "Livraison gratuite",
    shipping_unknown: "Frais de port : voir la boutique",
    in_stock: "En stock",
    limited: "Derniers articles",
    preorder: "Précommande",
    out_of_stock: "Rupture de stock",
    new: "Neuf",
    used: "Occasion – très bon état",
    refurbished: "Reconditionné",
    details: ["Livré en 2 à 3 jours, retour sous 30 jours", "Garantie deux ans", "Facture avec TVA sur demande"],
    praise: "Éprouvé au quotidien, bien fini et facile d’entretien.",
};

const ITALIAN: Words = Words {
    lang: "it",
    search: "Cerca",
    nothing_found: "Nessun prodotto corrisponde alla ricerca.",
    no_such_product: "Questo prodotto non è più qui.",
    offers: "Confronta i prezzi",
    from: "da",
    next: "Avanti",
    brand: "Marca",
    category: "Categoria",
    reviews: "recensioni",
    out_of: "su",
    shipping: "Spedizione",
    free_shipping: "Spedizione gratuita",
    shipping_unknown: "Spese di spedizione: vedi negozio",
    in_stock: "Disponibile",
    limited: "Ultimi pezzi",
    preorder: "Preordine",
    out_of_stock: "Esaurito",
    new: "Nuovo",
    used: "Usato – ottime condizioni",
    refurbished: "Ricondizionato",
    details: ["Consegna in 2–3 giorni, reso entro 30 giorni", "Garanzia di due anni", "Fattura su richiesta"],
    praise: "Collaudato nell’uso quotidiano, ben rifinito e facile da pulire.",
};

const DUTCH: Words = Words {
    lang: "nl",
    search: "Zoeken",
    nothing_found: "Er zijn geen producten gevonden.",
    no_such_product: "Dit product is hier niet meer.",
    offers: "Vergelijk prijzen",
    from: "vanaf",
    next: "Volgende",
    brand: "Merk",
    category: "Categorie",
    reviews: "beoordelingen",
    out_of: "van",
    shipping: "Verzending",
    free_shipping: "Gratis verzending",
    shipping_unknown: "Verzendkosten: zie winkel",
    in_stock: "Op voorraad",
    limited: "Laatste stuks",
    preorder: "Pre-order",
    out_of_stock: "Uitverkocht",
    new: "Nieuw",
    used: "Gebruikt – zeer goed",
    refurbished: "Refurbished",
    details: ["Levering in 2–3 werkdagen, 30 dagen bedenktijd", "Twee jaar garantie", "Factuur met btw op verzoek"],
    praise: "Beproefd in dagelijks gebruik, netjes afgewerkt en makkelijk schoon te houden.",
};

const POLISH: Words = Words {
    lang: "pl",
    search: "Szukaj",
    nothing_found: "Nic nie znaleziono.",
    no_such_product: "Tego produktu już tu nie ma.",
    offers: "Porównaj ceny",
    from: "od",
    next: "Dalej",
    brand: "Marka",
    category: "Kategoria",
    reviews: "opinii",
    out_of: "z",
    shipping: "Dostawa",
    free_shipping: "Darmowa dostawa",
    shipping_unknown: "Koszt dostawy: zobacz w sklepie",
    in_stock: "Na stanie",
    limited: "Ostatnie sztuki",
    preorder: "Przedsprzedaż",
    out_of_stock: "Produkt niedostępny",
    new: "Nowy",
    used: "Używany – stan bardzo dobry",
    refurbished: "Odnowiony",
    details: ["Dostawa w 2–3 dni, 30 dni na zwrot", "Dwa lata gwarancji", "Faktura VAT na życzenie"],
    praise: "Sprawdzony na co dzień, starannie wykończony i łatwy w utrzymaniu.",
};

const PORTUGUESE: Words = Words {
    lang: "pt",
    search: "Buscar",
    nothing_found: "Nenhum produto corresponde à sua busca.",
    no_such_product: "Este produto não está mais aqui.",
    offers: "Comparar preços",
    from: "a partir de",
    next: "Próximo",
    brand: "Marca",
    category: "Categoria",
    reviews: "avaliações",
    out_of: "de",
    shipping: "Frete",
    free_shipping: "Frete grátis",
    shipping_unknown: "Frete: consulte a loja",
    in_stock: "Em estoque",
    limited: "Últimas unidades",
    preorder: "Pré-venda",
    out_of_stock: "Esgotado",
    new: "Novo",
    used: "Usado – muito bom",
    refurbished: "Recondicionado",
    details: ["Entrega em 2 a 3 dias, 30 dias para devolução", "Dois anos de garantia", "Nota fiscal inclusa"],
    praise: "Aprovado no dia a dia, bem acabado e fácil de cuidar.",
};

const UKRAINIAN: Words = Words {
    lang: "uk",
    search: "Пошук",
    nothing_found: "За вашим запитом нічого не знайдено.",
    no_such_product: "Цього товару тут більше нема.",
    offers: "Порівняти ціни",
    from: "від",
    next: "Далі",
    brand: "Бренд",
    category: "Категорія",
    reviews: "відгуків",
    out_of: "/",
    shipping: "Доставка",
    free_shipping: "Безкоштовна доставка",
    shipping_unknown: "Вартість доставки: див. магазин",
    in_stock: "В наявності",
    limited: "Залишилось мало",
    preorder: "Передзамовлення",
    out_of_stock: "Немає в наявності",
    new: "Новий",
    used: "Вживаний – дуже добрий стан",
    refurbished: "Відновлений",
    details: ["Доставка за 2–3 дні, 30 днів на повернення", "Два роки гарантії", "Рахунок на запит"],
    praise: "Перевірений щоденним користуванням, охайний і простий у догляді.",
};
