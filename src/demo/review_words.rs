//! What reviews say, in each language: titles with their texts, from one star to five.

/// A title and its text.
type Said = (&'static str, &'static str);

/// One of the things that somebody says who gives so many stars (1 to 5).
pub(super) fn said(lang: &str, stars: u8, number: usize) -> Said {
    let words = match lang {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "it" => &ITALIAN,
        "nl" => &DUTCH,
        "pl" => &POLISH,
        "pt" => &PORTUGUESE,
        "uk" => &UKRAINIAN,
        _ => &ENGLISH,
    };
    let of_stars = &words[usize::from(stars.clamp(1, 5)) - 1];
    of_stars[number % of_stars.len()]
}

type Words = [[Said; 2]; 5];

const ENGLISH: Words = [
    [
        ("Broke after a week", "It worked for six days & then stopped. Not worth the money."),
        ("Disappointed", "Nothing like the picture, and it arrived scratched."),
    ],
    [
        ("Could be better", "It does its job, but the material feels cheap."),
        ("Not quite", "Too loud for my taste; I sent it back."),
    ],
    [
        ("It is all right", "Neither good nor bad. For the price it is fine."),
        ("Average", "Does what it should, the manual is hard to read."),
    ],
    [
        ("Good value", "Well made and easy to set up. One star less for the packaging."),
        ("Happy with it", "Used every day for a month now and no complaints."),
    ],
    [
        ("Excellent!", "Exactly what I was looking for. I would buy it again."),
        ("Highly recommended", "Great quality, fast delivery, everything as described."),
    ],
];

const GERMAN: Words = [
    [
        ("Nach einer Woche kaputt", "Sechs Tage lief es, dann war Schluss. Schade ums Geld."),
        ("Enttäuscht", "Sieht anders aus als auf dem Bild und kam zerkratzt an."),
    ],
    [
        ("Könnte besser sein", "Tut, was es soll, wirkt aber billig verarbeitet."),
        ("Nicht ganz", "Für meinen Geschmack zu laut, ging zurück."),
    ],
    [
        ("Ganz in Ordnung", "Weder gut noch schlecht. Für den Preis passt es."),
        ("Durchschnitt", "Erfüllt seinen Zweck, die Anleitung ist schwer zu lesen."),
    ],
    [
        (
            "Gutes Preis-Leistungs-Verhältnis",
            "Gut verarbeitet und schnell aufgebaut. Ein Stern Abzug für die Verpackung.",
        ),
        ("Zufrieden", "Seit einem Monat täglich im Einsatz, keine Klagen."),
    ],
    [
        ("Hervorragend!", "Genau das, was ich gesucht habe. Würde ich wieder kaufen."),
        ("Sehr zu empfehlen", "Tolle Qualität, schnelle Lieferung, alles wie beschrieben."),
    ],
];

const FRENCH: Words = [
    [
        ("Cassé après une semaine", "Il a marché six jours puis plus rien. Dommage."),
        ("Déçu", "Rien à voir avec la photo, et arrivé rayé."),
    ],
    [
        ("Peut mieux faire", "Il fait le travail, mais la matière fait bon marché."),
        ("Pas tout à fait", "Trop bruyant à mon goût, je l’ai renvoyé."),
    ],
    [
        ("Correct", "Ni bon ni mauvais. Pour le prix, ça va."),
        ("Moyen", "Fait ce qu’il doit, la notice est difficile à lire."),
    ],
    [
        ("Bon rapport qualité-prix", "Bien fini et facile à installer. Une étoile de moins pour l’emballage."),
        ("Content", "Utilisé chaque jour depuis un mois, rien à redire."),
    ],
    [
        ("Excellent !", "Exactement ce que je cherchais. Je le rachèterais."),
        ("Je recommande", "Très bonne qualité, livraison rapide, tout est conforme."),
    ],
];

const ITALIAN: Words = [
    [
        ("Rotto dopo una settimana", "Ha funzionato sei giorni, poi basta. Peccato."),
        ("Deluso", "Diverso dalla foto ed è arrivato graffiato."),
    ],
    [
        ("Si può fare di meglio", "Fa il suo lavoro, ma il materiale sembra economico."),
        ("Non proprio", "Troppo rumoroso per me, l’ho reso."),
    ],
    [
        ("Va bene", "Né buono né cattivo. Per il prezzo va bene."),
        ("Nella media", "Fa quello che deve, le istruzioni sono poco leggibili."),
    ],
    [
        ("Buon rapporto qualità-prezzo", "Ben fatto e facile da montare. Una stella in meno per l’imballo."),
        ("Soddisfatto", "Lo uso ogni giorno da un mese, nessun problema."),
    ],
    [
        ("Eccellente!", "Proprio quello che cercavo. Lo ricomprerei."),
        ("Consigliatissimo", "Ottima qualità, consegna veloce, tutto come descritto."),
    ],
];

const DUTCH: Words = [
    [
        ("Na een week kapot", "Het werkte zes dagen en toen niet meer. Zonde."),
        ("Teleurgesteld", "Lijkt niet op de foto en kwam bekrast aan."),
    ],
    [("Kan beter", "Doet wat het moet, maar voelt goedkoop."), ("Net niet", "Te luid naar mijn smaak, teruggestuurd.")],
    [
        ("Prima", "Niet goed, niet slecht. Voor de prijs prima."),
        ("Gemiddeld", "Doet wat het moet, de handleiding is lastig te lezen."),
    ],
    [
        ("Goede prijs-kwaliteit", "Netjes gemaakt en snel klaar voor gebruik. Een ster minder voor de verpakking."),
        ("Tevreden", "Al een maand dagelijks in gebruik, geen klachten."),
    ],
    [
        ("Uitstekend!", "Precies wat ik zocht. Ik zou het weer kopen."),
        ("Aanrader", "Goede kwaliteit, snelle levering, alles zoals beschreven."),
    ],
];

const POLISH: Words = [
    [
        ("Zepsuł się po tygodniu", "Działał sześć dni i koniec. Szkoda pieniędzy."),
        ("Zawiedziony", "Inny niż na zdjęciu i przyszedł porysowany."),
    ],
    [
        ("Mogło być lepiej", "Robi swoje, ale materiał wydaje się tani."),
        ("Nie do końca", "Dla mnie za głośny, odesłałem."),
    ],
    [
        ("W porządku", "Ani dobry, ani zły. Za tę cenę może być."),
        ("Przeciętny", "Robi, co ma robić, instrukcja jest nieczytelna."),
    ],
    [
        ("Dobry stosunek jakości do ceny", "Solidnie wykonany i łatwy w montażu. Gwiazdka mniej za opakowanie."),
        ("Zadowolony", "Używam codziennie od miesiąca, bez zastrzeżeń."),
    ],
    [
        ("Znakomity!", "Dokładnie to, czego szukałem. Kupiłbym ponownie."),
        ("Polecam", "Świetna jakość, szybka dostawa, wszystko zgodne z opisem."),
    ],
];

const PORTUGUESE: Words = [
    [
        ("Quebrou em uma semana", "Funcionou seis dias e parou. Uma pena."),
        ("Decepcionado", "Diferente da foto e chegou riscado."),
    ],
    [
        ("Podia ser melhor", "Cumpre a função, mas o material parece barato."),
        ("Não muito", "Barulhento demais para mim, devolvi."),
    ],
    [("Razoável", "Nem bom nem ruim. Pelo preço está bem."), ("Mediano", "Faz o que deve, o manual é difícil de ler.")],
    [
        ("Bom custo-benefício", "Bem feito e fácil de montar. Uma estrela a menos pela embalagem."),
        ("Satisfeito", "Uso todo dia há um mês, sem reclamações."),
    ],
    [
        ("Excelente!", "Exatamente o que eu procurava. Compraria de novo."),
        ("Recomendo", "Ótima qualidade, entrega rápida, tudo como descrito."),
    ],
];

const UKRAINIAN: Words = [
    [
        ("Зламався за тиждень", "Працював шість днів і все. Шкода грошей."),
        ("Розчарування", "Не такий, як на фото, і прийшов подряпаний."),
    ],
    [
        ("Могло бути краще", "Свою справу робить, але матеріал дешевий."),
        ("Не зовсім", "Як на мене, занадто гучний, повернув."),
    ],
    [
        ("Нормально", "Ні добре, ні погано. За таку ціну годиться."),
        ("Середньо", "Робить, що має, інструкцію важко читати."),
    ],
    [
        ("Добра ціна за якість", "Зроблено охайно, легко встановити. Зірка менше за пакування."),
        ("Задоволений", "Користуюся щодня вже місяць, без нарікань."),
    ],
    [
        ("Чудово!", "Саме те, що я шукав. Купив би ще раз."),
        ("Рекомендую", "Чудова якість, швидка доставка, усе як в описі."),
    ],
];
