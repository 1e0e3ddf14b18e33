//! The shops that sell. Each has a host of its own with a page for every product.

use std::collections::HashMap;

/// Index in [`SELLERS`].
pub(super) type SellerId = usize;

/// A prime count, so that any step through the list meets every seller once. The first two are the documentation's own.
pub(super) const SELLERS: [&str; 71] = [
    "Some Shop",
    "Another shop",
    "Krämer & Söhne",
    "Alpenmarkt",
    "Nordlicht Handel",
    "Elektro Voss",
    "Blue Heron",
    "Cargo & Co",
    "Technik Tal",
    "Rheinkontor",
    "Mercato Verde",
    "Maison Lumière",
    "Hansa Direkt",
    "Kiwi Cart",
    "Redbrick Stores",
    "Sunrise Supplies",
    "Polder Shop",
    "Warsaw Widgets",
    "Dnipro Market",
    "Ganges Goods",
    "Ipanema Online",
    "Outback Outlet",
    "Liberty Lane",
    "Thames Trading",
    "Quai des Prix",
    "Bottega Nuova",
    "Tulip Tech",
    "Baltic Bazaar",
    "Danube Deals",
    "Summit Supply",
    "Harbour House",
    "Copper Kettle",
    "Maple & Main",
    "Granite Goods",
    "Silver Birch",
    "O'Malley's",
    "Zur Alten Post",
    "Werkstatt Nord",
    "Haus & Hof",
    "Lindenhof",
    "Bergwelt",
    "Seeblick Versand",
    "Marktplatz 7",
    "Preisfuchs",
    "Schnäppchenhaus",
    "Kaufrausch",
    "Ohm & Watt",
    "Pixelpark",
    "Kabelsalat",
    "Datenhafen",
    "Federleicht",
    "Morgenrot",
    "Abendstern",
    "Kupferkanne",
    "Pinguin Shop",
    "Roter Faden",
    "Gelber Engel",
    "Weisse Taube",
    "Schwarzer Kater",
    "Graue Maus",
    "Bunter Hund",
    "Flotte Biene",
    "Stille Post",
    "Goldene Mitte",
    "Neue Welle",
    "Alte Schule",
    "Erste Wahl",
    "Letzter Schrei",
    "Halbe Miete",
    "Ganze Sache",
    "Volle Kanne",
];

/// The seller whose pages are written in windows-1252, as shops of its age are.
pub(super) const OLD_CHARSET_SELLER: SellerId = 2;

/// Name → host name: `Krämer & Söhne` → `kraemer-soehne`.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'ä' | 'Ä' => slug.push_str("ae"),
            'ö' | 'Ö' => slug.push_str("oe"),
            'ü' | 'Ü' => slug.push_str("ue"),
            'è' | 'é' => slug.push('e'),
            '\'' => {}
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug
}

/// Both ways between sellers and their hosts.
#[derive(Debug)]
pub(super) struct SellerHosts {
    slugs: Vec<String>,
    by_slug: HashMap<String, SellerId>,
}

impl SellerHosts {
    pub fn new() -> SellerHosts {
        let slugs: Vec<String> = SELLERS.iter().map(|name| slug(name)).collect();
        let by_slug = slugs.iter().enumerate().map(|(id, slug)| (slug.clone(), id)).collect();
        SellerHosts { slugs, by_slug }
    }

    pub fn slug(&self, seller: SellerId) -> &str {
        &self.slugs[seller]
    }

    pub fn find(&self, slug: &str) -> Option<SellerId> {
        self.by_slug.get(slug).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seller_has_a_host_name_of_its_own() {
        let hosts = SellerHosts::new();
        assert_eq!(hosts.by_slug.len(), SELLERS.len());
        for slug in &hosts.slugs {
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{slug}");
            assert!(!slug.ends_with('-'), "{slug}");
        }
        assert_eq!(hosts.find("kraemer-soehne"), Some(OLD_CHARSET_SELLER));
        assert_eq!(hosts.find("maison-lumiere").map(|id| SELLERS[id]), Some("Maison Lumière"));
    }
}
