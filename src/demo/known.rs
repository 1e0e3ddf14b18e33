//! Things of well-known makers: what people type into a search box should be there.

/// Things of one maker: each model in each variant.
pub(super) struct Known {
    pub brand: &'static str,
    pub category_en: [&'static str; 2],
    pub category_de: [&'static str; 2],
    pub models: &'static [&'static str],
    pub variants: &'static [&'static str],
    /// In euro cents.
    pub cheapest: i64,
    pub dearest: i64,
}

const PHONES: ([&str; 2], [&str; 2]) = (["Electronics", "Smartphones"], ["Elektronik", "Smartphones"]);
const LAPTOPS: ([&str; 2], [&str; 2]) = (["Computers", "Laptops"], ["Computer", "Laptops"]);
const PARTS: ([&str; 2], [&str; 2]) = (["Computers", "Components"], ["Computer", "Komponenten"]);
const HEADPHONES: ([&str; 2], [&str; 2]) = (["Electronics", "Headphones"], ["Elektronik", "Kopfhörer"]);
const TABLETS: ([&str; 2], [&str; 2]) = (["Electronics", "Tablets"], ["Elektronik", "Tablets"]);
const CONSOLES: ([&str; 2], [&str; 2]) = (["Games", "Consoles"], ["Spiele", "Konsolen"]);
const TELEVISIONS: ([&str; 2], [&str; 2]) = (["Electronics", "Televisions"], ["Elektronik", "Fernseher"]);
const CAMERAS: ([&str; 2], [&str; 2]) = (["Electronics", "Cameras"], ["Elektronik", "Kameras"]);
const WATCHES: ([&str; 2], [&str; 2]) = (["Electronics", "Smartwatches"], ["Elektronik", "Smartwatches"]);
const SPEAKERS: ([&str; 2], [&str; 2]) = (["Electronics", "Speakers"], ["Elektronik", "Lautsprecher"]);
const TOYS: ([&str; 2], [&str; 2]) = (["Toys", "Building Sets"], ["Spielzeug", "Bausätze"]);
const SHOES: ([&str; 2], [&str; 2]) = (["Fashion", "Shoes"], ["Mode", "Schuhe"]);
const CLOTHES: ([&str; 2], [&str; 2]) = (["Fashion", "Clothing"], ["Mode", "Bekleidung"]);
const HOUSEHOLD: ([&str; 2], [&str; 2]) = (["Household", "Appliances"], ["Haushalt", "Haushaltsgeräte"]);
const TOOLS: ([&str; 2], [&str; 2]) = (["Tools", "Power Tools"], ["Werkzeug", "Elektrowerkzeug"]);
const BOOKS: ([&str; 2], [&str; 2]) = (["Media", "Books"], ["Medien", "Bücher"]);
const PERFUMES: ([&str; 2], [&str; 2]) = (["Beauty", "Fragrances"], ["Drogerie", "Düfte"]);

const fn known(
    brand: &'static str,
    (category_en, category_de): ([&'static str; 2], [&'static str; 2]),
    models: &'static [&'static str],
    variants: &'static [&'static str],
    (cheapest, dearest): (i64, i64),
) -> Known {
    Known { brand, category_en, category_de, models, variants, cheapest, dearest }
}

const PHONE_SIZES: &[&str] = &["64GB Gold", "64GB Black", "128GB Black", "128GB Blue", "256GB White"];

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    known("Apple", PHONES, &["iPhone 6S", "iPhone 7", "iPhone 8", "iPhone SE", "iPhone X", "iPhone 11", "iPhone 12 Pro", "iPhone 13", "iPhone 14", "iPhone 15 Pro"], &["16GB Silver", "64GB Gold", "64GB Space Grey", "128GB Black", "256GB Blue"], (12_900, 119_900)),
    known("Samsung", PHONES, &["Galaxy S7", "Galaxy S8", "Galaxy S10", "Galaxy S21", "Galaxy S22 Ultra", "Galaxy A52", "Galaxy Note 9"], PHONE_SIZES, (14_900, 109_900)),
    known("Google", PHONES, &["Pixel 4a", "Pixel 6", "Pixel 7 Pro", "Pixel 8"], PHONE_SIZES, (24_900, 99_900)),
    known("Xiaomi", PHONES, &["Redmi Note 9", "Redmi Note 11", "Mi 11"], PHONE_SIZES, (11_900, 69_900)),
    known("Huawei", PHONES, &["P20 Lite", "P30 Pro"], PHONE_SIZES, (14_900, 59_900)),
    known("Nokia", PHONES, &["3310", "5.4", "G21"], &["Dual SIM Black", "Dual SIM Blue"], (3_900, 19_900)),
    known("Motorola", PHONES, &["Moto G7", "Moto G60"], PHONE_SIZES, (13_900, 29_900)),
    known("Apple", LAPTOPS, &["MacBook Air 13", "MacBook Pro 14", "MacBook Pro 16"], &["Laptop M1 8GB 256GB SSD", "Laptop M2 16GB 512GB SSD"], (89_900, 299_900)),
    known("Lenovo", LAPTOPS, &["ThinkPad X1 Carbon", "ThinkPad T14", "IdeaPad 3"], &["Laptop 8GB 256GB SSD", "Laptop 16GB 512GB SSD"], (44_900, 189_900)),
    known("Dell", LAPTOPS, &["XPS 13", "XPS 15", "Inspiron 15", "Latitude 5420"], &["Laptop 8GB 256GB SSD", "Laptop 16GB 512GB SSD"], (49_900, 209_900)),
    known("HP", LAPTOPS, &["Pavilion 15", "EliteBook 840", "Envy 13"], &["Laptop 8GB 256GB SSD", "Laptop 16GB 512GB SSD"], (47_900, 159_900)),
    known("Asus", LAPTOPS, &["ZenBook 14", "VivoBook 15", "ROG Strix G15"], &["Laptop 8GB 512GB SSD", "Laptop 16GB 1TB SSD"], (49_900, 179_900)),
    known("Acer", LAPTOPS, &["Aspire 5", "Swift 3"], &["Laptop 8GB 256GB SSD", "Laptop 16GB 512GB SSD"], (42_900, 99_900)),
    known("Apple", TABLETS, &["iPad Air", "iPad Pro 11", "iPad 10.2"], &["Wi-Fi 64GB Space Grey", "Wi-Fi 256GB Silver"], (34_900, 109_900)),
    known("Samsung", TABLETS, &["Galaxy Tab A8", "Galaxy Tab S8"], &["Wi-Fi 64GB Grey", "LTE 128GB Silver"], (19_900, 79_900)),
    known("Amazon", TABLETS, &["Kindle Paperwhite", "Fire HD 10"], &["8GB Black", "32GB Black"], (8_900, 17_900)),
    known("Microsoft", CONSOLES, &["Xbox One S", "Xbox Series S", "Xbox Series X"], &["512GB Console", "1TB Console", "1TB Console + Controller Bundle"], (19_900, 54_900)),
    known("Sony", CONSOLES, &["PlayStation 4 Slim", "PlayStation 5"], &["500GB Console", "1TB Console", "825GB Digital Edition"], (24_900, 59_900)),
    known("Nintendo", CONSOLES, &["Switch", "Switch Lite", "Switch OLED"], &["32GB Console Neon Red/Blue", "32GB Console Grey"], (18_900, 36_900)),
    known("Sony", HEADPHONES, &["WH-1000XM4", "WH-1000XM5", "WH-CH520", "WF-1000XM4"], &["Wireless Headphones Black", "Wireless Headphones Silver", "Noise Cancelling Headphones Blue"], (4_900, 39_900)),
    known("Bose", HEADPHONES, &["QuietComfort 35 II", "QuietComfort 45", "SoundSport"], &["Wireless Headphones Black", "Wireless Headphones White"], (9_900, 34_900)),
    known("Apple", HEADPHONES, &["AirPods 2", "AirPods Pro", "AirPods Max"], &["Wireless Earphones White", "Wireless Earphones with Charging Case"], (12_900, 57_900)),
    known("Sennheiser", HEADPHONES, &["HD 450BT", "HD 599", "Momentum 4"], &["Headphones Black", "Headphones White"], (8_900, 34_900)),
    known("JBL", SPEAKERS, &["Flip 5", "Charge 5", "Go 3"], &["Bluetooth Speaker Black", "Bluetooth Speaker Blue"], (2_900, 17_900)),
    known("Amazon", SPEAKERS, &["Echo Dot", "Echo Show 8"], &["Smart Speaker Charcoal", "Smart Speaker White"], (3_900, 12_900)),
    known("Sonos", SPEAKERS, &["One SL", "Beam", "Move"], &["Wi-Fi Speaker Black", "Wi-Fi Speaker White"], (17_900, 44_900)),
    known("Samsung", TELEVISIONS, &["55\" QLED Q60B", "65\" QLED Q80B", "43\" Crystal UHD"], &["4K Smart TV", "4K Smart TV 2022"], (34_900, 149_900)),
    known("LG", TELEVISIONS, &["48\" OLED C2", "55\" OLED C2", "65\" NanoCell"], &["4K Smart TV", "4K Smart TV 2023"], (59_900, 199_900)),
    known("Sony", TELEVISIONS, &["Bravia 50\"", "Bravia XR 65\" OLED"], &["4K Google TV"], (64_900, 189_900)),
    known("Canon", CAMERAS, &["EOS 2000D", "EOS R6", "PowerShot SX740"], &["Digital Camera Black", "Digital Camera Kit 18-55mm"], (36_900, 229_900)),
    known("Nikon", CAMERAS, &["D3500", "Z50", "Coolpix P950"], &["Digital Camera Black", "Digital Camera Kit 18-55mm"], (39_900, 109_900)),
    known("GoPro", CAMERAS, &["Hero 9", "Hero 11"], &["Action Camera Black"], (29_900, 49_900)),
    known("Apple", WATCHES, &["Watch SE", "Watch Series 8"], &["GPS 40mm", "GPS + Cellular 44mm"], (26_900, 59_900)),
    known("Garmin", WATCHES, &["Forerunner 55", "Fenix 7"], &["GPS Smartwatch Black", "GPS Smartwatch White"], (15_900, 69_900)),
    known("LEGO", TOYS, &["Star Wars Millennium Falcon", "Technic Porsche 911", "City Police Station", "Harry Potter Hogwarts Castle"], &["Building Set"], (3_900, 79_900)),
    known("Nike", SHOES, &["Air Max 90", "Air Force 1", "Revolution 6"], &["Men's Shoes White 42", "Women's Shoes Black 38", "Running Shoes Grey 44"], (4_900, 15_900)),
    known("Adidas", SHOES, &["Superstar", "Stan Smith", "Ultraboost 22"], &["Men's Shoes White 42", "Women's Shoes Black 38"], (5_900, 18_900)),
    known("Levi's", CLOTHES, &["501 Original", "511 Slim"], &["Jeans Blue W32 L32", "Jeans Black W34 L32"], (5_900, 10_900)),
    known("Dyson", HOUSEHOLD, &["V8 Absolute", "V11", "V15 Detect"], &["Cordless Vacuum Cleaner", "Cordless Vacuum Cleaner Extra"], (29_900, 74_900)),
    known("Nespresso", HOUSEHOLD, &["Essenza Mini", "Vertuo Next"], &["Coffee Machine Black", "Coffee Machine White"], (7_900, 17_900)),
    known("Bosch", TOOLS, &["GSR 12V-15", "PSB 1800", "Professional GSB 18V-55"], &["Cordless Drill", "Cordless Drill Set"], (5_900, 24_900)),
    known("J.K. Rowling", BOOKS, &["Harry Potter and the Philosopher's Stone", "Harry Potter and the Chamber of Secrets"], &["Paperback Book", "Hardcover Book"], (799, 2_499)),
    known("Logitech", PARTS, &["MX Master 3 Wireless Mouse", "MX Keys Keyboard", "C920 HD Webcam", "G502 Gaming Mouse"], &["Black", "White"], (4_900, 12_900)),
    known("Samsung", PARTS, &["SSD 970 EVO Plus", "SSD 980 Pro", "MicroSD EVO Select"], &["500GB", "1TB", "2TB"], (2_900, 22_900)),
    known("Chanel", PERFUMES, &["No. 5", "Bleu"], &["Eau de Parfum 50 ml", "Eau de Toilette 100 ml"], (6_900, 14_900)),
];

/// Every one of them, in order.
pub(super) fn all() -> impl Iterator<Item = (&'static Known, &'static str, &'static str)> {
    KNOWN.iter().flat_map(|known| {
        known.models.iter().flat_map(move |model| known.variants.iter().map(move |variant| (known, *model, *variant)))
    })
}
