//! What people call things, and which texts nobody would search for.

use std::collections::HashSet;

/// Other words for what a category holds, in the languages of the marketplace; by the category's English name.
pub(super) const CALLED: [(&str, &str); 29] = [
    (
        "Smartphones",
        "phone smartphone mobile handy cell cellphone telefon téléphone telefono móvil celular komórka телефон смартфон",
    ),
    ("Laptops", "laptop notebook computer pc ordinateur portable portátil komputer ноутбук комп'ютер компьютер"),
    (
        "Components",
        "computer pc hardware ssd hdd disk drive festplatte mouse maus keyboard tastatur webcam memory gaming usb",
    ),
    (
        "Headphones",
        "headphone earphone earbud headset kopfhörer ohrhörer casque écouteur cuffie auricular fone słuchawki навушники наушники koptelefoon audio",
    ),
    ("Tablets", "tablet ebook reader планшет"),
    (
        "Consoles",
        "console konsole game gaming spielkonsole videogame ps4 ps5 playstation xbox controller konsola приставка",
    ),
    (
        "Televisions",
        "tv television fernseher télévision téléviseur televisore televisor telewizor телевізор телевизор monitor screen",
    ),
    ("Cameras", "camera kamera fotoapparat photo foto appareil fotocamera câmera aparat фотоапарат"),
    ("Smartwatches", "watch smartwatch uhr montre orologio reloj relógio zegarek годинник fitness tracker"),
    ("Speakers", "speaker lautsprecher box enceinte altoparlante altavoz głośnik колонка bluetooth alexa soundbar"),
    ("Building Sets", "toy lego spielzeug jouet giocattolo juguete brinquedo speelgoed zabawka іграшка doll puzzle"),
    (
        "Shoes",
        "shoe sneaker schuh turnschuh chaussure basket scarpe zapato zapatilla tênis schoen buty взуття кросівки trainer boot",
    ),
    (
        "Running Shoes",
        "shoe sneaker schuh turnschuh chaussure basket scarpe zapato zapatilla tênis schoen buty взуття кросівки trainer boot",
    ),
    (
        "Clothing",
        "clothes jeans hose shirt tshirt dress kleid jacket jacke pants trousers hoodie pullover ubranie одяг kleding",
    ),
    (
        "Appliances",
        "vacuum cleaner staubsauger coffee kaffee machine kaffeemaschine aspirateur aspirapolvere blender toaster kettle iron fridge",
    ),
    ("Coffee Machines", "coffee kaffee kaffeemaschine espresso café caffè koffie kawa кава кавоварка"),
    ("Vacuum Cleaners", "vacuum hoover staubsauger aspirateur aspirapolvere aspiradora stofzuiger odkurzacz пилосос"),
    (
        "Power Tools",
        "tool drill bohrer bohrmaschine werkzeug perceuse trapano taladro furadeira wiertarka дриль hammer saw",
    ),
    (
        "Cordless Drills",
        "tool drill akkuschrauber bohrer werkzeug perceuse visseuse trapano avvitatore taladro furadeira wkrętarka дриль",
    ),
    ("Screws & Wall Plugs", "screw schraube dübel vis vite tornillo parafuso śruba шуруп hardware"),
    ("Books", "book buch livre libro livro boek książka книга novel paperback"),
    ("Fragrances", "perfume parfum parfüm fragrance profumo perfumy парфуми cologne"),
    ("Monitors", "monitor screen display bildschirm écran schermo pantalla монітор"),
    ("Electric Toothbrushes", "toothbrush zahnbürste brosse spazzolino cepillo escova szczoteczka щітка dental"),
    ("Lawn Mowers", "mower rasenmäher tondeuse tosaerba cortacésped kosiarka газонокосарка garden"),
    ("Printers", "printer drucker imprimante stampante impresora drukarka принтер ink toner scanner"),
    ("Products", ""),
    ("Kaffeemaschine", "coffee kaffee machine"),
    ("Smartphone", "phone mobile handy"),
];

/// Words that say how a thing is, not what it is: alone they lead to nothing in particular.
const MANNER: &str = "black white gold golden silver red blue green grey gray yellow pink brown orange purple schwarz weiß \
     rot blau grün the and for with of in on to from a an der die das und für mit von le la les et de des pour avec il lo e \
     con per el los y para new neu used gebraucht best beste cheap günstig billig buy kaufen price preis sale deal offer \
     angebot product gb tb mm cm ml kg";

/// Texts with one of these find nothing, so that there is something that nobody sells.
const NOWHERE: [&str; 10] = [
    "zeppelin",
    "nonexistent",
    "nonexisting",
    "nonsense",
    "notfound",
    "nowhere",
    "nothing",
    "unknown",
    "gibberish",
    "invalid",
];
/// What fingers write that mean nothing.
const KEYBOARD: [&str; 11] = ["asdf", "sdfg", "dfgh", "qwer", "zxcv", "xcvb", "xyz", "qwx", "hjkl", "foobar", "lorem"];
/// More letters without a vowel between are no word.
const MAX_CONSONANTS: usize = 5;
/// Shorter parts may be the name of a model.
const MIN_WORD: usize = 4;

/// Whether the word says what a thing is.
pub(super) fn is_telling(word: &str) -> bool {
    // `64gb` is a number of something.
    let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
    word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !MANNER.split_whitespace().any(|manner| manner == word)
}

/// What a word and its plural have in common.
pub(super) fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.chars().count() >= MIN_WORD - 1 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

/// Whether the text holds signs that nobody types to find something.
pub(super) fn is_garbled(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | ';' | '{' | '}' | '\\'))
}

/// Whether these words are none that a person would search for: what cannot be spoken, or says itself that there is no such
/// thing.
pub(super) fn is_nonsense(words: &[String]) -> bool {
    let any = words
        .iter()
        .any(|word| NOWHERE.contains(&stem(word)) || NOWHERE.contains(&word.as_str()) || is_unspeakable(word));
    let telling: HashSet<&str> = words.iter().map(String::as_str).collect();
    let denies = telling.contains("no") && telling.contains("such");
    any || denies || !words.iter().any(|word| is_telling(word))
}

fn is_unspeakable(word: &str) -> bool {
    if KEYBOARD.iter().any(|keys| word.contains(keys)) {
        return true;
    }
    word.split(|c: char| c.is_ascii_digit()).filter(|part| part.chars().count() >= MIN_WORD).any(|part| {
        let letters: Vec<char> = part.chars().collect();
        let is_vowel = |c: &char| !c.is_ascii_lowercase() || "aeiouy".contains(*c);
        let is_triple = letters.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]);
        let longest = letters.split(is_vowel).map(<[char]>::len).max().unwrap_or_default();
        is_triple || longest > MAX_CONSONANTS || !letters.iter().any(is_vowel)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonsense(text: &str) -> bool {
        is_nonsense(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_people_search_for_makes_sense() {
        for text in [
            "iphone",
            "xbox",
            "garden hose",
            "schlauch",
            "harry potter",
            "телефон",
            "1000xm5 sony",
            "waschtrockner",
            "hdmi cable",
            "wh 1000xm4",
        ] {
            assert!(!nonsense(text), "{text}");
        }
        for text in [
            "zeppelin",
            "zeppelin of lead",
            "asdfghjkl",
            "qqqqzzzz",
            "bcdfghjk",
            "no such product",
            "xyzzy",
            "product nonexistent 123",
            "42",
            "64gb",
            "the black",
        ] {
            assert!(nonsense(text), "{text}");
        }
        assert!(is_garbled("<b>table</b>") && is_garbled("a\u{1}") && !is_garbled("34\" tv & more"));
        assert_eq!([stem("headphones"), stem("glass"), stem("xbox"), stem("ps")], ["headphone", "glass", "xbox", "ps"]);
    }
}
